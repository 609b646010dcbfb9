"""Meetings: who plans and records them, what is owed until held, the pages, the reminders."""

import datetime
import io
import re
import threading

import openpyxl
import pytest
from django.db import connection
from django.db import transaction as database
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from applications.models import Cycle
from notices.models import Message
from supervision.enums import MEETING_TRANSITIONS, MeetingAction, MeetingState
from supervision.meeting_duties import meetings_owed, waiting_for
from supervision.meeting_kinds import kind_of
from supervision.meeting_rules import may_take_meeting
from supervision.meeting_selectors import owed_meetings
from supervision.models import Meeting, MeetingFile
from supervision.services.meetings import (
    add_papers,
    cancel_meeting,
    change_meeting,
    hold_meeting,
    move_meeting,
    plan_meeting,
)
from supervision.services.staircase import transition
from tests.applications.conftest import png

_S, _A = MeetingState, MeetingAction
DAY = datetime.date
#: Who may take a step with a county's meeting, and with the city's; by state and action.
MEETINGS = {
    "湘潭县": {
        _S.PLANNED: dict.fromkeys((_A.MOVE, _A.HOLD, _A.CANCEL), frozenset({"county", "office"})),
        _S.HELD: {},
        _S.CANCELLED: {},
    },
    "湘潭市": {
        _S.PLANNED: dict.fromkeys((_A.MOVE, _A.HOLD, _A.CANCEL), frozenset({"office"})),
        _S.HELD: {},
        _S.CANCELLED: {},
    },
}


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def planned(xiangtan, people):
    """planned(): 湘潭县's joint conference, planned for 2 June 2017; other units and kinds by name."""

    def make(area="湘潭县", kind="joint_conference", day=None, actor=None, **fields):
        unit = xiangtan.areas.get(area, xiangtan.city)
        return plan_meeting(
            actor=actor or people.office, cycle=xiangtan.cycle, kind=kind, unit=unit, title="会议",
            planned_on=day or DAY(2017, 6, 2), **fields,
        )  # fmt: skip

    return make


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(pk=person.pk))
    return client


def say(answer) -> str:
    return answer.content.decode()


def refusal(call, **arguments) -> str:
    with pytest.raises(DomainError) as caught, database.atomic():
        call(**arguments)
    return str(caught.value)


def test_the_table_names_every_state_and_action():
    for table in MEETINGS.values():
        assert set(table) == set(_S)
        assert {(state, action) for state in table for action in table[state]} == set(MEETING_TRANSITIONS)
    assert {action for _state, action in MEETING_TRANSITIONS} == set(_A)


@pytest.mark.parametrize("caller", MEETINGS)
def test_meeting_by_action_by_role(caller, planned, people, make_user, xiangtan):
    kind = "joint_conference" if caller == "湘潭县" else "promotion_meeting"
    meeting = planned(caller, kind)
    people.county_leader = make_user("countyleader", Role.LEADER, xiangtan.areas["湘潭县"])
    people.keeper = make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"])
    people.supervisor = make_user("supervisor", Role.SUPERVISOR, xiangtan.city)
    people.liaison = make_user("liaison", Role.LIAISON, xiangtan.areas["湘潭县"])
    people.province = make_user("province", Role.OFFICE, xiangtan.city.parent)
    everybody = {name: User.objects.get(pk=person.pk) for name, person in vars(people).items()}
    assert {row.role for user in everybody.values() for row in user.role_assignments.all()} == set(Role)
    for state in _S:
        held_on = DAY(2017, 5, 2) if state == _S.HELD else None
        Meeting.objects.update(state=state, held_on=held_on)
        found, offered = {}, {}
        for action in _A:
            may = frozenset(n for n, user in everybody.items() if _succeeds(meeting, action, user))
            found |= {action: may} if may else {}
            fresh = Meeting.objects.select_related("cycle__programme__owner", "unit").get()
            may = frozenset(n for n, user in everybody.items() if may_take_meeting(user, fresh, action))
            offered |= {action: may} if may else {}
        assert found == offered == MEETINGS[caller][state], state


