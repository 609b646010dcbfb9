"""The assessor's score sheet: fill part by part, attach evidence, check, hand in, step back; and what the office does
with a sheet."""

import mimetypes

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.errors import StaleForm
from accounts.forms import ReasonForm
from accounts.uploads import chosen_files
from accounts.web import get_visible, tell
from assessments import services
from assessments.due import acceptance_day
from assessments.forms import OwnConflictForm
from assessments.models import Evidence, Indicator, ScoreSheet
from assessments.rules import may_assess, may_lead_assessment, may_step_back
from assessments.scoring import missing_lines, most_points, sheet_sum
from assessments.selectors import score_table
from assessments.services.sheets import MOST_FILES
from assessments.sheet_forms import ScoreSheetForm

#: What people upload never runs as part of this site.
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


def sheet(request, pk: int):
    """The sheet to fill for its assessor, to read for everybody else who may see it."""
    obj = _sheet(request, pk)
    if not may_assess(request.user, obj):
        return _read(request, obj)
    # Arrives empty when a file was too large to be taken: the points still count.
    files = list(request.FILES) if request.method == "POST" else []
    form = ScoreSheetForm(request.POST or None, sheet=obj, part=request.GET.get("part", ""))
    stale = False
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="sheet.save", obj=obj) as outcome:
            services.save_sheet(
                actor=request.user,
                sheet=obj,
                revision=_revision(request, form),
                lines=form.lines(),
                part=form.part,
                **form.whole(),
            )
        if outcome.done:
            _attach(request, obj, form, files)
            return redirect(_onwards(request, obj, form))
        stale = isinstance(outcome.error, StaleForm)
    context = {
        "sheet": obj,
        "form": form,
        "stale": stale,
        "application": obj.assessment.application,
        "due": acceptance_day(obj.assessment),
        "returned": obj.returns.order_by("-id").first(),
        "most_files": MOST_FILES,
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
    lines = list(obj.assessment.indicator_set.indicators.all())
    context = {
        "sheet": obj,
        "application": obj.assessment.application,
        "missing": _missing(obj, lines),
        "day_missing": obj.visited_on is None and any(line.is_visit for line in lines),
        "sum": sheet_sum(obj),
        "most": most_points(obj.assessment.indicator_set),
        "vetoes": [score.indicator for score in obj.scores.filter(veto=True).select_related("indicator")],
        "files": obj.evidence_files.count(),
    }
    return render(request, "assessments/hand_in.html", context)


def step_back(request, pk: int):
    """The assessor declares a conflict of interest (回避); asked once more on a page of its own."""
    obj = _sheet(request, pk)
    if not may_step_back(request.user, obj):
        raise Http404
    form = OwnConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with tell(
            request,
            success=_("The sheet is taken back and the office is told."),
            action="assessor.recuse",
            obj=obj.assessment,
        ) as outcome:
            services.declare_conflict(actor=request.user, sheet=obj, reason=form.cleaned_data["reason"])
        if outcome.done:
            return redirect("assessments:list")
    context = {"sheet": obj, "application": obj.assessment.application, "form": form}
    return render(request, "assessments/step_back.html", context)


def evidence(request, pk: int):
    """A photo or paper attached to a line, for whoever may read the sheet."""
    obj = get_visible(Evidence, request.user, pk=pk)
    kind = mimetypes.guess_type(obj.file.name)[0] or "application/octet-stream"
    response = FileResponse(obj.file.open(), filename=obj.name, content_type=kind)
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_POST
def evidence_remove(request, pk: int):
    """The assessor takes a file off a sheet that is not handed in."""
    obj = get_visible(Evidence.objects.select_related("sheet", "indicator"), request.user, pk=pk)
    with tell(request, success=_("The file was removed."), action="evidence.remove", obj=obj.sheet):
        services.remove_evidence(actor=request.user, evidence=obj)
    return redirect(_address(obj.sheet, obj.indicator.part, f"#line-{obj.indicator.code}"))


@require_POST
def unassign(request, pk: int):
    """The office takes an assignment back as long as the sheet was not handed in."""
    obj = _led(request, pk)
    with tell(
        request,
        success=_("The assignment was taken back."),
        action="assessor.unassign",
        obj=obj.assessment,
    ):
        services.unassign_assessor(actor=request.user, sheet=obj)
    return redirect("assessments:detail", obj.assessment_id)


def send_back(request, pk: int):
    """The office hands a sheet back to its assessor to be reconsidered, with a reason."""
    obj = _led(request, pk)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].max_length = 500
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_("The assessor has the sheet again."), action="sheet.return", obj=obj
        ) as outcome:
            services.return_sheet(actor=request.user, sheet=obj, reason=form.cleaned_data["reason"][:500])
        if outcome.done:
            return redirect("assessments:detail", obj.assessment_id)
    if obj.handed_in_at is None:
        return redirect("assessments:detail", obj.assessment_id)
    context = {"sheet": obj, "application": obj.assessment.application, "form": form}
    return render(request, "assessments/send_back.html", context)


def _attach(request, sheet: ScoreSheet, form: ScoreSheetForm, names: list[str]) -> None:
    """Keep the files that came with the points; what is wrong with one does not hold up the others."""
    lines = {f"file_{line.pk}": line for line in form.own_lines()}
    given = [
        (lines[name], upload) for name in names if name in lines for upload in request.FILES.getlist(name)
    ]
    added = 0
    for indicator, upload in given:
        with tell(request, success=None, action="evidence.add", obj=sheet) as outcome:
            services.add_evidence(actor=request.user, sheet=sheet, indicator=indicator, upload=upload)
        added += outcome.done
    if getattr(request, "oversized_upload", None):
        with tell(request, success=None, action="evidence.add", obj=sheet):
            chosen_files(request, "")
    if added:
        words = ngettext("%(n)s file attached.", "%(n)s files attached.", added)
        messages.success(request, words % {"n": added})


def _onwards(request, sheet: ScoreSheet, form: ScoreSheetForm) -> str:
    """Where a saved part leads: to the check, to the other part, or back to where it was."""
    if "check" in request.POST:
        return reverse("assessments:hand_in", args=[sheet.pk])
    wanted = request.POST.get("go", "")
    return _address(sheet, wanted if wanted in form.parts else form.part)


def _address(sheet: ScoreSheet, part: str, anchor: str = "") -> str:
    return f"{reverse('assessments:sheet', args=[sheet.pk])}?part={part}{anchor}"


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
        "files": list(sheet.evidence_files.select_related("indicator")) if shown else [],
        "returns": list(sheet.returns.all()),
        "may_step_back": may_step_back(request.user, sheet),
        "may_send_back": shown and may_lead_assessment(request.user, sheet.assessment),
        "today": clock.today(),
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


def _led(request, pk: int) -> ScoreSheet:
    """A sheet for the office that runs its assessment."""
    obj = _sheet(request, pk)
    if not may_lead_assessment(request.user, obj.assessment):
        raise Http404
    return obj


def _missing(sheet: ScoreSheet, lines: list[Indicator]) -> list[Indicator]:
    codes = missing_lines(sheet)
    return [line for line in lines if line.code in codes]


def _revision(request, form: ScoreSheetForm) -> int:
    """The revision the form was opened with, or the one whose content the assessor has chosen to replace."""
    over = request.POST.get("over", "")
    return _number(over) or form.cleaned_data["revision"]


def _number(text: str) -> int:
    """A revision as sent back; 0, which no sheet has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
