"""The annual review year by year, and the plaques taken back."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import ReviewState
from assessments.models import Review, ReviewLog
from dashboard.past import in_category, site_name_then, state_then
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import (
    Choice,
    category_cells,
    is_over,
    plaque_list,
    running_year_hint,
    sums,
    year_of,
    year_rows,
)
from dashboard.tables import Section, Table, cross
from sites.enums import PlaqueState
from sites.tallies import Counted, counted_by_area

#: How many years are shown, the cycle's the last.
_YEARS = 10
UNDER_WAY = "under_way"
#: A review counts at one of them.
RESULTS = {
    ReviewState.PASSED.value: ReviewState.PASSED.label,
    ReviewState.FAILED.value: ReviewState.FAILED.label,
    UNDER_WAY: gettext_lazy("Under way"),
    ReviewState.DROPPED.value: ReviewState.DROPPED.label,
}
_UNDER_WAY = [state.value for state in ReviewState if state.value not in RESULTS]


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Reviews of the years up to the cycle's; of one `year` and `result`, if they are given."""
    years = [year_of(params["year"])] if params.get("year") else _years(question)
    rows = Review.objects.visible_to(question.user).filter(
        in_category(question),
        area__in=question.shown_areas,
        cycle__programme=question.programme,
        cycle__year__in=years,
        opened_at__lte=question.moment,
    )
    rows = rows.annotate(
        state_then=state_then(question, ReviewLog, ReviewState.OPEN.value),
        site_name=site_name_then(question),
    )
    result = params.get("result")
    if result in RESULTS:
        rows = rows.filter(state_then__in=_UNDER_WAY if result == UNDER_WAY else [result])
    return rows.select_related("site__category", "area", "cycle").order_by("-cycle__year", "area_id", "pk")


def _words(question: Question, params: dict[str, str]) -> list[str]:
    return [*([params["year"]] if params.get("year") else []), *_label(RESULTS, params.get("result"))]


def _label(labels: dict, code: str | None) -> list[str]:
    return [str(labels[code])] if code in labels else []


ROW_SETS = (
    RowSet(
        code="reviews",
        title=gettext_lazy("Annual reviews"),
        rows=_rows,
        columns=(
            Column(gettext_lazy("Year"), lambda row: row.cycle.year),
            Column(
                gettext_lazy("Site"),
                lambda row: row.site_name,
                url=lambda row: reverse("assessments:review", args=[row.pk]),
            ),
            Column(gettext_lazy("County or park"), lambda row: str(row.area)),
            Column(gettext_lazy("Category"), lambda row: str(row.site.category)),
            Column(gettext_lazy("State"), lambda row: ReviewState(row.state_then).label),
        ),
        params=("year", "result"),
        words=_words,
    ),
)


def section(question: Question) -> Section | None:
    """Reviews by year and result, and plaques taken back by year and level; one query. None for programmes without a
    review and without any plaque taken back."""
    narrowed, years = category_cells(question), _years(question)
    cells = counted_by_area(
        question.programme,
        question.shown_areas,
        ["reviews", "plaques"],
        question.day,
        year__in=years,
        **narrowed,
    )
    reviews = [cell for cell in cells if cell.measure == "reviews"]
    revoked = [cell for cell in cells if cell.measure == "plaques" and cell.state == PlaqueState.REVOKED]
    if not question.cycle.review and not reviews and not revoked:
        return None
    # Without the years before there was anything, but for the cycle's own.
    shown = [
        year for year in years if year >= min((cell.year for cell in [*reviews, *revoked]), default=years[-1])
    ]
    tables = (_results(question, reviews, shown), _revoked(question, revoked, shown))
    return Section(
        code="reviews",
        title=_("Reviews and plaques taken back by year"),
        lead=_(
            "Reviews by the year of their list, of sites and not of levels; plaques by the year in which they were "
            "taken back."
        ),
        hint=running_year_hint(*tables),
        tables=tables,
    )


def _years(question: Question) -> list[int]:
    last = question.cycle.year
    return list(range(last - _YEARS + 1, last + 1))


def _results(question: Question, cells: list[Counted], years: list[int]) -> Table:
    found = sums(cells, "year", "state")

    def count(year: Choice, result: Choice) -> int:
        states = _UNDER_WAY if result.value == UNDER_WAY else [result.value]
        return sum(found[year.value, state].count for state in states)

    return cross(
        rows=year_rows(question, years),
        columns=[Choice(code, str(label)) for code, label in RESULTS.items()],
        count=count,
        url=lambda year, result: question.rows_address(
            "reviews", year=year and year.value, result=result and result.value
        ),
        total=_("Total"),
        caption=_("Annual reviews by year and result"),
        corner=_("Year"),
        is_drawn=is_over(question),
        chart="lines",
    )


def _revoked(question: Question, cells: list[Counted], years: list[int]) -> Table:
    found = sums(cells, "year", "level_id")
    return cross(
        rows=year_rows(question, years),
        columns=question.shown_levels,
        count=lambda year, level: found[year.value, level.pk].count,
        url=lambda year, level: plaque_list(
            question,
            state=PlaqueState.REVOKED.value,
            ended_year=year and year.value,
            level=(level or question.level) and (level or question.level).pk,
        ),
        total=_("Total"),
        caption=_("Plaques taken back by year and level"),
        corner=_("Year"),
        is_drawn=is_over(question),
        chart="lines",
    )