def _succeeds(meeting, action, user) -> bool:
    try:
        with database.atomic():
            transition(
                obj=Meeting.objects.get(pk=meeting.pk), action=action, actor=user, reason="理由",
                held_on=DAY(2017, 5, 2),
            )  # fmt: skip
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def test_only_its_callers_plan_a_meeting(xiangtan, people):
    county = xiangtan.areas["湘潭县"]
    common = {"cycle": xiangtan.cycle, "title": "会", "planned_on": DAY(2017, 6, 2)}
    joint = common | {"kind": "joint_conference", "unit": county}
    for name in ("neighbour", "leader", "other_city", "other_county", "nobody", "auditor"):
        assert "may do this" in refusal(plan_meeting, actor=getattr(people, name), **joint)
    city = common | {"kind": "promotion_meeting", "unit": xiangtan.city}
    assert "Only Leadership office" in refusal(plan_meeting, actor=people.county, **city)
    swapped = common | {"kind": "promotion_meeting", "unit": county}
    assert "has no such meeting of this unit" in refusal(plan_meeting, actor=people.county, **swapped)
    outside = joint | {"planned_on": DAY(2018, 1, 2)}
    assert "lies outside the year 2017" in refusal(plan_meeting, actor=people.county, **outside)
    Cycle.objects.update(state="closed")
    closed = joint | {"cycle": Cycle.objects.select_related("programme__owner").get()}
    assert "is not open" in refusal(plan_meeting, actor=people.county, **closed)


def test_owed_until_held(planned, people, xiangtan):
    def states():
        return {
            (duty.unit.name, duty.kind.code): (duty.state, duty.owed, duty.planned, duty.held)
            for duty in owed_meetings(xiangtan.cycle)
        }

    at_first = states()
    assert len(at_first) == 9
    assert set(at_first.values()) == {("owed", 1, 0, 0)}
    meeting = planned()
    assert states()["湘潭县", "joint_conference"] == ("planned", 1, 1, 0)
    clock.set_today(DAY(2017, 6, 2))
    hold_meeting(actor=people.county, meeting=meeting, held_on=DAY(2017, 6, 2), participants=24)
    assert states() == at_first | {("湘潭县", "joint_conference"): ("held", 0, 0, 1)}
    cancel_meeting(actor=people.office, meeting=planned("韶山市"), reason="改期")
    assert states()["韶山市", "joint_conference"] == ("owed", 1, 0, 0)
    # More than the scheme asks for is fine.
    hold_meeting(actor=people.county, meeting=planned(day=DAY(2017, 5, 2)), held_on=DAY(2017, 5, 3))
    assert states()["湘潭县", "joint_conference"] == ("held", 0, 0, 2)


def test_held_late_is_recorded_and_said(planned, people, xiangtan):
    meeting = planned("湘潭市", "promotion_meeting", day=DAY(2017, 6, 20))
    clock.set_today(DAY(2017, 7, 5))
    client = client_of(people.office)
    url = reverse("supervision:meeting_hold", args=[meeting.pk])
    tomorrow = client.post(url, {"held_on": "2017-07-06"})
    assert "The day lies in the future" in say(tomorrow)
    assert "lies outside the year 2017" in say(client.post(url, {"held_on": "2016-12-30"}))
    page = say(client.post(url, {"held_on": "2017-07-05", "participants": "120"}, follow=True))
    assert "The scheme sets 1 June 2017 – 30 June 2017" in page
    assert "It counts all the same" in page
    assert Meeting.objects.get().state == "held"


def test_a_following_year_has_its_own_days(xiangtan):
    kind = kind_of(Cycle(year=2020, supervision=xiangtan.cycle.supervision), "promotion_meeting")
    assert (kind.starts_on, kind.due_on) == (DAY(2020, 6, 1), DAY(2020, 6, 30))
    joint = kind_of(xiangtan.cycle, "joint_conference")
    assert (joint.starts_on, joint.due_on) == (DAY(2017, 1, 1), DAY(2017, 12, 31))


