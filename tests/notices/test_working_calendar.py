"""National Day, make-up days and 31 May of 2025 and 2026 against the State Council's notices; and the calendar page.

2025: Dragon Boat 31 May to 2 June; National Day and Mid-Autumn 1 to 8 October, worked on Sunday 28 September and
Saturday 11 October. 2026: National Day 1 to 7 October, worked on Sunday 20 September and Saturday 10 October; Dragon
Boat 19 to 21 June; New Year 1 to 3 January, worked on Sunday 4 January.
"""

import datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from applications.deadlines import effective_date, filing_deadline
from applications.models import Cycle, Milestone
from notices.models import CalendarDay
from notices.reminding.stages import WorkingDays
from notices.services import seed_calendar
from notices.workdays import is_working_day, nth_working_day, roll_forward

CALENDAR = "/messages/calendar/"


def d(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def two_years(db):
    seed_calendar(years=[2025, 2026])


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2025-09-26", True), ("2025-09-27", False), ("2025-09-28", True), ("2025-09-30", True),
        ("2025-10-01", False), ("2025-10-02", False), ("2025-10-03", False), ("2025-10-06", False),
        ("2025-10-07", False), ("2025-10-08", False), ("2025-10-09", True), ("2025-10-11", True),
        ("2025-10-12", False),
        ("2026-01-02", False), ("2026-01-04", True),
        ("2026-02-14", True), ("2026-02-16", False), ("2026-02-23", False), ("2026-02-28", True),
        ("2026-09-19", False), ("2026-09-20", True), ("2026-09-25", False), ("2026-09-30", True),
        ("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True), ("2026-10-10", True),
        ("2026-10-11", False),
        ("2025-05-30", True), ("2025-05-31", False), ("2025-06-01", False), ("2025-06-02", False),
        ("2025-06-03", True),
        ("2026-05-29", True), ("2026-05-30", False), ("2026-05-31", False), ("2026-06-01", True),
        ("2026-05-09", True), ("2026-05-04", False), ("2025-04-27", True),
    ],
)  # fmt: skip
def test_days(two_years, day, working):
    assert is_working_day(d(day)) is working


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        # A Saturday and a holiday; the Monday after it is one too.
        ("2025-05-31", "2025-06-03"),
        # A Sunday.
        ("2026-05-31", "2026-06-01"),
        ("2025-10-01", "2025-10-09"),
        ("2025-09-27", "2025-09-28"),
        ("2025-10-11", "2025-10-11"),
        ("2026-10-01", "2026-10-08"),
        ("2026-10-09", "2026-10-09"),
        ("2026-10-11", "2026-10-12"),
        ("2025-12-31", "2025-12-31"),
        ("2026-01-01", "2026-01-04"),
    ],
)
def test_rolling_forward(two_years, day, rolled):
    assert roll_forward(d(day)) == d(rolled)


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        # Five working days of a public notice: 29, 30 September, 9, 10, 11 October.
        ("2025-09-29", 5, "2025-10-11"),
        # 29, 30 September, 8, 9, 10 October.
        ("2026-09-29", 5, "2026-10-10"),
        # 28 (a Sunday), 29, 30 September.
        ("2025-09-27", 3, "2025-09-30"),
    ],
)
def test_counting_forward(two_years, first, count, last):
    assert nth_working_day(d(first), count) == d(last)


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        ("2025-10-09", 1, "2025-09-30"),
        ("2025-10-09", 3, "2025-09-28"),
        ("2025-10-13", 1, "2025-10-11"),
        ("2026-10-08", 1, "2026-09-30"),
        ("2026-10-12", 3, "2026-10-08"),
        # Before a deadline on a day off: 30 May 2025 is the last working day before 31 May and before 3 June alike.
        ("2025-05-31", 1, "2025-05-30"),
        ("2025-06-03", 1, "2025-05-30"),
        ("2025-06-03", 10, "2025-05-19"),
        ("2026-05-31", 1, "2026-05-29"),
        ("2026-06-01", 1, "2026-05-29"),
        ("2026-06-01", 10, "2026-05-18"),
    ],
)
def test_counting_back(two_years, day, count, before):
    assert WorkingDays([], d(day)).before(d(day), count) == d(before)


# --- a deadline on 31 May -----------------------------------------------------------------------------------


