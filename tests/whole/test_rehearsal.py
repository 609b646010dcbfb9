"""The year's rehearsal against the year itself: Xiangtan 2017, every day from the scheme on, with the real tasks."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import clock
from accounts.enums import Role
from assessments.tasks import draw_reviews, lapse_evaluations
from notices.models import Job, Reminder
from notices.reminding.words import stage_words
from notices.tasks import send_reminders
from programmes.rehearsal import from_json, rehearse, to_json
from programmes.tasks import rehearse_year
from sites.tasks import expire_plaques
from tests.assessments.reviewing import plaque_of  # noqa: F401 - fixture

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def reminding_hours(settings):
    """Digests on working days only, as in an installation, at whatever hour the tests run."""
    settings.REMINDER_HOURS = ("00:00", "24:00")


@pytest.fixture
def year(xiangtan, people, make_user, plaque_of, reminding_hours):  # noqa: F811
    """The programme as loaded, with people, a head of 湘潭县, and two sites whose plaques are due for review."""
    make_user("head", Role.LEADER, xiangtan.areas["湘潭县"])
    plaque_of("甲社区", 2014)
    plaque_of("乙社区", 2015)
    return xiangtan.cycle


def walk(first: datetime.date, last: datetime.date) -> None:
    """Every day once: what the scheduler runs by the hour, then the reminders."""
    day = first
    while day <= last:
        clock.set_today(day)
        draw_reviews()
        expire_plaques()
        lapse_evaluations()
        send_reminders()
        day += ONE_DAY


def sent() -> list[tuple]:
    rows = Reminder.objects.filter(digest__message__isnull=False)
    return sorted(rows.values_list("digest__day", "recipient", "kind", "subject", "due_on", "stage", "why"))


def of(rows, person, kind) -> list[tuple]:
    """(month, day, stage) of what one person gets of one kind, each day once."""
    found = {(row[0].month, row[0].day, row[5]) for row in rows if (row[1], row[2]) == (person.pk, kind)}
    return sorted(found)


def test_the_rehearsal_is_the_year_as_it_is_then_sent(year, people):
    entries = rehearse(year)
    assert list(from_json(to_json(entries))) == entries
    assert clock.today() == datetime.date(2017, 5, 22)
    assert not Reminder.objects.exists()
    walk(year.scheme_issued_on, datetime.date(2017, 12, 31))
    rehearsed = sorted(
        (row.day, row.recipient_id, row.kind, row.subject, row.due_on, row.stage, row.why) for row in entries
    )
    assert rehearsed == sent()
    # Worked out by hand. Dragon Boat: 28 to 30 May off, Saturday 27 May worked. The tenth working day before Wednesday
    # 31 May is the 16th, the third the 25th, the first the 27th; once overdue on Thursday 1 June.
    filing = [
        (5, 16, 10),
        (5, 25, 3),
        (5, 27, 1),
        (5, 31, 0),
        (6, 1, -1),
    ]
    assert of(rehearsed, people.county, "application") == filing
    assert of(rehearsed, people.neighbour, "application") == filing
    # The office gets those of the six areas without staff, and once overdue all eight.
    assert of(rehearsed, people.office, "application") == filing
    assert (
        sum(row[:3] == (datetime.date(2017, 5, 16), people.office.pk, "application") for row in rehearsed)
        == 6
    )
    assert (
        sum(row[:3] == (datetime.date(2017, 6, 1), people.office.pk, "application") for row in rehearsed) == 8
    )
    # The list is drawn on Tuesday 1 August; ten working days later, on the 15th, the reports are due.
    review = [(8, 10, 3), (8, 14, 1), (8, 15, 0), (8, 16, -1), (8, 23, -2), (8, 30, -3), (9, 6, -4)]
    assert of(rehearsed, people.county, "review") == review
    assert of(rehearsed, people.office, "review") == review[3:]
    # The approval ends on Sunday 31 December: the 30th and the 10th working day before it.
    assert of(rehearsed, people.office, "approval") == [(11, 20, 30), (12, 18, 10)]
    head = Reminder.objects.filter(recipient__username="head", kind="application").order_by("id")
    assert list(head.values_list("stage", flat=True)) == [-1]


@pytest.fixture
def last_day(year):
    """A scheme so late that one day of the year is left: 30 and 31 December 2017 are a weekend."""
    year.scheme_issued_on = datetime.date(2017, 12, 29)
    year.save()
    return year


def test_the_command_prints_it_day_by_day(last_day, people, capsys):
    call_command("rehearse_year", programme="xiangtan-sitong", year=2017)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2017-12-29 星期五"
    # What was due in May is caught up with its last stage only.
    [own] = [line for line in lines if line.startswith("  county (湘潭县) · 申报截止日期2017年5月31日")]
    assert own.split(" · ")[1] == "申报截止日期2017年5月31日：湘潭县尚有名额未用或申报表未完成"
    with pytest.raises(CommandError):
        call_command("rehearse_year", programme="xiangtan-sitong", year=2030)


def test_the_page_shows_what_a_worker_worked_out_and_how_old_it_is(last_day, people, client):
    client.force_login(people.office)
    page = reverse("programmes:rehearsal")
    assert client.get(page).context["kept"].job is None
    client.post(reverse("programmes:rehearse", args=[last_day.pk]))
    # A second click does not order a second one.
    client.post(reverse("programmes:rehearse", args=[last_day.pk]))
    job = Job.objects.get()
    rehearse_year(job.pk)
    job.refresh_from_db()
    assert (job.state, job.url) == ("done", f"{page}?cycle={last_day.pk}")
    client.force_login(people.system_admin)
    answer = client.get(page, {"q": "COUNTY", "month": "12", "kind": "application"})
    assert [(row.day.day, row.person, row.unit, stage) for row, stage in answer.context["rows"]] == [
        (29, "county", "湘潭县", stage_words(-1))
    ]
    assert client.get(page, {"month": "6"}).context["rows"] == []
    exported = client.get(page, {"export": "xlsx", "q": "county"})
    assert exported["Content-Disposition"].startswith("attachment")
    # A person who does not run the programme finds nothing.
    client.force_login(people.county)
    assert client.get(page).status_code == 404


def test_a_year_not_opened_yet_is_rehearsed_as_if_it_were(last_day, people):
    as_open = rehearse(last_day)
    last_day.state = "prepared"
    last_day.save()
    assert as_open
    assert rehearse(last_day) == as_open
