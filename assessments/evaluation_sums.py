"""The arithmetic of the quarterly evaluation: points and timeliness duty by duty, the quarter's total, ranks, the year.

Everything follows from the ledger (latest points per duty) and the rules of the programme file; nothing here reads or
writes a stored total, so that a total can be held against what it should be. Amounts go into JSON as texts.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assessments.evaluation_enums import EvaluationState
from assessments.models import Duty, DutyPoints, Evaluation, UnitEvaluation

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Mismatch:
    """Where something stored is not what the ledger gives: whose, what, stored and recomputed."""

    row: object
    what: str
    stored: str
    found: str


def timeliness(rules: Mapping, duty: Duty, points: Decimal, done_on: datetime.date | None) -> Decimal:
    """The bonus for a duty done in time: the highest step of the rule that the days before the due day reach.

    None is given for a duty not done, without points or, where the rule says so, without full points.
    """
    if done_on is None or points <= 0:
        return ZERO
    if rules.get("bonus_needs_full_points") and points != duty.points:
        return ZERO
    early = (duty.due_on - done_on).days
    reached = [Decimal(step["points"]) for step in rules.get("timeliness", []) if early >= step["days_early"]]
    return max(reached, default=ZERO)


def unit_arithmetic(rules: Mapping, duties: Iterable[Duty], latest: Mapping[int, DutyPoints]) -> dict:
    """One unit's quarter line by line. `latest` maps duty ids to the points that count; a duty without is missing."""
    lines = [_line(rules, duty, latest.get(duty.pk)) for duty in duties]
    points = sum((Decimal(line["points"]) for line in lines if line["points"] is not None), ZERO)
    earned = sum((Decimal(line["bonus"]) for line in lines), ZERO)
    cap = rules.get("bonus_cap")
    bonus = min(earned, Decimal(cap)) if cap is not None else earned
    return {
        "lines": lines,
        "points": _text(points),
        "bonus_earned": _text(earned),
        "bonus_cap": cap,
        "bonus": _text(bonus),
        "total": _text(points + bonus),
    }


def digest(content: Mapping) -> str:
    """SHA-256 (hex) of an arithmetic, kept with every change of state that rests on it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def ranks(totals: Mapping[int, Decimal]) -> dict[int, int]:
    """The rank of each key, the highest total first; equal totals share a rank and the next rank is left out."""
    return {key: 1 + sum(other > total for other in totals.values()) for key, total in totals.items()}


def last_places(totals: Mapping[int, Decimal], count: int) -> set[int]:
    """The keys that stand in the last `count` places; who shares a place with one of them stands there too. The
    first place is never a last one, so a class of equals or of one has none."""
    best = max(totals.values(), default=None)
    return {
        key
        for key, total in totals.items()
        if total != best and sum(other < total for other in totals.values()) < count
    }


def recomputed(evaluation: Evaluation) -> dict[int, dict]:
    """The arithmetic of every unit of a quarter out of the ledger, by the id of its row; four queries."""
    units = list(evaluation.units.all())
    duties = list(evaluation.duties.prefetch_related("classes"))
    latest: dict[int, dict[int, DutyPoints]] = {}
    for row in DutyPoints.objects.latest_rows().filter(unit_evaluation__evaluation=evaluation):
        latest.setdefault(row.unit_evaluation_id, {})[row.duty_id] = row
    return {
        unit.pk: unit_arithmetic(
            evaluation.rules_used, duties_of_class(duties, unit.unit_class_id), latest.get(unit.pk, {})
        )
        for unit in units
    }


def duties_of_class(duties: Iterable[Duty], class_id: int) -> list[Duty]:
    """The duties a class is asked for; `duties` come with their classes prefetched."""
    return [duty for duty in duties if any(found.pk == class_id for found in duty.classes.all())]


def class_ranks(units: Iterable[UnitEvaluation], totals: Mapping[int, Decimal]) -> dict[int, int]:
    """Ranks inside each class, by the id of the unit's row."""
    by_class: dict[int, dict[int, Decimal]] = {}
    for unit in units:
        by_class.setdefault(unit.unit_class_id, {})[unit.pk] = totals[unit.pk]
    return {key: rank for members in by_class.values() for key, rank in ranks(members).items()}


def quarter_arithmetic(units: Iterable[UnitEvaluation], placed: Mapping[int, int]) -> dict:
    """What is frozen with a closed quarter: per class each unit's total and rank, and the hash of its arithmetic."""
    classes: dict[str, list] = {}
    for unit in sorted(units, key=lambda unit: (unit.unit_class.order, placed[unit.pk], unit.unit_id)):
        row = {
            "unit": unit.unit.code,
            "total": unit.arithmetic["total"],
            "rank": placed[unit.pk],
            "digest": digest(unit.arithmetic),
        }
        classes.setdefault(unit.unit_class.code, []).append(row)
    return {"classes": classes}