def test_a_meeting_moves_and_is_changed_until_it_was_held(planned, people):
    meeting = planned(actor=people.county)
    assert "Write the reason" in refusal(
        move_meeting, actor=people.county, meeting=meeting, planned_on=DAY(2017, 6, 9), reason=" "
    )
    move_meeting(actor=people.office, meeting=meeting, planned_on=DAY(2017, 6, 9), reason="防汛")
    assert Message.objects.filter(recipient=people.county, subject__contains="6月9日").count() == 1
    change_meeting(
        actor=people.county, meeting=meeting, title="联席会议", place="三楼会议室", chair="县委副书记"
    )
    clock.set_today(DAY(2017, 6, 9))
    hold_meeting(actor=people.county, meeting=meeting, held_on=DAY(2017, 6, 9), files=[png("签到.png")])
    assert "can no longer be changed" in refusal(
        change_meeting, actor=people.county, meeting=meeting, title="另一题目"
    )
    add_papers(actor=people.county, meeting=meeting, minutes="会议决定……")
    assert "written once" in refusal(add_papers, actor=people.county, meeting=meeting, minutes="改写")
    assert "not a file of an allowed kind" in refusal(
        add_papers, actor=people.county, meeting=meeting, files=[png("纪要.exe")]
    )
    found = Meeting.objects.get()
    assert (found.title, found.place, found.minutes) == ("联席会议", "三楼会议室", "会议决定……")
    assert [row.action for row in found.log.all()] == ["move", "hold"]
    assert [file.name for file in found.files.all()] == ["签到.png"]


def test_promotion_meeting_with_speakers_and_agenda(people, xiangtan):
    client = client_of(people.office)
    url = reverse("supervision:meeting_plan", args=[xiangtan.cycle.pk])
    query = f"?kind=promotion_meeting&unit={xiangtan.city.pk}"
    lines = {"speakers-TOTAL_FORMS": 3, "speakers-INITIAL_FORMS": 0}
    said = {
        "title": "推进会",
        "planned_on": "2017-06-20",
        "agenda": "一、通报情况\n二、交流发言",
        "chair": "市委常委",
    }
    half = lines | {"speakers-0-speaker": "韶山市委统战部"}
    assert "field-error" in say(client.post(url + query, said | half))
    speakers = lines | {
        "speakers-0-speaker": "韶山市委统战部", "speakers-0-topic": "同心乡村",
        "speakers-2-speaker": "昭山示范区", "speakers-2-topic": "同心项目",
    }  # fmt: skip
    page = say(client.post(url + query, said | speakers, follow=True))
    assert page.index("韶山市委统战部") < page.index("昭山示范区")
    meeting = Meeting.objects.get()
    assert '<strong>Planned</strong> <span class="text-body-secondary">office</span>' in page
    assert [(row.order, row.topic) for row in meeting.speakers.all()] == [(1, "同心乡村"), (2, "同心项目")]
    change = reverse("supervision:meeting_change", args=[meeting.pk])
    turned = {
        "title": "推进会", "speakers-TOTAL_FORMS": 5, "speakers-INITIAL_FORMS": 2,
        "speakers-0-speaker": "", "speakers-0-topic": "",
        "speakers-1-speaker": "昭山示范区", "speakers-1-topic": "同心项目",
        "speakers-2-speaker": "雨湖区", "speakers-2-topic": "同心社区",
    }  # fmt: skip
    client.post(change, turned)
    assert [row.speaker for row in meeting.speakers.all()] == ["昭山示范区", "雨湖区"]
    # The counties are told, and read the agenda of what the city calls; another city does not.
    assert Message.objects.filter(recipient=people.county).count() == 1
    answer = client_of(people.county).get(reverse("supervision:meeting_agenda", args=[meeting.pk]))
    assert (answer["content-type"], b"".join(answer)[:5]) == ("application/pdf", b"%PDF-")
    assert (
        client_of(people.other_county).get(reverse("supervision:meeting", args=[meeting.pk])).status_code
        == 404
    )


