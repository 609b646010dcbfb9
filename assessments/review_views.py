"""The annual review on the web: the list and its drawing, one site's form and page, the steps."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import READING_ROLES
from accounts.forms import ReasonForm
from accounts.lists import PER_PAGE, Listing, respond, short_list
from accounts.names import in_language
from accounts.scope import units_with_role
from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from applications.models import Cycle
from assessments import services
from assessments.enums import ReviewAction
from assessments.models import Review, ReviewVisit
from assessments.review_forms import RESULTS, RectificationForm, ResultForm, ReviewForm, VisitForm
from assessments.review_lists import ORDERINGS, ReviewFilter, ReviewResource
from assessments.review_rules import may_lead_reviews, review_article, why_not_draw, why_not_edit_review
from assessments.reviewing.days import latest_award, report_day, review_days
from assessments.reviewing.drawing import undrawn_plaques
from assessments.reviewing.page import review_context, why_not_yet
from assessments.reviewing.selectors import reviews_for_list, with_next_step
from assessments.reviewing.todo import cycles_with_review

#: What a result on the form is done by.
_RESULT_SERVICES = {
    ReviewAction.PASS: services.pass_review,
    ReviewAction.RECTIFY: services.demand_review_rectification,
    ReviewAction.FAIL: services.fail_review,
}


def review_list(request):
    def context(listed: Listing) -> dict:
        cycles = cycles_with_review(request.user)
        led = [cycle for cycle in cycles if may_lead_reviews(request.user, cycle)]
        # The official table is for those who read by a role of their own; a group's members have the list.
        tabled = cycles if units_with_role(request.user, READING_ROLES) else []
        return {"rows": with_next_step(listed.page), "cycles": tabled, "to_draw": led[:1]}

    return respond(
        request,
        reviews_for_list(request.user),
        template="assessments/reviews/list.html",
        filterset=ReviewFilter,
        orderings=ORDERINGS,
        resource=ReviewResource,
        title=_("Annual review"),
        action="review.export",
        context=context,
    )


def draw(request, pk: int):
    """What the rule would put on a cycle's list now, and the button that does it; for the leadership office."""
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    if not cycle.review or not may_lead_reviews(request.user, cycle):
        raise Http404
    if request.method == "POST":
        with tell(request, success="", action="review.draw", obj=cycle) as outcome:
            added = services.draw_reviews(actor=request.user, cycle=cycle)
        if outcome.done:
            messages.success(request, _("%(n)s plaques were put on the list.") % {"n": added})
            return redirect("assessments:reviews")
    plaques = undrawn_plaques(cycle).select_related("site__category", "site__area", "level")
    context = {
        "cycle": cycle,
        "plaques": short_list(
            request, plaques.order_by("site__area_id", "site_id", "level__rank"), "page", PER_PAGE
        ),
        "drawn": Review.objects.filter(cycle=cycle).count(),
        "latest": latest_award(cycle),
        "days": review_days(cycle),
        "report_by": report_day(cycle),
        "article": review_article(cycle),
        "why_not": why_not_draw(request.user, cycle),
    }
    return render(request, "assessments/reviews/draw.html", context)


def review(request, pk: int):
    return _page(request, _review(request, pk))


def form(request, pk: int):
    """The county's form: filled in beforehand, saved as often as wished, handed in once it is complete."""
    obj = _review(request, pk)
    if why_not_edit_review(request.user, obj) is not None:
        return redirect("assessments:review", pk)
    filled = ReviewForm(request.POST or None, review=obj)
    if request.method == "POST" and filled.is_valid():
        success = _("Saved.") if "hand_in" not in request.POST else ""
        with tell(request, success=success, action="review.save", obj=obj) as outcome:
            services.save_review(
                actor=request.user, review=obj, revision=filled.cleaned_data["revision"], data=filled.values()
            )
        if outcome.done:
            return _hand_in(request, obj) if "hand_in" in request.POST else redirect(request.path)
    texts = obj.cycle.review.get("form", {})
    context = {
        "review": obj,
        "form": filled,
        "sections": filled.by_section(),
        "title": in_language(texts, "title") if texts else _("Annual review"),
        "help": in_language(texts, "help") if texts.get("help") else "",
    }
    return render(request, "assessments/reviews/form.html", context)


def _hand_in(request, obj: Review):
    with tell(request, success=_("The report is handed in."), action="review.report", obj=obj) as outcome:
        services.report_review(actor=request.user, review=obj)
    return redirect("assessments:review" if outcome.done else "assessments:review_form", obj.pk)


@require_POST
def give_back(request, pk: int):
    return _take(request, pk, "return", ReasonForm, services.return_review, _("The report is returned."))


@require_POST
def visit(request, pk: int):
    def record(*, actor, review, **visit):
        visit["file"] = chosen_file(request, "file")
        services.record_review_visit(actor=actor, review=review, **visit)

    return _take(request, pk, "visit", VisitForm, record, _("The visit is recorded."))


@require_POST
def result(request, pk: int):
    obj = _review(request, pk)
    filled = ResultForm(request.POST, actions=RESULTS.get(obj.state, []), auto_id="result_%s")

    def decide(*, actor, review, result, findings, rectify_by=None):
        day = {"rectify_by": rectify_by} if result == ReviewAction.RECTIFY else {}
        _RESULT_SERVICES[result](actor=actor, review=review, findings=findings, **day)

    return _take(request, pk, "result", filled, decide, _("The result is recorded."))


@require_POST
def rectification(request, pk: int):
    return _take(
        request,
        pk,
        "rectification",
        RectificationForm,
        services.report_rectification,
        _("The rectification is reported."),
    )


@require_POST
def drop(request, pk: int):
    return _take(request, pk, "drop", ReasonForm, services.drop_review, _("The site is off the list."))


def visit_file(request, pk: int):
    """The photo or paper of a visit."""
    obj = get_visible(ReviewVisit, request.user, pk=pk)
    if not obj.file:
        raise Http404
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.file_name)


def _review(request, pk: int) -> Review:
    return get_object_or_404(reviews_for_list(request.user), pk=pk)


def _page(request, obj: Review, **bound):
    context = review_context(request.user, obj, bound)
    return render(
        request, "assessments/reviews/detail.html", context | {"why_not": why_not_yet(request.user, obj)}
    )


def _take(request, pk: int, name: str, filled, service, success: str):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    obj = _review(request, pk)
    if isinstance(filled, type):
        filled = filled(request.POST, request.FILES, auto_id=f"{name}_%s")
    if filled.is_valid():
        with tell(request, success=success, action=f"review.{name}", obj=obj) as outcome:
            service(actor=request.user, review=obj, **filled.cleaned_data)
        if outcome.done:
            return redirect("assessments:review", pk)
    # Read again: somebody else may have moved it in between.
    return _page(request, _review(request, pk), **{name: filled})
