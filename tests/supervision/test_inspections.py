"""Visits as groups record them: who may, what is kept, sent twice, changed, declared void; their photos."""

import datetime
import uuid
from io import BytesIO

import pytest
from django.utils import translation
from PIL import Image

from accounts import clock
from accounts.errors import DomainError
from accounts.models import AuditEvent
from notices.models import Message
from supervision.fingerprint import distance, fingerprint_of, similar_photos
from supervision.models import Finding, Inspection, InspectionPhoto, PlannedVisit
from supervision.services.findings import record_finding
from supervision.services.inspections import (
    Conflict,
    UidTaken,
    receive_inspection,
    receive_photo,
    void_inspection,
    without_position,
)
from tests.supervision.visits import announced, finding, group_of, member_of, picture, with_place

TODAY = datetime.date(2017, 5, 22)


@pytest.fixture(autouse=True)
def _english():
    translation.activate("en")


@pytest.fixture
def member(people, make_user, xiangtan):
    return member_of("湘潭县", make_user, people, xiangtan)


@pytest.fixture
def receive(member, make_site):
    """receive(**changes): the record of a visit of the group of 湘潭县 to a community of that county."""
    usual = {
        "actor": member, "uid": uuid.uuid4(), "group": group_of("湘潭县"), "target": make_site(),
        "visited_on": TODAY, "present": " 社区书记、联络员 ", "checklist_code": "site_visit",
        "answers": {"plan": {"answer": "yes", "note": ""}, "activities": {"answer": "6", "note": "含端午"}},
        "summary": "阵地正常开放。",
    }  # fmt: skip
    return lambda **changes: receive_inspection(**usual | changes)


def why(call) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return str(refused.value.reason.text)


# --- the record -------------------------------------------------------------------------------------------


def test_a_visit_without_photos_is_recorded_at_once(receive, xiangtan, people, member):
    visit = receive(position={"latitude": 27.83, "longitude": 112.94, "accuracy": 12.4})
    visit.refresh_from_db()
    assert (visit.state, visit.present, visit.summary) == ("recorded", "社区书记、联络员", "阵地正常开放。")
    assert (visit.area.name, visit.unit, visit.cycle) == ("湘潭县", visit.site.unit, xiangtan.cycle)
    assert visit.checklist == xiangtan.cycle.supervision["checklists"][0]
    assert visit.answers == {
        "plan": {"answer": "yes", "note": ""},
        "activities": {"answer": "6", "note": "含端午"},
    }
    assert (str(visit.latitude), str(visit.longitude), visit.accuracy) == ("27.830000", "112.940000", 12)
    log = visit.log.get()
    assert (log.from_state, log.to_state, log.content_hash) == ("receiving", "recorded", visit.content_hash)
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["county"]


def test_the_checklist_is_kept_as_it_was(receive, xiangtan):
    visit = receive()
    xiangtan.cycle.supervision["checklists"][0]["items"][0]["text"] = "另一问题"
    xiangtan.cycle.save()
    visit.refresh_from_db()
    assert visit.checklist["items"][0]["text"] == "有年度创建计划并按进度推进"


def test_sent_three_times_it_is_one_record(receive):
    given = {"uid": uuid.uuid4(), "photos": [announced(picture())], "findings": [finding()]}
    assert len({receive(**given).pk for _time in range(3)}) == 1
    assert (Inspection.objects.count(), InspectionPhoto.objects.count(), Finding.objects.count()) == (1, 1, 1)


def test_other_content_under_the_same_number_is_a_conflict(receive):
    uid = uuid.uuid4()
    kept = receive(uid=uid)
    with pytest.raises(Conflict) as refused:
        receive(uid=uid, summary="另一结论")
    assert refused.value.inspection == kept
    kept.refresh_from_db()
    assert kept.summary == "阵地正常开放。"


def test_a_number_of_somebody_else_tells_nothing(receive, people):
    uid = uuid.uuid4()
    receive(uid=uid)
    with pytest.raises(UidTaken):
        receive(uid=uid, actor=people.office)
    photo = announced(picture())
    receive(uid=uuid.uuid4(), photos=[photo])
    with pytest.raises(UidTaken):
        receive(uid=uuid.uuid4(), photos=[photo])


UNFIT = "This answer does not fit the checklist: "
#: What is wrong with a record, and the words it is refused with.
REFUSED = [
    ({"visited_on": TODAY + datetime.timedelta(1)}, "The visit cannot lie in the future."),
    ({"visited_on": datetime.date(2016, 12, 31)}, "The programme has no scheme for the year 2016."),
    ({"checklist_code": "unit_visit"}, "The checklist of this visit is not one of the year 2017."),
    ({"answers": {"plan": "perhaps"}}, UNFIT + "There is a plan for the year and it is followed"),
    ({"answers": {"ledger": "很好"}}, UNFIT + "Ledger complete and up to date"),
    ({"answers": {"activities": "-1"}}, UNFIT + "Activities held this year"),
    ({"answers": {"activities": "NaN"}}, UNFIT + "Activities held this year"),
    (
        {"answers": {"plan": {"answer": "yes", "note": "\x00"}}},
        UNFIT + "There is a plan for the year and it is followed",
    ),
    ({"answers": {"other": "yes"}}, UNFIT + "other"),
    ({"answers": {"publicity": "字" * 1001}}, UNFIT + "Media coverage so far this year"),
    ({"position": {"latitude": 91, "longitude": 0}}, "The position does not lie on the earth."),
    ({"photos": [announced(b"x", size=9 * 1024 * 1024)]}, "A photo may have at most 8 MB."),
    ({"photos": [announced(b"x") for _n in range(31)]}, "A visit holds at most 30 photos and 50 findings."),
    ({"findings": [finding(severity="unheard")]}, "The scheme of this year does not know this severity."),
]


