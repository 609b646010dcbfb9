"""Reminders planned and sent: which stage on which day, to whom and why, once, and not when it was done meanwhile."""

import datetime

import pytest
from django.utils import timezone

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from notices import duties
from notices.duties import Duty, Owed
from notices.models import Absence, Digest, Message, Reminder
from notices.reminding.hours import may_go_out
from notices.reminding.stages import WorkingDays, stage_on
from notices.services import mark_all_read, mark_read
from notices.services.absences import deputies_for, end_absence, enter_absence
from notices.services.digests import send_digests
from notices.services.ledger import note_delivered
from notices.services.planning import plan
from notices.tasks import send_reminders


def on(month, day):
    return datetime.date(2017, month, day)


LAST_OF_MAY = on(5, 31)


def duty(*owed_by, key="t:1", due_on=LAST_OF_MAY, stages=(10, 3, 1, 0), **fields):
    fields = {"kind": "task", "subject": "年度计划", "url": "/supervision/", "overdue_weeks": 4} | fields
    owed = tuple(Owed(person, "因为") for person in owed_by)
    return Duty(key=key, due_on=due_on, stages=tuple(stages), owed_by=owed, **fields)


@pytest.fixture
def owed(xiangtan, monkeypatch) -> list[Duty]:
    """The one source of duties of a test: put in what is owed."""
    found: list[Duty] = []
    monkeypatch.setattr(duties, "_SOURCES", [lambda: list(found)])
    return found


def ledger() -> list[tuple]:
    rows = Reminder.objects.order_by("id")
    return list(rows.values_list("recipient__username", "stage", "state"))


# In May 2017 the 27th, a Saturday, was worked and 28 to 30 May, the Dragon Boat days, were off; counted back from
# Wednesday the 31st the working days are 27, 26, 25, 24, 23, 22, 19, 18, 17, 16. From 1 to 8 October everything is off.
@pytest.mark.parametrize(
    ("due_on", "today", "expected"),
    [
        (on(5, 31), on(5, 15), None),
        (on(5, 31), on(5, 16), (10, on(5, 16))),
        (on(5, 31), on(5, 24), (10, on(5, 16))),
        (on(5, 31), on(5, 25), (3, on(5, 25))),
        (on(5, 31), on(5, 26), (3, on(5, 25))),
        (on(5, 31), on(5, 27), (1, on(5, 27))),
        (on(5, 31), on(5, 30), (1, on(5, 27))),
        (on(5, 31), on(5, 31), (0, on(5, 31))),
        # On a day off the day itself is told on the last working day before it.
        (on(5, 28), on(5, 26), (3, on(5, 25))),
        (on(5, 28), on(5, 27), (0, on(5, 27))),
        # Overdue: the first working day after, then weekly, for four weeks.
        (on(5, 31), on(6, 1), (-1, on(6, 1))),
        (on(5, 31), on(6, 7), (-1, on(6, 1))),
        (on(5, 31), on(6, 8), (-2, on(6, 8))),
        (on(5, 31), on(6, 15), (-3, on(6, 15))),
        (on(5, 31), on(6, 22), (-4, on(6, 22))),
        (on(5, 31), on(12, 1), (-4, on(6, 22))),
        (on(5, 26), on(5, 27), (-1, on(5, 27))),
        # Friday 29 September: the working Saturday after it, then the holiday moves the second week on to 9 October.
        (on(9, 29), on(9, 30), (-1, on(9, 30))),
        (on(9, 29), on(10, 8), (-1, on(9, 30))),
        (on(9, 29), on(10, 9), (-2, on(10, 9))),
    ],
)
def test_the_stage_of_a_day(xiangtan, due_on, today, expected):
    asked = duty(due_on=due_on)
    assert stage_on(asked, today, WorkingDays([asked], today)) == expected


def test_without_stages_or_overdue_weeks_there_is_silence(xiangtan):
    for asked, today in ((duty(stages=()), on(6, 1)), (duty(overdue_weeks=0), on(6, 1))):
        assert stage_on(asked, today, WorkingDays([asked], today)) is None


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (on(5, 31), ["county"]),
        (on(6, 1), ["county"]),
        (on(6, 8), ["county", "head", "office"]),
    ],
)
def test_from_the_second_week_head_and_office_are_told_too(today, told, owed, people, make_user, xiangtan):
    area = xiangtan.areas["湘潭县"]
    make_user("head", Role.LEADER, area)
    owed.append(duty(people.county, unit=area, office=xiangtan.city, escalate_after_weeks=2))
    clock.set_today(today)
    send_reminders()
    assert [name for name, _stage, _state in ledger()] == told
    assert len({row.why for row in Reminder.objects.all()}) == len(told)


