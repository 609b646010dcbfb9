"""The plan of visits as its pages read it: rows with their standing, a month day by day, progress by area."""

import calendar
import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.rules import has_role
from applications.models import Cycle
from notices.workdays import ONE_DAY, working_days
from sites.enums import SiteState
from sites.models import Site
from supervision.enums import InspectionState, VisitState
from supervision.models import Inspection, Membership, PlannedVisit, SupervisionGroup

OVERDUE = "overdue"
#: How a visit of the plan stands on a day: its state, and overdue where its days are over.
STANDINGS = [
    (VisitState.PLANNED.value, _("Planned")),
    (OVERDUE, _("Overdue")),
    (VisitState.DONE.value, _("Carried out")),
    (VisitState.CANCELLED.value, _("Off the plan")),
]


def is_overdue(day: datetime.date) -> Q:
    return Q(state=VisitState.PLANNED, to_day__lt=day)


def visits_for_list(user):
    """Visits of the plan a person may see with what a row shows, each with its `standing` today; one query."""
    late = When(is_overdue(clock.today()), then=Value(OVERDUE))
    return (
        PlannedVisit.objects.visible_to(user)
        .select_related("group__programme__owner", "cycle__programme", "area", "unit", "site__category")
        .annotate(standing=Case(late, default=F("state"), output_field=CharField()))
    )


def with_standing(visits: Iterable[PlannedVisit]) -> list[PlannedVisit]:
    """The visits of `visits_for_list`, each with the word for its standing."""
    words = dict(STANDINGS)
    rows = list(visits)
    for visit in rows:
        visit.standing_word = words[visit.standing]
    return rows


def planned_visits_of(user):
    """Visits to come or overdue of the groups the person belongs to today, soonest first; one query."""
    groups = Membership.objects.on(clock.today()).filter(user=user).values("group")
    visits = PlannedVisit.objects.filter(group__in=groups, state=VisitState.PLANNED)
    return visits.select_related("group", "unit", "area", "site").order_by("from_day", "id")


def groups_to_work_in(user) -> list[SupervisionGroup]:
    """The groups a person plans and records visits for: those of the office's programmes, else his or her own."""
    groups = SupervisionGroup.objects.visible_to(user).select_related("programme__owner")
    if not (has_role(user, Role.OFFICE) or has_role(user, Role.SUPERVISOR)):
        return []
    own = set(Membership.objects.on(clock.today()).filter(user=user).values_list("group_id", flat=True))
    return [
        group for group in groups if group.pk in own or has_role(user, Role.OFFICE, group.programme.owner)
    ]


def cycles_of(user) -> list[Cycle]:
    """The years whose plans a person may look at, newest first."""
    return list(Cycle.objects.visible_to(user).select_related("programme__owner").order_by("-year", "id"))


# --- a month, day by day ----------------------------------------------------------------------------------


@dataclass
class Day:
    """One field of the month: outside it, a day off, today, and the visits that may take place on it."""

    day: datetime.date
    inside: bool
    works: bool
    today: bool
    visits: list[PlannedVisit] = field(default_factory=list)


def month_of(text: str, fallback: datetime.date) -> datetime.date:
    """The first day of a month given as 2017-06; of the fallback's month where the text is none."""
    try:
        first = datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        first = fallback
    return (first if 1900 <= first.year <= 2999 else fallback).replace(day=1)


def month_grid(visits, first: datetime.date) -> list[list[Day]]:
    """Weeks from Monday to Sunday of the month that begins on `first`; two queries."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1]
    works = set(working_days(start, end))
    days = {
        day: Day(day, day.month == first.month, day in works, day == clock.today())
        for week in weeks
        for day in week
    }
    shown = visits.filter(from_day__lte=end, to_day__gte=start).order_by("from_day", "area_id", "id")
    for visit in with_standing(shown):
        day = max(visit.from_day, start)
        while day <= min(visit.to_day, end):
            days[day].visits.append(visit)
            day += ONE_DAY
    return [[days[day] for day in week] for week in weeks]


# --- progress ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A number and the address of the rows behind it."""

    count: int
    url: str


