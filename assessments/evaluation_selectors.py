"""Reads of the quarterly evaluation of units: overview, a unit's page, rankings, what waits for whom."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, Q

from accounts import clock
from accounts.enums import Role
from accounts.scope import units_with_role
from applications.models import Cycle
from assessments.evaluation_enums import EvaluationState
from assessments.evaluation_rules import may_read_all
from assessments.evaluation_sums import Mismatch, YearRow, digest, duties_of_class, year_rows
from assessments.models import (
    ClassMember,
    Duty,
    DutyPoints,
    DutyReport,
    Evaluation,
    TalkProposal,
    UnitClass,
    UnitEvaluation,
)

RELATED = ("cycle__programme__owner",)


def takes_part(user) -> Exists | None:
    """Whether an evaluation concerns a person, as part of another query; None when no role of his or hers could."""
    owners = units_with_role(user, (Role.OFFICE, Role.LEADER))
    own = units_with_role(user, (Role.UNIT_STAFF,))
    if not owners and not own:
        return None
    concerned = Q(evaluation__cycle__programme__owner__in=owners) | Q(unit__in=own)
    return Exists(UnitEvaluation.objects.filter(concerned).order_by())


def evaluations_of(user) -> list[Evaluation]:
    """The quarters a person may see, newest year first, in the order of the quarters."""
    return list(
        Evaluation.objects.visible_to(user).select_related(*RELATED).order_by("-cycle__year", "quarter")
    )


def present_evaluation(found: list[Evaluation]) -> Evaluation | None:
    """The quarter to begin with: the last one begun of the latest year that has begun, else the first there is."""
    today = clock.today()
    begun = [one for one in found if one.begins_on <= today]
    return max(begun, key=lambda one: (one.begins_on, one.pk), default=None) or min(
        found, key=lambda one: (one.begins_on, one.pk), default=None
    )


# --- the office's overview ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One duty of one unit: points given, reported and waiting for points, to come, or missing past its day."""

    word: str
    points: Decimal | None = None
    on: datetime.date | None = None


@dataclass
class Row:
    unit: UnitEvaluation
    cells: list[Cell]


@dataclass
class ClassTable:
    """The units of one class against its duties. `due` counts per duty what is still to be scored."""

    unit_class: UnitClass
    duties: list[Duty]
    rows: list[Row] = field(default_factory=list)


def overview(user, evaluation: Evaluation) -> list[ClassTable]:
    """The quarter's matrix of units and duties, class by class, in a fixed number of queries."""
    units = list(
        UnitEvaluation.objects.visible_to(user)
        .filter(evaluation=evaluation)
        .select_related("unit", "unit_class")
    )
    duties = list(evaluation.duties.prefetch_related("classes"))
    points = _latest(DutyPoints.objects.visible_to(user), units)
    reports = _latest(DutyReport.objects.visible_to(user), units)
    tables: dict[int, ClassTable] = {}
    for row in units:
        table = tables.get(row.unit_class_id)
        if table is None:
            asked = duties_of_class(duties, row.unit_class_id)
            table = tables[row.unit_class_id] = ClassTable(row.unit_class, asked)
        cells = [
            _cell(duty, points.get((row.pk, duty.pk)), reports.get((row.pk, duty.pk)))
            for duty in table.duties
        ]
        table.rows.append(Row(row, cells))
    return list(tables.values())


def _latest(rows, units) -> dict[tuple[int, int], object]:
    """The rows that count, by unit's row and duty."""
    found = rows.latest_rows().filter(unit_evaluation__in=[unit.pk for unit in units])
    return {(row.unit_evaluation_id, row.duty_id): row for row in found}


def _cell(duty: Duty, points: DutyPoints | None, report: DutyReport | None) -> Cell:
    if points is not None:
        return Cell("scored", points.points, points.done_on)
    if report is not None:
        return Cell("reported", on=report.done_on)
    return Cell("late" if duty.due_on < clock.today() else "open")


@dataclass(frozen=True)
class Tally:
    """How far a quarter is: pairs of unit and duty reported, scored, late, of all."""

    all: int
    reported: int
    scored: int
    late: int


def tally(tables: list[ClassTable]) -> Tally:
    words = [cell.word for table in tables for row in table.rows for cell in row.cells]
    return Tally(len(words), words.count("reported"), words.count("scored"), words.count("late"))


# --- scoring --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToScore:
    unit: UnitEvaluation
    report: DutyReport | None
    points: DutyPoints | None


def to_score(evaluation: Evaluation, duty: Duty, unit_class: UnitClass | None = None) -> list[ToScore]:
    """The units a duty is asked of, with what they reported and the points they have."""
    units = evaluation.units.filter(unit_class__duties=duty).select_related("unit", "unit_class")
    if unit_class is not None:
        units = units.filter(unit_class=unit_class)
    units = list(units)
    reports = _latest(DutyReport.objects.filter(duty=duty), units)
    points = _latest(DutyPoints.objects.filter(duty=duty).select_related("given_by"), units)
    return [ToScore(unit, reports.get((unit.pk, duty.pk)), points.get((unit.pk, duty.pk))) for unit in units]


