"""The day the demonstration plays on."""

import datetime

from accounts import clock
from accounts.models import DemoClock


def move_demo_clock(*, day: datetime.date) -> None:
    """Let the demonstration play on another day, for every process that reads the same database."""
    DemoClock.objects.update_or_create(pk=1, defaults={"day": day})
    clock.set_today(day)