def test_one_digest_a_day_and_person_with_everything_by_day(owed, people, xiangtan, settings):
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"
    clock.set_today(on(5, 31))
    owed += [duty(people.county, people.office, key="t:1"), duty(people.county, key="t:2", due_on=on(6, 1))]
    assert send_reminders() == 2
    [digest] = Message.objects.filter(recipient=people.county)
    lines = digest.body.splitlines()
    assert [line for line in lines if "年度计划" in line] == ["· 年度计划", "· 年度计划"]
    assert "2017年5月31日" in lines[0]
    assert lines.count("  https://sites.example.cn/supervision/") == 2
    assert sum("因为" in line for line in lines) == 2
    # What comes up later the same day waits for the next digest.
    owed.append(duty(people.county, key="t:3"))
    assert send_reminders() == 0
    assert ledger()[-1] == ("county", 0, "planned")
    clock.set_today(on(6, 1))
    assert send_reminders() == 2
    assert Digest.objects.filter(recipient=people.county).count() == 2
    # By then a nearer stage holds: the one of yesterday is not sent any more.
    rows = Reminder.objects.filter(duty="t:3").order_by("id")
    assert list(rows.values_list("stage", "state")) == [(0, "dropped"), (-1, "delivered")]


def test_each_reads_it_in_the_own_language(owed, people, xiangtan):
    people.county.language = "en"
    people.county.save()
    clock.set_today(on(5, 31))
    owed.append(duty(people.county, people.office))
    send_reminders()
    assert Message.objects.get(recipient=people.county).body.startswith("Due ")
    assert Message.objects.get(recipient=people.county).subject == "Reminder: 年度计划"


def test_what_was_done_meanwhile_is_dropped_and_comes_back_when_owed_again(owed, people, xiangtan):
    clock.set_today(on(5, 31))
    asked = duty(people.county, people.office)
    owed.append(asked)
    plan()
    assert ledger() == [("county", 0, "planned"), ("office", 0, "planned")]
    owed[0] = duty(people.office)
    assert send_digests() == 1
    assert ledger() == [("county", 0, "dropped"), ("office", 0, "delivered")]
    assert not Message.objects.filter(recipient=people.county).exists()
    owed[0] = asked
    assert send_reminders() == 1
    assert ledger() == [("county", 0, "delivered"), ("office", 0, "delivered")]


def test_a_run_after_a_killed_one_goes_on(owed, people, xiangtan):
    """Killed after the rows were planned and a digest begun: nothing was sent, everything is now."""
    clock.set_today(on(5, 31))
    owed.append(duty(people.county, people.office))
    plan()
    Digest.objects.create(recipient=people.county, day=on(5, 31))
    assert send_reminders() == 2
    assert send_reminders() == 0
    assert Message.objects.count() == 2


def test_nobody_to_remind_means_the_office(owed, people, xiangtan):
    people.county.is_active = False
    people.county.save()
    clock.set_today(on(5, 31))
    owed.append(duty(people.county, unit=xiangtan.areas["湘潭县"], office=xiangtan.city))
    send_reminders()
    assert [name for name, *_rest in ledger()] == ["office"]
    assert "湘潭县" in Reminder.objects.get().why


# --- away -------------------------------------------------------------------------------------------------


@pytest.fixture
def away(people, make_user, xiangtan):
    """away(person, deputy): from 29 May to 2 June 2017."""
    make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    clock.set_today(on(5, 22))

    def enter(person, deputy, first=None, last=None):
        first, last = first or on(5, 29), last or on(6, 2)
        return enter_absence(actor=person, person=person, deputy=deputy, from_day=first, to_day=last)

    return enter


@pytest.fixture
def colleague(away, django_user_model):
    return django_user_model.objects.get(username="colleague")


def told_on(day, *asked, owed) -> list[str]:
    owed[:] = asked
    clock.set_today(day)
    send_reminders()
    return sorted(name for name, *_rest in ledger())


def test_the_deputy_gets_it_and_afterwards_the_person_again(owed, people, away, colleague, xiangtan):
    away(people.county, colleague)
    assert told_on(on(5, 31), duty(people.county), owed=owed) == ["colleague"]
    assert "county" in Reminder.objects.get().why
    assert told_on(on(6, 5), duty(people.county), owed=owed) == ["colleague", "county"]


def test_a_chain_ends_with_who_is_there_and_a_circle_with_the_person_and_the_office(
    owed, people, away, colleague, xiangtan
):
    asked = duty(people.county, office=xiangtan.city)
    away(people.county, colleague)
    second = away(colleague, people.office)
    assert told_on(on(5, 31), asked, owed=owed) == ["office"]
    end_absence(actor=colleague, absence=second)
    clock.set_today(on(5, 22))
    away(colleague, people.county)
    Reminder.objects.all().delete()
    Digest.objects.all().delete()
    assert told_on(on(5, 31), asked, owed=owed) == ["county", "office"]


