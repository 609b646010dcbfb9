"""The editable table of days off and make-up days, filled from the published calendar."""

import datetime
from collections.abc import Iterable
from functools import cache

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason, require
from accounts.services import record
from notices.models import CalendarDay
from notices.rules import why_not_edit_calendar


@transaction.atomic
def seed_calendar(*, years: Iterable[int]) -> int:
    """Fill the calendar table from chinesecalendar for years it knows; days edited by hand stay. Returns rows added."""
    years = list(years)
    known = set(CalendarDay.objects.filter(day__year__in=years).values_list("day", flat=True))
    rows = [
        CalendarDay(day=day, is_working=working, name=name)
        for year in years
        for day, working, name in _exceptions_of(year)
        if day not in known
    ]
    return len(CalendarDay.objects.bulk_create(rows, ignore_conflicts=True))


@cache
def _exceptions_of(year: int) -> tuple[tuple[datetime.date, bool, str], ...]:
    """The days of a year that chinesecalendar treats otherwise than their weekday: day, working or not, its name."""
    first = datetime.date(year, 1, 1)
    days = (datetime.date(year + 1, 1, 1) - first).days
    found = []
    for day in (first + datetime.timedelta(days=number) for number in range(days)):
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5):
            name = chinese_calendar.get_holiday_detail(day)[1]
            found.append((day, working, chinese_calendar.Holiday(name).chinese if name else ""))
    return tuple(found)


def set_calendar_day(*, actor, day: datetime.date, is_working: bool, name: str) -> CalendarDay:
    """Enter or change one exception of the working calendar; on the audit trail, because deadlines follow it."""
    require(why_not_edit_calendar(actor))
    values = {"is_working": is_working, "name": name}
    row = CalendarDay.objects.update_or_create(day=day, defaults=values)[0]
    record(action="calendar.set", actor=actor, obj=row, working=is_working)
    return row


@transaction.atomic
def remove_calendar_day(*, actor, day: datetime.date) -> bool:
    """Take an exception out, so that the rule of its weekday holds again; returns whether there was one."""
    require(why_not_edit_calendar(actor))
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        return False
    record(action="calendar.remove", actor=actor, obj=row, working=row.is_working)
    row.delete()
    return True


@transaction.atomic
def fill_calendar(*, actor, year: int) -> int:
    """Fill a year from the published calendar; days entered by hand stay. Returns how many days were added.

    Raises DomainError when the calendar shipped with this version does not know the year.
    """
    require(why_not_edit_calendar(actor))
    if not is_published(year):
        raise DomainError(
            Reason(
                text=_("The calendar shipped with this version does not know %(year)s yet.") % {"year": year},
                remedy=_("Enter the days of the State Council's notice by hand."),
            )
        )
    added = seed_calendar(years=[year])
    record(action="calendar.fill", actor=actor, year=year, new=added)
    return added


def is_published(year: int) -> bool:
    """Whether the calendar shipped with this version knows the State Council's notice for a year."""
    try:
        return bool(_exceptions_of(year))
    except NotImplementedError:
        return False
