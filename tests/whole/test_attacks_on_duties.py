"""What somebody might try on findings and what is owed: far days, the ladder, deputies, everything twice."""

import datetime

import pytest
from django.urls import reverse

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from assessments.services import demand_review_rectification
from dashboard.feed import feed_of
from notices.duties import owed_now
from notices.models import Absence, Message, Reminder
from notices.reminding.planning import due_now
from notices.services.absences import end_absence, enter_absence
from notices.services.digests import remind as send_reminders
from supervision.models import Coordination, Finding, Meeting, Task
from supervision.services.coordination import answer_finding, ask_extension, refer_finding
from supervision.services.escalation import climb_overdue, order_letter, propose_to_office, record_talk
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.meetings import plan_meeting
from supervision.services.tasks import give_tasks
from tests.assessments.reviewing import drawn, look_at, plaque_of, reported, visited  # noqa: F401 - fixtures
from tests.sites.conftest import climb  # noqa: F401 - fixtures
from tests.supervision.finding_fixtures import again, cast, climbed, found  # noqa: F401 - fixtures

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported

DAY = datetime.date
LAST_OF_ALL = DAY(9999, 12, 31)


# --- days nobody will live to see -----------------------------------------------------------------------------


def test_a_finding_is_not_due_at_the_end_of_time(found):
    for day in (LAST_OF_ALL, DAY(9999, 12, 30), DAY(2500, 1, 4)):
        with pytest.raises(DomainError):
            found(due_on=day)


def test_no_step_of_a_finding_sets_a_day_at_the_end_of_time(cast, found, climbed):
    with pytest.raises(DomainError):
        ask_extension(actor=cast.town, finding=found(), until=LAST_OF_ALL, reason="等待材料")
    finding = climbed("letter", name="同心社区乙")
    clock.set_today(DAY(2017, 6, 27))
    said = {"held_on": clock.today(), "led_by": "副部长", "with_whom": "书记", "minutes": "修好屋顶"}
    with pytest.raises(DomainError):
        record_talk(actor=cast.group, finding=again(finding), agreed_day=LAST_OF_ALL, **said)


def test_one_far_day_does_not_stop_everybodys_reminders_and_pages(cast, found, client):
    """Days of rows written before there was a limit, or by the installation itself."""
    near, far = found(), found(name="同心社区乙")
    Finding.objects.filter(pk=far.pk).update(due_on=LAST_OF_ALL)
    clock.set_today(DAY(2017, 6, 5))
    assert any(key[0].startswith(f"finding:{near.pk}:") for key in due_now(owed_now()))
    send_reminders()
    assert Reminder.objects.filter(duty__startswith=f"finding:{near.pk}:").exists()
    for person in (cast.group, cast.town, cast.office):
        client.force_login(person)
        for name in ("supervision:findings", "dashboard:inbox"):
            assert client.get(reverse(name)).status_code == 200
        assert feed_of(User.objects.get(pk=person.pk))


def test_an_approval_without_end_does_not_stop_the_reminders(xiangtan, people, client):
    type(xiangtan.cycle).objects.update(approval_valid_until=LAST_OF_ALL)
    assert due_now(owed_now())
    client.force_login(people.office)
    assert client.get(reverse("dashboard:inbox")).status_code == 200


def test_a_review_is_not_rectified_at_the_end_of_time(people, visited):
    review = visited()
    with pytest.raises(DomainError):
        demand_review_rectification(
            actor=people.office, review=review, findings="台账不全", rectify_by=LAST_OF_ALL
        )


# --- the way of a finding -------------------------------------------------------------------------------------


def test_a_unit_does_not_stop_its_clock_again_and_again(cast, found, xiangtan):
    finding = found()
    refer_finding(actor=cast.town, finding=finding, to_unit=cast.units.section, question="需协调资金")
    clock.set_today(DAY(2017, 5, 31))
    answer_finding(actor=cast.section, finding=again(finding), answer="已联系财政")
    with pytest.raises(DomainError):
        refer_finding(actor=cast.town, finding=again(finding), to_unit=cast.units.section, question="再问")
    with pytest.raises(DomainError):
        refer_finding(actor=cast.county, finding=again(finding), to_unit=cast.units.city, question="再问")
    refer_finding(actor=cast.group, finding=again(finding), to_unit=cast.units.city, question="督导组再问")
    assert Coordination.objects.count() == 2


