"""The assessor's score sheet: fill, save, check, hand in; and its withdrawal by the office."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import StaleForm
from accounts.web import get_visible, tell
from assessments import services
from assessments.forms import ScoreSheetForm
from assessments.models import Indicator, ScoreSheet
from assessments.rules import may_assess, may_lead_assessment
from assessments.scoring import missing_lines, most_points, sheet_total
from assessments.selectors import acceptance_days, score_table


def sheet(request, pk: int):
    """The sheet to fill for its assessor, to read for everybody else who may see it."""
    obj = _sheet(request, pk)
    if not may_assess(request.user, obj):
        return _read(request, obj)
    form = ScoreSheetForm(request.POST or None, sheet=obj)
    stale = False
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="sheet.save", obj=obj) as outcome:
            services.save_sheet(
                actor=request.user,
                sheet=obj,
                revision=_revision(request, form),
                lines=form.lines(),
                summary=form.cleaned_data["summary"],
            )
        if outcome.done:
            return redirect("assessments:hand_in" if "check" in request.POST else "assessments:sheet", pk)
        stale = isinstance(outcome.error, StaleForm)
    due = acceptance_days([obj.assessment.application.cycle_id])
    context = {
        "sheet": obj,
        "form": form,
        "stale": stale,
        "application": obj.assessment.application,
        "due": due.get(obj.assessment.application.cycle_id),
    }
    return render(request, "assessments/sheet.html", context)


def hand_in(request, pk: int):
    """What is missing or, when nothing is, total and vetoes once more before the sheet is handed in."""
    obj = _sheet(request, pk)
    if not may_assess(request.user, obj):
        return redirect("assessments:sheet", pk)
    if request.method == "POST":
        revision = request.POST.get("revision", "")
        with tell(request, success=_("The sheet is handed in."), action="sheet.hand_in", obj=obj) as outcome:
            services.hand_in_sheet(actor=request.user, sheet=obj, revision=_number(revision))
        if outcome.done:
            return redirect("assessments:detail", obj.assessment_id)
        obj = _sheet(request, pk)
    context = {
        "sheet": obj,
        "application": obj.assessment.application,
        "missing": _missing(obj),
        "total": sheet_total(obj)[0],
        "most": most_points(obj.assessment.indicator_set),
        "vetoes": [score.indicator for score in obj.scores.filter(veto=True).select_related("indicator")],
    }
    return render(request, "assessments/hand_in.html", context)


@require_POST
def unassign(request, pk: int):
    """The office takes an assignment back as long as the sheet was not handed in."""
    obj = get_visible(ScoreSheet, request.user, pk=pk)
    if not may_lead_assessment(request.user, obj.assessment):
        raise Http404
    with tell(
        request,
        success=_("The assignment was taken back."),
        action="assessor.unassign",
        obj=obj.assessment,
    ):
        services.unassign_assessor(actor=request.user, sheet=obj)
    return redirect("assessments:detail", obj.assessment_id)


def _read(request, sheet: ScoreSheet):
    """A sheet that cannot be filled (any more). Points show once it is handed in; a late save is refused."""
    if request.method == "POST":
        with tell(request, success=None, action="sheet.save", obj=sheet):
            services.save_sheet(actor=request.user, sheet=sheet, revision=0, lines={})
    shown = sheet.handed_in_at is not None
    context = {
        "sheet": sheet,
        "application": sheet.assessment.application,
        "one_sheet": [sheet],
        "table": score_table(sheet.assessment, [sheet]) if shown else [],
        "most": most_points(sheet.assessment.indicator_set),
    }
    return render(request, "assessments/sheet_read.html", context)


def _sheet(request, pk: int) -> ScoreSheet:
    sheets = ScoreSheet.objects.visible_to(request.user).select_related(
        "assessor",
        "assessment__indicator_set",
        "assessment__application__site__category",
        "assessment__application__level",
        "assessment__application__area",
        "assessment__application__cycle__programme__owner",
    )
    return get_object_or_404(sheets, pk=pk)


def _missing(sheet: ScoreSheet) -> list[Indicator]:
    codes = missing_lines(sheet)
    return list(sheet.assessment.indicator_set.indicators.filter(code__in=codes)) if codes else []


def _revision(request, form: ScoreSheetForm) -> int:
    """The revision the form was opened with, or the one whose content the assessor has chosen to replace."""
    over = request.POST.get("over", "")
    return _number(over) or form.cleaned_data["revision"]


def _number(text: str) -> int:
    """A revision as sent back; 0, which no sheet has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
