"""The reminders before the end of November: stages, only who owes, never twice, a missed day is caught up."""

import pytest

from assessments.services import close_assessment
from assessments.tasks import remind_acceptance
from notices.models import Message


@pytest.fixture
def year_end(opened, accepted, people, score, on_day, xiangtan):
    """Two accepted applications: one assessed and closed, one half scored."""
    done = opened(people.assessor2, name="已完成", category="village")
    score(done.sheets.get(), "90")
    close_assessment(actor=people.office, assessment=done)
    running = opened(people.assessor, people.assessor2, name="评分中", level="province")
    score(running.sheets.get(assessor=people.assessor2), "90")
    Message.objects.all().delete()
    return running


def sent():
    """Who got what so far, oldest first."""
    return list(Message.objects.order_by("id").values_list("recipient__username", flat=True))


# 30 November 2017 is a Thursday; working days before it: 1st 29 November, 3rd 27, 10th 16, 20th 2 November.
@pytest.mark.parametrize(
    ("day", "stage"),
    [((11, 2), 20), ((11, 3), 20), ((11, 16), 10), ((11, 27), 3), ((11, 29), 1), ((11, 30), 1)],
)
def test_the_stage_that_has_come_is_sent_once_to_those_who_owe(year_end, people, on_day, day, stage):
    on_day(2017, *day)
    assert remind_acceptance() == 2
    assert sent() == ["assessor", "office"]
    assert remind_acceptance() == 0
    assert sent() == ["assessor", "office"]
    assert Message.objects.get(recipient=people.assessor).reminder.step.endswith(f":2017-11-30:{stage}")


def test_nothing_before_the_first_stage(year_end, on_day):
    on_day(2017, 11, 1)
    assert remind_acceptance() == 0


def test_all_stages_of_the_year_when_the_task_runs_daily(year_end, on_day):
    for day in range(1, 31):
        on_day(2017, 11, day)
        remind_acceptance()
    assert sent() == ["assessor", "office"] * 4


def test_missed_days_are_caught_up_with_the_nearest_stage_only(year_end, on_day):
    on_day(2017, 11, 28)  # nothing ran since October
    assert remind_acceptance() == 2
    assert Message.objects.first().reminder.step.endswith(":3")


def test_who_has_handed_in_is_left_alone(year_end, people, score, on_day):
    score(year_end.sheets.get(assessor=people.assessor), "90")
    Message.objects.all().delete()
    on_day(2017, 11, 16)
    assert remind_acceptance() == 1
    assert sent() == ["office"]


def test_all_done_means_silence(year_end, people, score, on_day):
    score(year_end.sheets.get(assessor=people.assessor), "90")
    close_assessment(actor=people.office, assessment=year_end)
    Message.objects.all().delete()
    for day in ((2017, 11, 29), (2017, 12, 1)):
        on_day(*day)
        assert remind_acceptance() == 0


def test_the_office_learns_once_what_is_late(year_end, people, accepted, on_day):
    on_day(2017, 12, 4)
    assert remind_acceptance() == 1
    message = Message.objects.get()
    assert (message.recipient, message.body) == (people.office, "评分中")
    on_day(2017, 12, 5)
    assert remind_acceptance() == 0


def test_an_application_not_opened_counts_as_owed(accepted, people, on_day):
    accepted(name="未启动")
    Message.objects.all().delete()
    on_day(2017, 11, 16)
    assert remind_acceptance() == 1
    assert "1" in Message.objects.get(recipient=people.office).subject
    on_day(2017, 12, 1)
    assert remind_acceptance() == 1
    assert Message.objects.filter(recipient=people.office).first().body == "未启动"
