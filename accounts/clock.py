"""The one clock. Every rule, stamp and reminder asks here, so that tests, demos and rehearsals can set the day."""

import datetime
from contextlib import contextmanager

from django.utils import timezone

_offset = datetime.timedelta(0)


def now() -> datetime.datetime:
    """The present moment, aware, moved by the offset a demo or test has set."""
    return timezone.now() + _offset


def today() -> datetime.date:
    """The present day in the installation's time zone."""
    return timezone.localdate(now())


def set_today(day: datetime.date | None) -> None:
    """Move this process's clock so that today is `day` (None: back to real time). Hours go on as they are."""
    global _offset
    _offset = datetime.timedelta(0) if day is None else day - timezone.localdate()


@contextmanager
def travel(day: datetime.date):
    """Run a block on another day, then go back to the day before it."""
    global _offset
    before = _offset
    set_today(day)
    try:
        yield
    finally:
        _offset = before
