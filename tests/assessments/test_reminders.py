"""The reminders before the end of November: stages, only who owes, never twice, a missed day is caught up."""

import datetime

import pytest

from accounts.enums import Role
from assessments.reminders import acceptance_duties
from assessments.services import assign_assessor, close_assessment
from notices.duties import one_round
from notices.models import Message, Reminder
from notices.tasks import send_reminders

KINDS = ("score_sheet", "acceptance")


@pytest.fixture
def year_end(opened, accepted, people, score, xiangtan):
    """Two accepted applications: one assessed and closed, one half scored."""
    done = opened(people.assessor2, name="已完成", category="village")
    score(done.sheets.get(), "90")
    close_assessment(actor=people.office, assessment=done)
    running = opened(people.assessor, people.assessor2, name="评分中", level="province")
    score(running.sheets.get(assessor=people.assessor2), "90")
    return running


def told() -> list[tuple]:
    """(person, kind, stage) of what went out so far, oldest first."""
    rows = Reminder.objects.filter(kind__in=KINDS, digest__message__isnull=False)
    return list(rows.order_by("id").values_list("recipient__username", "kind", "stage"))


def sheet(stage):
    return ("assessor", "score_sheet", stage)


def office(stage):
    return ("office", "acceptance", stage)


# 30 November 2017 is a Thursday; working days before it: 1st 29 November, 3rd 27, 10th 16, 20th 2 November.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((11, 1), []),
        ((11, 2), [office(20)]),
        ((11, 3), [office(20)]),
        ((11, 16), [sheet(10), office(10)]),
        ((11, 27), [sheet(3), office(3)]),
        ((11, 28), [sheet(3), office(3)]),
        ((11, 29), [sheet(1), office(1)]),
        ((11, 30), [sheet(0), office(0)]),
    ],
)
def test_the_stage_that_has_come_is_sent_once_to_those_who_owe(year_end, on_day, day, expected):
    on_day(2017, *day)
    send_reminders()
    send_reminders()
    assert told() == expected


def test_all_stages_of_the_month_when_the_task_runs_daily(year_end, on_day):
    for day in range(1, 31):
        on_day(2017, 11, day)
        send_reminders()
    both = [each for stage in (10, 3, 1, 0) for each in (sheet(stage), office(stage))]
    assert told() == [office(20), *both]


def test_who_has_handed_in_is_left_alone(year_end, people, score, on_day):
    score(year_end.sheets.get(assessor=people.assessor), "90")
    on_day(2017, 11, 16)
    send_reminders()
    assert told() == [office(10)]


def test_all_done_means_silence(year_end, people, score, on_day):
    score(year_end.sheets.get(assessor=people.assessor), "90")
    close_assessment(actor=people.office, assessment=year_end)
    for day in ((2017, 11, 29), (2017, 12, 1)):
        on_day(*day)
        send_reminders()
    assert told() == []


def test_the_office_learns_what_is_late_and_whose_sheet(year_end, people, on_day):
    on_day(2017, 12, 4)
    send_reminders()
    # The assessor once more, and the office both of the application and, climbing, of the sheet.
    assert sorted(told()) == [sheet(-1), office(-1), ("office", "score_sheet", -1)]
    assert "评分中" in Message.objects.filter(recipient=people.office).latest("id").body
    on_day(2017, 12, 5)
    send_reminders()
    assert len(told()) == 3


def test_an_application_not_opened_counts_as_owed(accepted, people, on_day):
    accepted(name="未启动")
    on_day(2017, 11, 16)
    send_reminders()
    assert told() == [office(10)]
    assert "1" in Reminder.objects.get(kind="acceptance").subject


def test_the_number_of_questions_does_not_grow(
    year_end, xiangtan, people, make_user, django_assert_num_queries
):
    with one_round(), django_assert_num_queries(6):
        assert [duty.due_on for duty in acceptance_duties()] == [datetime.date(2017, 11, 30)] * 2
    for number in range(5):
        another = make_user(f"assessor{number}x", Role.ASSESSOR, xiangtan.city)
        assign_assessor(actor=people.office, assessment=year_end, assessor=another)
    with one_round(), django_assert_num_queries(6):
        assert len(list(acceptance_duties())) == 7
