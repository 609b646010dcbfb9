"""What a newer file moves is kept with the day it had: the dates of the scheme, meetings, tasks."""

import datetime

from accounts import clock
from applications.models import Cycle, SchemeDay
from supervision.meeting_kinds import former_code, kinds_of

#: By their codes the days of a cycle's scheme, each with whether it rolls forward.
Days = dict[str, tuple[datetime.date, bool]]


def days_of(cycle: Cycle | None) -> Days:
    """The days of a cycle's scheme as they stand; none where there is no cycle yet."""
    if cycle is None:
        return {}
    meetings = {former_code(kind.code): (kind.due_on, False) for kind in kinds_of(cycle)}
    return meetings | {row.code: (row.due_on, row.rolls_forward) for row in cycle.milestones.all()}


def keep_former_days(cycle: Cycle, before: Days) -> None:
    """Write down until when days of the scheme were those of `before`, where they are others now."""
    now, moment = days_of(cycle), clock.now()
    SchemeDay.objects.bulk_create(
        SchemeDay(cycle=cycle, code=code, due_on=day, rolls_forward=rolls, until=moment)
        for code, (day, rolls) in before.items()
        if code in now and now[code] != (day, rolls)
    )
