"""Findings on the web: the list, one finding with its steps, the letter with its seal."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.lists import Listing, respond
from accounts.uploads import chosen_file, chosen_files
from accounts.web import get_visible, tell
from applications.sealing.rules import valid_seal, why_no_seal
from supervision.finding_forms import LAY_ASIDE, REVOKE, PassphraseForm, StampForm
from supervision.finding_lists import ORDERINGS, FindingFilter, FindingResource
from supervision.finding_page import finding_context, form_of
from supervision.finding_rules import open_request, why_not_seal_letter, why_not_stamp_letter
from supervision.finding_selectors import ROW_RELATED, findings_for_list, with_next_step
from supervision.models import Finding, FindingFile, ReminderLetter, Talk
from supervision.services import coordination, escalation, findings


@dataclass(frozen=True)
class Step:
    """A step of the page: what it does with what was entered, and what is said afterwards."""

    take: Callable
    success: str


def _with_files(service):
    def take(request, finding, entered: dict):
        entered["files"] = chosen_files(request, "files")
        service(actor=request.user, finding=finding, **entered)

    return take


def _plainly(service):
    return lambda request, finding, entered: service(actor=request.user, finding=finding, **entered)


def _talk(request, finding, entered: dict):
    entered["file"] = chosen_file(request, "file")
    escalation.record_talk(actor=request.user, finding=finding, **entered)


def _decide_extension(request, finding, entered: dict):
    request_for_time = open_request(finding)
    if request_for_time is None:
        raise Http404
    coordination.decide_extension(actor=request.user, extension=request_for_time, **entered)


def _answer_proposal(request, finding, entered: dict):
    proposal = getattr(finding, "proposal", None)
    if proposal is None:
        raise Http404
    reason, outcome = entered["reason"], entered["outcome"]
    if outcome == LAY_ASIDE:
        escalation.lay_proposal_aside(actor=request.user, proposal=proposal, reason=reason)
    else:
        escalation.take_up_proposal(
            actor=request.user, proposal=proposal, reason=reason, begin_revocation=outcome == REVOKE
        )


STEPS = {
    "report": Step(_with_files(findings.report_finding), gettext_lazy("The rectification is reported.")),
    "recheck": Step(_with_files(findings.recheck_finding), gettext_lazy("The second look is recorded.")),
    "reopen": Step(_plainly(findings.reopen_finding), gettext_lazy("The finding is open again.")),
    "drop": Step(_plainly(findings.drop_finding), gettext_lazy("The finding is taken back.")),
    "refer": Step(_plainly(coordination.refer_finding), gettext_lazy("The question is on its way.")),
    "answer": Step(_plainly(coordination.answer_finding), gettext_lazy("The answer is given.")),
    "extend": Step(_plainly(coordination.ask_extension), gettext_lazy("The request is on its way.")),
    "extension": Step(_decide_extension, gettext_lazy("The decision is recorded.")),
    "remind": Step(_plainly(escalation.remind), gettext_lazy("The unit is reminded.")),
    "letter": Step(
        _plainly(escalation.order_letter), gettext_lazy("The letter has its number and is being printed.")
    ),
    "talk": Step(_talk, gettext_lazy("The talk is recorded.")),
    "propose": Step(
        _plainly(escalation.propose_to_office), gettext_lazy("The proposal is before the office.")
    ),
    "proposal": Step(_answer_proposal, gettext_lazy("The decision is recorded.")),
}


def finding_list(request):
    def context(listed: Listing) -> dict:
        return {"rows": with_next_step(listed.page)}

    return respond(
        request,
        findings_for_list(request.user),
        template="supervision/findings/list.html",
        filterset=FindingFilter,
        orderings=ORDERINGS,
        resource=FindingResource,
        title=_("Supervision findings"),
        action="finding.export",
        context=context,
    )


def finding(request, pk: int):
    return _page(request, _finding(request, pk))


@require_POST
def step(request, pk: int, name: str):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    if name not in STEPS:
        raise Http404
    obj = _finding(request, pk)
    filled = form_of(name, obj, request.POST, request.FILES, auto_id=f"{name}_%s")
    if filled.is_valid():
        with tell(request, success=STEPS[name].success, action=f"finding.{name}", obj=obj) as outcome:
            STEPS[name].take(request, obj, dict(filled.cleaned_data))
        if outcome.done:
            return redirect("supervision:finding", pk)
    # Read again: somebody else may have moved it in between.
    return _page(request, _finding(request, pk), **{name: filled})


def file(request, pk: int):
    """A piece of evidence."""
    obj = get_visible(FindingFile, request.user, pk=pk)
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.name)


def talk_file(request, pk: int):
    """The signed record of a talk."""
    obj = get_visible(Talk, request.user, pk=pk)
    if not obj.file:
        raise Http404
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.file_name)


# --- the letter -------------------------------------------------------------------------------------------


def letter(request, pk: int):
    return _letter_page(request, _letter(request, pk))


def letter_progress(request, pk: int):
    """What the letter's page asks for again until the letter is printed."""
    context = _letter_context(request, _letter(request, pk))
    return render(request, "supervision/findings/letter_body.html", context)


