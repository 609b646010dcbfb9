"""What the pages of a review and of a proposal show to one person, with the forms he or she may use."""

from accounts import clock
from accounts.forms import ReasonForm
from accounts.selectors import log_rows
from assessments.enums import ProposalAction, ReviewAction
from assessments.models import Review, RevocationProposal
from assessments.review_forms import (
    RESULTS,
    DecisionForm,
    ProposalAnswerForm,
    RectificationForm,
    ResultForm,
    VisitForm,
)
from assessments.review_rules import (
    is_late,
    may_decide,
    may_lead_reviews,
    may_take_proposal,
    may_take_review,
    review_article,
    why_not_edit_review,
    why_not_review_action,
)
from assessments.reviewing.days import usual_rectification_day
from assessments.reviewing.fields import filled_sections, missing_fields, share_known
from assessments.reviewing.progress import next_in_proposal, next_in_review, review_stairs
from assessments.reviewing.selectors import last_days, proposals_for_list
from sites.models import Plaque

_D, _P = ReviewAction, ProposalAction


def review_context(user, review: Review, bound: dict) -> dict:
    """Everything the page needs; `bound` are forms that came back with errors, by name."""
    log = log_rows(review)
    proposals = list(proposals_for_list(user).filter(review=review).order_by("id"))
    due = last_days([review.cycle_id]).get(review.cycle_id)
    may_edit = why_not_edit_review(user, review) is None
    known, fields = share_known(review)
    return {
        "review": review,
        "log": log,
        "article": review_article(review.cycle),
        "late": is_late(review),
        "due": due,
        "next": next_in_review(review, due),
        "stairs": review_stairs(review, log, proposals),
        "plaques": [row.plaque for row in review.listed],
        "other_plaques": _other_plaques(user, review),
        "sections": filled_sections(review),
        "known": known,
        "fields": fields,
        "missing": missing_fields(review) if may_edit else [],
        "visits": list(review.visits.select_related("recorded_by")),
        "proposals": proposals,
        "may_edit": may_edit,
        "forms": _review_forms(user, review, bound),
    }


def _other_plaques(user, review: Review) -> list[Plaque]:
    """Plaques of the site that the rule does not name this year; the form names them all the same."""
    listed = [row.plaque_id for row in review.listed]
    held = Plaque.objects.visible_to(user).held().filter(site=review.site_id)
    return list(held.exclude(pk__in=listed).select_related("level"))


def _review_forms(user, review: Review, bound: dict) -> dict:
    """The forms of the steps this person may take now, by name."""
    today, offered = clock.today(), {}
    if may_take_review(user, review, _D.VISIT):
        offered["visit"] = VisitForm(
            initial={"visited_on": today, "group": user.unit or ""}, auto_id="visit_%s"
        )
    results = [action for action in RESULTS.get(review.state, []) if may_take_review(user, review, action)]
    if results:
        day = usual_rectification_day(review.cycle)
        only = results[0] if len(results) == 1 else None
        offered["result"] = ResultForm(
            actions=results, initial={"rectify_by": day, "result": only}, auto_id="result_%s"
        )
    if may_take_review(user, review, _D.REPORT_RECTIFIED):
        offered["rectification"] = RectificationForm(auto_id="rectification_%s")
    if may_take_review(user, review, _D.RETURN):
        offered["return"] = ReasonForm(auto_id="return_%s")
    if may_take_review(user, review, _D.DROP):
        offered["drop"] = ReasonForm(auto_id="drop_%s")
    return {name: bound.get(name, form) for name, form in offered.items()}


def why_not_yet(user, review: Review):
    """Why the office cannot decide the result now, where the state alone would allow it."""
    if not may_lead_reviews(user, review.cycle) or review.state not in RESULTS:
        return None
    refusals = [why_not_review_action(user, review, action, "-") for action in RESULTS[review.state]]
    return refusals[0] if all(refusals) else None


def proposal_context(user, proposal: RevocationProposal, bound: dict) -> dict:
    """Everything the page of a proposal needs; `bound` as above."""
    offered = {}
    if may_decide(user, proposal):
        offered["decision"] = DecisionForm(auto_id="decision_%s")
    if may_take_proposal(user, proposal, _P.TAKE_ANSWER):
        offered["answer"] = ProposalAnswerForm(initial={"answered_on": clock.today()}, auto_id="answer_%s")
    if may_take_proposal(user, proposal, _P.WITHDRAW):
        offered["withdraw"] = ReasonForm(auto_id="withdraw_%s")
    return {
        "proposal": proposal,
        "plaque": proposal.plaque,
        "site": proposal.plaque.site,
        "log": log_rows(proposal),
        "next": next_in_proposal(proposal),
        "forms": {name: bound.get(name, form) for name, form in offered.items()},
    }
