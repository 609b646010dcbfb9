"""The plan of visits of a group and year: proposed with one button, put off, cancelled."""

import datetime
from collections import Counter
from collections.abc import Collection

from django.db import transaction as database
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit
from accounts.services import record
from applications.models import Cycle
from notices.workdays import ONE_DAY, working_days
from sites.enums import SiteState
from sites.models import Site
from supervision.enums import InspectionState, VisitAction, VisitState
from supervision.models import GroupArea, Inspection, PlannedVisit, SupervisionGroup
from supervision.plan_rules import area_on, why_not_days, why_not_plan
from supervision.services.staircase import transition


@database.atomic
def plan_visit(
    *,
    actor,
    group: SupervisionGroup,
    cycle: Cycle,
    target: Site | Unit,
    from_day: datetime.date,
    to_day: datetime.date | None = None,
    purpose: str = "",
) -> PlannedVisit:
    """Plan a visit to a site or a unit on a day, or on one of the days up to `to_day` (included).

    Raises DomainError for other than the group and the office, for a year that is over, days outside it or past,
    a closed site, and a place that lies in no area of the group then.
    """
    site, unit = (target, target.unit) if isinstance(target, Site) else (None, target)
    to_day = to_day or from_day
    require(why_not_plan(actor, group, cycle))
    _lock_plan(group)
    require(why_not_days(group, cycle, unit, site, from_day, to_day))
    visit = PlannedVisit.objects.create(
        group=group,
        cycle=cycle,
        area=area_on(group, unit, from_day),
        unit=unit,
        site=site,
        from_day=from_day,
        to_day=to_day,
        purpose=purpose.strip(),
        planned_by=actor,
        planned_at=clock.now(),
    )
    record(action="visit.plan", actor=actor, obj=visit, unit=unit)
    return visit


@database.atomic
def plan_year(*, actor, group: SupervisionGroup, cycle: Cycle) -> int:
    """Propose the visits that are still missing to every active site of the group's areas, as the scheme asks for.

    They are spread over the working days that are left of the year, sites of one area after each other; a second
    time nothing is missing. Returns how many were planned.
    Raises DomainError for other than the group and the office, a year that is over, and a scheme without a number.
    """
    require(why_not_plan(actor, group, cycle))
    _lock_plan(group)
    wanted = cycle.supervision.get("visits_a_year", 0)
    if not wanted:
        raise DomainError(
            Reason(
                text=_("The scheme of %(year)s does not say how often sites are visited.")
                % {"year": cycle.year},
                remedy=_("Plan the visits one by one."),
            )
        )
    missing = _missing(group, cycle, wanted)
    days = _spread(len(missing), _days_left(cycle)) if missing else []
    PlannedVisit.objects.bulk_create(
        PlannedVisit(
            group=group,
            cycle=cycle,
            area_id=site.area_id,
            unit_id=site.unit_id,
            site=site,
            from_day=day,
            to_day=day,
            planned_by=actor,
            planned_at=clock.now(),
        )
        for site, day in zip(missing, days, strict=True)
    )
    if missing:
        record(
            action="visit.plan_year",
            actor=actor,
            obj=group,
            unit=group.programme.owner,
            count=len(missing),
            year=cycle.year,
        )
    return len(missing)


@database.atomic
def move_visit(
    *,
    actor,
    visit: PlannedVisit,
    from_day: datetime.date,
    to_day: datetime.date | None = None,
    reason: str = "",
) -> PlannedVisit:
    """Put a planned visit on another day, or on one of the days up to `to_day` (included).

    Raises DomainError as `plan_visit`, and for a visit that was carried out or cancelled.
    """
    to_day = to_day or from_day
    require(why_not_days(visit.group, visit.cycle, visit.unit, visit.site, from_day, to_day))
    transition(
        obj=visit, action=VisitAction.MOVE, actor=actor, reason=reason, from_day=from_day, to_day=to_day
    )
    return visit


@database.atomic
def cancel_visit(*, actor, visit: PlannedVisit, reason: str) -> PlannedVisit:
    """Take a visit off the plan; it stays on record with its reason.

    Raises DomainError for other than the group and the office, without a reason, and for a visit carried out.
    """
    transition(obj=visit, action=VisitAction.CANCEL, actor=actor, reason=reason)
    return visit


def _lock_plan(group: SupervisionGroup) -> None:
    """One at a time plans for a group: what another adds meanwhile would be proposed again."""
    SupervisionGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def visits_missing(groups: Collection[SupervisionGroup], cycle: Cycle) -> Counter:
    """How many visits `plan_year` would propose to each group, by id; four queries whatever their number."""
    wanted = cycle.supervision.get("visits_a_year", 0)
    if not wanted or not groups:
        return Counter()
    areas = GroupArea.objects.on(clock.today()).filter(group__in=groups).values_list("group_id", "area_id")
    active = Site.objects.filter(programme=cycle.programme_id, state=SiteState.ACTIVE)
    known, by_area = _visits_by_site(cycle), Counter()
    for site, area in active.order_by().values_list("id", "area_id"):
        by_area[area] += max(wanted - known[site], 0)
    missing = Counter()
    for group, area in areas:
        missing[group] += by_area[area]
    return missing


def _missing(group: SupervisionGroup, cycle: Cycle, wanted: int) -> list[Site]:
    """Active sites of the group's areas, each as often as visits are missing: first round by round, then by place."""
    areas = GroupArea.objects.on(clock.today()).filter(group=group).values("area")
    sites = Site.objects.filter(programme=group.programme_id, area__in=areas, state=SiteState.ACTIVE)
    known = _visits_by_site(cycle)
    rows = sites.order_by("area_id", "unit_id", "id")
    return [site for number in range(wanted) for site in rows if known[site.pk] <= number]


def _visits_by_site(cycle: Cycle) -> Counter:
    """How often each site is on the year's plan or was visited without one."""
    planned = PlannedVisit.objects.filter(cycle=cycle).exclude(state=VisitState.CANCELLED)
    recorded = Inspection.objects.filter(cycle=cycle, planned=None).exclude(state=InspectionState.VOID)
    known = Counter(planned.order_by().values_list("site_id", flat=True))
    known.update(recorded.order_by().values_list("site_id", flat=True))
    return known


def _days_left(cycle: Cycle) -> list[datetime.date]:
    """The working days of the year after today; the last day of the year when none is left."""
    first = max(clock.today() + ONE_DAY, datetime.date(cycle.year, 1, 1))
    last = datetime.date(cycle.year, 12, 31)
    return (working_days(first, last) if first <= last else []) or [last]


def _spread(count: int, days: list[datetime.date]) -> list[datetime.date]:
    """`count` days spread evenly over some days, in order; several on one day when there are more."""
    return [days[(2 * number + 1) * len(days) // (2 * count)] for number in range(count)]
