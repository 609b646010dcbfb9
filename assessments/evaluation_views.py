"""Pages of the quarterly evaluation of units. Where no programme asks for one, none of them is there."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.enums import Role
from accounts.errors import StaleForm
from accounts.models import Unit
from accounts.scope import units_with_role
from accounts.selectors import log_rows
from accounts.services import record
from accounts.tables import table_response
from accounts.uploads import stopped_upload
from accounts.web import get_visible, tell
from applications.models import Cycle
from assessments import evaluation_tables as tables
from assessments.evaluation_enums import (
    EvaluationAction,
    EvaluationState,
    UnitEvaluationAction,
)
from assessments.evaluation_forms import (
    DutyReportForm,
    PlaceUnitForm,
    ScoringForm,
    UnitObjectionDecisionForm,
    UnitObjectionForm,
)
from assessments.evaluation_rules import (
    is_asked,
    may_read_all,
    may_report,
    may_run,
    may_take_unit,
    why_not_evaluation_action,
    why_not_score,
)
from assessments.evaluation_selectors import (
    RELATED,
    closed_quarters,
    evaluations_of,
    members_for_list,
    overview,
    present_evaluation,
    ranking,
    recompute_year,
    tally,
    to_score,
    unit_lines,
    year_is_over,
    year_ranking,
)
from assessments.evaluation_sums import recompute
from assessments.models import (
    Duty,
    DutyReport,
    Evaluation,
    UnitClass,
    UnitEvaluation,
)
from assessments.services import evaluation_talks as talks
from assessments.services import evaluations as services
from assessments.services.evaluation_classes import place_unit
from assessments.services.evaluation_points import score_duty, score_reported


def start(request):
    """Where a person's evaluation begins: the quarter's overview, or the own unit's page."""
    found = evaluations_of(request.user)
    present = present_evaluation(found)
    if present is None:
        raise Http404
    if may_read_all(request.user, present.cycle):
        return redirect("assessments:evaluation_quarter", present.pk)
    own = present.units.filter(unit__in=units_with_role(request.user, (Role.UNIT_STAFF,))).first()
    return redirect("assessments:evaluation_unit", own.pk)


# --- the office -----------------------------------------------------------------------------------------------


def quarter(request, pk: int):
    """All units of a quarter against its duties: what is reported, scored, missing; and the step that is next."""
    evaluation = _evaluation_for_all(request, pk)
    matrix = overview(request.user, evaluation)
    runs = may_run(request.user, evaluation.cycle)
    step = _next_step(evaluation) if runs else None
    refusal = step and why_not_evaluation_action(request.user, evaluation, step, "-")
    context = {
        "evaluation": evaluation,
        "quarters": quarters_of(request.user, evaluation.cycle_id),
        "tables": matrix,
        "tally": tally(matrix),
        "runs": runs,
        "may_score": runs and why_not_score(request.user, evaluation) is None,
        "step": step,
        "why_not": [refusal] if refusal else [],
        "mismatches": recompute(evaluation) if runs else [],
        "log": log_rows(evaluation),
    }
    return render(request, "assessments/evaluations/quarter.html", context)


def score(request, pk: int, duty: int):
    """Points for one duty, all units of its classes (?class= for one) on one page."""
    evaluation = _evaluation_for_all(request, pk)
    duty = get_object_or_404(Duty.objects.prefetch_related("classes"), pk=duty, evaluation=evaluation)
    if why_not_score(request.user, evaluation) is not None:
        raise Http404
    classes = list(duty.classes.all())
    chosen = next((one for one in classes if one.code == request.GET.get("class")), None)
    items = to_score(evaluation, duty, chosen)
    form = ScoringForm(request.POST or None, duty=duty, items=items)
    stale = False
    if request.method == "POST" and ("full" in request.POST or form.is_valid()):
        with tell(request, success=_("Saved."), action="duty.score", obj=duty) as outcome:
            if "full" in request.POST:
                score_reported(actor=request.user, evaluation=evaluation, duty=duty, unit_class=chosen)
            else:
                score_duty(actor=request.user, evaluation=evaluation, duty=duty, entries=form.entries())
        if outcome.done:
            return redirect(request.get_full_path())
        stale = isinstance(outcome.error, StaleForm)
    context = {
        "evaluation": evaluation,
        "duty": duty,
        "classes": classes,
        "chosen": chosen,
        "form": form,
        "stale": stale,
        "rest": sum(item.points is None and item.report is not None for item in items),
        "duties": list(evaluation.duties.all()),
    }
    return render(request, "assessments/evaluations/score.html", context)


@require_POST
def send(request, pk: int):
    return _quarter_step(
        request, pk, services.send_quarter, _("The points are with the units."), "evaluation.send"
    )


@require_POST
def close(request, pk: int):
    return _quarter_step(request, pk, talks.close_quarter, _("The quarter is closed."), "evaluation.close")