def test_what_is_not_taken_in(receive):
    assert [why(lambda changes=changes: receive(**changes)) for changes, _words in REFUSED] == [
        words for _changes, words in REFUSED
    ]
    assert Inspection.objects.count() == 0


def test_nothing_is_compulsory_but_place_and_day(receive):
    visit = receive(present="", checklist_code="", answers={}, summary="")
    assert (visit.state, visit.checklist, visit.answers, visit.latitude) == ("recorded", {}, {}, None)


def test_only_the_group_and_the_office_record_in_its_areas(receive, people, member, make_user, xiangtan):
    other = member_of("韶山市", make_user, people, xiangtan, name="other")
    for person in (people.county, people.neighbour, people.leader, people.other_city, people.nobody, other):
        assert why(lambda person=person: receive(actor=person)).startswith("Only members of")
    receive(actor=people.office, uid=uuid.uuid4())
    words = why(
        lambda: receive(actor=people.office, target=xiangtan.areas["韶山市"], checklist_code="", answers={})
    )
    assert words.startswith("The place visited does not lie in the areas of")


def test_a_visit_to_a_unit(receive, xiangtan):
    county = xiangtan.areas["湘潭县"]
    visit = receive(target=county, checklist_code="unit_visit", answers={"conference": "no"})
    assert (visit.site, visit.unit, visit.area) == (None, county, county)
    assert visit.answers == {"conference": {"answer": "no", "note": ""}}


def test_findings_come_in_with_the_record(receive, people):
    receive(findings=[finding(kind="difficulty", severity="major", text="缺少经费")])
    found = Finding.objects.get()
    assert (found.inspection, found.kind, found.severity_name, found.text) == (
        Inspection.objects.get(), "difficulty", "较重", "缺少经费",
    )  # fmt: skip
    assert (found.owner.name, found.due_on) == ("湘潭县", datetime.date(2017, 6, 6))


# --- the plan ---------------------------------------------------------------------------------------------


@pytest.fixture
def planned(xiangtan, make_site):
    site = make_site(name="同心社区乙")
    return PlannedVisit.objects.create(
        group=group_of("湘潭县"), cycle=xiangtan.cycle, area=site.area, unit=site.unit, site=site,
        from_day=TODAY, to_day=TODAY, planned_at=clock.now(),
    )  # fmt: skip


def test_the_visit_of_the_plan_is_carried_out_and_planned_again(receive, planned, member):
    visit = receive(target=planned.site, planned=planned)
    planned.refresh_from_db()
    assert planned.state == "done"
    void_inspection(actor=member, inspection=visit, reason="录错单位")
    planned.refresh_from_db()
    assert (planned.state, visit.state) == ("planned", "void")


def test_a_visit_of_the_plan_to_another_place(receive, planned):
    assert why(lambda: receive(planned=planned)) == "The visit of the plan is to another place."


def test_void_needs_a_reason_and_no_findings_under_way(receive, member, people):
    visit = receive(findings=[finding()])
    assert why(lambda: void_inspection(actor=member, inspection=visit, reason=" ")).startswith(
        "Write the reason"
    )
    assert why(lambda: void_inspection(actor=member, inspection=visit, reason="误")) == (
        "Findings of this visit are under way."
    )
    assert why(lambda: void_inspection(actor=people.county, inspection=visit, reason="误")).startswith(
        "Only members"
    )


# --- photos -----------------------------------------------------------------------------------------------


def test_photos_arrive_one_by_one_with_the_same_bytes(receive, member, people, xiangtan):
    one, two = picture(1), picture(2, kind="PNG")
    visit = receive(photos=[announced(one, note=" 门口 "), announced(two)])
    first, second = visit.photos.all()
    assert (visit.state, first.note, Message.objects.count()) == ("receiving", "门口", 0)
    receive_photo(actor=member, inspection=visit, uid=second.uid, content=two)
    visit.refresh_from_db()
    assert visit.state == "receiving"
    for _time in range(3):
        receive_photo(actor=member, inspection=visit, uid=first.uid, content=one)
    visit.refresh_from_db()
    assert visit.state == "recorded"
    assert [photo.file.read() for photo in visit.photos.all()] == [one, two]
    assert [photo.file.name[-4:] for photo in visit.photos.all()] == [".jpg", ".png"]
    assert list(Message.objects.values_list("recipient__username", flat=True)) == ["county"]
    assert AuditEvent.objects.filter(action="inspection.complete").count() == 1


