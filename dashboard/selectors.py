"""The figures of the overview: a fixed number of queries whatever the number of sites and applications."""

import datetime
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.scope import reached_unit_ids
from applications.deadlines import effective_date, filing_deadlines
from applications.enums import ApplicationState, MilestoneKind
from applications.models import Application, Cycle, Milestone, own_area_ids
from applications.quota import Quota, quotas_of
from dashboard.due import Calendar, Due
from dashboard.tables import Number, Table, address, cross
from sites.enums import SiteState
from sites.selectors import areas_of, tally


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


@dataclass(frozen=True)
class Use:
    """Quota places of one area at one level: `taken` opens the applications that take them."""

    taken: Number
    places: int
    extra: int


@dataclass(frozen=True)
class AreaUse:
    """One area's use of its quota by level, and its own last day where the office granted a later one."""

    area: object
    uses: tuple[Use, ...]
    extended_until: datetime.date | None


class Scope:
    """What one person sees of one cycle: the areas, and what the counts are crossed with."""

    def __init__(self, user, cycle: Cycle):
        self.user, self.cycle, self.programme = user, cycle, cycle.programme
        self.areas = list(areas_of(self.programme).filter(pk__in=reached_unit_ids(user)))
        self.levels = list(self.programme.levels.all())
        self.categories = list(self.programme.categories.all())


def chosen_cycle(user, wanted: str) -> tuple[Cycle | None, list[Cycle]]:
    """The cycle asked for by its id (else the latest), and all the person may choose from."""
    cycles = list(Cycle.objects.visible_to(user).select_related("programme__owner").order_by("-year", "id"))
    asked_for = next((cycle for cycle in cycles if str(cycle.pk) == wanted), None)
    return asked_for or next(iter(cycles), None), cycles


def site_tables(scope: Scope, level=None) -> tuple[Table, Table]:
    """Active sites by area and category (with `level`: holders of its plaque only), and holders by level.

    One query. A site with plaques of two levels counts at both, hence no sum along the second table's rows.
    """
    counts = tally(scope.programme, scope.areas)
    wanted = level.pk if level else None
    by_category = cross(
        rows=scope.areas,
        columns=scope.categories,
        count=lambda area, category: counts.get((area.pk, category.pk, wanted), 0),
        url=lambda area, category: _site_list(scope, area, category, level),
        total=_("Total"),
    )
    by_level = cross(
        rows=scope.areas,
        columns=scope.levels,
        count=lambda area, one: sum(counts.get((area.pk, kind.pk, one.pk), 0) for kind in scope.categories),
        url=lambda area, one: _site_list(scope, area, None, one),
        total=_("Total"),
        sum_rows=False,
    )
    return by_category, by_level


def _site_list(scope: Scope, area, category, level) -> str:
    if area is None and len(scope.areas) == 1:
        area = scope.areas[0]
    return address(
        "sites:list",
        programme=scope.programme.pk,
        area=area and area.pk,
        category=category and category.pk,
        level=level and level.pk,
        state=SiteState.ACTIVE.value,
    )


def application_table(scope: Scope, levels: list) -> Table:
    """The cycle's applications by state and level, as far as the person may see them; one query.

    `levels` are those applied for; any other with applications is added.
    """
    counted = (
        Application.objects.visible_to(scope.user)
        .filter(cycle=scope.cycle)
        .order_by()
        .values_list("state", "level_id")
        .annotate(count=Count("id"))
    )
    counts = {(state, level): count for state, level, count in counted}
    filed = {level for _state, level in counts}
    own = own_area_ids(scope.user)
    states = [state for state in ApplicationState if own or state != ApplicationState.DRAFT]
    return cross(
        rows=[_State(state) for state in states],
        columns=[level for level in scope.levels if level in levels or level.pk in filed],
        count=lambda state, level: counts.get((state.value, level.pk), 0),
        url=lambda state, level: address(
            "applications:list",
            cycle=scope.cycle.pk,
            state=state and state.value,
            level=level and level.pk,
        ),
        total=_("Total"),
    )


def quota_uses(scope: Scope, general: datetime.date | None) -> tuple[list, list[AreaUse]]:
    """The levels with a quota, and its use by area; `general` is the cycle's own last day for filing."""
    quotas = quotas_of(scope.cycle, scope.areas)
    deadlines = filing_deadlines(scope.cycle, scope.areas)
    levels = [level for level in scope.levels if any(level.pk in found for found in quotas.values())]
    return levels, [
        AreaUse(
            area=area,
            uses=tuple(_use(scope, area, level, quotas[area.pk].get(level.pk)) for level in levels),
            extended_until=None if deadlines.get(area.pk) == general else deadlines[area.pk],
        )
        for area in scope.areas
    ]


def extended_days(uses: list[AreaUse]) -> list[OwnDay]:
    """The later last days among the areas; one query when there is any."""
    extended = [use for use in uses if use.extended_until]
    calendar = Calendar(use.extended_until for use in extended) if extended else None
    return [OwnDay(use.area, calendar.due(use.extended_until)) for use in extended]


def _use(scope: Scope, area, level, quota: Quota | None) -> Use:
    url = place_list(scope.cycle, area, level)
    if quota is None:
        return Use(taken=Number(0, url), places=0, extra=0)
    return Use(taken=Number(quota.taken, url), places=quota.places, extra=quota.extra)


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


@dataclass(frozen=True)
class _State:
    """An application state that prints as its label."""

    state: ApplicationState

    @property
    def value(self) -> str:
        return self.state.value

    def __str__(self) -> str:
        return str(self.state.label)
