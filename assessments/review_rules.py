"""Who may take which step of a review or of a proposal to take a plaque back, now; if not, why not."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import Unit, UnitUserObjectPermission
from accounts.rules import has_role, why_not_role
from accounts.words import lazy_day, lazy_list
from applications.enums import CycleState
from applications.models import Cycle
from assessments.enums import (
    PROPOSAL_TRANSITIONS,
    REVIEW_TRANSITIONS,
    ProposalAction,
    ProposalState,
    ReviewAction,
    ReviewState,
)
from assessments.models import Review, RevocationProposal
from assessments.reviewing.days import review_days
from assessments.reviewing.drawing import OVER, REVIEWED_STATES
from assessments.reviewing.fields import missing_fields
from sites.enums import Awarder, PlaqueAction
from sites.models import Plaque
from sites.rules import why_not_plaque_action

_R, _D = ReviewState, ReviewAction
#: Steps of a review the county's staff take; all others but the visit are the leadership office's.
_OF_THE_COUNTY = (_D.REPORT, _D.REPORT_RECTIFIED)
_DECIDED_BY_LEADER = (ProposalAction.APPROVE, ProposalAction.REJECT, ProposalAction.PASS_ON)
#: What is written with these is kept and read by those it concerns.
_NEED_WORDS = (_D.RETURN, _D.RECTIFY, _D.FAIL, _D.DROP, _D.REPORT_RECTIFIED)


def review_article(cycle: Cycle) -> str:
    """Where the cycle's scheme speaks of the review."""
    return cycle.articles.get(cycle.review.get("article", "review"), "")


def follows(user, area: Unit) -> bool:
    """Whether the person is of a supervision group that looks after the area."""
    if not has_role(user, Role.SUPERVISOR):
        return False
    grants = UnitUserObjectPermission.objects.on(clock.today())
    return grants.filter(user=user, permission__codename="follow_unit", content_object=area).exists()


def may_lead_reviews(user, cycle: Cycle) -> bool:
    return has_role(user, Role.OFFICE, cycle.programme.owner)


# --- the list ---------------------------------------------------------------------------------------------


def why_not_draw(user, cycle: Cycle) -> Reason | None:
    """Why the list of a cycle's review cannot be drawn now (user None: the scheduled work)."""
    refusal = why_not_role(user, (Role.OFFICE,), cycle.programme.owner)
    if refusal:
        return refusal
    if not cycle.review.get("levels"):
        return Reason(text=_("The scheme of this year has no review."))
    if cycle.state != CycleState.OPEN:
        return Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle})
    starts_on, _last = review_days(cycle)
    if starts_on and clock.today() < starts_on:
        return Reason(
            text=_("The review begins on %(day)s.") % {"day": lazy_day(starts_on)},
            article=review_article(cycle),
            earliest=starts_on,
        )
    return None


def why_proposed(plaque: Plaque) -> Reason | None:
    """Why a plaque may not be replaced now: the decision on it would find none to take back."""
    if open_proposal(plaque) is None:
        return None
    return Reason(text=_("A proposal to take a plaque back is waiting for its decision."))


def why_under_review(site) -> Reason | None:
    """Why a site may not be moved or merged now: its review or a proposal to take its plaque back is under way."""
    review = Review.objects.filter(site=site).exclude(state__in=OVER).select_related("cycle").first()
    if review is not None:
        return Reason(text=_("The annual review of %(year)s is under way.") % {"year": review.cycle.year})
    waiting = (ProposalState.PROPOSED, ProposalState.PASSED_ON)
    if RevocationProposal.objects.filter(plaque__site=site, state__in=waiting).exists():
        return Reason(text=_("A proposal to take a plaque back is waiting for its decision."))
    return None


# --- the review of one site -------------------------------------------------------------------------------


