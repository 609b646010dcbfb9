"""The early warnings of one site: every factor that is looked at with its figures, and what was warned about before."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts import clock
from applications.models import Cycle
from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.warnings.facts import Rule, figures_of, is_reached, places_of, read_facts, rules_of_programmes
from dashboard.warnings.words import figures_then, figures_words, limit_words, rule_words
from sites.models import Site
from sites.models.sites import scope_of
from supervision.finding_lists import OVERDUE


@dataclass(frozen=True)
class FactorNow:
    """One factor as of now: its figures and limit in words, whether they come to a warning, and since when one
    stands. What came up today is noticed by the next nightly look."""

    label: str
    figures: str
    limit: str
    #: Where what it counts can be read and dealt with.
    url: str
    is_reached: bool
    since: datetime.date | None


@dataclass(frozen=True)
class Earlier:
    """A warning that is over, with the figures it ended with."""

    label: str
    figures: str
    since: datetime.date
    until: datetime.date


@dataclass(frozen=True)
class WarningPage:
    """`factors` is empty where the site is not looked at: closed, or without a plaque in force."""

    factors: list[FactorNow]
    earlier: list[Earlier]
    #: The cycle that sets the limits, and where they are written; None where no year was opened yet.
    cycle: Cycle | None
    rule: str
    is_watched: bool

    @property
    def reached(self) -> int:
        return sum(factor.is_reached for factor in self.factors)


def warned_about(user):
    """The sites whose warnings a person may see: those whose findings he or she reads, so not a liaison's."""
    return Site.objects.filter(scope_of(user, site="pk"))


def warning_page(site: Site) -> WarningPage:
    """Everything the page of a site's warnings shows; ten queries."""
    rule, place = rules_of_programmes().get(site.programme_id), places_of([site.pk])[site.pk]
    rows = list(EarlyWarning.objects.filter(site=site).order_by("-until", "-pk"))
    standing = {row.factor: row.noticed_on for row in rows if row.until is None}
    is_watched = rule is not None and place.held_since is not None
    return WarningPage(
        factors=list(_now(site, place, rule, standing)) if is_watched else [],
        earlier=list(_earlier(rows)),
        cycle=rule and rule.cycle,
        rule=rule_words(rule.cycle) if rule else "",
        is_watched=is_watched,
    )


def _now(site: Site, place, rule: Rule, standing: dict) -> Iterator[FactorNow]:
    today = clock.today()
    found = figures_of(place, read_facts([place.site_id], set(rule.limits)), rule)
    for factor, figures in found.items():
        yield FactorNow(
            label=str(factor.label),
            figures=figures_words(factor, figures, today),
            limit=limit_words(factor, rule.limits[factor]),
            url=where_counted(factor, site),
            is_reached=is_reached(factor, figures, today),
            since=standing.get(factor),
        )


def where_counted(factor: Factor, site: Site) -> str:
    """The address where what a factor counts of a site can be read and dealt with."""
    if factor == Factor.NO_ACTIVITY:
        return reverse("sites:activities", args=[site.pk])
    name, asked = {
        Factor.OVERDUE_FINDINGS: ("supervision:findings", {"q": site.name, "state": OVERDUE}),
        Factor.NO_COVERAGE: ("publicity:coverage", {"site": site.pk}),
        Factor.FALLING_SCORE: ("assessments:list", {"q": site.name}),
    }[factor]
    return f"{reverse(name)}?{urlencode(asked)}"


def _earlier(rows: list[EarlyWarning]) -> Iterator[Earlier]:
    """Warnings that ended; one that only went on in another area is not over."""
    going_on = {(row.factor, row.noticed_on) for row in rows if row.until is None}
    for row in rows:
        over = row.until is not None and row.until > row.since
        if over and (row.factor, row.noticed_on) not in going_on:
            going_on.add((row.factor, row.noticed_on))
            last = row.until - datetime.timedelta(days=1)
            yield Earlier(
                label=str(Factor(row.factor).label),
                figures=figures_words(row.factor, figures_then(row, last), last),
                since=row.noticed_on,
                until=row.until,
            )
