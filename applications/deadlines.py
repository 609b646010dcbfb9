"""By when an area must have filed: the cycle's milestone, rolled forward where the scheme says so, or an extension."""

import datetime
from collections.abc import Callable, Iterable

from applications.enums import ApplicationState, MilestoneKind
from applications.models import Application, Cycle, Extension, Milestone
from notices.workdays import roll_forward


def effective_date(
    milestone: Milestone, roll: Callable[[datetime.date], datetime.date] = roll_forward
) -> datetime.date:
    """The day a milestone falls due; both days are shown where it was rolled forward from a day off.

    `roll` finds the next working day; a page with many milestones hands in a calendar it has read once.
    """
    return roll(milestone.due_on) if milestone.rolls_forward else milestone.due_on


def filing_milestone(cycle: Cycle) -> Milestone | None:
    return cycle.milestones.filter(kind=MilestoneKind.APPLICATIONS_DUE).first()


def filing_deadline(cycle: Cycle, area) -> datetime.date | None:
    """The last day on which `area` may hand in applications (None: the cycle sets none)."""
    return filing_deadlines(cycle, [area]).get(area.pk)


def filing_deadlines(
    cycle: Cycle,
    areas: Iterable,
    granted_by: datetime.datetime | None = None,
    milestone: Milestone | None = None,
) -> dict[int, datetime.date]:
    """The last day of each area by its id, in as many queries as for one; empty when the cycle sets none. With
    `granted_by` only later days granted up to that moment count; `milestone` is the one for filing as it was then."""
    milestone = milestone or filing_milestone(cycle)
    if milestone is None:
        return {}
    general = effective_date(milestone)
    deadlines = {area.pk: general for area in areas}
    granted = Extension.objects.filter(cycle=cycle, area_id__in=deadlines)
    if granted_by is not None:
        granted = granted.filter(granted_at__lte=granted_by)
    for area_id, until in granted.values_list("area_id", "until"):
        deadlines[area_id] = max(deadlines[area_id], until)
    return deadlines


def last_day_for(application: Application) -> datetime.date | None:
    """The last day for this application: a returned one may be corrected until the date set with the return."""
    return last_days()(application)


def last_days() -> Callable[[Application], datetime.date | None]:
    """`last_day_for` for many applications: each area's deadline in a cycle is read once."""
    deadlines: dict[tuple[int, int], datetime.date | None] = {}

    def last_day(application: Application) -> datetime.date | None:
        key = (application.cycle_id, application.area_id)
        if key not in deadlines:
            deadlines[key] = filing_deadline(application.cycle, application.area)
        deadline = deadlines[key]
        if application.state == ApplicationState.RETURNED and application.correct_by and deadline:
            return max(deadline, application.correct_by)
        return deadline

    return last_day


def a_year_later(day: datetime.date) -> datetime.date:
    """The same day a year on; the end of February stays the end of February."""
    following = day + datetime.timedelta(days=1)
    if following.month != day.month:
        return following.replace(year=following.year + 1) - datetime.timedelta(days=1)
    return day.replace(year=day.year + 1)
