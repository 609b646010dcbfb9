"""What a site's plaques of one level say of a day: pure arithmetic on rows already read."""

import datetime
from collections.abc import Iterable, Iterator

from dateutil.relativedelta import relativedelta

from applications.models import LevelRule
from sites.enums import PlaqueState
from sites.models import Plaque, PlaqueSuspension

ONE_DAY = datetime.timedelta(days=1)
#: Somebody's word only, or never a plaque: they count for nothing.
_NEVER = (PlaqueState.CLAIMED, PlaqueState.REFUSED)


def covers(plaque: Plaque, day: datetime.date) -> bool:
    """Whether the site held the plaque on a day by its dates, be it suspended or not."""
    end = last_day(plaque)
    return plaque.state not in _NEVER and plaque.awarded_on <= day and (end is None or day <= end)


def last_day(plaque: Plaque) -> datetime.date | None:
    """The last day the plaque holds by its dates: the day before its end or the end of its validity."""
    ended = plaque.ended_on and plaque.ended_on - ONE_DAY
    if ended and plaque.valid_until:
        return min(ended, plaque.valid_until)
    return ended or plaque.valid_until


def held_on(plaques: Iterable[Plaque], day: datetime.date) -> Plaque | None:
    for plaque in plaques:
        if covers(plaque, day):
            return plaque
    return None


def suspended_on(plaque: Plaque, day: datetime.date) -> PlaqueSuspension | None:
    """The suspension that holds on a day (from its first day up to, not including, its last)."""
    for stretch in plaque.stretches:
        if stretch.begins_on <= day and (stretch.ended_on is None or day < stretch.ended_on):
            return stretch
    return None


def claimed(plaques: Iterable[Plaque]) -> Plaque | None:
    """The plaque that waits for its confirmation."""
    return next((plaque for plaque in plaques if plaque.state == PlaqueState.CLAIMED), None)


def last_ended(plaques: Iterable[Plaque], day: datetime.date) -> Plaque | None:
    """The plaque that was in force and had ended by a day, the latest of them."""
    ended = [plaque for plaque in plaques if plaque.state not in _NEVER and _over_by(plaque, day)]
    return max(ended, key=lambda plaque: (last_day(plaque), plaque.pk), default=None)


def _over_by(plaque: Plaque, day: datetime.date) -> bool:
    end = last_day(plaque)
    return end is not None and end < day


def long_enough_from(held: Plaque, plaques: Iterable[Plaque], rule: LevelRule) -> datetime.date | None:
    """From which day `held` has been held for the rule's months; None while an open suspension stops the count.

    A month ends on the same day of the next one, or on its last where there is no such day: twelve months from
    29 February end on 28 February. A replacement goes on where the plaque it replaces began. Days in which the plaque
    (or the replaced one) was suspended are added at the end, unless the rule counts them.
    """
    since = held.counted_from
    due = since + relativedelta(months=rule.required_months)
    if rule.suspended_time_counts or not rule.required_months:
        return due
    for begins, ends in _suspended_after(since, plaques):
        if begins >= due:
            break
        if ends is None:
            return None
        due += ends - begins
    return due


def suspended_days(held: Plaque, plaques: Iterable[Plaque], until: datetime.date) -> int:
    """How many days of suspension lie between the day from which the plaque counts and `until`."""
    stretches = _suspended_after(held.counted_from, plaques)
    return sum((min(ends or until, until) - begins).days for begins, ends in stretches if begins < until)


def _suspended_after(
    since: datetime.date, plaques: Iterable[Plaque]
) -> Iterator[tuple[datetime.date, datetime.date | None]]:
    """The stretches of suspension after a day, in order and cut so that none counts twice."""
    rows = [
        (stretch.begins_on, _end_of(stretch, plaque)) for plaque in plaques for stretch in plaque.stretches
    ]
    reached = since
    for begins, ends in sorted(rows, key=lambda row: (row[0], row[1] or datetime.date.max)):
        begins = max(begins, reached)
        if ends is None or begins < ends:
            yield begins, ends
            reached = ends or datetime.date.max


def _end_of(stretch: PlaqueSuspension, plaque: Plaque) -> datetime.date | None:
    """A suspension ends with its plaque at the latest."""
    return min((day for day in (stretch.ended_on, plaque.ended_on) if day), default=None)


def turning_days(plaques: Iterable[Plaque], rule: LevelRule) -> Iterator[datetime.date]:
    """Days on which what these plaques say can turn from no to yes."""
    plaques = list(plaques)
    for plaque in plaques:
        yield plaque.awarded_on
        if end := last_day(plaque):
            yield end + ONE_DAY
        if enough := long_enough_from(plaque, plaques, rule):
            yield enough
        yield from (stretch.ended_on for stretch in plaque.stretches if stretch.ended_on)
