"""Taking plaques back on the web: the proposal, the decision, the answer from above, the letter."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import ReasonForm
from accounts.web import get_visible, tell
from assessments import services
from assessments.models import RevocationLetter, RevocationProposal
from assessments.review_forms import DecisionForm, ProposalAnswerForm
from assessments.review_rules import why_not_propose
from assessments.reviewing.page import proposal_context
from assessments.reviewing.selectors import proposals_for_list
from sites.models import Plaque


def propose(request, pk: int):
    """Propose to take a plaque back for a reason found outside the review; for the leadership office."""
    plaque = get_visible(
        Plaque.objects.select_related("level__programme__owner", "site__area", "site__category"),
        request.user,
        pk=pk,
    )
    filled = ReasonForm(request.POST or None)
    if request.method == "POST" and filled.is_valid():
        with tell(
            request, success=_("The proposal is written."), action="revocation.propose", obj=plaque
        ) as outcome:
            proposal = services.propose_revocation(
                actor=request.user, plaque=plaque, reason=filled.cleaned_data["reason"]
            )
        if outcome.done:
            return redirect("assessments:proposal", proposal.pk)
    context = {"plaque": plaque, "form": filled, "why_not": why_not_propose(request.user, plaque)}
    return render(request, "assessments/reviews/propose.html", context)


def proposal(request, pk: int):
    return _page(request, _proposal(request, pk))


@require_POST
def decide(request, pk: int):
    return _take(
        request, pk, "decision", DecisionForm, services.decide_proposal, _("The decision is recorded.")
    )


@require_POST
def answer(request, pk: int):
    return _take(
        request,
        pk,
        "answer",
        ProposalAnswerForm,
        services.record_proposal_answer,
        _("The answer is recorded."),
    )


@require_POST
def withdraw(request, pk: int):
    return _take(
        request, pk, "withdraw", ReasonForm, services.withdraw_proposal, _("The proposal is withdrawn.")
    )


@require_safe
def letter(request, pk: int):
    """The letter on a plaque taken back, as it was made; `pk` is the plaque's."""
    obj = get_visible(RevocationLetter.objects.exclude(pdf=""), request.user, plaque__pk=pk)
    return FileResponse(obj.pdf.open(), filename=f"{obj.number}.pdf", content_type="application/pdf")


def _proposal(request, pk: int) -> RevocationProposal:
    return get_object_or_404(proposals_for_list(request.user), pk=pk)


def _page(request, obj: RevocationProposal, **bound):
    return render(request, "assessments/reviews/proposal.html", proposal_context(request.user, obj, bound))


def _take(request, pk: int, name: str, form, service, success: str):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    obj = _proposal(request, pk)
    filled = form(request.POST, auto_id=f"{name}_%s")
    if filled.is_valid():
        with tell(request, success=success, action=f"revocation.{name}", obj=obj.plaque) as outcome:
            service(actor=request.user, proposal=obj, **filled.cleaned_data)
        if outcome.done:
            return redirect("assessments:proposal", pk)
    return _page(request, _proposal(request, pk), **{name: filled})