def letter_pdf(request, pk: int):
    """The letter as it was sealed, or as it was printed while it is not."""
    obj = _letter(request, pk)
    pdf = obj.sealed_pdf or obj.pdf
    if not pdf:
        raise Http404
    return FileResponse(pdf.open(), filename=f"{obj.number}.pdf", content_type="application/pdf")


@require_POST
@sensitive_post_parameters("passphrase")
def letter_seal(request, pk: int):
    obj, form = _letter(request, pk), PassphraseForm(request.POST, auto_id="seal_%s")
    if form.is_valid():
        with tell(request, success=_("Sealed."), action="reminderletter.seal", obj=obj) as outcome:
            escalation.seal_letter(actor=request.user, letter=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("supervision:letter", pk)
    return _letter_page(request, _letter(request, pk), seal=form)


@require_POST
def letter_stamp(request, pk: int):
    obj = _letter(request, pk)
    with tell(request, success=_("It is noted."), action="reminderletter.stamp", obj=obj):
        escalation.stamp_letter(actor=request.user, letter=obj, scan=chosen_file(request, "scan"))
    return redirect("supervision:letter", pk)


def _letter(request, pk: int) -> ReminderLetter:
    related = ("owner", "area", "unit", "site", "cycle", "group__programme__owner")
    rows = ReminderLetter.objects.select_related(
        "seal", "sealed_by", "ordered_by", *[f"finding__{name}" for name in related]
    )
    return get_visible(rows, request.user, pk=pk)


def _letter_page(request, obj: ReminderLetter, **bound):
    context = _letter_context(request, obj, **bound)
    return render(request, "supervision/findings/letter_page.html", context)


def _letter_context(request, obj: ReminderLetter, **bound) -> dict:
    owner, offered = obj.finding.group.programme.owner, {}
    may_seal = why_not_seal_letter(request.user, obj) is None
    why_not = why_no_seal(owner) if may_seal else None
    if may_seal and why_not is None:
        offered["seal"] = PassphraseForm(auto_id="seal_%s")
    if why_not_stamp_letter(request.user, obj) is None:
        offered["stamp"] = StampForm(auto_id="stamp_%s")
    return {
        "letter": obj,
        "finding": obj.finding,
        "sees_finding": Finding.objects.visible_to(request.user).filter(pk=obj.finding_id).exists(),
        "seal": valid_seal(owner) if may_seal else None,
        "why_not": why_not,
        "forms": {name: bound.get(name, form) for name, form in offered.items()},
    }


def _finding(request, pk: int) -> Finding:
    hanging_on = ("letter", "talk", "proposal__plaque__level", "proposal__revocation")
    return get_object_or_404(findings_for_list(request.user).select_related(*ROW_RELATED, *hanging_on), pk=pk)


def _page(request, obj: Finding, **bound):
    with_next_step([obj])
    return render(request, "supervision/findings/detail.html", finding_context(request.user, obj, bound))
