"""Which stage of a duty has come on a day: so many working days before it, the day itself, weeks overdue."""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from notices.duties import Duty
from notices.workdays import working_days

ONE_DAY = datetime.timedelta(days=1)
_WEEK = datetime.timedelta(weeks=1)
#: Beyond a day on both sides: far more than the longest stretch of days off.
_MARGIN = datetime.timedelta(days=30)


class WorkingDays:
    """The working calendar around some duties, read in one query whatever their number."""

    def __init__(self, duties: Iterable[Duty], today: datetime.date):
        days, longest = [today], 0
        for duty in duties:
            days.append(duty.due_on)
            longest = max(longest, *duty.stages, 0)
        # Even around Spring Festival fewer than half of the days of a stretch are off.
        self._days = working_days(min(days) - ONE_DAY * 3 * longest - _MARGIN, max(days) + _MARGIN * 13)

    def before(self, day: datetime.date, count: int) -> datetime.date:
        """The working day `count` working days before `day`; 0: the day itself, or the last working day before it."""
        if count == 0:
            return self._days[bisect_right(self._days, day) - 1]
        return self._days[bisect_left(self._days, day) - count]

    def from_on(self, day: datetime.date) -> datetime.date:
        """The day itself, or the first working day after it."""
        return self._days[bisect_left(self._days, day)]


def stage_day(duty: Duty, stage: int, days: WorkingDays) -> datetime.date:
    """The working day of a stage.

    Before the day, stage 5 lies five working days before it; stage 0 is the day itself, on a day off the last working
    day before it. Overdue, stage -1 is the first working day after the day, -2 a week later, and so on, each moved
    on to a working day.
    """
    if stage >= 0:
        return days.before(duty.due_on, stage)
    return days.from_on(duty.due_on + ONE_DAY + _WEEK * (-stage - 1))


def stage_on(duty: Duty, today: datetime.date, days: WorkingDays) -> tuple[int, datetime.date] | None:
    """The nearest stage that has come by `today`, and its day; None before the first one.

    Days that were missed are caught up with the nearest stage only. A duty whose scheme names no stages is not
    reminded of at all, one without overdue weeks not after its day.
    """
    if not duty.stages:
        return None
    if today > duty.due_on:
        stages: Iterable[int] = range(-duty.overdue_weeks, 0)
    else:
        stages = sorted(duty.stages)
    for stage in stages:
        day = stage_day(duty, stage, days)
        if day <= today:
            return stage, day
    return None