def test_what_is_no_such_photo_is_not_kept(receive, member, people):
    good, text = picture(), b"\xff\xd8\xff not a picture at all"
    visit = receive(photos=[announced(good), announced(text)])
    first, second = visit.photos.all()
    wrong = "The photo did not arrive as it was announced."
    for content in (good[:-1], good + b"x", b"", picture(2)):
        assert (
            why(
                lambda content=content: receive_photo(
                    actor=member, inspection=visit, uid=first.uid, content=content
                )
            )
            == wrong
        )
    assert why(lambda: receive_photo(actor=member, inspection=visit, uid=second.uid, content=text))
    assert why(lambda: receive_photo(actor=member, inspection=visit, uid=uuid.uuid4(), content=good)) == (
        "This photo was not announced with the visit."
    )
    assert why(
        lambda: receive_photo(actor=people.county, inspection=visit, uid=first.uid, content=good)
    ).startswith("Only members")
    assert InspectionPhoto.objects.arrived().count() == 0


def test_a_picture_of_too_many_pixels_is_not_opened(receive, member):
    out = BytesIO()
    Image.new("1", (20_000, 6_000)).save(out, "PNG")
    visit = receive(photos=[announced(out.getvalue())])
    photo = visit.photos.get().uid
    words = why(lambda: receive_photo(actor=member, inspection=visit, uid=photo, content=out.getvalue()))
    assert words == "The picture “Photo 1.png” has too many pixels."


def test_no_photos_for_a_visit_declared_void(receive, member):
    content = picture()
    visit = receive(photos=[announced(content)])
    void_inspection(actor=member, inspection=visit, reason="误")
    assert (
        why(
            lambda: receive_photo(actor=member, inspection=visit, uid=visit.photos.get().uid, content=content)
        )
        == "The visit was declared void."
    )


# --- the same picture -------------------------------------------------------------------------------------


def test_prints_of_one_picture_are_near_and_of_others_far():
    base = fingerprint_of(picture(1))
    assert distance(base, fingerprint_of(picture(1, size=(1600, 1200), quality=60))) <= 2
    assert distance(base, fingerprint_of(picture(1, kind="PNG"))) <= 2
    assert distance(base, fingerprint_of(picture(3))) > 12
    assert distance("00000000000000ff", "000000000000000f") == 4


def test_pictures_without_detail_have_no_print():
    for shade in (0, 20, 255):
        out = BytesIO()
        Image.new("L", (300, 200), shade).save(out, "JPEG")
        assert fingerprint_of(out.getvalue()) == ""


def sent_with(receive, member, *contents):
    visit = receive(uid=uuid.uuid4(), photos=[announced(content) for content in contents])
    for photo, content in zip(visit.photos.all(), contents, strict=True):
        receive_photo(actor=member, inspection=visit, uid=photo.uid, content=content)
    return visit


def test_the_same_picture_used_before_is_pointed_out_not_blocked(receive, member, people):
    earlier = sent_with(receive, member, picture(1), picture(3))
    later = sent_with(receive, member, picture(1, size=(800, 600), quality=70), picture(5))
    assert later.state in ("receiving", "recorded")
    again, new = later.photos.all()
    assert similar_photos(again) == similar_photos(again, member) == [earlier.photos.first()]
    assert (similar_photos(new), similar_photos(earlier.photos.first())) == ([], [])
    assert similar_photos(again, people.neighbour) == []
    void_inspection(actor=member, inspection=earlier, reason="误")
    assert similar_photos(again) == []


def test_looking_for_the_same_picture_takes_two_queries(receive, member, django_assert_num_queries):
    sent_with(receive, member, picture(1))
    for count in (1, 30):
        visit = sent_with(receive, member, *[picture(1)] * (count - 1 or 1))
        photo = InspectionPhoto.objects.select_related("inspection__cycle").filter(inspection=visit).first()
        with django_assert_num_queries(2):
            similar_photos(photo)


# --- position of photos -----------------------------------------------------------------------------------


def test_the_notes_of_a_camera_are_taken_out():
    noted = with_place(picture())
    with Image.open(BytesIO(noted)) as image:
        assert image.getexif().get_ifd(0x8825)[2] == (27.0, 49.0, 48.0)
    clean = without_position(noted)
    with Image.open(BytesIO(clean)) as image:
        assert (dict(image.getexif()), image.size, image.format) == ({}, (320, 240), "JPEG")
    assert without_position(clean) == clean
    assert distance(fingerprint_of(clean), fingerprint_of(noted)) <= 2


def test_a_finding_s_number_of_somebody_else_tells_nothing(receive, member, xiangtan, people):
    group, county = group_of("湘潭县"), xiangtan.areas["湘潭县"]
    taken = record_finding(
        actor=people.office, group=group, cycle=xiangtan.cycle, kind="defect", severity="minor", text="另一",
        owner=county, unit=county, area=county,
    )  # fmt: skip
    with pytest.raises(UidTaken):
        receive(findings=[finding(uid=taken.uid)])
    assert Inspection.objects.count() == 0
