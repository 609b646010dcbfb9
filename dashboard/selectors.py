"""The dates of a year and what is left until them, for the to-do list and the calendar feed."""

import datetime
from dataclasses import dataclass, replace

from applications.deadlines import effective_date
from applications.enums import MilestoneKind
from applications.models import Cycle, Milestone
from dashboard.due import Calendar, Due
from dashboard.tables import address


@dataclass(frozen=True)
class OwnDay:
    """The later last day the office granted to one area."""

    area: object
    due: Due


@dataclass(frozen=True)
class Date:
    """A milestone with the day it really falls due (`due.day`): it may have rolled forward from a day off.

    `starts` is the first day of a stretch while that lies ahead. `own` are later days of the reader's areas; when
    `is_replaced`, all of them have one.
    """

    milestone: Milestone
    due: Due
    starts: Due | None = None
    own: tuple[OwnDay, ...] = ()
    is_replaced: bool = False

    @property
    def is_over(self) -> bool:
        return self.due.is_over and all(own.due.is_over for own in self.own)

    @property
    def was_moved(self) -> bool:
        return self.due.day != self.milestone.due_on


def place_list(cycle: Cycle, area, level) -> str:
    """The address of the list of applications that take an area's places at a level."""
    return address("applications:list", cycle=cycle.pk, area=area.pk, level=level.pk, takes_place="true")


def general_deadline(found: list[Date]) -> datetime.date | None:
    """The last day for filing among a cycle's dates, before any extension."""
    kinds = {date.milestone.kind: date.due.day for date in reversed(found)}
    return kinds.get(MilestoneKind.APPLICATIONS_DUE)


def dates(cycle: Cycle) -> list[Date]:
    """The cycle's milestones in order with the days left; two queries whatever their number."""
    milestones = list(cycle.milestones.all())
    calendar = Calendar(milestone.due_on for milestone in milestones)
    return [
        Date(
            milestone=milestone,
            due=calendar.due(effective_date(milestone, calendar.roll_forward)),
            starts=_start_ahead(milestone, calendar),
        )
        for milestone in milestones
    ]


def _start_ahead(milestone: Milestone, calendar: Calendar) -> Due | None:
    start = milestone.starts_on
    return calendar.due(start) if start and start > calendar.today else None


def with_own_days(found: list[Date], own: list[OwnDay], areas: int) -> list[Date]:
    """The dates with the later filing days of a person's areas, of which he or she has so many."""
    if not own:
        return found
    return [
        replace(date, own=tuple(own), is_replaced=len(own) == areas)
        if date.milestone.kind == MilestoneKind.APPLICATIONS_DUE
        else date
        for date in found
    ]