def classes(request, pk: int):
    """Which unit is in which class since when; the office changes it from a quarter's first day on."""
    cycle = _cycle_for_all(request, pk)
    runs = may_run(request.user, cycle)
    form = PlaceUnitForm(
        request.POST or None,
        units=Unit.objects.within(cycle.programme.owner).exclude(pk=cycle.programme.owner_id),
        classes=UnitClass.objects.visible_to(request.user).filter(programme=cycle.programme),
        quarters=list(
            cycle.evaluations.filter(state=EvaluationState.OPEN).select_related("cycle").order_by("quarter")
        ),
    )
    if request.method == "POST":
        if not runs:
            raise Http404
        if form.is_valid():
            with tell(
                request, success=_("The unit changes its class."), action="evaluation.place", obj=cycle
            ) as outcome:
                place_unit(actor=request.user, **form.cleaned_data)
            if outcome.done:
                return redirect("assessments:evaluation_classes", pk)
    context = {
        "cycle": cycle,
        "members": members_for_list(request.user, cycle),
        "form": form if runs else None,
        "quarters": quarters_of(request.user, pk),
    }
    return render(request, "assessments/evaluations/classes.html", context)


# --- one unit -------------------------------------------------------------------------------------------------


def unit(request, pk: int):
    """What a quarter asks of a unit, what it reported, and every point it has with its reason."""
    return _unit_page(request, _unit_row(request, pk))


def report(request, pk: int, duty: int):
    """A unit's staff report that a duty is done."""
    row = _unit_row(request, pk)
    duty = get_object_or_404(Duty, pk=duty)
    if not may_report(request.user, row) or not is_asked(row, duty):
        raise Http404
    last = row.reports.filter(duty=duty).last()
    initial = {"done_on": last.done_on, "text": last.text} if last else {"done_on": clock.today()}
    form = DutyReportForm(
        request.POST or None, request.FILES or None, initial=initial, stopped=stopped_upload(request)
    )
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Reported."), action="duty.report", obj=duty) as outcome:
            services.report_duty(actor=request.user, unit_evaluation=row, duty=duty, **form.cleaned_data)
        if outcome.done:
            return redirect("assessments:evaluation_unit", pk)
    context = {"row": row, "evaluation": row.evaluation, "duty": duty, "form": form, "last": last}
    return render(request, "assessments/evaluations/report.html", context)


def report_file(request, pk: int):
    """The paper a unit added to its report."""
    obj = get_visible(DutyReport, request.user, pk=pk)
    if not obj.file:
        raise Http404
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.file_name)


@require_POST
def confirm(request, pk: int):
    row = _unit_row(request, pk)
    with tell(request, success=_("Confirmed."), action="unitevaluation.confirm", obj=row):
        services.confirm_result(actor=request.user, unit_evaluation=row)
    return redirect("assessments:evaluation_unit", pk)


def object_to(request, pk: int):
    row = _unit_row(request, pk)
    if request.method != "POST":
        return redirect("assessments:evaluation_unit", pk)
    form = UnitObjectionForm(request.POST)
    if form.is_valid():
        with tell(
            request, success=_("The objection is with the office."), action="unitevaluation.object", obj=row
        ) as outcome:
            services.object_to_result(actor=request.user, unit_evaluation=row, text=form.cleaned_data["text"])
        if outcome.done:
            return redirect("assessments:evaluation_unit", pk)
    return _unit_page(request, _unit_row(request, pk), objection_form=form)


def decide(request, pk: int):
    """The office decides a unit's objection, with the points side by side to be corrected."""
    row = _unit_row(request, pk)
    if not may_take_unit(request.user, row, UnitEvaluationAction.DECIDE):
        raise Http404
    lines = unit_lines(request.user, row)
    form = UnitObjectionDecisionForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_("The outcome is recorded."), action="unitevaluation.decide", obj=row
        ) as outcome:
            services.decide_unit_objection(
                actor=request.user,
                objection=row.objection,
                upheld=form.cleaned_data["upheld"],
                findings=form.cleaned_data["findings"],
                corrections=form.corrections(),
            )
        if outcome.done:
            return redirect("assessments:evaluation_unit", pk)
    context = {"row": row, "evaluation": row.evaluation, "form": form, "objection": row.objection}
    return render(request, "assessments/evaluations/decide.html", context)


# --- rankings -------------------------------------------------------------------------------------------------


