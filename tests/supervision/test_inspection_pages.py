"""Visits recorded, at the desk: list, one visit with its pictures, the form without JavaScript, declaring void."""
# ruff: noqa: F811 - fixtures are asked for by name

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from supervision.enums import INSPECTION_TRANSITIONS, InspectionAction, InspectionState
from supervision.inspection_rules import why_not_inspection_action
from supervision.models import Finding, Inspection, InspectionPhoto
from supervision.services.inspections import receive_inspection
from tests.supervision.field_work import picture, planned, recorded, team  # noqa: F401 - fixtures

LIST = "/supervision/visits/"
VISITED = datetime.date(2017, 5, 22)
QUERIES = {"list": 14, "detail": 12}


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


def client_of(person) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def say(answer) -> str:
    return answer.content.decode()


def said(**fields) -> dict:
    return {
        "uid": str(uuid.uuid4()), "rows": "2", "visited_on": "2017-05-22", "present": "督导组2人",
        "summary": "台账齐全", "a_plan": "yes", "a_ledger": "基本齐全", "a_activities": "4", "n_ledger": "缺3月",
    } | fields  # fmt: skip


def upload(number: int, name="照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(number), "image/jpeg")


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    recorded,
    make_site,
    people,
    django_assert_num_queries,
):
    client = client_of(people.office)
    recorded(make_site("点0"), VISITED)
    client.get(LIST)
    with django_assert_num_queries(QUERIES["list"]):
        assert "1 entry" in say(client.get(LIST))
    for number in range(1, 30):
        recorded(make_site(f"点{number}"), VISITED)
    with django_assert_num_queries(QUERIES["list"]):
        assert "30 entries" in say(client.get(LIST))
    found = say(client.get(LIST, {"q": "点7"}))
    assert ("点7" in found, "点8" in found) == (True, False)
    assert "30 entries" in say(client.get(LIST, {"month": "2017-05"}))
    assert "0 entries" in say(client.get(LIST, {"month": "2017-06"}))
    assert "Enter a month like" in say(client.get(LIST, {"month": "2017-13"}))
    assert client.get(LIST, {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize("photos", [1, 12])
def test_one_visit_takes_the_same_queries_whatever_its_photos(
    recorded,
    make_site,
    people,
    django_assert_num_queries,
    photos,
):
    recorded(make_site("别的"), VISITED, pictures=range(1, photos + 1))
    obj = recorded(make_site(), VISITED, pictures=range(1, photos + 1))
    client, url = client_of(people.office), reverse("supervision:inspection", args=[obj.pk])
    client.get(url)
    with django_assert_num_queries(QUERIES["detail"]):
        content = say(client.get(url))
    assert content.count("The same picture seems to stand with") == photos
    assert 'alt="Photo 1 of the visit to 同心社区甲"' in content


def test_a_picture_used_before_is_pointed_out_to_who_may_see_it(
    recorded,
    make_site,
    people,
    make_user,
    team,
):
    first = recorded(make_site("甲"), VISITED, pictures=[3])
    second = recorded(make_site("乙"), VISITED, pictures=[3, 5])
    client = client_of(people.county)
    content = say(client.get(reverse("supervision:inspection", args=[second.pk])))
    assert content.count("The same picture seems to stand with") == 1
    assert f'href="{reverse("supervision:inspection", args=[first.pk])}">甲' in content
    assert "The same picture" not in say(client.get(reverse("supervision:inspection", args=[first.pk])))


def test_recorded_at_the_desk_without_javascript(team, people, make_site, planned):
    site = make_site()
    visit = planned(site, VISITED)
    client = client_of(team.own)
    url = reverse("supervision:inspection_new", args=[team.own_group.pk])
    assert "first the place" in say(client.get(url))
    assert "有年度创建计划" not in say(client.get(url, {"unit": site.unit_id}))
    address = f"{url}?planned={visit.pk}"
    assert "There is a plan for the year" in say(client.get(address))
    finding = {"f0_kind": "defect", "f0_severity": "minor", "f0_text": "缺页"}
    half = client.post(address, said(f0_text="缺页"))
    assert ("Missing for this finding" in say(half), Inspection.objects.count()) == (True, 0)
    second = say(client.post(address, said(**finding, f1_kind="defect", f1_severity="minor")))
    assert ">Finding 2: What was found</a>" in second
    assert ">Finding 1: " not in second
    # Two rows with three fields each; what is proposed and the day are really left to the writer.
    assert second.count("needed where a finding is entered") == 6
    assert 'Due <span class="optional">optional</span>' in second
    more = say(client.post(address, said(more="1")))
    assert ("Finding 4" in more, "台账齐全" in more, Inspection.objects.count()) == (True, True, 0)
    data = said(**finding)
    client.post(address, data | {"photos": [upload(1), upload(2)]})
    obj = Inspection.objects.get()
    assert (obj.state, obj.site, obj.planned, obj.summary) == ("recorded", site, visit, "台账齐全")
    assert obj.answers == {
        "plan": {"answer": "yes", "note": ""}, "ledger": {"answer": "基本齐全", "note": "缺3月"},
        "activities": {"answer": "4", "note": ""},
    }  # fmt: skip
    assert obj.photos.arrived().count() == 2
    assert Finding.objects.get().inspection == obj
    visit.refresh_from_db()
    assert visit.state == "done"
    # The same form sent again (a second click, a page loaded again) is the same record.
    client.post(address, data | {"photos": [upload(1), upload(2)]})
    assert (Inspection.objects.count(), InspectionPhoto.objects.count(), Finding.objects.count()) == (1, 2, 1)
    content = say(client_of(people.county).get(reverse("supervision:inspection", args=[obj.pk])))
    assert all(
        words in content for words in ("Ledger complete", "基本齐全", "缺3月", "督导组2人", "Recorded")
    )


def test_bad_files_and_days_keep_what_was_typed(team, make_site):
    site, client = make_site(), client_of(team.own)
    url = f"{reverse('supervision:inspection_new', args=[team.own_group.pk])}?site={site.pk}"
    page = say(client.post(url, said() | {"photos": [SimpleUploadedFile("照片.exe", b"MZ")]}))
    assert "not a file of an allowed kind" in page
    assert "Choose the photos again" in page
    assert "台账齐全" in page
    assert "cannot lie in the future" in say(client.post(url, said(visited_on="2017-05-23")))
    assert "marked" in say(client.post(url, said(a_activities="-1", visited_on="")))
    assert (Inspection.objects.count(), InspectionPhoto.objects.count()) == (0, 0)


def test_a_unit_is_visited_with_its_own_list(team, people, make_site):
    client, county = client_of(people.office), people.county.unit
    url = f"{reverse('supervision:inspection_new', args=[team.own_group.pk])}?unit={county.pk}"
    assert "Leadership is set up" in say(client.get(url))
    client.post(url, {"uid": str(uuid.uuid4()), "rows": "2", "visited_on": "2017-05-22", "a_budget": "no"})
    obj = Inspection.objects.get()
    assert (obj.site, obj.unit, obj.area) == (None, county, county)
    assert obj.answers == {"budget": {"answer": "no", "note": ""}}
    neighbour = people.neighbour.unit
    elsewhere = f"{reverse('supervision:inspection_new', args=[team.own_group.pk])}?unit={neighbour.pk}"
    assert "first the place" in say(client.get(elsewhere))


def test_declared_void_with_a_reason_it_is_planned_again(team, people, make_site, planned, recorded):
    site = make_site()
    visit = planned(site, VISITED)
    obj = recorded(site, VISITED, planned=visit)
    client, page = client_of(team.own), reverse("supervision:inspection", args=[obj.pk])
    url = reverse("supervision:inspection_void", args=[obj.pk])
    assert "This field is required" in say(client.post(url, {"reason": ""}))
    for person in (people.county, people.leader, team.other):
        client_of(person).post(url, {"reason": "不对"})
    obj.refresh_from_db()
    assert obj.state == "recorded"
    client.post(url, {"reason": "记错地点"})
    obj.refresh_from_db()
    visit.refresh_from_db()
    assert (obj.state, visit.state) == ("void", "planned")
    content = say(client.get(page))
    assert "记错地点" in content
    assert "Declare void</button>" not in content


def test_who_reads_visits_and_photos(recorded, make_site, people, team):
    site = make_site()
    obj = recorded(site, VISITED, pictures=[1])
    photo = obj.photos.get()
    pages = [
        reverse("supervision:inspection", args=[obj.pk]),
        reverse("supervision:inspection_photo", args=[photo.pk]),
    ]
    for person in (people.county, people.office, people.leader, team.own):
        answers = [client_of(person).get(page) for page in pages]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert b"".join(answers[1].streaming_content) == picture(1)
        assert answers[1]["Content-Type"] == "image/jpeg"
    for person in (people.neighbour, people.other_city, people.other_county, people.nobody, team.other):
        assert [client_of(person).get(page).status_code for page in pages] == [404, 404]
    assert "Visits of the supervision group" in say(
        client_of(people.county).get(reverse("sites:detail", args=[site.pk]))
    )


def test_photos_still_on_the_device_are_said(team, people, make_site):
    obj = receive_inspection(
        actor=team.own, uid=uuid.uuid4(), group=team.own_group, target=make_site(), visited_on=VISITED,
        photos=[{"uid": uuid.uuid4(), "sha256": "0" * 64, "size": 10}],
        position={"latitude": 27.8, "longitude": 112.9, "accuracy": 12},
    )  # fmt: skip
    content = say(client_of(people.county).get(reverse("supervision:inspection", args=[obj.pk])))
    assert "1 photo is still on the device" in content
    assert "27.800000, 112.900000" in content
    assert "within 12 m" in content
    photo = obj.photos.get()
    assert (
        client_of(people.county).get(reverse("supervision:inspection_photo", args=[photo.pk])).status_code
        == 404
    )


# --- the table --------------------------------------------------------------------------------------------

#: state -> step -> next state; what is not named is refused.
INSPECTIONS = {
    "receiving": {"complete": "recorded", "void": "void"},
    "recorded": {"void": "void"},
    "void": {},
}
EVERYBODY = (
    "own", "other", "county", "neighbour", "office", "leader", "assessor", "auditor", "system_admin",
    "security_admin", "other_city", "other_county", "nobody",
)  # fmt: skip


def test_the_table_is_the_one_written_here():
    known = {(s.value, a.value): t.value for (s, a), t in INSPECTION_TRANSITIONS.items()}
    assert known == {(s, a): t for s, steps in INSPECTIONS.items() for a, t in steps.items()}
    assert set(INSPECTIONS) == set(InspectionState.values)


def test_who_may_take_which_step(recorded, make_site, team, people):
    obj = recorded(make_site(), VISITED)
    everybody = {name: getattr(team, name, None) or getattr(people, name) for name in EVERYBODY} | {
        None: None
    }
    for action in InspectionAction.values:
        allowed = {
            name
            for name, user in everybody.items()
            if why_not_inspection_action(user, obj, action, "理由") is None
        }
        assert allowed == {"own", "office", None}, action
    assert "Write the reason" in why_not_inspection_action(people.office, obj, "void", " ").text
