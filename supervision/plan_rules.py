"""Who may plan visits, and why not now."""

import datetime

from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason
from accounts.models import Unit
from accounts.words import lazy_day
from applications.models import Cycle
from sites.enums import SiteState
from sites.models import Site
from supervision.enums import VisitAction
from supervision.models import GroupArea, PlannedVisit, SupervisionGroup
from supervision.rules import why_not_group_work


def why_not_visit_action(user, visit: PlannedVisit, action: str, reason: str = "") -> Reason | None:
    """None when the person may take this step with a planned visit.

    A visit of a year that is over can still be recorded or cancelled, but not put off.
    """
    refusal = why_not_group_work(user, visit.group)
    if refusal is None and action == VisitAction.MOVE:
        refusal = _why_year_over(visit.cycle) or _why_not_active(visit.site)
    if refusal is None and action == VisitAction.CANCEL and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def why_not_plan(user, group: SupervisionGroup, cycle: Cycle) -> Reason | None:
    """Why this person may not plan visits of a group for a year, or None."""
    return why_not_group_work(user, group) or _why_year_over(cycle)


def why_not_days(
    group: SupervisionGroup,
    cycle: Cycle,
    unit: Unit,
    site: Site | None,
    from_day: datetime.date,
    to_day: datetime.date,
) -> Reason | None:
    """Why a visit to a site (None: to the unit itself) cannot take place in a stretch of days, or None."""
    if to_day < from_day:
        return Reason(text=_("The last day lies before the first."))
    if {from_day.year, to_day.year} != {cycle.year}:
        return Reason(text=_("The days must lie in the year %(year)s.") % {"year": cycle.year})
    if to_day < clock.today():
        return Reason(
            text=_("This day is over: only visits to come are planned."),
            remedy=_("A visit that took place is recorded, not planned."),
        )
    first, last = area_on(group, unit, from_day), area_on(group, unit, to_day)
    if first is None or first != last:
        missing = from_day if first is None else to_day
        return Reason(
            text=_("%(unit)s lies in no area that %(group)s looks after on %(day)s.")
            % {"unit": unit, "group": group, "day": lazy_day(missing)},
            remedy=_("The leadership office gives areas to groups."),
        )
    return _why_not_active(site)


def area_on(group: SupervisionGroup, unit: Unit, day: datetime.date) -> Unit | None:
    """The area of a group in which a unit lies on a day."""
    rows = GroupArea.objects.on(day).filter(group=group).select_related("area")
    return next((row.area for row in rows if row.area.contains(unit)), None)


def _why_year_over(cycle: Cycle) -> Reason | None:
    if clock.today().year <= cycle.year:
        return None
    return Reason(
        text=_("The year %(year)s is over.") % {"year": cycle.year},
        remedy=_("Plan the visit in the present year."),
    )


def _why_not_active(site: Site | None) -> Reason | None:
    if site is None or site.state == SiteState.ACTIVE:
        return None
    return Reason(text=_("%(site)s is closed.") % {"site": site})
