"""What sites report by year: members, enterprises, jobs, output and whatever else the programme asks for."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.past import site_name_then
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import Choice, Sum, area_of, category_cells, standing, sums, year_of
from dashboard.tables import Number, Row, Section, Table, cross
from sites.figures import figure_label
from sites.ledger_measures import FIGURE
from sites.models import FigureRecord
from sites.tallies import Counted, counted


def section(question: Question) -> Section | None:
    """The figures of the cycle's year by category, the sum of the year before beside them, and by area; one query."""
    figures = [Choice(figure["code"], figure_label(figure)) for figure in question.programme.figures]
    if not figures:
        return None
    year = question.cycle.year
    cells = counted(
        question.programme,
        question.shown_areas,
        [FIGURE + figure.value for figure in figures],
        question.day,
        year__in=[year, year - 1],
        **category_cells(question),
    )
    return Section(
        code="figures",
        title=_("Figures of the sites"),
        tables=(_by_category(question, figures, cells), _by_area(question, figures, cells)),
        lead=_(
            "Sums over the sites that reported, whatever their plaques; a site that has closed keeps what it reported."
        ),
        hint=_("How many reported stands in the list behind each number."),
    )


def _by_category(question: Question, figures: list[Choice], cells: list[Counted]) -> Table:
    """Figures by category; their units differ, so nothing is added up down a column."""
    found = sums(cells, "measure", "year", "category_id")
    year, categories = question.cycle.year, question.shown_categories

    def line(figure: Choice) -> Row:
        def number(of: int, shown: list, category=None) -> Number:
            whole = [found[FIGURE + figure.value, of, one.pk] for one in shown]
            return _number(question, whole, figure, of, category=category)

        numbers = [number(year, [category], category) for category in categories]
        return Row(figure.label, (*numbers, number(year, categories), number(year - 1, categories)))

    heads = (
        _("Total %(year)s") % {"year": year},
        _("Year before (%(year)s)") % {"year": year - 1},
    )
    return Table(
        columns=(*(str(category) for category in categories), *heads),
        rows=tuple(line(figure) for figure in figures),
        total=None,
        caption=_("Figures of %(year)s by category") % {"year": year},
        corner=_("Figure"),
    )


def _by_area(question: Question, figures: list[Choice], cells: list[Counted]) -> Table:
    year = question.cycle.year
    found = sums([cell for cell in cells if cell.year == year], "area_id", "measure")
    return cross(
        rows=question.shown_areas,
        columns=figures,
        count=lambda area, figure: found[area.pk, FIGURE + figure.value].count,
        amount=lambda area, figure: found[area.pk, FIGURE + figure.value].amount,
        url=lambda area, figure: _rows(question, figure, year, area=area_of(question, area)),
        total=_("Total"),
        sum_rows=False,
        caption=_("Figures of %(year)s by county or park") % {"year": year},
        corner=_("County or park"),
    )


def _number(question: Question, parts: list[Sum], figure: Choice, year: int, category=None) -> Number:
    narrowed = {"category": category.pk} if category else {}
    return Number(
        count=sum(part.count for part in parts),
        url=_rows(question, figure, year, **narrowed),
        amount=sum(part.amount for part in parts),
    )


def _rows(question: Question, figure: Choice, year: int, **query) -> str:
    return question.rows_address("figures", figure=figure.value, year=year, **query)


def rows(question: Question, given: dict[str, str]) -> QuerySet:
    """What sites had reported of one figure and year by the end of the day, with the names they had."""
    found = standing(FigureRecord.objects, question).filter(
        site__programme=question.programme,
        area__in=question.shown_areas,
        category__in=question.shown_categories,
        code=given["figure"],
        year=year_of(given["year"]),
    )
    found = found.annotate(site_name=site_name_then(question))
    return found.select_related("area", "category").order_by("-value", "site_id")


def _words(question: Question, given: dict[str, str]) -> list[str]:
    labels = {figure["code"]: figure_label(figure) for figure in question.programme.figures}
    return [labels.get(given["figure"], given["figure"]), given["year"]]


def site_address(row) -> str:
    return reverse("sites:detail", args=[row.site_id])


ROW_SETS = (
    RowSet(
        code="figures",
        title=gettext_lazy("Figures of sites"),
        rows=rows,
        columns=(
            Column(gettext_lazy("Site name"), lambda row: row.site_name, url=site_address),
            Column(gettext_lazy("County or park"), lambda row: row.area),
            Column(gettext_lazy("Category"), lambda row: row.category),
            Column(gettext_lazy("Value"), lambda row: row.value, is_number=True),
            Column(gettext_lazy("On record since"), lambda row: row.recorded_at),
        ),
        params=("figure", "year"),
        amount="value",
        words=_words,
    ),
)
