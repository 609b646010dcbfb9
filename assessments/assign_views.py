"""The automatic assignment, looked at before it is done, and conflicts of interest the office learns of."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.selectors import users_with_role
from accounts.web import get_visible, tell
from applications.models import Cycle
from assessments import services
from assessments.assignment import fingerprint, plan_assignments
from assessments.enums import AssessmentState
from assessments.forms import ConflictForm
from assessments.rules import may_lead_assessment, may_lead_cycle
from assessments.selectors import assessments_for_list, to_assign


def automatic(request, pk: int):
    """The automatic assignment of one assessment."""
    assessment = get_object_or_404(assessments_for_list(request.user), pk=pk)
    if not may_lead_assessment(request.user, assessment):
        raise Http404
    if assessment.state != AssessmentState.SCORING:
        return redirect("assessments:detail", pk)
    return _assign(request, assessment.application.cycle, [assessment], ("assessments:detail", pk))


def automatic_cycle(request, pk: int):
    """The automatic assignment of all open assessments of a year that lack assessors."""
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    if not may_lead_cycle(request.user, cycle):
        raise Http404
    return _assign(request, cycle, list(to_assign(request.user, cycle)), ("assessments:list",))


@require_POST
def conflict(request, pk: int):
    """The office notes that somebody has a conflict of interest with a site."""
    assessment = get_object_or_404(assessments_for_list(request.user), pk=pk)
    if not may_lead_assessment(request.user, assessment):
        raise Http404
    people = users_with_role(Role.ASSESSOR, assessment.application.cycle.programme.owner)
    form = ConflictForm(request.POST, assessors=people)
    with tell(
        request,
        success=_("The conflict of interest is noted."),
        action="assessor.recuse",
        obj=assessment,
    ):
        if not form.is_valid():
            raise DomainError(_("Name the assessor and the reason."))
        services.note_conflict(actor=request.user, assessment=assessment, **form.cleaned_data)
    return redirect("assessments:detail", pk)


def _assign(request, cycle: Cycle, assessments: list, back: tuple):
    """Show who would be assigned and why; carried out only as it was looked at."""
    if request.method == "POST":
        with tell(request, success=None, action="assessor.assign", obj=cycle) as outcome:
            done = services.assign_automatically(
                actor=request.user,
                cycle=cycle,
                assessments=assessments,
                seen=request.POST.get("seen", ""),
            )
        if outcome.done:
            count = sum(len(plan.chosen) for plan in done)
            words = ngettext("%(n)s sheet assigned.", "%(n)s sheets assigned.", count) % {"n": count}
            messages.success(request, words)
            return redirect(*back)
    plans = plan_assignments(cycle, assessments)
    context = {
        "cycle": cycle,
        "plans": plans,
        "seen": fingerprint(plans),
        "count": sum(len(plan.chosen) for plan in plans),
        "missing": sum(plan.missing for plan in plans),
        "one": assessments[0] if back[0] == "assessments:detail" else None,
    }
    return render(request, "assessments/assignment.html", context)
