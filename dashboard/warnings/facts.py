"""What speaks for a closer look at a site, read for many sites at once in a fixed number of queries.

Looked at are active sites that hold a plaque in force, by the limits of their programme's latest cycle
(`warnings` of the programme file); a limit that is left out is not looked at.

Days are calendar days. “No activity for 90 days” means 90 whole days without one: after an activity on 1 March the days
from 2 March to 30 May pass, and the warning stands from 31 May on. A site that never had one since it holds a plaque is
counted from the award, so a new site has as long as any other.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts import clock
from applications.enums import CycleState
from applications.models import Cycle
from assessments.models import Assessment, Indicator
from assessments.scoring.tree import COUNTED
from dashboard.enums import Factor
from publicity.enums import CoverageState
from publicity.models import Coverage
from sites.enums import SiteState
from sites.models import Activity, Plaque, Site
from supervision.models import Finding

#: The key of the programme file that sets the limit of a factor.
LIMITS = {
    Factor.OVERDUE_FINDINGS: "overdue_findings",
    Factor.NO_ACTIVITY: "quiet_days",
    Factor.NO_COVERAGE: "uncovered_days",
    Factor.FALLING_SCORE: "falling_points",
}


@dataclass(frozen=True)
class Rule:
    """The limits that hold for a programme, by factor, and the cycle whose scheme sets them."""

    cycle: Cycle
    limits: dict[Factor, float]


@dataclass(frozen=True)
class Place:
    """A site as far as the watch knows it; `held_since` is None for one that is not looked at."""

    site_id: int
    programme_id: int
    area_id: int
    category_id: int
    held_since: datetime.date | None


@dataclass
class Facts:
    """What is known of some sites, by their ids."""

    overdue: dict[int, tuple[int, datetime.date]] = field(default_factory=dict)
    activities: dict[int, datetime.date] = field(default_factory=dict)
    coverage: dict[int, datetime.date] = field(default_factory=dict)
    #: (points, most points that could be had, day of closing), oldest first.
    scores: dict[int, list[tuple[Decimal, Decimal, str]]] = field(default_factory=dict)


def rules_of_programmes() -> dict[int, Rule]:
    """The limits of each programme's latest cycle that was opened, by the programme's id; one query."""
    cycles = Cycle.objects.exclude(state=CycleState.PREPARED).select_related("programme").order_by("year")
    return {cycle.programme_id: rule_of(cycle) for cycle in cycles}


def rule_of(cycle: Cycle) -> Rule:
    found = {factor: cycle.warnings[key] for factor, key in LIMITS.items() if key in cycle.warnings}
    return Rule(cycle=cycle, limits=found)


def places_of(site_ids: Iterable[int]) -> dict[int, Place]:
    """The sites by id, and since when each holds a plaque that is in force; one query."""
    held = (
        Plaque.objects.in_force()
        .filter(site=OuterRef("pk"))
        .order_by()
        .annotate(counted=Coalesce("held_since", "awarded_on"))
        .order_by("counted")
    )
    rows = Site.objects.filter(pk__in=site_ids).annotate(held=Subquery(held.values("counted")[:1]))
    return {
        pk: Place(pk, programme, area, category, since if state == SiteState.ACTIVE else None)
        for pk, programme, area, category, state, since in rows.order_by().values_list(
            "pk", "programme_id", "area_id", "category_id", "state", "held"
        )
    }


def read_facts(site_ids: list[int], factors: set[Factor]) -> Facts:
    """What is known of these sites today, as far as the factors need it; at most five queries."""
    today, facts = clock.today(), Facts()
    if Factor.OVERDUE_FINDINGS in factors:
        late = Finding.objects.overdue(today).filter(site__in=site_ids).order_by().values_list("site")
        facts.overdue = {pk: (n, due) for pk, n, due in late.annotate(n=Count("pk"), due=Min("due_on"))}
    if Factor.NO_ACTIVITY in factors:
        held = Activity.objects.confirmed().filter(site__in=site_ids, held_on__lte=today)
        facts.activities = dict(held.order_by().values_list("site").annotate(last=Max("held_on")))
    if Factor.NO_COVERAGE in factors:
        pieces = Coverage.objects.filter(
            site__in=site_ids, state=CoverageState.RECORDED, published_on__lte=today
        )
        facts.coverage = dict(pieces.order_by().values_list("site").annotate(last=Max("published_on")))
    if Factor.FALLING_SCORE in factors:
        facts.scores = _scores(site_ids)
    return facts


def _scores(site_ids: list[int]) -> dict[int, list[tuple[Decimal, Decimal, str]]]:
    """The results of closed assessments at whatever level; two queries."""
    closed = Assessment.objects.filter(application__site__in=site_ids, closed_at__isnull=False)
    rows = list(
        closed.order_by("closed_at", "pk").values_list(
            "application__site", "score", "indicator_set", "application__cycle__year"
        )
    )
    lines = Indicator.objects.filter(indicator_set__in={row[2] for row in rows}, kind__in=COUNTED)
    most = dict(lines.order_by().values_list("indicator_set").annotate(most=Sum("points")))
    found = {}
    for site, score, indicator_set, year in rows:
        found.setdefault(site, []).append((score, most.get(indicator_set) or Decimal(100), str(year)))
    return found


def figures_of(place: Place, facts: Facts, rule: Rule) -> dict[Factor, dict]:
    """For every factor that is looked at its figures, warned about or not, as plain data: the limit and what is held
    against it. Nothing in them changes by the mere passing of days."""
    return {
        factor: {"limit": limit, "cycle": rule.cycle.pk} | _FIGURES[factor](place, facts)
        for factor, limit in rule.limits.items()
    }


def _of_findings(place: Place, facts: Facts) -> dict:
    count, oldest = facts.overdue.get(place.site_id, (0, None))
    return {"count": count, "oldest": oldest and oldest.isoformat()}


def _of_days(place: Place, last: datetime.date | None) -> dict:
    begin = max(last, place.held_since) if last else place.held_since
    return {"last": last and last.isoformat(), "counted_from": begin.isoformat()}


def _of_scores(place: Place, facts: Facts) -> dict:
    scores = facts.scores.get(place.site_id, [])
    if len(scores) < 2:
        return {"before": None, "after": None}
    before, after = scores[-2:]
    return {"before": [str(each) for each in before], "after": [str(each) for each in after]}


_FIGURES = {
    Factor.OVERDUE_FINDINGS: _of_findings,
    Factor.NO_ACTIVITY: lambda place, facts: _of_days(place, facts.activities.get(place.site_id)),
    Factor.NO_COVERAGE: lambda place, facts: _of_days(place, facts.coverage.get(place.site_id)),
    Factor.FALLING_SCORE: _of_scores,
}


def is_reached(factor: str, figures: dict, day: datetime.date) -> bool:
    """Whether figures of `figures_of` come to a warning on a day."""
    if factor == Factor.OVERDUE_FINDINGS:
        return figures["count"] >= figures["limit"]
    if factor == Factor.FALLING_SCORE:
        return figures["after"] is not None and fall(figures) >= Decimal(str(figures["limit"]))
    return days_since(figures["counted_from"], day) > figures["limit"]


def days_since(text: str, day: datetime.date) -> int:
    return (day - datetime.date.fromisoformat(text)).days


def fall(figures: dict) -> Decimal:
    """By how much the last score is below the one before: in points, or, where another number of points could be had,
    in percentage points."""
    (before, before_most, _year), (after, after_most, _last) = (
        [Decimal(each) for each in figures[key]] for key in ("before", "after")
    )
    if before_most == after_most:
        return before - after
    return (before / before_most - after / after_most) * 100