def why_not_review_action(user, review: Review, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of a review now, or None."""
    refusal = _why_not_person(user, review, action) or _why_not_now(review, action)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    if refusal is None and action == _D.REPORT:
        refusal = _why_not_complete(review)
    return refusal


def may_take_review(user, review: Review, action: str) -> bool:
    """Whether a page offers this step to this person; words or fields may still be missing."""
    known = (review.state, action) in REVIEW_TRANSITIONS
    return known and (_why_not_person(user, review, action) or _why_not_now(review, action)) is None


def why_not_edit_review(user, review: Review) -> Reason | None:
    """The form is the county staff's, until it is handed in."""
    refusal = why_not_role(user, (Role.UNIT_STAFF,), review.area)
    if refusal is None and review.state != _R.OPEN:
        refusal = Reason(
            text=_("The report was handed in and can no longer be changed."),
            remedy=_("The leadership office can return it."),
        )
    return refusal


def is_late(review: Review) -> bool:
    """Whether the county's day is over and its report is not in."""
    over = review.report_by is not None and clock.today() > review.report_by
    return review.state == _R.OPEN and over


def seen_again(review: Review) -> bool:
    """Whether the second look has been recorded since the rectification was reported."""
    last = review.log.order_by("-id").values_list("action", flat=True).first()
    return last == _D.VISIT


def _why_not_person(user, review: Review, action: str) -> Reason | None:
    if action in _OF_THE_COUNTY:
        return why_not_role(user, (Role.UNIT_STAFF,), review.area)
    owner = review.cycle.programme.owner
    if action == _D.VISIT and user is not None and not has_role(user, Role.OFFICE, owner):
        if follows(user, review.area):
            return None
        return Reason(
            text=_("Only the supervision group of %(area)s or the leadership office may do this.")
            % {"area": review.area}
        )
    return why_not_role(user, (Role.OFFICE,), owner)


def _why_not_now(review: Review, action: str) -> Reason | None:
    """What must be over or done before: the county's day, the day of the rectification, the second look."""
    if review.state == _R.OPEN and action in (_D.VISIT, _D.FAIL) and not is_late(review):
        return Reason(
            text=_("The county may report until %(day)s.") % {"day": lazy_day(review.report_by)}
            if review.report_by
            else _("The county has not reported yet."),
            earliest=review.report_by,
        )
    if review.state == _R.RECTIFYING and action == _D.FAIL and clock.today() <= review.rectify_by:
        return Reason(
            text=_("The county has until %(day)s to put it right.") % {"day": lazy_day(review.rectify_by)}
        )
    if review.state == _R.RECTIFIED and action in (_D.PASS, _D.FAIL) and not seen_again(review):
        return Reason(
            text=_("The second look is missing: what was put right has not been seen yet."),
            remedy=_("The supervision group or the office records it."),
        )
    return None


def _why_not_complete(review: Review) -> Reason | None:
    missing = missing_fields(review)
    if not missing:
        return None
    return Reason(
        text=_("Still empty: %(fields)s.") % {"fields": lazy_list(missing)},
        remedy=_("Fill these fields and save, then hand in."),
    )


def follows_from_review(review: Review):
    """A guard for what a review's result does to the plaques on its list: whoever may decide it, may do that too."""

    def why_not(user, plaque, action, reason) -> Reason | None:
        on_list = review.plaques.filter(plaque=plaque).exists()
        if on_list and action in (PlaqueAction.RECTIFY, PlaqueAction.RESTORE):
            return None
        return why_not_plaque_action(user, plaque, action, reason)

    return why_not


# --- proposals to take a plaque back ----------------------------------------------------------------------


def why_not_propose(user, plaque: Plaque) -> Reason | None:
    """Why it cannot be proposed to take this plaque back."""
    refusal = why_not_role(user, (Role.OFFICE,), plaque.level.programme.owner)
    if refusal is None and plaque.state not in REVIEWED_STATES:
        refusal = Reason(text=_("This plaque is not held any more, or not yet."))
    if refusal is None and open_proposal(plaque):
        refusal = Reason(text=_("A proposal to take this plaque back is waiting already."))
    return refusal


def open_proposal(plaque: Plaque) -> RevocationProposal | None:
    return plaque.proposals.filter(state__in=(ProposalState.PROPOSED, ProposalState.PASSED_ON)).first()


def why_not_proposal_action(user, proposal: RevocationProposal, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of a proposal now, or None. Deciding is a leader's."""
    roles = (Role.LEADER,) if action in _DECIDED_BY_LEADER else (Role.OFFICE,)
    refusal = why_not_role(user, roles, proposal.plaque.level.programme.owner)
    above = proposal.plaque.level.awarded_by == Awarder.ABOVE
    if refusal is None and action == ProposalAction.APPROVE and above:
        refusal = Reason(text=_("This plaque is the department above's: the proposal is passed on to it."))
    if refusal is None and action == ProposalAction.PASS_ON and not above:
        refusal = Reason(text=_("This plaque was not given by the department above."))
    if refusal is None and action in (ProposalAction.APPROVE, ProposalAction.PASS_ON):
        refusal = _why_not_held(proposal.plaque)
    if refusal is None and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def may_take_proposal(user, proposal: RevocationProposal, action: str) -> bool:
    known = (proposal.state, action) in PROPOSAL_TRANSITIONS
    return known and why_not_proposal_action(user, proposal, action, reason="-") is None


def may_decide(user, proposal: RevocationProposal) -> bool:
    """Whether the decision waits for this person."""
    waits = proposal.state == ProposalState.PROPOSED
    return waits and has_role(user, Role.LEADER, proposal.plaque.level.programme.owner)


def follows_from_proposal(proposal: RevocationProposal):
    """A guard for what a leader's decision, or the answer from above, does to the plaque it speaks of."""
    steps = {
        ProposalState.APPROVED: (PlaqueAction.REVOKE,),
        ProposalState.PASSED_ON: (PlaqueAction.SUSPEND,),
        ProposalState.REJECTED: (PlaqueAction.RESTORE, PlaqueAction.RESUME),
        ProposalState.WITHDRAWN: (PlaqueAction.RESTORE,),
    }

    def why_not(user, plaque, action, reason) -> Reason | None:
        if plaque.pk == proposal.plaque_id and action in steps.get(proposal.state, ()):
            return None
        return why_not_plaque_action(user, plaque, action, reason)

    return why_not


def _why_not_held(plaque: Plaque) -> Reason | None:
    if plaque.state in REVIEWED_STATES:
        return None
    return Reason(
        text=_("The plaque has ended in the meantime."),
        remedy=_("The leadership office withdraws the proposal."),
    )
