"""What came new year by year: sites and plaques."""

from dataclasses import replace

from django.utils.translation import gettext as _

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections.journal import (
    Choice,
    category_cells,
    is_over,
    plaque_list,
    running_year_hint,
    site_list,
    sums,
    year_rows,
)
from dashboard.tables import Section, Table, cross
from sites.ledger_measures import AWARDED, REGISTERED
from sites.tallies import counted_by_area

ROW_SETS: tuple[RowSet, ...] = ()

#: How many years are shown, the cycle's the last.
_YEARS = 10


def section(question: Question) -> Section:
    """Sites registered and plaques awarded by year, up to ten years, the cycle's the last; one query."""
    table = _table(question)
    return Section(
        code="years",
        title=_("New by year"),
        tables=(table,),
        lead=_(
            "Sites by the year in which they were entered here, plaques by the year of the award, whatever became of "
            "them; a plaque in place of another is not counted again."
        ),
        hint=running_year_hint(table),
    )


def _table(question: Question) -> Table:
    """A row for each year from the first with a number on; the years are not added up, no list is of all of them."""
    last = question.cycle.year
    years = range(last - _YEARS + 1, last + 1)
    cells = counted_by_area(
        question.programme,
        question.shown_areas,
        [REGISTERED, AWARDED],
        question.day,
        year__in=list(years),
        **category_cells(question),
    )
    columns = _columns(question)
    shown = {one.value for one in columns}
    found = sums(cells, "measure", "level_id", "year")
    first = min((key[-1] for key, one in found.items() if one.count and key[:2] in shown), default=last)
    table = cross(
        rows=year_rows(question, range(first, last + 1)),
        columns=columns,
        count=lambda year, what: found[*what.value, year.value].count,
        url=lambda year, what: _list(question, year, *what.value),
        total="",
        sum_rows=False,
        is_drawn=is_over(question),
        caption=_("Sites registered and plaques awarded by year"),
        corner=_("Year"),
        chart="lines",
        drawn=tuple(str(one) for one in columns if one.value[0] == AWARDED),
    )
    return replace(table, total=None)


def _columns(question: Question) -> list[Choice]:
    """Measure and level; with a level chosen only its plaques, for a site is registered without one."""
    new_sites = Choice((REGISTERED, None), _("Sites registered"))
    plaques = [
        Choice((AWARDED, level.pk), _("Plaques: %(level)s") % {"level": level})
        for level in question.shown_levels
    ]
    return plaques if question.level else [new_sites, *plaques]


def _list(question: Question, year: Choice | None, measure: str, level: int | None) -> str:
    if year is None:
        return ""
    if measure == REGISTERED:
        return site_list(question, registered=year.value)
    return plaque_list(question, level=level, year=year.value, anew="true")