def recompute(evaluation: Evaluation) -> list[Mismatch]:
    """Hold everything stored of a sent or closed quarter against the ledger; empty when it matches.

    A quarter under way has nothing stored yet.
    """
    if evaluation.state == EvaluationState.OPEN:
        return []
    found = recomputed(evaluation)
    units = list(evaluation.units.select_related("unit", "unit_class"))
    mismatches = [wrong for unit in units for wrong in _compare_unit(unit, found[unit.pk])]
    if evaluation.state != EvaluationState.CLOSED:
        return mismatches
    totals = {pk: Decimal(arithmetic["total"]) for pk, arithmetic in found.items()}
    placed = class_ranks(units, totals)
    for unit in units:
        if unit.rank != placed[unit.pk]:
            mismatches.append(Mismatch(unit, "rank", str(unit.rank), str(placed[unit.pk])))
        unit.arithmetic = found[unit.pk]
    frozen = quarter_arithmetic(units, placed)
    if evaluation.arithmetic != frozen:
        mismatches.append(
            Mismatch(evaluation, "arithmetic", digest(evaluation.arithmetic)[:12], digest(frozen)[:12])
        )
    return mismatches


def _compare_unit(unit: UnitEvaluation, found: dict) -> list[Mismatch]:
    wrong = []
    if unit.total != Decimal(found["total"]):
        wrong.append(Mismatch(unit, "total", str(unit.total), found["total"]))
    if unit.arithmetic != found:
        wrong.append(Mismatch(unit, "arithmetic", digest(unit.arithmetic)[:12], digest(found)[:12]))
    return wrong


def _line(rules: Mapping, duty: Duty, row: DutyPoints | None) -> dict:
    bonus = timeliness(rules, duty, row.points, row.done_on) if row else ZERO
    return {
        "duty": duty.code,
        "name": duty.name,
        "most": _text(duty.points),
        "due_on": duty.due_on.isoformat(),
        "done_on": row.done_on.isoformat() if row and row.done_on else None,
        "points": _text(row.points) if row else None,
        "reason": row.reason if row else "",
        "bonus": _text(bonus),
        "entry": row.pk if row else None,
    }


# --- the year -----------------------------------------------------------------------------------------------


@dataclass
class YearRow:
    """One unit's year: its closed quarters, what they come to, its rank, and why it has none."""

    unit: object
    unit_class: object
    quarters: dict[int, UnitEvaluation]
    total: Decimal
    complete: bool
    rank: int | None = None
    last: bool = False

    def arithmetic(self, method: str) -> dict:
        return {
            "method": method,
            "quarters": {str(number): _text(row.total) for number, row in sorted(self.quarters.items())},
            "total": _text(self.total),
        }


def year_rows(cycle, closed: Iterable[UnitEvaluation], quarters: Iterable[int]) -> list[YearRow]:
    """The year's ranking inside each class out of closed quarters.

    `closed` are units' rows of closed quarters with unit and class; `quarters` the closed ones. A unit is ranked in
    the class it was in last, and only if it took part in all of these quarters in that class: sums of different
    duties are not compared.
    """
    rules, wanted = cycle.evaluation, set(quarters)
    year = rules.get("year", {})
    by_unit: dict[int, dict[int, UnitEvaluation]] = {}
    for row in closed:
        by_unit.setdefault(row.unit_id, {})[row.evaluation.quarter] = row
    rows = [_year_row(found, wanted, year.get("method", "sum")) for found in by_unit.values()]
    for unit_class in {row.unit_class for row in rows}:
        ranked = {row.unit.pk: row for row in rows if row.unit_class == unit_class and row.complete}
        totals = {pk: row.total for pk, row in ranked.items()}
        placed, last = ranks(totals), last_places(totals, year.get("bottom", {}).get(unit_class.code, 0))
        for pk, row in ranked.items():
            row.rank, row.last = placed[pk], pk in last
    return sorted(rows, key=lambda row: (row.unit_class.order, row.rank or 9999, row.unit.pk))


def _year_row(found: dict[int, UnitEvaluation], wanted: set[int], method: str) -> YearRow:
    latest = found[max(found)]
    total = sum((row.total for row in found.values()), ZERO)
    if method == "mean":
        total = (total / len(found)).quantize(CENT, ROUND_HALF_UP)
    same_class = all(row.unit_class_id == latest.unit_class_id for row in found.values())
    return YearRow(
        unit=latest.unit,
        unit_class=latest.unit_class,
        quarters=found,
        total=total,
        complete=set(found) == wanted and same_class,
    )


def _text(amount: Decimal) -> str:
    return str(amount.quantize(CENT))
