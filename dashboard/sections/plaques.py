"""Plaques by level, state and area."""

from django.utils.translation import gettext as _

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections.journal import Choice, category_cells, plaque_list, sums
from dashboard.tables import Headline, Section, Table, cross
from sites.enums import IN_FORCE_STATES, PlaqueState
from sites.ledger_measures import PLAQUES
from sites.tallies import Counted, counted_by_area

ROW_SETS: tuple[RowSet, ...] = ()

#: Shown also where there is none: what a leader asks for first.
_ALWAYS = (PlaqueState.VALID, PlaqueState.SUSPENDED, PlaqueState.REVOKED)


def section(question: Question) -> Section:
    """Plaques by level and state, and those in force by area and level; one query."""
    levels = {"level__in": [level.pk for level in question.shown_levels]}
    cells = counted_by_area(
        question.programme,
        question.shown_areas,
        [PLAQUES],
        question.day,
        **category_cells(question),
        **levels,
    )
    cells = [cell for cell in cells if cell.state != PlaqueState.REFUSED]
    in_force = _in_force(question, cells)
    return Section(
        code="plaques",
        title=_("Plaques"),
        tables=(_by_state(question, cells), in_force),
        lead=_(
            "In force are valid plaques and those in rectification; one that waits for confirmation does not count yet."
        ),
        headline=Headline(in_force.total.numbers[-1], _("Plaques in force")),
    )


def _by_state(question: Question, cells: list[Counted]) -> Table:
    """Levels by state; states in which there is no plaque are left out."""
    found = sums(cells, "level_id", "state")
    present = {cell.state for cell in cells} | set(_ALWAYS)
    states = [Choice(state.value, str(state.label)) for state in PlaqueState if state in present]
    return cross(
        rows=question.shown_levels,
        columns=states,
        count=lambda level, state: found[level.pk, state.value].count,
        url=lambda level, state: plaque_list(
            question, level=_level(question, level), state=state and state.value
        ),
        total=_("Total"),
        caption=_("Plaques by level and state"),
        corner=_("Level"),
    )


def _in_force(question: Question, cells: list[Counted]) -> Table:
    found = sums([cell for cell in cells if cell.state in IN_FORCE_STATES], "area_id", "level_id")
    return cross(
        rows=question.shown_areas,
        columns=question.shown_levels,
        count=lambda area, level: found[area.pk, level.pk].count,
        url=lambda area, level: plaque_list(question, area, level=_level(question, level), in_force="true"),
        total=_("Total"),
        caption=_("Plaques in force by county or park and level"),
        corner=_("County or park"),
        chart="stacked",
    )


def _level(question: Question, level) -> int | None:
    level = level or question.level
    return level and level.pk
