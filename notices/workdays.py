"""Working days as the State Council's yearly notice makes them, from the editable table of exceptions."""

import datetime

from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason
from accounts.words import lazy_day
from notices.models import CalendarDay

ONE_DAY = datetime.timedelta(days=1)
#: Nobody is given a day further off than this: it is a slip of the keyboard, and working days up to it cost time.
FARTHEST = ONE_DAY * 3 * 366


def is_far(day: datetime.date) -> bool:
    """Whether a day lies so far ahead that no calendar is worked out up to it."""
    return day > clock.today() + FARTHEST


def why_too_far(day: datetime.date) -> Reason | None:
    """Why a day cannot be given to anybody: it lies more than three years ahead."""
    if not is_far(day):
        return None
    return Reason(
        text=_("%(day)s lies more than three years ahead.") % {"day": lazy_day(day)},
        remedy=_("Check the year of the day."),
    )


def is_working_day(day: datetime.date) -> bool:
    """Monday to Friday unless the calendar table says otherwise for that day."""
    exception = CalendarDay.objects.filter(day=day).values_list("is_working", flat=True).first()
    return day.weekday() < 5 if exception is None else exception


def working_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """All working days from `first` to `last`, both included, in order; one query."""
    exceptions = dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_working"))
    days = (first + ONE_DAY * n for n in range((last - first).days + 1))
    return [day for day in days if exceptions.get(day, day.weekday() < 5)]


def nth_working_day(first: datetime.date, count: int) -> datetime.date:
    """The `count`-th working day counted from `first` on, `first` itself counting when it is one (count >= 1)."""
    # Even around Spring Festival fewer than half of the days of a stretch are off, hence the generous window.
    return working_days(first, first + ONE_DAY * (count * 3 + 20))[count - 1]


def roll_forward(day: datetime.date) -> datetime.date:
    """The day itself, or the next working day when it is a day off."""
    return nth_working_day(day, 1)


def year_is_known(year: int) -> bool:
    """Whether the table holds any exception of that year; without one, holidays would count as working days."""
    return CalendarDay.objects.filter(day__year=year).exists()
