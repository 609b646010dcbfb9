"""Days left, counted by hand. In May 2017 Saturday the 27th was worked, the 28th to the 30th were off."""

import pytest
from django.utils import translation

from dashboard.due import Calendar


@pytest.mark.parametrize(
    ("today", "last", "days", "working_days", "words", "tone"),
    [
        ((2017, 5, 22), "2017-05-31", 9, 6, "9 days left", ""),
        ((2017, 5, 26), "2017-05-31", 5, 2, "5 days left", "soon"),
        ((2017, 5, 27), "2017-05-31", 4, 1, "4 days left", "soon"),
        ((2017, 5, 30), "2017-05-31", 1, 1, "1 day left", "soon"),
        ((2017, 5, 31), "2017-05-31", 0, 0, "today", "soon"),
        ((2017, 6, 1), "2017-05-31", -1, 0, "1 day overdue", "over"),
        ((2017, 6, 30), "2017-05-31", -30, 0, "30 days overdue", "over"),
    ],
)
def test_days_left_and_their_words(xiangtan, on_day, day, today, last, days, working_days, words, tone):
    on_day(*today)
    due = Calendar([day(last)]).due(day(last))
    assert (due.days, due.working_days, due.tone) == (days, working_days, tone)
    with translation.override("en"):
        assert due.words == words


def test_a_date_of_the_scheme_is_over_and_not_overdue(xiangtan, on_day, day):
    on_day(2017, 6, 3)
    with translation.override("en"):
        assert Calendar().due(day("2017-05-31")).left == "ended 3 days ago"


def test_working_days_are_said_only_of_days_to_come(xiangtan, on_day, day):
    on_day(2017, 5, 31)
    with translation.override("en"):
        assert Calendar().due(day("2017-05-31")).working == ""
        assert Calendar().due(day("2017-06-01")).working == "1 working day"


def test_a_day_off_rolls_forward_over_the_whole_holiday(xiangtan, on_day, day):
    calendar = Calendar([day("2017-05-28")])
    assert calendar.roll_forward(day("2017-05-28")) == day("2017-05-31")
    assert calendar.roll_forward(day("2017-05-27")) == day("2017-05-27")


def test_one_query_for_any_number_of_days(xiangtan, day, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = Calendar([day("2017-05-31"), day("2017-11-30"), day("2016-01-01")])
        assert [calendar.due(day(text)).days for text in ("2017-05-31", "2017-11-30")] == [9, 192]
