"""When digests may go out: on working days, within the hours the installation names."""

import datetime

from django.conf import settings
from django.utils import timezone

from accounts import clock
from notices.workdays import is_working_day, working_days


def may_go_out(moment: datetime.datetime | None = None) -> bool:
    """Whether a digest may go out at a moment (None: now), by the local clock: from the first hour on, before the
    last (`REMINDER_HOURS`, "08:00" to "18:00"), on working days."""
    if not settings.REMINDER_HOURS:
        return True
    local = timezone.localtime(moment or clock.now())
    first, last = settings.REMINDER_HOURS
    return first <= local.strftime("%H:%M") < last and is_working_day(local.date())


def reminding_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The days from `first` to `last` on which digests go out; one query at most."""
    if settings.REMINDER_HOURS:
        return working_days(first, last)
    return [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
