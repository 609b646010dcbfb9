"""Last days of schemes that may be days off: the apps above say them here, since they are not imported below."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from notices.models import CalendarDay
from notices.workdays import ONE_DAY, working_days

#: Longer than any stretch of days off, so that the next working day is always found.
_AHEAD = ONE_DAY * 30


@dataclass(frozen=True)
class Dated:
    """A last day as it is written, and whether it moves to the next working day when it is a day off."""

    what: str
    #: The cycle it belongs to, in words.
    of: str
    day: datetime.date
    rolls_forward: bool
    url: str


@dataclass(frozen=True)
class OnDayOff:
    """A last day that is a day off (`reason`: the holiday's name, or empty for a weekend), and the day that holds."""

    dated: Dated
    reason: str
    holds_on: datetime.date


Source = Callable[[object], Iterable[Dated]]
_SOURCES: list[Source] = []


def add_dates(source: Source) -> None:
    """Let `source(user)` be asked for the last days a person looks after; apps do so when they start."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def dates_on_days_off(user) -> list[OnDayOff]:
    """Last days that are days off, with the day on which they hold, in order; two queries beside the sources'."""
    dated = sorted((one for source in _SOURCES for one in source(user)), key=lambda one: (one.day, one.what))
    if not dated:
        return []
    first, last = dated[0].day, dated[-1].day + _AHEAD
    working = working_days(first, last)
    names = dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "name"))
    off = [one for one in dated if one.day not in set(working)]
    return [
        OnDayOff(
            dated=one,
            reason=names.get(one.day, ""),
            holds_on=next(day for day in working if day > one.day) if one.rolls_forward else one.day,
        )
        for one in off
    ]
