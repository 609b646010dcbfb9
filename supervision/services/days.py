"""Last days as people say them, and the days rows keep: the first on which something does not hold any more."""

import datetime

from supervision.models import Finding, FindingDay, Task, TaskDay


def day_after(day: datetime.date | None) -> datetime.date | None:
    """The day after a last day; None (no end is set) stays None."""
    return None if day is None else day + datetime.timedelta(days=1)


def keep_former_day(obj: Finding | Task, due_on: datetime.date, until: datetime.datetime) -> None:
    """Write down until when a finding or task was due on a day, where it has another one now."""
    if obj.due_on == due_on:
        return
    if isinstance(obj, Finding):
        FindingDay.objects.create(finding=obj, due_on=due_on, until=until)
    else:
        TaskDay.objects.create(task=obj, due_on=due_on, until=until)
