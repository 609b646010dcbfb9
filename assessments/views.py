from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond, short_list
from accounts.scope import units_with_role
from accounts.services import record
from accounts.tables import table_response
from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from applications.models import Application, Cycle
from applications.selectors import present_cycle
from assessments import review_tables, services
from assessments.due import acceptance_day, days_late
from assessments.filters import AssessmentFilter
from assessments.forms import (
    AnswerForm,
    AssignForm,
    AwardForm,
    CloseForm,
    DeliberationForm,
    DiscussionForm,
    NoticeForm,
    ObjectionDecisionForm,
    ObjectionForm,
)
from assessments.models import Assessment, Objection
from assessments.page import detail_context
from assessments.resources import AssessmentResource
from assessments.rules import may_lead_cycle, may_read_decisions
from assessments.selectors import (
    acceptance_standing,
    assessments_for_list,
    free_assessors,
    own_sheets,
    recommended_levels,
    to_open,
    with_next,
)
from sites.selectors import programmes_read_by

ORDERINGS = {
    "site": ("application__site__initials", "application__site__name"),
    "area": ("application__area_id",),
    "level": ("application__level__rank",),
    "state": ("state",),
    "score": ("score",),
}


def assessment_list(request):
    def context(listed: Listing) -> dict:
        return {
            "rows": with_next(listed.page),
            "own_sheets": short_list(request, own_sheets(request.user), "sheets"),
            "to_open": short_list(request, to_open(request.user), "to_open"),
            "decides_objections": bool(units_with_role(request.user, (Role.OFFICE,))),
            **_of_present_cycle(request.user),
        }

    return respond(
        request,
        assessments_for_list(request.user),
        template="assessments/list.html",
        filterset=AssessmentFilter,
        orderings=ORDERINGS,
        resource=AssessmentResource,
        title=_("Assessment"),
        action="assessment.export",
        context=context,
    )


def start(request, pk: int):
    """Open the assessment of an accepted application."""
    application = get_visible(Application, request.user, pk=pk)
    if request.method == "POST":
        with tell(
            request, success=_("The assessment is open."), action="assessment.open", obj=application
        ) as outcome:
            assessment = services.open_assessment(actor=request.user, application=application)
        if outcome.done:
            return redirect("assessments:detail", assessment.pk)
    return redirect("applications:detail", pk)


def detail(request, pk: int):
    return _page(request, _assessment(request, pk))


def assign(request, pk: int):
    assessment = _assessment(request, pk)
    form = AssignForm(request.POST, assessors=free_assessors(assessment), auto_id="assign_%s")
    return _take(
        request, assessment, "assign", form, services.assign_assessor, _("Assigned."), "assessor.assign"
    )


def discuss(request, pk: int):
    return _take(
        request,
        _assessment(request, pk),
        "discussion",
        DiscussionForm(request.POST, auto_id="discussion_%s"),
        services.record_discussion,
        _("The discussion is recorded."),
        "assessment.discuss",
    )


def close(request, pk: int):
    assessment = _assessment(request, pk)
    late = days_late(assessment, acceptance_day(assessment)) > 0
    return _take(
        request,
        assessment,
        "close",
        CloseForm(request.POST, auto_id="close_%s") if late else None,
        services.close_assessment,
        _("The assessment is closed."),
        "assessment.close",
    )


def deliberate(request, pk: int):
    def deliberated(**decision):
        decision["minutes"] = chosen_file(request, "minutes")
        services.deliberate(**decision)

    return _take(
        request,
        _assessment(request, pk),
        "deliberation",
        DeliberationForm(request.POST, request.FILES),
        deliberated,
        _("The deliberation is recorded."),
        "assessment.approve",
    )


def answer(request, pk: int):
    assessment = _assessment(request, pk)

    def record_answer(*, actor, assessment, **answer):
        recommendation = getattr(assessment, "recommendation", None)
        if recommendation is None:
            raise Http404
        services.record_answer(actor=actor, recommendation=recommendation, **answer)

    form = AnswerForm(request.POST, numbered_above=not assessment.application.level.plaque_number)
    return _take(
        request,
        assessment,
        "answer",
        form,
        record_answer,
        _("The answer is recorded."),
        "assessment.confirm",
    )


def notice(request, pk: int):
    return _take(
        request,
        _assessment(request, pk),
        "notice",
        NoticeForm(request.POST),
        services.publish_notice,
        _("The notice is published."),
        "assessment.publish",
    )


def objection(request, pk: int):
    def record_objection(*, actor, assessment, **objection):
        if getattr(assessment, "notice", None) is None:
            raise Http404
        services.record_objection(actor=actor, notice=assessment.notice, **objection)

    return _take(
        request,
        _assessment(request, pk),
        "objection",
        ObjectionForm(request.POST, auto_id="objection_%s"),
        record_objection,
        _("The objection is recorded."),
        "objection.record",
    )


def objection_decide(request, pk: int):
    obj = get_object_or_404(
        Objection, pk=pk, notice__assessment__in=Assessment.objects.visible_to(request.user)
    )

    def decide(*, actor, assessment, **decision):
        services.decide_objection(actor=actor, objection=obj, **decision)

    return _take(
        request,
        _assessment(request, obj.notice.assessment_id),
        f"objection_{pk}",
        ObjectionDecisionForm(request.POST, auto_id=f"objection_{pk}_%s"),
        decide,
        _("The outcome is recorded."),
        "objection.decide",
    )


def decline(request, pk: int):
    return _take(
        request,
        _assessment(request, pk),
        "decline",
        ReasonForm(request.POST, auto_id="decline_%s"),
        services.decline,
        _("The assessment is ended without a plaque."),
        "assessment.decline",
    )


def award(request, pk: int):
    return _take(
        request,
        _assessment(request, pk),
        "award",
        AwardForm(request.POST, auto_id="award_%s"),
        services.award,
        _("The plaque is awarded."),
        "assessment.award",
    )


def review_table(request, pk: int):
    """The annual review of a cycle as an official table to be filled in by hand."""
    cycle = get_visible(Cycle, request.user, pk=pk)
    if not cycle.review or cycle.programme not in programmes_read_by(request.user):
        raise Http404
    record(action="assessment.review_table", actor=request.user, obj=cycle)
    return table_response(review_tables.review_table(request.user, cycle))


def _of_present_cycle(user) -> dict:
    """What those who decide on the present year find beside its list: where the acceptance stands, the meeting, the
    ranked list."""
    cycle = present_cycle(user)
    if cycle is None or not may_read_decisions(user, cycle):
        return {}
    return {
        "cycle": cycle,
        "standing": acceptance_standing(cycle),
        "may_rank": bool(recommended_levels(cycle)),
        "leads": may_lead_cycle(user, cycle),
    }


def _assessment(request, pk: int) -> Assessment:
    return get_object_or_404(assessments_for_list(request.user), pk=pk)


def _page(request, assessment: Assessment, **bound):
    return render(request, "assessments/detail.html", detail_context(request.user, assessment, bound))


def _take(request, assessment: Assessment, name: str, form, service, success, action: str):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    if request.method != "POST":
        return redirect("assessments:detail", assessment.pk)
    if form is None or form.is_valid():
        values = form.cleaned_data if form else {}
        with tell(request, success=success, action=action, obj=assessment) as outcome:
            service(actor=request.user, assessment=assessment, **values)
        if outcome.done:
            return redirect("assessments:detail", assessment.pk)
    # Read again: somebody else may have moved it in between.
    return _page(request, _assessment(request, assessment.pk), **{name: form})
