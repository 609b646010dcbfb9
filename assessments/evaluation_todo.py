"""What waits for whom in the quarterly evaluation of units."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.scope import units_with_role
from applications.enums import CycleState
from applications.models import Cycle
from assessments.evaluation_enums import EvaluationState, TalkState, UnitEvaluationState
from assessments.evaluation_rules import last_day_over, missing_points
from assessments.evaluation_selectors import RELATED
from assessments.evaluation_sums import duties_of_class
from assessments.models import Duty, DutyPoints, DutyReport, Evaluation, TalkProposal, UnitEvaluation
from notices.todo import Todo


def waiting_for(user) -> list[Todo]:
    """What waits for a person in the evaluation: duties and confirmations for a unit's staff; points, objections and
    closing for the office; talks for a leader. One query for people no evaluation concerns."""
    todos = []
    own = units_with_role(user, (Role.UNIT_STAFF,))
    if own:
        todos += _for_units(own)
    deciding = units_with_role(user, (Role.OFFICE, Role.LEADER))
    if deciding:
        todos += _for_deciders(user, deciding)
    return todos


def _for_units(own) -> list[Todo]:
    rows = list(
        UnitEvaluation.objects.filter(unit__in=own, evaluation__cycle__state=CycleState.OPEN)
        .filter(state__in=(UnitEvaluationState.OPEN, UnitEvaluationState.SENT))
        .select_related("unit", "evaluation__cycle")
    )
    todos = [
        _confirm_todo(row)
        for row in rows
        if row.state == UnitEvaluationState.SENT and not last_day_over(row.evaluation)
    ]
    under_way = {
        row.pk: row
        for row in rows
        if row.state == UnitEvaluationState.OPEN and row.evaluation.begins_on <= clock.today()
    }
    if not under_way:
        return todos
    reported = set(
        DutyReport.objects.filter(unit_evaluation__in=under_way).values_list("unit_evaluation", "duty")
    )
    asked = Duty.objects.filter(
        evaluation__units__in=under_way, classes__in=[row.unit_class_id for row in under_way.values()]
    ).prefetch_related("classes")
    duties = {duty.pk: duty for duty in asked}
    for row in under_way.values():
        for duty in duties_of_class(duties.values(), row.unit_class_id):
            if duty.evaluation_id == row.evaluation_id and (row.pk, duty.pk) not in reported:
                todos.append(_duty_todo(row, duty))
    return todos


def _duty_todo(row: UnitEvaluation, duty: Duty) -> Todo:
    return Todo(
        text=_("Quarterly duty: %(duty)s") % {"duty": duty},
        url=reverse("assessments:evaluation_report", args=[row.pk, duty.pk]),
        due=duty.due_on,
        detail=f"{row.unit} · {row.evaluation}",
    )


def _confirm_todo(row: UnitEvaluation) -> Todo:
    return Todo(
        text=_("Confirm the points of the quarter, or object"),
        url=reverse("assessments:evaluation_unit", args=[row.pk]),
        due=row.evaluation.confirm_by,
        detail=f"{row.unit} · {row.evaluation}",
    )


def _for_deciders(user, deciding) -> list[Todo]:
    evaluations = (
        Evaluation.objects.filter(cycle__programme__owner__in=deciding, cycle__state=CycleState.OPEN)
        .select_related(*RELATED)
        .order_by("quarter")
    )
    evaluations = list(evaluations)
    if not evaluations:
        return []
    office = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    todos = []
    for evaluation in evaluations:
        if evaluation.cycle.programme.owner_id in office:
            todos += _office_todos(evaluation)
    return todos + _talk_todos(user, {evaluation.cycle_id: evaluation.cycle for evaluation in evaluations})


def _office_todos(evaluation: Evaluation) -> list[Todo]:
    url = reverse("assessments:evaluation_quarter", args=[evaluation.pk])
    if evaluation.state == EvaluationState.OPEN and evaluation.begins_on <= clock.today():
        return _scoring_todos(evaluation, url)
    if evaluation.state != EvaluationState.SCORED:
        return []
    rows = list(evaluation.units.select_related("unit"))
    todos = [
        Todo(
            text=_("Decide the objection: %(unit)s") % {"unit": row.unit},
            url=reverse("assessments:evaluation_decide", args=[row.pk]),
            detail=str(evaluation),
        )
        for row in rows
        if row.state == UnitEvaluationState.OBJECTED
    ]
    answered = not any(row.state == UnitEvaluationState.SENT for row in rows)
    if not todos and (answered or last_day_over(evaluation)):
        todos.append(Todo(text=_("Close the quarter"), url=url, detail=str(evaluation)))
    return todos


def _scoring_todos(evaluation: Evaluation, url: str) -> list[Todo]:
    """Points are due with the last duty; a quarter with all points waits to be sent."""
    last = max((duty.due_on for duty in evaluation.duties.all()), default=None)
    if last is None:
        return []
    missing = missing_points(evaluation)
    if not missing and clock.today() >= last:
        return [Todo(text=_("Send the points of the quarter to the units"), url=url, detail=str(evaluation))]
    waiting = DutyReport.objects.filter(unit_evaluation__evaluation=evaluation).exclude(
        Exists(
            DutyPoints.objects.filter(
                unit_evaluation=OuterRef("unit_evaluation"), duty=OuterRef("duty")
            ).order_by()
        )
    )
    reported = waiting.values("unit_evaluation", "duty").distinct().count()
    if not reported and clock.today() < last:
        return []
    return [
        Todo(
            text=_("Give points: %(missing)s to give, %(reported)s of them reported")
            % {"missing": missing, "reported": reported},
            url=url,
            due=last,
            detail=str(evaluation),
        )
    ]


def _talk_todos(user, cycles: dict[int, Cycle]) -> list[Todo]:
    """A leader decides on proposals, the office records the talk once it was ordered."""
    leads = {unit.pk for unit in units_with_role(user, (Role.LEADER,))}
    runs = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    rows = TalkProposal.objects.filter(cycle__in=cycles, state__in=(TalkState.PROPOSED, TalkState.ORDERED))
    todos = []
    for proposal in rows.select_related("unit", "unit_class"):
        owner = cycles[proposal.cycle_id].programme.owner_id
        if proposal.state == TalkState.PROPOSED and owner in leads:
            text = _("Decide on a talk: %(unit)s")
        elif proposal.state == TalkState.ORDERED and owner in runs:
            text = _("Hold and record the talk: %(unit)s")
        else:
            continue
        todos.append(
            Todo(
                text=text % {"unit": proposal.unit},
                url=reverse("assessments:evaluation_talks", args=[proposal.cycle_id]),
                detail=f"{proposal.unit_class} · {cycles[proposal.cycle_id].year}",
            )
        )
    return todos