def test_a_deputy_whose_account_is_closed_counts_for_nothing(owed, people, away, colleague, xiangtan):
    away(people.county, colleague)
    colleague.is_active = False
    colleague.save()
    asked = duty(people.county, office=xiangtan.city)
    assert told_on(on(5, 31), asked, owed=owed) == ["county", "office"]


def test_only_near_and_active_people_deputise_and_only_oneself_or_the_office_enters(people, away, colleague):
    for deputy in (people.neighbour, people.leader, people.county, people.other_city):
        with pytest.raises(DomainError):
            away(people.county, deputy)
    for actor in (people.neighbour, people.other_city, people.leader):
        with pytest.raises(DomainError):
            enter_absence(
                actor=actor, person=people.county, deputy=colleague, from_day=on(5, 29), to_day=on(6, 2)
            )
    enter_absence(
        actor=people.office, person=people.county, deputy=colleague, from_day=on(5, 29), to_day=on(6, 2)
    )
    with pytest.raises(DomainError, match="2017年5月29日"):
        away(people.county, people.office, first=on(6, 2), last=on(6, 9))
    assert Absence.objects.count() == 1
    assert Message.objects.filter(recipient=colleague).count() == 1


def test_only_who_could_do_the_work_deputises(people, away, colleague, make_user, xiangtan):
    county = xiangtan.areas["湘潭县"]
    without = make_user("typist", None, county)
    other = make_user("auditor2", Role.AUDITOR, county)
    elsewhere = make_user("helper", Role.UNIT_STAFF, county, home=xiangtan.areas["韶山市"])
    assert set(deputies_for(people.county)) == {colleague, elsewhere, people.office}
    assert set(deputies_for(people.assessor)) == {people.assessor2, people.office}
    assert set(deputies_for(people.office)) == set()
    for deputy in (without, other):
        with pytest.raises(DomainError, match=r"相同的角色|no role"):
            away(people.county, deputy)
    for role in colleague.role_assignments.all():
        role.valid_to = clock.today()
        role.save()
    assert colleague not in deputies_for(people.county)


# --- hours, states, cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2017-05-26 07:59", False),
        ("2017-05-26 08:00", True),
        ("2017-05-26 17:59", True),
        ("2017-05-26 18:00", False),
        ("2017-05-27 10:00", True),  # a Saturday that was worked
        ("2017-05-29 10:00", False),  # a Monday off
    ],
)
def test_digests_go_out_in_working_hours(xiangtan, settings, moment, allowed):
    settings.REMINDER_HOURS = ("08:00", "18:00")
    naive = datetime.datetime.fromisoformat(moment)
    assert may_go_out(timezone.make_aware(naive)) is allowed


def test_on_a_day_off_nothing_is_sent(owed, people, xiangtan, settings):
    settings.REMINDER_HOURS = ("00:00", "24:00")
    owed.append(duty(people.county, stages=(3,)))
    clock.set_today(on(5, 29))
    assert send_reminders() == 0
    assert ledger() == []
    clock.set_today(on(5, 31))
    assert send_reminders() == 1


def test_sent_delivered_read(owed, people, xiangtan, settings):
    clock.set_today(on(5, 31))
    owed.append(duty(people.county, people.office))
    send_reminders()
    # Who has only the inbox has it at once; opening it is reading it.
    assert ledger() == [("county", 0, "delivered"), ("office", 0, "delivered")]
    mark_read(message=Message.objects.get(recipient=people.county))
    assert ledger() == [("county", 0, "read"), ("office", 0, "delivered")]
    Reminder.objects.filter(recipient=people.office).update(state="sent", delivered_at=None)
    note_delivered([Message.objects.get(recipient=people.office).pk])
    assert ledger()[1] == ("office", 0, "delivered")
    mark_all_read(user=people.office)
    assert ledger()[1] == ("office", 0, "read")


def test_planning_costs_the_same_for_three_as_for_sixty(
    owed, people, make_user, xiangtan, django_assert_num_queries
):
    clock.set_today(on(5, 31))
    area = xiangtan.areas["湘潭县"]
    many = [make_user(f"p{number}", Role.UNIT_STAFF, area) for number in range(60)]
    owed.append(duty(*many[:3], key="few"))
    # The calendar, absences, the ledger, and the rows.
    with django_assert_num_queries(4):
        assert plan() == 3
    owed[0] = duty(*many, key="many")
    with django_assert_num_queries(4):
        assert plan() == 60
