"""What the rules of eligibility are asked about, read in a fixed number of queries however many sites there are."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q

from applications.deadlines import a_year_later, effective_date, filing_deadlines, filing_milestone
from applications.enums import OPEN_STATES, ApplicationState, CycleState
from applications.models import Application, Cycle, LevelRule
from applications.quota import Quota, quotas_of
from sites.models import Plaque, PlaqueSuspension, Site
from sites.selectors import areas_of

#: Decided by nobody yet, though the year they were filed in is over: a second one beside them would be one too many.
_HANDED_IN = (ApplicationState.SUBMITTED, ApplicationState.ACCEPTED)


@dataclass(frozen=True)
class Year:
    """What one cycle says, by ids of levels and areas; `assumed` where there is no such cycle yet."""

    cycle: Cycle
    rules: Mapping[int, LevelRule]
    categories: Mapping[int, frozenset[int]]
    deadlines: Mapping[int, datetime.date]
    quotas: Mapping[int, Mapping[int, Quota]]
    live: Mapping[tuple[int, int], Application]
    assumed: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything the answers for some sites rest on: plaques by site and level id, this year, and the next if known."""

    this: Year
    following: Year | None
    areas: frozenset[int]
    plaques: Mapping[tuple[int, int], list[Plaque]] = field(repr=False)

    def of(self, site: Site, level_id: int | None) -> list[Plaque]:
        """The site's plaques of a level, latest first."""
        return self.plaques.get((site.pk, level_id), [])


def gather(sites: Iterable[Site], cycle: Cycle, *, assume_next: bool = False) -> Facts:
    """Read what the answers for these sites in a cycle rest on.

    Args:
        sites: a queryset of all of them, or those of one page.
        assume_next: ask about the year after `cycle`, which does not exist yet, with this one's rules.
    """
    areas = list(areas_of(cycle.programme))
    following = None
    if assume_next:
        this = assumed_next(cycle, areas, _live(sites, cycle.programme_id, cycle.year + 1))
    else:
        this = _year(cycle, areas, sites)
        later = Cycle.objects.filter(programme=cycle.programme_id, year__gt=cycle.year).order_by("year")
        found = later.exclude(state=CycleState.CLOSED).select_related("programme").first()
        following = _year(found, areas, sites) if found else None
    return Facts(this, following, frozenset(area.pk for area in areas), plaques_of(sites))


def plaques_of(sites: Iterable[Site]) -> dict[tuple[int, int], list[Plaque]]:
    """The plaques of sites by site and level id, latest first, each with its suspensions as `stretches`."""
    stretches = Prefetch("suspensions", PlaqueSuspension.objects.order_by("begins_on"), to_attr="stretches")
    found: dict[tuple[int, int], list[Plaque]] = {}
    for plaque in (
        Plaque.objects.filter(site__in=sites).order_by("-awarded_on", "-id").prefetch_related(stretches)
    ):
        found.setdefault((plaque.site_id, plaque.level_id), []).append(plaque)
    return found


def assumed_next(cycle: Cycle, areas: list, live: Mapping) -> Year:
    """The year after a cycle as it would be if nothing in the rules changed; nothing is written."""
    following = Cycle(
        programme=cycle.programme,
        year=cycle.year + 1,
        state=CycleState.OPEN,
        articles=cycle.articles,
    )
    present = _rules(cycle)
    rules = {level_id: _assumed(rule, following) for level_id, rule in present.items()}
    places = {
        level_id: Quota(level=rule.level, places=rule.quota, extra=0, taken=0)
        for level_id, rule in rules.items()
        if rule.quota
    }
    return Year(
        cycle=following,
        rules=rules,
        categories=_categories(present.values()),
        deadlines=_assumed_deadlines(cycle, areas),
        quotas={area.pk: places for area in areas},
        live=live,
        assumed=True,
    )


def _assumed(rule: LevelRule, cycle: Cycle) -> LevelRule:
    return LevelRule(
        cycle=cycle,
        level=rule.level,
        quota=rule.quota,
        required_level=rule.required_level,
        required_months=rule.required_months,
        suspended_time_counts=rule.suspended_time_counts,
    )


def _assumed_deadlines(cycle: Cycle, areas: list) -> dict[int, datetime.date]:
    milestone = filing_milestone(cycle)
    if milestone is None:
        return {}
    milestone.due_on = a_year_later(milestone.due_on)
    return dict.fromkeys((area.pk for area in areas), effective_date(milestone))


def _year(cycle: Cycle, areas: list, sites: Iterable[Site]) -> Year:
    rules = _rules(cycle)
    return Year(
        cycle=cycle,
        rules=rules,
        categories=_categories(rules.values()),
        deadlines=filing_deadlines(cycle, areas),
        quotas=quotas_of(cycle, areas),
        live=_live(sites, cycle.programme_id, cycle.year),
    )


def _rules(cycle: Cycle) -> dict[int, LevelRule]:
    rules = cycle.level_rules.select_related("level__programme", "required_level").order_by("level__rank")
    found = {rule.level_id: rule for rule in rules}
    for rule in found.values():
        rule.cycle = cycle
    return found


def _categories(rules: Iterable[LevelRule]) -> dict[int, frozenset[int]]:
    level_of = {rule.pk: rule.level_id for rule in rules}
    found: dict[int, set[int]] = {}
    through = LevelRule.categories.through.objects.filter(levelrule__in=list(level_of))
    for rule_id, category_id in through.values_list("levelrule_id", "category_id"):
        found.setdefault(level_of[rule_id], set()).add(category_id)
    return {level_id: frozenset(ids) for level_id, ids in found.items()}


def _live(sites: Iterable[Site], programme_id: int, year: int) -> dict[tuple[int, int], Application]:
    """The application of each site and level that stands in the way of another in a year: one of that year, or
    one handed in earlier and not decided yet."""
    of_year = Q(cycle__year=year, state__in=(*OPEN_STATES, ApplicationState.AWARDED))
    undecided = Q(cycle__year__lt=year, state__in=_HANDED_IN)
    rows = Application.objects.filter(of_year | undecided, site__in=sites, cycle__programme=programme_id)
    found = {}
    for application in rows.select_related("place").order_by("cycle__year", "id"):
        found[application.site_id, application.level_id] = application
    return found