def test_the_ladder_is_climbed_step_by_step_by_people(cast, climbed):
    finding = climbed("remind")
    clock.set_today(DAY(2017, 12, 1))
    for _round in range(3):
        climb_overdue()
    assert again(finding).escalation.state == "reminded"
    for step in (
        lambda: order_letter(actor=None, finding=again(finding)),
        lambda: propose_to_office(actor=cast.group, finding=again(finding), text="建议"),
        lambda: record_talk(
            actor=cast.group,
            finding=again(finding),
            held_on=clock.today(),
            led_by="a",
            with_whom="b",
            minutes="c",
        ),
        lambda: order_letter(actor=cast.other_group, finding=again(finding)),
        lambda: order_letter(actor=cast.county, finding=again(finding)),
    ):
        with pytest.raises(DomainError):
            step()
    letter = order_letter(actor=cast.group, finding=again(finding))
    with pytest.raises(DomainError):
        order_letter(actor=cast.group, finding=again(finding))
    assert type(letter).objects.count() == 1


def test_reporting_nothing_again_and_again_gains_only_what_the_group_gives(cast, found):
    finding = found()
    clock.set_today(DAY(2017, 6, 7))
    report_finding(actor=cast.town, finding=finding, text="已整改")
    with pytest.raises(DomainError):
        report_finding(actor=cast.town, finding=again(finding), text="已整改")
    recheck_finding(
        actor=cast.group, finding=again(finding), checked_on=clock.today(), is_settled=False, note="没有动静",
        due_on=DAY(2017, 6, 8),
    )  # fmt: skip
    assert again(finding).due_on == DAY(2017, 6, 8)


# --- who stands in for whom -----------------------------------------------------------------------------------


def test_nobody_reroutes_another_persons_reminders(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    for actor in (colleague, people.neighbour, people.other_city, people.leader, people.system_admin):
        with pytest.raises(DomainError):
            enter_absence(actor=actor, person=people.county, deputy=colleague, **how)
    for deputy in (people.neighbour, people.other_city, people.other_county):
        with pytest.raises(DomainError):
            enter_absence(actor=people.county, person=people.county, deputy=deputy, **how)
    absence = enter_absence(actor=people.county, person=people.county, deputy=colleague, **how)
    for actor in (colleague, people.neighbour, people.other_city):
        with pytest.raises(DomainError):
            end_absence(actor=actor, absence=absence)
    assert Absence.objects.get().ended_at is None


def test_whose_reminders_go_elsewhere_is_told(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"deputy": colleague, "from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    absence = enter_absence(actor=people.office, person=people.county, **how)
    assert Message.objects.filter(recipient=people.county).count() == 1
    end_absence(actor=people.office, absence=absence)
    assert Message.objects.filter(recipient=people.county).count() == 2
    enter_absence(actor=people.county, person=people.county, **how)
    assert Message.objects.filter(recipient=people.county).count() == 2


# --- double clicks and empty houses ---------------------------------------------------------------------------


def test_tasks_given_twice_are_given_once(people, xiangtan):
    how = {
        "actor": people.office, "cycle": xiangtan.cycle, "units": [xiangtan.areas["湘潭县"]], "title": "报送年度总结",
        "due_on": DAY(2017, 9, 1),
    }  # fmt: skip
    before = Task.objects.count()
    give_tasks(**how)
    with pytest.raises(DomainError):
        give_tasks(**how)
    assert Task.objects.count() == before + 1


def test_a_meeting_planned_twice_is_planned_once(people, xiangtan):
    how = {
        "actor": people.county, "cycle": xiangtan.cycle, "kind": "joint_conference", "unit": xiangtan.areas["湘潭县"],
        "title": "联席会议", "planned_on": DAY(2017, 6, 20),
    }  # fmt: skip
    plan_meeting(**how)
    with pytest.raises(DomainError):
        plan_meeting(**how)
    assert Meeting.objects.filter(unit=xiangtan.areas["湘潭县"]).count() == 1


def test_no_reminder_key_is_longer_than_its_column(cast, found):
    found()
    duties = owed_now()
    assert duties
    assert all(len(duty.key) <= 120 for duty in duties)


def test_an_empty_database_reminds_nobody_and_stops_nothing(db):
    assert (due_now(owed_now()), send_reminders()) == ({}, 0)


def test_an_absence_of_two_thousand_years_is_an_absence(people, make_user, xiangtan, client):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    enter_absence(
        actor=people.county, person=people.county, deputy=colleague, from_day=DAY(1, 1, 1), to_day=LAST_OF_ALL
    )
    assert due_now(owed_now())
    client.force_login(people.office)
    assert client.get(reverse("notices:absences")).status_code == 200


def test_deputies_in_a_circle_reach_the_person_and_the_office(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    before = {key[2] for key in due_now(owed_now())}
    assert people.county.pk in before
    enter_absence(actor=people.county, person=people.county, deputy=colleague, **how)
    enter_absence(actor=colleague, person=colleague, deputy=people.county, **how)
    assert before <= {key[2] for key in due_now(owed_now())}
