"""Sites by area, category and state."""

from django.utils.translation import gettext as _

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections.journal import Choice, category_cells, site_list, sums
from dashboard.tables import Headline, Section, Table, cross
from sites.enums import IN_FORCE_STATES, SiteState
from sites.ledger_measures import PLAQUES, SITES
from sites.tallies import Counted, counted_by_area

ROW_SETS: tuple[RowSet, ...] = ()


def section(question: Question) -> Section:
    """Active sites by area and category, and sites by state; with a level the sites that hold its plaque. One query."""
    if question.level:
        holders = _holders(question)
        return Section(
            code="sites",
            title=_("Sites"),
            tables=(holders,),
            lead=_holder_words(question),
            headline=Headline(holders.total.numbers[-1], _("Sites with a valid plaque")),
        )
    cells = counted_by_area(
        question.programme, question.shown_areas, [SITES], question.day, **category_cells(question)
    )
    active = _by_category(question, cells)
    return Section(
        code="sites",
        title=_("Sites"),
        tables=(active, _by_state(question, cells)),
        lead=_("Counted by what was on record at the end of the day, wherever a site belonged then."),
        headline=Headline(active.total.numbers[-1], _("Active sites")),
    )


def _by_category(question: Question, cells: list[Counted]) -> Table:
    active = [cell for cell in cells if cell.state == SiteState.ACTIVE]
    return _crossed(
        question, active, _("Active sites by county or park and category"), state=SiteState.ACTIVE.value
    )


def _holders(question: Question) -> Table:
    cells = counted_by_area(
        question.programme,
        question.shown_areas,
        [PLAQUES],
        question.day,
        level=question.level.pk,
        state__in=IN_FORCE_STATES,
        **category_cells(question),
    )
    caption = _("Sites with a valid plaque of the level “%(level)s”") % {"level": question.level}
    return _crossed(question, cells, caption, level=question.level.pk)


def _holder_words(question: Question) -> str:
    words = _("Only sites whose plaque of the level “%(level)s” is in force; a suspended one does not count.")
    return words % {"level": question.level}


def _crossed(question: Question, cells: list[Counted], caption: str, **query) -> Table:
    found = sums(cells, "area_id", "category_id")
    return cross(
        rows=question.shown_areas,
        columns=question.shown_categories,
        count=lambda area, category: found[area.pk, category.pk].count,
        url=lambda area, category: site_list(question, area, category, **query),
        total=_("Total"),
        caption=caption,
        corner=_("County or park"),
        chart="stacked",
    )


def _by_state(question: Question, cells: list[Counted]) -> Table:
    found = sums(cells, "area_id", "state")
    return cross(
        rows=question.shown_areas,
        columns=[Choice(state.value, str(state.label)) for state in SiteState],
        count=lambda area, state: found[area.pk, state.value].count,
        url=lambda area, state: site_list(question, area, state=state and state.value),
        total=_("Total"),
        caption=_("Sites by county or park and state"),
        corner=_("County or park"),
    )
