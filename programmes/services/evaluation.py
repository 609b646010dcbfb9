"""Load the quarterly evaluation of units out of a checked programme file (`cycle.evaluation`)."""

import datetime

from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import Unit
from applications.models import Cycle
from assessments.evaluation_enums import EvaluationState
from assessments.models import ClassMember, Duty, Evaluation, UnitClass
from assessments.services.evaluation_classes import lay_units, place_unit
from programmes.services.desk import Desk

#: What may be worded better after units have reported or have points for a duty.
_WORDS = ("name", "name_en", "standard", "evidence_wanted", "order")


def rules_of(found: dict | None, articles: dict) -> dict:
    """The rules of an evaluation as they are kept with the cycle, amounts as texts; empty where there is none."""
    if found is None:
        return {}
    year = found["year"]
    default = year.get("bottom", 0)
    return {
        "article": articles.get(found.get("article"), ""),
        "confirm_working_days": found["confirm_working_days"],
        "silence_confirms": found.get("silence_confirms", True),
        "timeliness": [
            {"days_early": step["days_early"], "points": str(step["points"])}
            for step in found.get("timeliness", [])
        ],
        "bonus_needs_full_points": found.get("bonus_needs_full_points", False),
        "bonus_cap": str(found["bonus_cap"]) if "bonus_cap" in found else None,
        "year": {
            "method": year.get("method", "sum"),
            "bottom": {row["code"]: row.get("bottom", default) for row in found["classes"]},
            "management_months": year.get("management_months", 0),
        },
    }


def put_evaluation(desk: Desk, found: dict | None, cycle: Cycle, units: dict[str, Unit], keep: bool) -> None:
    """Write classes, their units, quarters and duties of a year.

    `keep`: a later year is there already and has the say in what all years share. A quarter that was sent to the
    units, and a duty with points or reports, cannot be changed any more.
    """
    if found is None:
        desk.prune(cycle.evaluations.all(), locked=True)
        return
    classes = _put_classes(desk, found["classes"], cycle, keep)
    _put_members(desk, found["classes"], classes, cycle, units, keep)
    for quarter in sorted({duty["quarter"] for duty in found["duties"]}):
        evaluation = desk.put(Evaluation, {"cycle": cycle, "quarter": quarter}, {})
        duties = [duty for duty in found["duties"] if duty["quarter"] == quarter]
        _put_duties(desk, duties, evaluation, classes)
        desk.report.created["unitevaluation"] += lay_units(evaluation=evaluation)
    kept = {duty["quarter"] for duty in found["duties"]}
    desk.prune(cycle.evaluations.exclude(quarter__in=kept), locked=True)


def _put_classes(desk: Desk, rows: list[dict], cycle: Cycle, keep: bool) -> dict[str, UnitClass]:
    return {
        row["code"]: desk.put(
            UnitClass,
            {"programme": cycle.programme, "code": row["code"]},
            {"name": row["name"], "name_en": row.get("name_en", ""), "order": order},
            keep=keep,
        )
        for order, row in enumerate(rows)
    }


def _put_members(desk: Desk, rows: list[dict], classes: dict, cycle: Cycle, units: dict, keep: bool) -> None:
    """The class of each unit on the first day of the year; what the office changed later in the year stays."""
    begins = datetime.date(cycle.year, 1, 1)
    holding = (
        ClassMember.objects.filter(programme=cycle.programme).on(begins).select_related("unit_class", "unit")
    )
    present = {member.unit_id: member for member in holding}
    wanted = {units[code].pk: (units[code], classes[row["code"]]) for row in rows for code in row["units"]}
    for unit, unit_class in wanted.values():
        _put_member(desk, unit, unit_class, present.get(unit.pk), begins, keep)
    for member in present.values():
        if member.unit_id not in wanted:
            _end_member(desk, member, begins)


def _put_member(
    desk: Desk, unit: Unit, unit_class: UnitClass, member, begins: datetime.date, keep: bool
) -> None:
    if member is not None and member.unit_class_id == unit_class.pk:
        desk.count(member, changed=False)
        return
    later = ClassMember.objects.filter(programme=unit_class.programme, unit=unit, valid_from__gt=begins)
    following = later.order_by("valid_from").first()
    try:
        if member is not None and member.valid_from == begins:
            _correct_member(desk, member, unit_class)
        elif following is not None:
            # An earlier year loaded after a later one: the row ends where the known ones begin.
            _fill_in(unit, unit_class, begins, following.valid_from, member)
        else:
            place_unit(actor=None, unit=unit, unit_class=unit_class, valid_from=begins)
    except DomainError as error:
        desk.refusals.append(str(error))
        return
    if member is None:
        desk.report.created["classmember"] += 1
    else:
        desk.count(member, changed=True)


def _correct_member(desk: Desk, member: ClassMember, unit_class: UnitClass) -> None:
    """The file named another class before: possible until the unit has points."""
    rows = member.unit.evaluations.filter(evaluation__cycle__programme=member.programme)
    if (
        rows.exclude(points_rows=None).exists()
        or rows.exclude(evaluation__state=EvaluationState.OPEN).exists()
    ):
        desk.refuse(member, _("has points in this class already"))
        return
    member.unit_class = unit_class
    member.save(update_fields=["unit_class"])


def _fill_in(unit, unit_class, begins, until, member) -> None:
    if member is not None:
        member.valid_to = begins
        member.save(update_fields=["valid_to"])
    ClassMember.objects.create(
        programme=unit_class.programme, unit=unit, unit_class=unit_class, valid_from=begins, valid_to=until
    )


def _end_member(desk: Desk, member: ClassMember, begins: datetime.date) -> None:
    """The file does not name the unit any more: its class ends with the year before."""
    if member.valid_from == begins:
        desk.refuse(member, _("is no longer there"))
        return
    member.valid_to = begins
    member.save(update_fields=["valid_to"])
    desk.count(member, changed=True)


def _put_duties(desk: Desk, rows: list[dict], evaluation: Evaluation, classes: dict[str, UnitClass]) -> None:
    articles = evaluation.cycle.articles
    sent = evaluation.state != EvaluationState.OPEN
    used = set(evaluation.duties.exclude(points_rows=None, reports=None).values_list("code", flat=True))
    for order, row in enumerate(rows):
        values = {
            "name": row["name"],
            "name_en": row.get("name_en", ""),
            "order": order,
            "standard": row.get("standard", ""),
            "points": row["points"],
            "due_on": datetime.date.fromisoformat(row["due_on"]),
            "evidence_wanted": row.get("evidence", ""),
            "article": articles.get(row.get("article"), ""),
        }
        locked = sent or row["code"] in used
        lookup = {"evaluation": evaluation, "code": row["code"]}
        if locked and row["code"] in used:
            duty = desk.put(Duty, lookup, values, locked=True, free=("name_en",) if sent else _WORDS)
        else:
            duty = desk.put(Duty, lookup, values, locked=locked)
        if duty is not None:
            _ask(desk, duty, {classes[code] for code in row["classes"]}, locked)
    gone = evaluation.duties.exclude(code__in=[row["code"] for row in rows])
    desk.prune(gone.filter(code__in=used), locked=True)
    desk.prune(gone.exclude(code__in=used), locked=sent)


def _ask(desk: Desk, duty: Duty, wanted: set[UnitClass], locked: bool) -> None:
    """Set the classes a duty is asked of."""
    present = set(duty.classes.all())
    if present == wanted:
        return
    if locked:
        desk.refuse(duty, _("%(name)s differs") % {"name": "classes"})
        return
    duty.classes.set(wanted)
    if present:
        desk.count(duty, changed=True)
