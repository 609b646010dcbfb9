"""Early warnings by factor, area and site: what speaks for a closer look, never a count of points."""

import datetime
from collections import defaultdict

from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.cells import sentences
from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.past import site_name_then, with_day
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import category_cells, number_of
from dashboard.tables import Headline, Row, Section, Table, Words, cross
from dashboard.warnings.facts import LIMITS, rule_of
from dashboard.warnings.journal import MEASURES, SEVERAL, SITES, measure_of
from dashboard.warnings.words import limit_words, rule_words, warning_words
from sites.models import Site
from sites.tallies import counted

#: Sites with several factors that are named on the dashboard itself; the list has them all.
NAMED = 8
#: Beyond so many sites with warnings nobody is named: looking for those with several would take longer with each.
SEARCHED = 1_000


def section(question: Question) -> Section | None:
    """Warnings by area and factor, and the sites with several of them; at most three queries."""
    cells = counted(
        question.programme, question.shown_areas, MEASURES, question.day, **category_cells(question)
    )
    if not cells and not question.cycle.warnings:
        return None
    counts = defaultdict(int)
    for cell in cells:
        counts[cell.area_id, cell.measure] += cell.count
    table = cross(
        rows=question.shown_areas,
        columns=_columns(question, counts),
        count=lambda area, column: counts[area.pk, column.measure],
        url=lambda area, column: column.url(question, area),
        total=_("Total"),
        sum_rows=False,
        caption=_("Sites with early warnings by county or park"),
        corner=_("County or park"),
    )
    totals = {
        measure: sum(cell.count for cell in cells if cell.measure == measure) for measure in (SITES, SEVERAL)
    }
    several = _several(question) if totals[SEVERAL] and totals[SITES] <= SEARCHED else ()
    return Section(
        code="warnings",
        title=_("Early warnings"),
        tables=(table, *several),
        lead=_lead(question),
        # The columns end with the sites that have any warning, and those with several.
        headline=Headline(table.total.numbers[-2], _("Sites with early warnings")),
    )


class _Column:
    """A column of the table: a factor, or how many factors a site has at least."""

    def __init__(self, label: str, measure: str, code: str, **params):
        self.label, self.measure, self.code, self.params = label, measure, code, params

    def __str__(self) -> str:
        return self.label

    def url(self, question: Question, area) -> str:
        narrowed = {"area": (area or question.area) and (area or question.area).pk}
        return question.rows_address(self.code, **narrowed, **self.params)


def _columns(question: Question, counts: dict) -> list[_Column]:
    """The factors the scheme looks at, and any that was warned about on the day."""
    warned = {measure for _area, measure in counts}
    factors = [
        factor
        for factor in Factor
        if LIMITS[factor] in question.cycle.warnings or measure_of(factor) in warned
    ]
    return [
        *(
            _Column(str(factor.label), measure_of(factor), "warnings", factor=factor.value)
            for factor in factors
        ),
        _Column(_("Sites with any of them"), SITES, "warned-sites", least=1),
        _Column(_("Sites with two or more"), SEVERAL, "warned-sites", least=2),
    ]


def _lead(question: Question) -> str:
    rule = rule_of(question.cycle)
    limits = [
        _("%(factor)s: %(figures)s") % {"factor": factor.label, "figures": limit_words(factor, limit)}
        for factor, limit in rule.limits.items()
    ]
    words = [
        _("Active sites whose plaque is in force; looked at every night."),
        *([_("%(limits)s.") % {"limits": _("; ").join(limits)}] if limits else []),
        _("Written in: %(article)s.") % {"article": rule_words(question.cycle)},
    ]
    if question.level:
        words.append(_("The level makes no difference here."))
    return sentences(words)


def _several(question: Question) -> tuple[Table, ...]:
    """The sites with two or more factors by name, as long as the page has room for them; two queries."""
    sites = list(warned_sites(question, {"least": "2"})[:NAMED])
    table = Table(
        columns=(_("County or park"), _("What speaks for a closer look")),
        rows=tuple(
            Row(site.name_then, (Words(_area(site)), Words(_factors(site))), url=_site_url(site))
            for site in sites
        ),
        total=None,
        caption=_("Sites with two or more early warnings"),
        corner=_("Site"),
    )
    return (table,)


# --- the rows behind the numbers ------------------------------------------------------------------------------


def warnings_on(question: Question):
    """The warnings that held on the day in the areas and the category asked about."""
    rows = EarlyWarning.objects.on(question.day).filter(
        site__programme=question.programme, area__in=question.shown_areas
    )
    return rows.filter(category=question.category) if question.category else rows


def warnings(question: Question, params: dict[str, str]):
    """One row a site and factor, the longest standing first."""
    rows = with_day(question, warnings_on(question)).annotate(site_name=site_name_then(question))
    if factor := params["factor"]:
        rows = rows.filter(factor=Factor(factor))
    return rows.select_related("site", "area", "category").order_by("noticed_on", "site_id", "factor")


def warned_sites(question: Question, params: dict[str, str]):
    """One row a site with at least so many factors, with its warnings of the day as `warned`."""
    least = number_of(params["least"] or "1")
    found = warnings_on(question).order_by().values("site").annotate(n=Count("pk")).filter(n__gte=least)
    then = warnings_on(question).select_related("area", "category").order_by("noticed_on", "factor")
    sites = with_day(question, Site.objects.filter(pk__in=found.values("site")))
    sites = sites.annotate(name_then=site_name_then(question, site="pk"))
    return sites.prefetch_related(Prefetch("warnings", queryset=then, to_attr="warned")).order_by(
        "area_id", "initials", "pk"
    )


def _words(row: EarlyWarning) -> str:
    return warning_words(row, row.asked_on)


def _factors(site: Site) -> str:
    return _("; ").join(warning_words(row, site.asked_on) for row in site.warned)


def _area(site: Site) -> str:
    return str(site.warned[0].area)


def _since(site: Site) -> datetime.date:
    return min(row.noticed_on for row in site.warned)


def _site_url(site: Site) -> str:
    return reverse("dashboard:site_warnings", args=[site.pk])


def _factor_words(question: Question, params: dict[str, str]) -> list[str]:
    return [str(Factor(params["factor"]).label)] if params["factor"] else []


def _least_words(question: Question, params: dict[str, str]) -> list[str]:
    return [_("Sites with two or more")] if params["least"] == "2" else []


ROW_SETS: tuple[RowSet, ...] = (
    RowSet(
        code="warnings",
        title=gettext_lazy("Early warnings"),
        rows=warnings,
        columns=(
            Column(gettext_lazy("Site"), lambda row: row.site_name, lambda row: _site_url(row.site)),
            Column(gettext_lazy("County or park"), lambda row: row.area),
            Column(gettext_lazy("Category"), lambda row: row.category),
            Column(gettext_lazy("What speaks for a closer look"), _words),
            Column(gettext_lazy("Since"), lambda row: row.noticed_on),
        ),
        params=("factor",),
        words=_factor_words,
    ),
    RowSet(
        code="warned-sites",
        title=gettext_lazy("Sites with early warnings"),
        rows=warned_sites,
        columns=(
            Column(gettext_lazy("Site"), lambda site: site.name_then, _site_url),
            Column(gettext_lazy("County or park"), _area),
            Column(gettext_lazy("Category"), lambda site: site.warned[0].category),
            Column(gettext_lazy("Factors"), lambda site: len(site.warned), is_number=True),
            Column(gettext_lazy("What speaks for a closer look"), _factors),
            Column(gettext_lazy("Since"), _since),
        ),
        params=("least",),
        words=_least_words,
    ),
)
