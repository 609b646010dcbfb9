"""Shares of one figure in another as counties and parks report them, e.g. of villages with an organisation."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import in_language
from accounts.words import lazy_list
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import area_of, standing
from dashboard.tables import Number, Row, Section, Table, Words, percent
from sites.figures import figure_label
from sites.models import AreaFigure

Reported = dict[tuple[int, str], Decimal]


def section(question: Question) -> Section | None:
    """Each ratio of the programme by area and in all; one query. None where the programme has no ratios."""
    if not question.programme.ratios:
        return None
    codes = {ratio[end] for ratio in question.programme.ratios for end in ("part", "whole")}
    found = {(row.area_id, row.code): row.value for row in _standing(question).filter(code__in=codes)}
    return Section(
        code="ratios",
        title=_("Coverage ratios"),
        tables=tuple(_table(question, ratio, found) for ratio in question.programme.ratios),
        lead=_lead(question, found, codes),
    )


def _standing(question: Question) -> QuerySet:
    rows = standing(AreaFigure.objects, question).filter(programme=question.programme)
    return rows.filter(area__in=question.shown_areas, year=question.cycle.year)


def _lead(question: Question, found: Reported, codes: set[str]) -> str:
    words = _("As counties and parks report of themselves for %(year)s, whatever the category.") % {
        "year": question.cycle.year
    }
    silent = [
        str(area) for area in question.shown_areas if not all((area.pk, code) in found for code in codes)
    ]
    if not silent:
        return words
    return _("%(words)s Not reported yet: %(areas)s.") % {"words": words, "areas": lazy_list(silent)}


def _table(question: Question, ratio: dict, found: Reported) -> Table:
    """A row for each area; the totals are sums over the areas that have reported both numbers."""
    whole = [
        area
        for area in question.shown_areas
        if all((area.pk, ratio[end]) in found for end in ("part", "whole"))
    ]
    figures = {figure["code"]: figure for figure in question.programme.area_figures}
    heads = [figure_label(figures[ratio[end]], short=True) for end in ("part", "whole")]
    return Table(
        columns=(*heads, in_language(ratio, "name")),
        rows=tuple(
            _line(question, ratio, found, str(area), [area], area) if area in whole else _silent(area)
            for area in question.shown_areas
        ),
        total=_line(question, ratio, found, _("Total"), whole) if whole else None,
        caption=_("%(ratio)s by county or park") % {"ratio": in_language(ratio, "name")},
        corner=_("County or park"),
    )


def _silent(area) -> Row:
    return Row(str(area), (Words("–"), Words("–"), Words(_("not reported"))))


def _line(question: Question, ratio: dict, found: Reported, label: str, areas: list, area=None) -> Row:
    sums = [sum(found[one.pk, ratio[end]] for one in areas) for end in ("part", "whole")]
    numbers = (
        Number(
            count=len(areas),
            amount=amount,
            url=question.rows_address(
                "area-figures", ratio=ratio["code"], figure=ratio[end], area=area_of(question, area)
            ),
        )
        for amount, end in zip(sums, ("part", "whole"), strict=True)
    )
    share = percent(*sums)
    words = Words("–") if share is None else Words(_("%(n)s %%") % {"n": share}, share=share)
    return Row(label, (*numbers, words))


def rows(question: Question, given: dict[str, str]) -> QuerySet:
    """What the areas that reported both numbers of a ratio had reported of one of them by the end of the day."""
    ratio = next((one for one in question.programme.ratios if one["code"] == given["ratio"]), None)
    if ratio is None or given["figure"] not in (ratio["part"], ratio["whole"]):
        raise ValueError(given)
    found = _standing(question)
    for end in ("part", "whole"):
        found = found.filter(Exists(_standing(question).filter(area=OuterRef("area"), code=ratio[end])))
    return found.filter(code=given["figure"]).select_related("area", "recorded_by").order_by("area_id")


def _words(question: Question, given: dict[str, str]) -> list[str]:
    labels = {figure["code"]: figure_label(figure) for figure in question.programme.area_figures}
    return [labels.get(given["figure"], given["figure"]), str(question.cycle.year)]


ROW_SETS = (
    RowSet(
        code="area-figures",
        title=gettext_lazy("Figures of counties and parks"),
        rows=rows,
        columns=(
            Column(gettext_lazy("County or park"), lambda row: row.area),
            Column(gettext_lazy("Value"), lambda row: row.value, is_number=True),
            Column(gettext_lazy("Recorded by"), lambda row: row.recorded_by or "–"),
            Column(gettext_lazy("Recorded on"), lambda row: row.recorded_at),
        ),
        params=("ratio", "figure"),
        amount="value",
        words=_words,
    ),
)
