"""Working days against days printed in the State Council's notices."""

import datetime

import pytest

from notices.models import CalendarDay
from notices.reminding.stages import WorkingDays
from notices.services import seed_calendar, set_calendar_day
from notices.workdays import (
    is_working_day,
    nth_working_day,
    roll_forward,
    working_days,
    year_is_known,
)


def d(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture(autouse=True)
def _calendar(db):
    seed_calendar(years=[2016, 2017, 2018, 2020])


@pytest.mark.parametrize(
    ("day", "working"),
    [
        # Dragon Boat Festival 2017: 28 to 30 May off, Saturday 27 May worked.
        ("2017-05-26", True), ("2017-05-27", True), ("2017-05-28", False), ("2017-05-29", False),
        ("2017-05-30", False), ("2017-05-31", True),
        # National Day and Mid-Autumn 2017: 1 to 8 October off, Saturday 30 September worked.
        ("2017-09-30", True), ("2017-10-01", False), ("2017-10-02", False), ("2017-10-06", False),
        ("2017-10-08", False), ("2017-10-09", True),
        # Spring Festival 2018: 15 to 21 February off, Sunday 11 and Saturday 24 February worked.
        ("2018-02-10", False), ("2018-02-11", True), ("2018-02-14", True), ("2018-02-15", False),
        ("2018-02-21", False), ("2018-02-22", True), ("2018-02-24", True), ("2018-02-25", False),
        # Ordinary weekends, a leap day on a Monday and one on a Saturday, and New Year.
        ("2017-06-03", False), ("2017-06-04", False), ("2017-06-05", True),
        ("2016-02-29", True), ("2020-02-29", False),
        ("2016-12-30", True), ("2016-12-31", False), ("2017-01-01", False), ("2017-01-02", False),
        ("2017-01-03", True), ("2020-05-31", False),
    ],
)  # fmt: skip
def test_days(day, working):
    assert is_working_day(d(day)) is working


def test_days_of_a_stretch():
    assert working_days(d("2017-05-25"), d("2017-05-31")) == [
        d("2017-05-25"),
        d("2017-05-26"),
        d("2017-05-27"),
        d("2017-05-31"),
    ]


def test_a_stretch_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        working_days(d("2016-01-01"), d("2018-12-31"))


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        ("2017-05-26", 1, "2017-05-26"),
        ("2017-05-26", 3, "2017-05-31"),
        ("2017-05-28", 1, "2017-05-31"),
        # Five working days across the National Day week: 28, 29, 30 September, 9, 10 October.
        ("2017-09-28", 5, "2017-10-10"),
        # Across Spring Festival: 13, 14, 22, 23, 24 February.
        ("2018-02-13", 5, "2018-02-24"),
        # Across the year's end: 29, 30 December, 3, 4, 5 January.
        ("2016-12-29", 5, "2017-01-05"),
        ("2016-02-26", 2, "2016-02-29"),
    ],
)
def test_counting_forward(first, count, last):
    assert nth_working_day(d(first), count) == d(last)


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        ("2017-05-31", 1, "2017-05-27"),
        ("2017-05-31", 3, "2017-05-25"),
        ("2017-10-09", 1, "2017-09-30"),
        ("2017-01-03", 1, "2016-12-30"),
        ("2016-03-01", 1, "2016-02-29"),
        # 30 November 2017 is a Thursday.
        ("2017-11-30", 10, "2017-11-16"),
    ],
)
def test_counting_back(day, count, before):
    assert WorkingDays([], d(day)).before(d(day), count) == d(before)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        ("2017-05-31", "2017-05-31"),
        ("2020-05-31", "2020-06-01"),
        ("2017-05-28", "2017-05-31"),
        ("2016-12-31", "2017-01-03"),
        ("2020-02-29", "2020-03-02"),
    ],
)
def test_rolling_forward(day, rolled):
    assert roll_forward(d(day)) == d(rolled)


def test_a_year_without_rows_counts_weekdays_only():
    assert not year_is_known(2035)
    assert is_working_day(d("2035-10-01"))
    assert year_is_known(2017)


def test_seeding_keeps_days_entered_by_hand():
    set_calendar_day(actor=None, day=d("2017-05-29"), is_working=True, name="flood relief")
    assert seed_calendar(years=[2017]) == 0
    assert is_working_day(d("2017-05-29"))
    assert CalendarDay.objects.get(day="2017-05-29").name == "flood relief"
