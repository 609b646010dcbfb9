"""Which unit is in which class of the quarterly evaluation, and the rows of a quarter that follow from it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason, require
from accounts.models import Unit
from accounts.services import record
from accounts.words import lazy_day
from assessments.evaluation_enums import EvaluationState
from assessments.evaluation_rules import why_not_office
from assessments.models import ClassMember, Evaluation, UnitClass, UnitEvaluation
from sites.models import Programme


@transaction.atomic
def lay_units(*, evaluation: Evaluation) -> int:
    """Lay out a row for every unit that is in a class on the quarter's first day; rows already there follow a change
    of class. Only while the quarter is under way. Returns how many rows were added."""
    if evaluation.state != EvaluationState.OPEN:
        return 0
    members = ClassMember.objects.filter(programme=evaluation.cycle.programme).on(evaluation.begins_on)
    wanted = dict(members.values_list("unit_id", "unit_class_id"))
    present = {row.unit_id: row for row in evaluation.units.all()}
    for unit_id, row in present.items():
        if unit_id not in wanted:
            _take_out(row)
        elif row.unit_class_id != wanted[unit_id]:
            row.unit_class_id = wanted[unit_id]
            row.save(update_fields=["unit_class"])
    missing = [
        UnitEvaluation(evaluation=evaluation, unit_id=unit_id, unit_class_id=class_id)
        for unit_id, class_id in wanted.items()
        if unit_id not in present
    ]
    return len(UnitEvaluation.objects.bulk_create(missing))


def _take_out(row: UnitEvaluation) -> None:
    if row.points_rows.exists() or row.reports.exists():
        raise DomainError(
            Reason(
                text=_("%(unit)s has reports or points in %(quarter)s and stays in it.")
                % {"unit": row.unit, "quarter": row.evaluation}
            )
        )
    row.delete()


@transaction.atomic
def place_unit(
    *, actor, unit: Unit, unit_class: UnitClass, valid_from: datetime.date, reason: str = ""
) -> ClassMember:
    """Put a unit into a class from the first day of a quarter on; the row before it ends there.

    Raises DomainError when the quarter was sent to the units already or the unit has points in it.
    """
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=unit_class.programme_id)
    require(_why_not_place(actor, programme, unit, unit_class, valid_from, reason))
    present = ClassMember.objects.filter(programme=programme, unit=unit, valid_to=None).first()
    if present and present.unit_class_id == unit_class.pk:
        return present
    if present and present.valid_from >= valid_from:
        raise DomainError(
            Reason(
                text=_("%(unit)s is in its present class since %(day)s only.")
                % {"unit": unit, "day": lazy_day(present.valid_from)},
                remedy=_("A later day is possible."),
            )
        )
    if present:
        present.valid_to = valid_from
        present.save(update_fields=["valid_to"])
    member = ClassMember.objects.create(
        programme=programme, unit=unit, unit_class=unit_class, valid_from=valid_from, reason=reason
    )
    for evaluation in Evaluation.objects.filter(cycle__programme=programme, state=EvaluationState.OPEN):
        if evaluation.begins_on >= valid_from:
            lay_units(evaluation=evaluation)
    if actor is not None:  # a programme file is recorded as a whole
        record(action="evaluation.place", actor=actor, obj=unit, unit=unit, reason=reason, to=unit_class.code)
    return member


def _why_not_place(actor, programme, unit, unit_class, valid_from, reason) -> Reason | None:
    if actor is not None:
        cycle = programme.cycles.select_related("programme__owner").first()
        refusal = why_not_office(actor, cycle)
        if refusal is not None:
            return refusal
        if not reason.strip():
            return Reason(text=_("Write the reason: it is kept with the decision."))
    if not programme.owner.contains(unit) or unit.pk == programme.owner_id:
        return Reason(text=_("%(unit)s does not lie below the programme's owner.") % {"unit": unit})
    if (valid_from.month, valid_from.day) not in ((1, 1), (4, 1), (7, 1), (10, 1)):
        return Reason(text=_("A unit changes its class with the first day of a quarter."))
    for row in unit.evaluations.filter(evaluation__cycle__programme=programme).select_related(
        "evaluation__cycle"
    ):
        if row.evaluation.begins_on < valid_from or row.unit_class_id == unit_class.pk:
            continue
        if row.evaluation.state != EvaluationState.OPEN or row.points_rows.exists():
            return Reason(
                text=_("%(unit)s has points in %(quarter)s already.")
                % {"unit": unit, "quarter": row.evaluation},
                remedy=_("Choose the first day of a later quarter."),
            )
    return None