@pytest.fixture
def filing(xiangtan, two_years):
    """filing(2025, True): the year's cycle with applications due on 31 May, rolling forward or not."""

    def do(year, rolls):
        Milestone.objects.filter(cycle=xiangtan.cycle, kind="applications_due").update(
            due_on=datetime.date(year, 5, 31), rolls_forward=rolls
        )
        Cycle.objects.filter(pk=xiangtan.cycle.pk).update(year=year)
        return Milestone.objects.get(cycle=xiangtan.cycle, kind="applications_due")

    return do


DEADLINES = [
    (2025, True, "2025-06-03"),
    (2025, False, "2025-05-31"),
    (2026, True, "2026-06-01"),
    (2026, False, "2026-05-31"),
    (2027, True, "2027-05-31"),
    (2027, False, "2027-05-31"),
]


@pytest.mark.parametrize(("year", "rolls", "holds"), DEADLINES)
def test_the_last_day_for_applications(filing, xiangtan, year, rolls, holds):
    milestone = filing(year, rolls)
    assert effective_date(milestone) == d(holds)
    assert filing_deadline(xiangtan.cycle, xiangtan.areas["湘潭县"]) == d(holds)


@pytest.fixture
def office(client, people):
    client.force_login(people.office)
    client.cookies["django_language"] = "en"
    return people.office


@pytest.mark.parametrize(("year", "rolls", "holds"), DEADLINES)
def test_both_days_are_shown_where_it_is_a_day_off(client, office, filing, year, rolls, holds):
    """31 May 2027 is a Monday, so there is nothing to tell."""
    milestone = filing(year, rolls)
    rows = {row.dated.what: (row.dated.day, row.holds_on) for row in client.get(CALENDAR).context["days_off"]}
    expected = None if year == 2027 else (milestone.due_on, d(holds))
    assert rows.get(str(milestone)) == expected


def test_the_page_takes_the_same_queries(client, office, xiangtan, django_assert_num_queries):
    client.get(CALENDAR)
    with django_assert_num_queries(14):
        client.get(CALENDAR)
    for number in range(30):
        Milestone.objects.create(
            cycle=xiangtan.cycle, code=f"x{number}", kind="other", name="x", due_on=d("2017-05-28")
        )
    with django_assert_num_queries(14):
        assert len(client.get(CALENDAR).context["days_off"]) >= 30


# --- the table ----------------------------------------------------------------------------------------------


def test_a_day_is_taken_out(client, office, two_years):
    url = reverse("notices:calendar_remove")
    assert client.post(url, {"day": "2025-10-08"}).url == "/messages/calendar/?year=2025"
    assert is_working_day(d("2025-10-08"))
    client.post(url, {"day": "2025-09-28"})
    assert not is_working_day(d("2025-09-28"))
    client.post(url, {"day": "2025-09-28"})
    events = AuditEvent.objects.filter(action="calendar.remove").order_by("id")
    assert [(event.actor, event.object_label[:10]) for event in events] == [
        (office, "2025-10-08"),
        (office, "2025-09-28"),
    ]
    assert client.post(url, {"day": "tomorrow"}).status_code == 404


def test_a_year_is_filled_in_and_days_by_hand_stay(client, office):
    CalendarDay.objects.all().delete()
    CalendarDay.objects.create(day=d("2025-10-11"), is_working=False, name="by hand")
    url = reverse("notices:calendar_fill")
    # From the notice, off on a weekday: 1 January, 6 days at Spring Festival, 4 April, 3 in the week of 1 to 5 in
    # the fifth month, 2 June, 6 in October; worked at a weekend: 5 days, of which one stands already.
    answer = client.post(url, {"year": "2025"}, follow=True).content.decode()
    added = CalendarDay.objects.exclude(name="by hand").count()
    assert f"{added} days were added." in answer
    off = CalendarDay.objects.filter(is_working=False).exclude(name="by hand").count()
    assert (off, added - off) == (18, 4)
    assert not is_working_day(d("2025-10-11"))
    event = AuditEvent.objects.get(action="calendar.fill")
    assert event.detail == {"year": 2025, "new": 22}


def test_a_year_that_is_not_published_is_told(client, office):
    page = client.get(CALENDAR, {"year": "2150"}).content.decode()
    assert "does not know this year" in page
    answer = client.post(reverse("notices:calendar_fill"), {"year": "2150"}, follow=True).content.decode()
    assert "does not know 2150 yet." in answer
    assert not CalendarDay.objects.filter(day__year=2150).exists()