def quarter_ranking(request, pk: int):
    """A quarter's ranking inside each class; ?export=xlsx gives the official table."""
    evaluation = get_visible(Evaluation.objects.select_related(*RELATED), request.user, pk=pk)
    reads_all = may_read_all(request.user, evaluation.cycle)
    if not reads_all and evaluation.state != EvaluationState.CLOSED:
        raise Http404
    rankings = ranking(request.user, evaluation)
    if request.GET.get("export") == "xlsx":
        record(action="evaluation.export", actor=request.user, obj=evaluation)
        return table_response(tables.quarter_table(request.user, evaluation, rankings))
    context = {
        "evaluation": evaluation,
        "rankings": rankings,
        "reads_all": reads_all,
        "own_units": {found.pk for found in units_with_role(request.user, (Role.UNIT_STAFF,))},
        "quarters": quarters_of(request.user, evaluation.cycle_id),
    }
    return render(request, "assessments/evaluations/ranking.html", context)


def year(request, pk: int):
    """The year out of its closed quarters; ?export=xlsx gives the official table."""
    cycle = cycle_of(request, pk)
    rankings, quarters, over = (
        year_ranking(request.user, cycle),
        closed_quarters(cycle),
        year_is_over(cycle),
    )
    if request.GET.get("export") == "xlsx":
        record(action="evaluation.export", actor=request.user, obj=cycle)
        return table_response(tables.year_table(request.user, cycle, rankings, quarters, over))
    reads_all = may_read_all(request.user, cycle)
    for found in rankings:
        for row in found.rows:
            row.remark = tables.remark_on(row, over)
            row.totals = [row.quarters.get(number) for number in quarters]
    rows = [row for found in rankings for row in found.rows]
    context = {
        "cycle": cycle,
        "rankings": rankings,
        "closed": quarters,
        "over": over,
        "reads_all": reads_all,
        "mismatches": recompute_year(cycle, rows) if reads_all else [],
        "own_units": {found.pk for found in units_with_role(request.user, (Role.UNIT_STAFF,))},
        "quarters": quarters_of(request.user, pk),
    }
    return render(request, "assessments/evaluations/year.html", context)


# --- shared ---------------------------------------------------------------------------------------------------


def _evaluation_for_all(request, pk: int) -> Evaluation:
    """A quarter for those who see all units, else 404."""
    evaluation = get_visible(Evaluation.objects.select_related(*RELATED), request.user, pk=pk)
    if not may_read_all(request.user, evaluation.cycle):
        raise Http404
    return evaluation


def cycle_of(request, pk: int) -> Cycle:
    """A year with an evaluation the person takes part in, else 404."""
    concerned = Evaluation.objects.visible_to(request.user).filter(cycle__pk=pk)
    if not concerned.exists():
        raise Http404
    return Cycle.objects.select_related("programme__owner").get(pk=pk)


def _cycle_for_all(request, pk: int) -> Cycle:
    cycle = cycle_of(request, pk)
    if not may_read_all(request.user, cycle):
        raise Http404
    return cycle


def _unit_row(request, pk: int) -> UnitEvaluation:
    rows = UnitEvaluation.objects.select_related("unit", "unit_class", "evaluation__cycle__programme__owner")
    return get_visible(rows, request.user, pk=pk)


def quarters_of(user, cycle_pk: int) -> list[Evaluation]:
    return [one for one in evaluations_of(user) if one.cycle_id == cycle_pk]


def _next_step(evaluation: Evaluation) -> str | None:
    return {
        EvaluationState.OPEN: EvaluationAction.SEND,
        EvaluationState.SCORED: EvaluationAction.CLOSE,
    }.get(evaluation.state)


def _quarter_step(request, pk: int, service, success: str, action: str):
    evaluation = _evaluation_for_all(request, pk)
    with tell(request, success=success, action=action, obj=evaluation):
        service(actor=request.user, evaluation=evaluation)
    return redirect("assessments:evaluation_quarter", pk)


def _unit_page(request, row: UnitEvaluation, objection_form=None):
    user, cycle = request.user, row.evaluation.cycle
    reads_all = may_read_all(user, cycle)
    shows = row.evaluation.state != EvaluationState.OPEN
    own_rows = UnitEvaluation.objects.visible_to(user).filter(unit=row.unit, evaluation__cycle=cycle)
    context = {
        "row": row,
        "evaluation": row.evaluation,
        "lines": unit_lines(user, row),
        "shows_points": shows or reads_all,
        "arithmetic": row.arithmetic,
        "reads_all": reads_all,
        "may_report": may_report(user, row),
        "may_confirm": may_take_unit(user, row, UnitEvaluationAction.CONFIRM),
        "may_decide": may_take_unit(user, row, UnitEvaluationAction.DECIDE),
        "objection": getattr(row, "objection", None),
        "objection_form": objection_form or UnitObjectionForm()
        if may_take_unit(user, row, UnitEvaluationAction.OBJECT)
        else None,
        "siblings": own_rows.select_related("evaluation__cycle").order_by("evaluation__quarter"),
        "mismatches": [wrong for wrong in recompute(row.evaluation) if wrong.row == row] if reads_all else [],
        "log": log_rows(row),
        "today": clock.today(),
    }
    return render(request, "assessments/evaluations/unit.html", context)
