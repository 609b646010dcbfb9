"""Pages of the talks with the units a year's evaluation ends with: proposals, decisions, what was held."""

from dateutil.relativedelta import relativedelta
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.rules import has_role
from accounts.web import get_visible, tell
from applications.models import Cycle
from assessments.evaluation_enums import TalkAction
from assessments.evaluation_forms import TalkDecisionForm, TalkForm
from assessments.evaluation_rules import may_read_all, may_take_talk
from assessments.evaluation_selectors import talks_for_list, year_is_over
from assessments.evaluation_views import cycle_of, quarters_of
from assessments.models import TalkProposal
from assessments.services import evaluation_talks as talks


def talk_list(request, pk: int):
    """The proposals for talks of a year: decide, record."""
    return _talks_page(request, cycle_of(request, pk))


def talk_decide(request, pk: int):
    def decide_talk(proposal, values):
        talks.decide_talk(actor=request.user, proposal=proposal, **values)

    return _talk_step(
        request,
        pk,
        TalkDecisionForm,
        "decide",
        decide_talk,
        _("The decision is recorded."),
        "talkproposal.order",
    )


def talk_hold(request, pk: int):
    def hold(proposal, values):
        talks.record_talk(actor=request.user, proposal=proposal, **values)

    return _talk_step(request, pk, TalkForm, "hold", hold, _("The talk is recorded."), "talkproposal.hold")


def _talks_page(request, cycle: Cycle, **bound):
    proposals = list(talks_for_list(request.user, cycle))
    if not proposals and not may_read_all(request.user, cycle):
        raise Http404
    months = cycle.evaluation.get("year", {}).get("management_months", 0)
    for proposal in proposals:
        proposal.decide_form = proposal.hold_form = None
        if may_take_talk(request.user, proposal, TalkAction.ORDER):
            initial = {"managed_from": clock.today(), "managed_to": _months_on(months)} if months else {}
            name = f"decide_{proposal.pk}"
            proposal.decide_form = bound.get(name) or TalkDecisionForm(auto_id=f"{name}_%s", initial=initial)
        if may_take_talk(request.user, proposal, TalkAction.HOLD):
            name = f"hold_{proposal.pk}"
            proposal.hold_form = bound.get(name) or TalkForm(
                auto_id=f"{name}_%s", initial={"held_on": clock.today()}
            )
    context = {
        "cycle": cycle,
        "proposals": proposals,
        "over": year_is_over(cycle),
        "reads_all": may_read_all(request.user, cycle),
        "leads": has_role(request.user, Role.LEADER, cycle.programme.owner),
        "quarters": quarters_of(request.user, cycle.pk),
    }
    return render(request, "assessments/evaluations/talks.html", context)


def _months_on(months: int):
    """The day before the same day so many months on; a month without that day ends earlier."""
    return clock.today() + relativedelta(months=months, days=-1)


def _talk_step(request, pk: int, form_class, name: str, service, success: str, action: str):
    rows = TalkProposal.objects.select_related("cycle__programme__owner", "unit", "unit_class")
    proposal = get_visible(rows, request.user, pk=pk)
    if request.method != "POST":
        return redirect("assessments:evaluation_talks", proposal.cycle_id)
    key = f"{name}_{pk}"
    form = form_class(request.POST, auto_id=f"{key}_%s")
    if form.is_valid():
        with tell(request, success=success, action=action, obj=proposal) as outcome:
            service(proposal, form.cleaned_data)
        if outcome.done:
            return redirect(f"{reverse('assessments:evaluation_talks', args=[proposal.cycle_id])}#talk-{pk}")
    return _talks_page(request, proposal.cycle, **{key: form})