# --- one unit -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DutyLine:
    """One duty on a unit's page: what is asked, what was reported, what it counts; `history` are all points rows."""

    duty: Duty
    report: DutyReport | None
    points: DutyPoints | None
    history: list[DutyPoints]
    sum: dict | None
    late: bool


def unit_lines(user, row: UnitEvaluation) -> list[DutyLine]:
    """A unit's duties with reports and points as far as the person may see them; three queries."""
    duties = duties_of_class(row.evaluation.duties.prefetch_related("classes"), row.unit_class_id)
    reports = {}
    for report in (
        DutyReport.objects.visible_to(user).filter(unit_evaluation=row).select_related("reported_by")
    ):
        reports[report.duty_id] = report
    given: dict[int, list[DutyPoints]] = {}
    for points in DutyPoints.objects.visible_to(user).filter(unit_evaluation=row).select_related("given_by"):
        given.setdefault(points.duty_id, []).append(points)
    sums = {line["duty"]: line for line in row.arithmetic.get("lines", [])}
    today, under_way = clock.today(), row.evaluation.state == EvaluationState.OPEN
    return [
        DutyLine(
            duty=duty,
            report=reports.get(duty.pk),
            points=given[duty.pk][-1] if duty.pk in given else None,
            history=given.get(duty.pk, []),
            sum=sums.get(duty.code),
            late=under_way and duty.pk not in reports and duty.due_on < today,
        )
        for duty in duties
    ]


# --- rankings -------------------------------------------------------------------------------------------------


@dataclass
class Ranking:
    unit_class: UnitClass
    rows: list


def ranking(user, evaluation: Evaluation) -> list[Ranking]:
    """A quarter's units by class, best first; a unit's staff see their own class, and that once it is closed."""
    rows = UnitEvaluation.objects.filter(evaluation=evaluation).select_related("unit", "unit_class")
    if not may_read_all(user, evaluation.cycle):
        if evaluation.state != EvaluationState.CLOSED:
            return []
        rows = rows.filter(unit_class__in=_own_classes(user, evaluation=evaluation))
    ordered = sorted(rows, key=lambda row: (row.unit_class.order, -(row.total or 0), row.unit_id))
    return _by_class(ordered)


def year_ranking(user, cycle: Cycle) -> list[Ranking]:
    """The year so far out of closed quarters, by class; a unit's staff see the class of their unit."""
    closed = (
        UnitEvaluation.objects.filter(evaluation__cycle=cycle, evaluation__state=EvaluationState.CLOSED)
        .select_related("unit", "unit_class", "evaluation")
        .order_by("evaluation__quarter")
    )
    rows = year_rows(cycle, closed, closed_quarters(cycle))
    if not may_read_all(user, cycle):
        own = {unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))}
        classes = {row.unit_class.pk for row in rows if row.unit.pk in own}
        rows = [row for row in rows if row.unit_class.pk in classes]
    return _by_class(rows)


def closed_quarters(cycle: Cycle) -> list[int]:
    found = cycle.evaluations.filter(state=EvaluationState.CLOSED)
    return sorted(found.values_list("quarter", flat=True))


def year_is_over(cycle: Cycle) -> bool:
    return not cycle.evaluations.exclude(state=EvaluationState.CLOSED).exists()


def recompute_year(cycle: Cycle, rows: list[YearRow]) -> list[Mismatch]:
    """Hold the proposals made at the year's end against the year's sums; empty when they match."""
    method = cycle.evaluation.get("year", {}).get("method", "sum")
    by_unit = {row.unit.pk: row for row in rows}
    proposals = {found.unit_id: found for found in cycle.talk_proposals.select_related("unit")}
    wrong = []
    for unit_id, found in proposals.items():
        row = by_unit[unit_id]
        if (found.total, found.rank) != (row.total, row.rank):
            stored, recomputed = f"{found.total} / {found.rank}", f"{row.total} / {row.rank}"
            wrong.append(Mismatch(found, "total", stored, recomputed))
        elif found.arithmetic != row.arithmetic(method):
            wrong.append(
                Mismatch(
                    found, "arithmetic", digest(found.arithmetic)[:12], digest(row.arithmetic(method))[:12]
                )
            )
    if year_is_over(cycle):
        missing = [row for row in rows if row.last and row.unit.pk not in proposals]
        wrong += [Mismatch(row.unit, "proposal", "—", str(row.total)) for row in missing]
    return wrong


def _own_classes(user, evaluation: Evaluation):
    own = UnitEvaluation.objects.filter(
        evaluation=evaluation, unit__in=units_with_role(user, (Role.UNIT_STAFF,))
    )
    return own.values("unit_class")


def _by_class(rows) -> list[Ranking]:
    found: dict[int, Ranking] = {}
    for row in rows:
        found.setdefault(row.unit_class.pk, Ranking(row.unit_class, [])).rows.append(row)
    return list(found.values())


def members_for_list(user, cycle: Cycle):
    """Which unit is and was in which class, the present ones first in each class."""
    rows = ClassMember.objects.visible_to(user).filter(programme=cycle.programme)
    return rows.select_related("unit", "unit_class").order_by("unit_class__order", "valid_to", "unit_id")


def talks_for_list(user, cycle: Cycle):
    rows = TalkProposal.objects.visible_to(user).filter(cycle=cycle)
    return rows.select_related("unit", "unit_class", "decided_by", "cycle__programme__owner")
