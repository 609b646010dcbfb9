"""How far off a day is, in calendar days and working days, and the words for it."""

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from notices.workdays import is_far, working_days

#: Working days from which on a day counts as near.
SOON = 3
#: Far more than the longest stretch of days off, so that a rolled-forward day is always found.
LONGEST_HOLIDAY = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Due:
    """A day seen from today: `days` left (negative: so many days ago), `working_days` of them working."""

    day: datetime.date
    days: int
    working_days: int

    @property
    def is_over(self) -> bool:
        return self.days < 0

    @property
    def tone(self) -> str:
        """The class of the colour that goes with the words."""
        if self.is_over:
            return "over"
        return "soon" if self.working_days <= SOON else ""

    @property
    def words(self) -> str:
        """What to say of something still to be done."""
        if self.is_over:
            return ngettext("%(n)s day overdue", "%(n)s days overdue", -self.days) % {"n": -self.days}
        return self.left

    @property
    def left(self) -> str:
        """What to say of a date of the scheme, which nobody in particular has missed."""
        if self.is_over:
            return ngettext("ended %(n)s day ago", "ended %(n)s days ago", -self.days) % {"n": -self.days}
        if self.days == 0:
            return _("today")
        return ngettext("%(n)s day left", "%(n)s days left", self.days) % {"n": self.days}

    @property
    def until_start(self) -> str:
        """What to say of the first day of a stretch, while it lies ahead."""
        return ngettext("starts in %(n)s day", "starts in %(n)s days", self.days) % {"n": self.days}

    @property
    def working(self) -> str:
        """The working days among those left; nothing once the day is here."""
        if self.days <= 0:
            return ""
        words = ngettext("%(n)s working day", "%(n)s working days", self.working_days)
        return words % {"n": self.working_days}


class Calendar:
    """The working calendar around today (or the day asked about) and some other days, read in one query whatever
    their number."""

    def __init__(self, days: Iterable[datetime.date] = (), today: datetime.date | None = None):
        self.today = today or clock.today()
        stretch = [self.today, *(day for day in days if not is_far(day))]
        self._working = working_days(min(stretch), max(stretch) + LONGEST_HOLIDAY)

    def roll_forward(self, day: datetime.date) -> datetime.date:
        """The day itself, or the next working day when it is a day off; one years ahead stays as it is."""
        place = bisect_left(self._working, day)
        return self._working[place] if place < len(self._working) else day

    def due(self, day: datetime.date) -> Due:
        """Today itself does not count as a day left, the day itself does."""
        between = bisect_right(self._working, day) - bisect_right(self._working, self.today)
        return Due(day=day, days=(day - self.today).days, working_days=max(between, 0))
