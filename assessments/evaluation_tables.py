"""Official tables of the quarterly evaluation: a quarter's ranking and the year's, class by class (考评情况表)."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, Group, OfficialTable
from applications.models import Cycle
from assessments.evaluation_enums import EvaluationState
from assessments.evaluation_selectors import Ranking
from assessments.evaluation_sums import YearRow
from assessments.models import Evaluation, UnitEvaluation


def quarter_table(user, evaluation: Evaluation, rankings: list[Ranking]) -> OfficialTable:
    """A quarter's units by class with points, bonus, total and rank."""
    closed = evaluation.state == EvaluationState.CLOSED
    return OfficialTable(
        title=_("Quarterly evaluation of units, %(quarter)s") % {"quarter": evaluation},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=[
            Column(_("Unit"), 34),
            Column(_("Points"), 14, centred=True),
            Column(_("Timeliness bonus"), 14, centred=True),
            Column(_("Total"), 14, centred=True),
            Column(_("Rank in the class"), 14, centred=True),
            Column(_("Confirmation"), 36),
        ],
        groups=[
            Group(str(found.unit_class), [_quarter_row(row) for row in found.rows]) for found in rankings
        ],
        total=_("In all %(all)s units.") % {"all": sum(len(found.rows) for found in rankings)},
        remarks=(
            _("Equal totals share a rank. Only units are evaluated, never persons.")
            if closed
            else _("Not closed yet: points may still be corrected, ranks follow with the closing."),
        ),
    )


def _quarter_row(row: UnitEvaluation) -> list:
    arithmetic = row.arithmetic
    return [
        str(row.unit),
        arithmetic.get("points", ""),
        arithmetic.get("bonus", ""),
        "" if row.total is None else str(row.total),
        row.rank if row.rank is not None else "",
        row.get_state_display(),
    ]


def year_table(user, cycle: Cycle, rankings: list[Ranking], quarters: list[int], over: bool) -> OfficialTable:
    """The year's units by class: each closed quarter, the total and the rank."""
    columns = [
        Column(_("Unit"), 34),
        *(Column(_("Quarter %(number)s") % {"number": number}, 13, centred=True) for number in quarters),
        Column(_("Year"), 13, centred=True),
        Column(_("Rank in the class"), 14, centred=True),
        Column(_("Remark"), 30),
    ]
    return OfficialTable(
        title=_("Evaluation of units in %(year)s") % {"year": cycle.year},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=columns,
        groups=[
            Group(str(found.unit_class), [_year_row(row, quarters, over) for row in found.rows])
            for found in rankings
        ],
        total=_("In all %(all)s units.") % {"all": sum(len(found.rows) for found in rankings)},
        remarks=(_("Equal totals share a rank. Only units are evaluated, never persons."),),
    )


def _year_row(row: YearRow, quarters: list[int], over: bool) -> list:
    return [
        str(row.unit),
        *(str(row.quarters[number].total) if number in row.quarters else "" for number in quarters),
        str(row.total),
        row.rank if row.rank is not None else "",
        remark_on(row, over),
    ]


def remark_on(row: YearRow, over: bool) -> str:
    """Why a unit has no rank, or that it stands in the last places of its class."""
    if not row.complete:
        return _("not ranked: not in this class in every closed quarter")
    return _("last places of the class") if row.last and over else ""
