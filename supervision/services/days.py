"""Last days as people say them, and the days rows keep: the first on which something does not hold any more."""

import datetime


def day_after(day: datetime.date | None) -> datetime.date | None:
    """The day after a last day; None (no end is set) stays None."""
    return None if day is None else day + datetime.timedelta(days=1)
