"""Sites by area, category and state."""

from django.utils.translation import gettext as _

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.tables import Section, cross
from sites.enums import SiteState
from sites.tallies import counted

ROW_SETS: tuple[RowSet, ...] = ()


def section(question: Question) -> Section:
    """Active sites by area and category; one query, the rows are the list of sites."""
    cells = counted(
        question.programme, question.shown_areas, ["sites"], question.day, state=SiteState.ACTIVE.value
    )
    table = cross(
        rows=question.shown_areas,
        columns=question.shown_categories,
        count=lambda area, category: sum(
            cell.count for cell in cells if (cell.area_id, cell.category_id) == (area.pk, category.pk)
        ),
        url=lambda area, category: question.list_address(
            "sites:list",
            programme=question.programme.pk,
            area=(area or question.area) and (area or question.area).pk,
            category=(category or question.category) and (category or question.category).pk,
            state=SiteState.ACTIVE.value,
        ),
        total=_("Total"),
        caption=_("Active sites by county or park and category"),
        corner=_("County or park"),
        chart="stacked",
    )
    return Section(code="sites", title=_("Sites"), tables=(table,))