def test_the_matrix_opens_its_rows(planned, people, xiangtan):
    held = planned(day=DAY(2017, 5, 4))
    hold_meeting(actor=people.county, meeting=held, held_on=DAY(2017, 5, 4), participants=9)
    planned("韶山市")
    client, url = client_of(people.office), reverse("supervision:meetings")
    page = say(client.get(url))
    assert page.count(">owed 1<") == 8
    assert "held 1, owed 7" in page
    query = {"cycle": xiangtan.cycle.pk, "kind": "joint_conference", "unit": held.unit_id, "state": "held"}
    assert "1 entry" in say(client.get(url, query))
    assert "1 entry" in say(client.get(url, {"q": "ssh"[:2]}))
    # The county sees its own and the city's, and may plan only its own.
    county = say(client_of(people.county).get(url))
    assert (county.count(">owed 1<"), "Shaoshan" in county) == (1, False)
    plans = re.findall(r"meetings/plan/[^\"]+", county)
    assert plans == [f"meetings/plan/{xiangtan.cycle.pk}/?kind=joint_conference&amp;unit={held.unit_id}"]
    # Where what is planned covers what is owed, no more is offered to be planned.
    plans = re.findall(r"meetings/plan/[^\"]+unit=(\d+)", page)
    missing = {str(unit.pk) for name, unit in xiangtan.areas.items() if name != "韶山市"}
    assert set(plans) == missing | {str(xiangtan.city.pk)}
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(url, {"export": "xlsx", "state": "held"}).streaming_content))
    )
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][2:6] == ("Xiangtan County", "会议", "2017-05-04", "2017-05-04")
    assert "held 1" in say(client.get(reverse("applications:cycle")))


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    planned, people, xiangtan, django_assert_num_queries
):
    planned()
    client, url = client_of(people.office), reverse("supervision:meetings")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        assert "1 entry" in say(client.get(url))
    for number in range(29):
        planned(list(xiangtan.areas)[number % 8], day=DAY(2017, 6, 1 + number))
    with django_assert_num_queries(LIST_QUERIES):
        assert "30 entries" in say(client.get(url))
    with django_assert_num_queries(2):
        assert len(owed_meetings(xiangtan.cycle)) == 9


LIST_QUERIES = 19


def test_inbox_and_reminders(planned, people, xiangtan, django_assert_num_queries):
    clock.set_today(DAY(2017, 6, 1))
    county = User.objects.get(pk=people.county.pk)
    assert [(todo.text, todo.due) for todo in waiting_for(county)] == [
        ("Joint conference owed: plan it, or record it once it was held", DAY(2017, 12, 31))
    ]
    meeting = planned()
    assert waiting_for(county)[0].text == "Joint conference owed, planned for 2 June 2017"
    clock.set_today(DAY(2017, 6, 3))
    assert waiting_for(county)[0].text == "Joint conference of 2 June 2017: record whether it was held"
    office = [(todo.text, todo.due) for todo in waiting_for(User.objects.get(pk=people.office.pk))]
    assert office == [("Promotion meeting owed: plan it, or record it once it was held", DAY(2017, 6, 30))]
    duties = {(duty.unit.name, duty.due_on): duty for duty in meetings_owed()}
    assert len(duties) == 9
    duty = duties["湘潭县", DAY(2017, 12, 31)]
    assert ([owed.user for owed in duty.owed_by], duty.stages) == ([people.county], (30, 10, 3, 1, 0))
    assert duties["湘潭市", DAY(2017, 6, 30)].owed_by[0].user == people.office
    hold_meeting(actor=people.county, meeting=meeting, held_on=DAY(2017, 6, 2))
    assert waiting_for(county) == []
    assert len(list(meetings_owed())) == 8
    nobody = User.objects.get(pk=people.nobody.pk)
    with django_assert_num_queries(1):
        assert waiting_for(nobody) == []


def test_papers_are_for_those_who_see_the_meeting(planned, people):
    meeting = planned(actor=people.county)
    client = client_of(people.county)
    client.post(
        reverse("supervision:meeting_papers", args=[meeting.pk]), {"files": [png("通知.png"), png("二.png")]}
    )
    assert MeetingFile.objects.count() == 2
    url = reverse("supervision:meeting_file", args=[MeetingFile.objects.first().pk])
    got = {
        name: client_of(getattr(people, name)).get(url).status_code
        for name in ("county", "office", "neighbour")
    }
    assert got == {"county": 200, "office": 200, "neighbour": 404}


@pytest.mark.django_db(transaction=True)
def test_held_and_called_off_at_once_is_one_of_both(planned, people):
    meeting, outcomes = planned(day=DAY(2017, 5, 4)), []
    start = threading.Barrier(2)

    def run(call, **said):
        try:
            start.wait(timeout=10)
            call(meeting=Meeting.objects.get(pk=meeting.pk), **said)
            outcomes.append("done")
        except DomainError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(hold_meeting,), kwargs={"actor": people.county, "held_on": DAY(2017, 5, 4)}),
        threading.Thread(target=run, args=(cancel_meeting,), kwargs={"actor": people.office, "reason": "撤"}),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["done", "refused"]
    assert Meeting.objects.get().log.count() == 1