@dataclass(frozen=True)
class Progress:
    """How a year's visits stand in one area of a group: on the plan, carried out, still to come, overdue, cancelled
    left out; visits recorded, and active sites without one."""

    group: SupervisionGroup
    area: Unit
    planned: Figure
    done: Figure
    coming: Figure
    overdue: Figure
    recorded: Figure
    unvisited: Figure
    sites: int


def progress(user, groups: Iterable[SupervisionGroup], cycle: Cycle) -> list[Progress]:
    """Group by group, area by area; `groups` as `groups_for_list` brings them. Four queries whatever their number."""
    groups = [group for group in groups if group.programme_id == cycle.programme_id]
    visits = _visit_counts(user, cycle)
    recorded = _recorded_counts(user, cycle)
    sites, unvisited = _site_counts(user, cycle)
    rows = []
    for group in groups:
        for area in (row.area for row in group.present_areas):
            given = {"group": group.pk, "cycle": cycle.pk, "area": area.pk}
            counts = visits[group.pk, area.pk]
            of = {name: Figure(counts[name], _plan(**given, standing=name)) for name in counts_of()}
            rows.append(
                Progress(
                    group=group,
                    area=area,
                    planned=Figure(
                        sum(of[name].count for name in ("planned", OVERDUE, "done")), _plan(**given)
                    ),
                    done=of["done"],
                    coming=of["planned"],
                    overdue=of[OVERDUE],
                    recorded=Figure(
                        recorded[group.pk, area.pk],
                        f"{reverse('supervision:inspections')}?{urlencode(given | {'counted': 'true'})}",
                    ),
                    unvisited=Figure(
                        unvisited[area.pk],
                        f"{reverse('supervision:unvisited')}?{urlencode({'cycle': cycle.pk, 'area': area.pk})}",
                    ),
                    sites=sites[area.pk],
                )
            )
    return rows


def counts_of() -> tuple[str, ...]:
    return (VisitState.PLANNED.value, OVERDUE, VisitState.DONE.value)


def unvisited_sites(user, cycle: Cycle):
    """Active sites of the programme a person may see that no visit was recorded of this year."""
    seen = Inspection.objects.filter(site=OuterRef("pk"), cycle=cycle, state=InspectionState.RECORDED)
    return _active(user, cycle).filter(~Exists(seen))


def _active(user, cycle: Cycle):
    return Site.objects.visible_to(user).filter(programme=cycle.programme_id, state=SiteState.ACTIVE)


def _visit_counts(user, cycle: Cycle) -> dict[tuple[int, int], Counter]:
    rows = visits_for_list(user).filter(cycle=cycle).order_by()
    found: dict[tuple[int, int], Counter] = defaultdict(Counter)
    for group, area, standing, count in rows.values_list("group_id", "area_id", "standing").annotate(
        n=Count("id")
    ):
        found[group, area][standing] = count
    return found


def _recorded_counts(user, cycle: Cycle) -> Counter:
    rows = Inspection.objects.visible_to(user).filter(cycle=cycle, state=InspectionState.RECORDED).order_by()
    counted = rows.values_list("group_id", "area_id").annotate(n=Count("id"))
    return Counter({(group, area): count for group, area, count in counted})


def _site_counts(user, cycle: Cycle) -> tuple[Counter, Counter]:
    """Active sites by area, and those of them without a recorded visit this year."""
    every = _active(user, cycle).order_by().values_list("area_id").annotate(n=Count("id"))
    without = unvisited_sites(user, cycle).order_by().values_list("area_id").annotate(n=Count("id"))
    return Counter(dict(every)), Counter(dict(without))


def _plan(**query) -> str:
    return f"{reverse('supervision:plan')}?{urlencode(query)}"
