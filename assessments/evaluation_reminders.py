"""What units owe in the quarterly evaluation, where a scheme has one: duties, and the confirmation of points."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.words import lazy_day, lazy_name
from applications.models import Cycle
from applications.reminding import make_duty, reminded_cycles, staff_of
from assessments.evaluation_enums import EvaluationState, UnitEvaluationState
from assessments.evaluation_rules import last_day_over
from assessments.evaluation_sums import duties_of_class
from assessments.models import Duty as QuarterlyDuty
from assessments.models import DutyReport, UnitEvaluation
from notices.duties import Duty
from notices.enums import DutyKind


def evaluation_duties() -> Iterator[Duty]:
    """Quarterly duties a unit has not reported, while the quarter is under way, and points it has not confirmed."""
    for cycle in reminded_cycles():
        if cycle.evaluation:
            yield from _of_cycle(cycle)


def _of_cycle(cycle: Cycle) -> Iterator[Duty]:
    rows = UnitEvaluation.objects.filter(
        evaluation__cycle=cycle, state__in=(UnitEvaluationState.OPEN, UnitEvaluationState.SENT)
    ).select_related("unit", "evaluation__cycle")
    rows = list(rows.order_by("evaluation__quarter", "unit_class__order", "unit_id"))
    begun = [row for row in rows if _is_under_way(row)]
    reported = set(
        DutyReport.objects.filter(unit_evaluation__evaluation__cycle=cycle).values_list(
            "unit_evaluation", "duty"
        )
    )
    asked = list(QuarterlyDuty.objects.filter(evaluation__cycle=cycle).prefetch_related("classes"))
    for row in begun:
        of_quarter = [duty for duty in asked if duty.evaluation_id == row.evaluation_id]
        for duty in duties_of_class(of_quarter, row.unit_class_id):
            if (row.pk, duty.pk) not in reported:
                yield _report(cycle, row, duty)
    for row in rows:
        if row.state == UnitEvaluationState.SENT and not last_day_over(row.evaluation):
            yield _confirmation(cycle, row)


def _is_under_way(row: UnitEvaluation) -> bool:
    is_open = row.state == UnitEvaluationState.OPEN and row.evaluation.state == EvaluationState.OPEN
    return is_open and row.evaluation.begins_on <= clock.today()


def _report(cycle: Cycle, row: UnitEvaluation, duty: QuarterlyDuty) -> Duty:
    words = gettext_lazy("Quarterly duty of {unit}, to be done by {day}: {duty}")
    return make_duty(
        cycle,
        key=f"quarter:{row.pk}:{duty.pk}:{duty.due_on}",
        kind=DutyKind.EVALUATION,
        due_on=duty.due_on,
        subject=format_lazy(words, unit=lazy_name(row.unit), day=lazy_day(duty.due_on), duty=lazy_name(duty)),
        url=reverse("assessments:evaluation_report", args=[row.pk, duty.pk]),
        owed_by=staff_of(row.unit),
        unit=row.unit,
        detail=lazy_name(row.evaluation),
    )


def _confirmation(cycle: Cycle, row: UnitEvaluation) -> Duty:
    """To be confirmed until its last day; then silence is an answer too, so it is not told of as overdue."""
    due_on = row.evaluation.confirm_by
    words = gettext_lazy("Points of the quarter of {unit}: confirm or object by {day}")
    duty = make_duty(
        cycle,
        key=f"confirm:{row.pk}:{due_on}",
        kind=DutyKind.EVALUATION,
        due_on=due_on,
        subject=format_lazy(words, unit=lazy_name(row.unit), day=lazy_day(due_on)),
        url=reverse("assessments:evaluation_unit", args=[row.pk]),
        owed_by=staff_of(row.unit),
        unit=row.unit,
        detail=lazy_name(row.evaluation),
    )
    return replace(duty, overdue_weeks=0)
