"""The publicity plan of a year: its lines are added, changed and dropped."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from applications.enums import CycleState
from applications.models import Cycle
from publicity.coverage_rules import why_not_change_planned, why_not_keep_coverage
from publicity.enums import PlannedAction
from publicity.models import PlannedCoverage
from publicity.schemes import scheme_of
from publicity.services.staircase import transition

#: More pieces than this on one line is a slip of the keyboard.
MOST_WANTED = 100


@transaction.atomic
def plan_coverage(
    *, actor, cycle: Cycle, area, medium: str, topic: str, due_on: datetime.date, wanted: int = 1, site=None
) -> PlannedCoverage:
    """Add a line to an area's plan: `wanted` pieces in a medium by a day, on a site or (None) the area in general.

    Raises DomainError for a cycle that is not open, a day outside its year or a medium its scheme does not know.
    """
    require(why_not_keep_coverage(actor, area, cycle.programme))
    if cycle.state != CycleState.OPEN:
        raise DomainError(Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle}))
    line = PlannedCoverage(cycle=cycle, area=area, planned_by=actor, planned_at=clock.now())
    _put(line, medium=medium, topic=topic, due_on=due_on, wanted=wanted, site=site)
    same = cycle.planned_coverage.filter(
        area=area, site=site, medium=medium, topic=line.topic, due_on=due_on, state=line.state
    )
    if same.exists():
        raise DomainError(
            Reason(
                text=_("This line is in the plan already."),
                remedy=_("Change its number, or choose another topic."),
            )
        )
    line.save()
    record(action="plannedcoverage.add", actor=actor, obj=line, unit=area)
    return line


@transaction.atomic
def change_planned(
    *,
    actor,
    line: PlannedCoverage,
    medium: str,
    topic: str,
    due_on: datetime.date,
    wanted: int = 1,
    site=None,
) -> PlannedCoverage:
    """Change a line of the plan. Raises DomainError as `plan_coverage`, and for a line that was dropped.

    Medium and site stay where entries are linked to the line: they were linked to what it said.
    """
    rows = PlannedCoverage.objects.select_for_update(of=("self",))
    locked = rows.select_related("cycle__programme__owner", "area").get(pk=line.pk)
    require(why_not_change_planned(actor, locked))
    moved = (medium, site and site.pk) != (locked.medium, locked.site_id)
    if moved and locked.coverage.filter(state="recorded").exists():
        raise DomainError(
            Reason(
                text=_("Entries of the register are linked to this line: its medium and site stay."),
                remedy=_("Drop the line and add another, or take the link out of the entries first."),
            )
        )
    _put(locked, medium=medium, topic=topic, due_on=due_on, wanted=wanted, site=site)
    locked.save()
    record(action="plannedcoverage.change", actor=actor, obj=locked, unit=locked.area)
    return locked


def drop_planned(*, actor, line: PlannedCoverage, reason: str) -> PlannedCoverage:
    """Drop a line, with the reason; it stays to be read."""
    transition(obj=line, action=PlannedAction.DROP, actor=actor, reason=reason)
    return line


def _put(line: PlannedCoverage, *, medium: str, topic: str, due_on: datetime.date, wanted: int, site) -> None:
    cycle, scheme = line.cycle, scheme_of(line.cycle)
    if scheme is None or scheme.medium(medium) is None:
        raise DomainError(
            Reason(text=_("The scheme of %(year)s does not know this medium.") % {"year": cycle.year})
        )
    if due_on.year != cycle.year:
        raise DomainError(
            Reason(
                text=_("The day lies outside the year %(year)s of the plan.") % {"year": cycle.year},
                remedy=_("Choose a day of that year."),
            )
        )
    if not 1 <= wanted <= MOST_WANTED:
        raise DomainError(
            Reason(text=_("Between 1 and %(most)s pieces stand on a line.") % {"most": MOST_WANTED})
        )
    if site is not None and site.area_id != line.area_id and site.pk != line.site_id:
        raise DomainError(
            Reason(text=_("“%(site)s” is no site of %(area)s.") % {"site": site, "area": line.area})
        )
    line.medium, line.topic, line.due_on, line.wanted, line.site = medium, topic.strip(), due_on, wanted, site
