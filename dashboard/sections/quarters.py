"""The quarterly evaluation of units, where the programme's own scheme has one."""

from collections import defaultdict

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.evaluation_enums import EvaluationState
from assessments.models import UnitEvaluation
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import number_of
from dashboard.tables import Number, Row, Section, Table, Words


def _closed(question: Question) -> QuerySet:
    """Results of the quarters closed by the day, as far as the person may see them."""
    rows = UnitEvaluation.objects.visible_to(question.user).filter(
        evaluation__cycle=question.cycle,
        evaluation__state=EvaluationState.CLOSED,
        evaluation__closed_at__lte=question.moment,
    )
    if question.area:
        rows = rows.filter(unit__path__startswith=question.area.path)
    related = ("unit", "unit_class", "evaluation")
    return rows.select_related(*related).order_by(
        "unit_class__order", "evaluation__quarter", "rank", "unit_id"
    )


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Results; of one `unit`, `quarter` and class, if they are given."""
    wanted = {"unit": "unit", "quarter": "evaluation__quarter", "class": "unit_class"}
    return _closed(question).filter(
        **{field: number_of(params[name]) for name, field in wanted.items() if params.get(name)}
    )


ROW_SETS = (
    RowSet(
        code="quarters",
        title=gettext_lazy("Quarterly results"),
        rows=_rows,
        columns=(
            Column(
                gettext_lazy("Unit"),
                lambda row: str(row.unit),
                url=lambda row: reverse("assessments:evaluation_unit", args=[row.pk]),
            ),
            Column(gettext_lazy("Class"), lambda row: str(row.unit_class)),
            Column(gettext_lazy("Quarter"), lambda row: row.evaluation.quarter),
            Column(gettext_lazy("Rank in the class"), lambda row: row.rank, is_number=True),
            Column(gettext_lazy("Points reached"), lambda row: row.total, is_number=True),
        ),
        params=("unit", "quarter", "class"),
        amount="total",
    ),
)


def section(question: Question) -> Section | None:
    """Points of every unit by quarter, one table a class; one query. None where units are not evaluated, or it is not
    this person's to read."""
    if not question.cycle.evaluation:
        return None
    classes: dict = defaultdict(list)
    for row in _closed(question):
        classes[row.unit_class].append(row)
    if not classes:
        return None
    return Section(
        code="quarters",
        title=_("Quarterly results of units"),
        lead=_(
            "Points and ranks in the class, of the quarters closed by the day. Categories and levels play no part."
        ),
        tables=tuple(_of_class(question, unit_class, rows) for unit_class, rows in classes.items()),
    )


def _of_class(question: Question, unit_class, rows: list[UnitEvaluation]) -> Table:
    quarters = sorted({row.evaluation.quarter: row.evaluation for row in rows}.items())
    units = sorted({row.unit for row in rows}, key=lambda unit: unit.pk)
    found = {(row.unit_id, row.evaluation.quarter): row for row in rows}
    heads = [_("Quarter %(n)s") % {"n": quarter} for quarter, _evaluation in quarters]
    return Table(
        columns=(
            *(head for pair in ((head, _("Rank in the class")) for head in heads) for head in pair),
            _("Sum of the quarters"),
        ),
        rows=tuple(
            _line(question, unit, [found.get((unit.pk, quarter)) for quarter, _one in quarters])
            for unit in units
        ),
        total=None,
        caption=_("Quarterly results: %(name)s") % {"name": unit_class},
        corner=str(unit_class),
    )


def _line(question: Question, unit, results: list[UnitEvaluation | None]) -> Row:
    numbers: list[Number | Words] = []
    for row in results:
        if row is None:
            numbers += [Words(text="–"), Words(text="–")]
            continue
        url = question.rows_address("quarters", unit=unit.pk, quarter=row.evaluation.quarter)
        ranking = reverse("assessments:evaluation_ranking", args=[row.evaluation_id])
        numbers += [
            Number(count=1, url=url, amount=row.total),
            Words(text=str(row.rank), url=ranking, is_measure=True),
        ]
    known = [row for row in results if row]
    together = Number(
        count=len(known),
        url=question.rows_address("quarters", unit=unit.pk, **{"class": known[0].unit_class_id}),
        amount=sum(row.total for row in known),
    )
    return Row(label=str(unit), numbers=(*numbers, together), url=reverse("assessments:evaluation"))
