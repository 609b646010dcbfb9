from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Step


class AssessmentState(models.TextChoices):
    SCORING = "scoring", _("Being assessed")
    PASSED = "passed", _("Passed, awaiting deliberation")
    APPROVED = "approved", _("Approved by deliberation")
    RECOMMENDED = "recommended", _("Recommended to the department above")
    CONFIRMED = "confirmed", _("Confirmed by the department above")
    NOTICED = "noticed", _("On public notice")
    AWARDED = "awarded", _("Plaque awarded")
    FAILED = "failed", _("Not passed")
    DECLINED = "declined", _("Declined")


class AssessmentAction(models.TextChoices):
    PASS = "pass", _("Close: passed")
    FAIL = "fail", _("Close: not passed")
    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    RECOMMEND = "recommend", _("Recommend")
    CONFIRM = "confirm", _("Record confirmation")
    PUBLISH = "publish", _("Publish notice")
    AWARD = "award", _("Award plaque")


_S, _A = AssessmentState, AssessmentAction

#: One table for every level; which of these steps a level has is data of its rule (`LevelRule.steps`).
ASSESSMENT_TRANSITIONS = {
    (_S.SCORING, _A.PASS): _S.PASSED,
    (_S.SCORING, _A.FAIL): _S.FAILED,
    (_S.PASSED, _A.APPROVE): _S.APPROVED,
    (_S.PASSED, _A.DECLINE): _S.DECLINED,
    (_S.APPROVED, _A.DECLINE): _S.DECLINED,
    (_S.APPROVED, _A.RECOMMEND): _S.RECOMMENDED,
    (_S.RECOMMENDED, _A.CONFIRM): _S.CONFIRMED,
    (_S.RECOMMENDED, _A.DECLINE): _S.DECLINED,
    (_S.CONFIRMED, _A.DECLINE): _S.DECLINED,
    (_S.PASSED, _A.PUBLISH): _S.NOTICED,
    (_S.APPROVED, _A.PUBLISH): _S.NOTICED,
    (_S.CONFIRMED, _A.PUBLISH): _S.NOTICED,
    (_S.NOTICED, _A.DECLINE): _S.DECLINED,
    (_S.PASSED, _A.AWARD): _S.AWARDED,
    (_S.APPROVED, _A.AWARD): _S.AWARDED,
    (_S.CONFIRMED, _A.AWARD): _S.AWARDED,
    (_S.NOTICED, _A.AWARD): _S.AWARDED,
}

#: The steps of a level's rule that lie behind a state.
STEPS_DONE = {
    _S.SCORING: (),
    _S.PASSED: (Step.ACCEPTANCE,),
    _S.APPROVED: (Step.ACCEPTANCE, Step.DELIBERATION),
    _S.RECOMMENDED: (Step.ACCEPTANCE, Step.DELIBERATION, Step.RECOMMENDATION),
    _S.CONFIRMED: (Step.ACCEPTANCE, Step.DELIBERATION, Step.RECOMMENDATION, Step.ANSWER),
}

#: The step of a level's rule that an action carries out.
STEP_OF_ACTION = {
    _A.PASS: Step.ACCEPTANCE,
    _A.FAIL: Step.ACCEPTANCE,
    _A.APPROVE: Step.DELIBERATION,
    _A.RECOMMEND: Step.RECOMMENDATION,
    _A.CONFIRM: Step.ANSWER,
    _A.PUBLISH: Step.NOTICE,
}


class ObjectionOutcome(models.TextChoices):
    OPEN = "open", _("Being looked into")
    DISMISSED = "dismissed", _("Not upheld")
    UPHELD = "upheld", _("Upheld")


class ObjectionChannel(models.TextChoices):
    OFFICE = "office", _("Received by the office")
    PUBLIC = "public", _("From the public page")


class IndicatorSetState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class IndicatorSetAction(models.TextChoices):
    PUBLISH = "publish", _("Publish")


INDICATOR_SET_TRANSITIONS = {
    (IndicatorSetState.DRAFT, IndicatorSetAction.PUBLISH): IndicatorSetState.PUBLISHED,
}


class IndicatorKind(models.TextChoices):
    HEADING = "heading", _("Section")
    SCORED = "scored", _("Points")
    YES_NO = "yes_no", _("Yes or no")
    BONUS = "bonus", _("Bonus points")
    VETO = "veto", _("Veto")


class Method(models.TextChoices):
    """How an indicator is judged."""

    PAPERS = "papers", _("Papers")
    VISIT = "visit", _("Visit")
    DATA = "data", _("Data")


class SheetPart(models.TextChoices):
    """The parts of a score sheet; each is saved by itself."""

    DESK = "desk", _("Papers and data")
    FIELD = "field", _("Visit")


class Aggregate(models.TextChoices):
    MEAN = "mean", _("Mean of the totals")
    MEDIAN = "median", _("Median of the totals")


class ReviewState(models.TextChoices):
    """Where the annual review of one site stands."""

    OPEN = "open", _("Waiting for the county's report")
    REPORTED = "reported", _("Reported, waiting for the visit")
    VISITED = "visited", _("Visited, waiting for the result")
    RECTIFYING = "rectifying", _("To be rectified")
    RECTIFIED = "rectified", _("Rectification reported, waiting for the second look")
    PASSED = "passed", _("Review passed")
    FAILED = "failed", _("Review not passed")
    DROPPED = "dropped", _("Taken off the list")


class ReviewAction(models.TextChoices):
    REPORT = "report", _("Hand in the report")
    RETURN = "return", _("Return for correction")
    VISIT = "visit", _("Record the visit")
    PASS = "pass", _("Up to standard")
    RECTIFY = "rectify", _("Rectify by a date")
    FAIL = "fail", _("Not up to standard")
    REPORT_RECTIFIED = "report_rectified", _("Report the rectification")
    DROP = "drop", _("Drop from the list")


_R, _D = ReviewState, ReviewAction

REVIEW_TRANSITIONS = {
    (_R.OPEN, _D.REPORT): _R.REPORTED,
    (_R.REPORTED, _D.RETURN): _R.OPEN,
    (_R.REPORTED, _D.VISIT): _R.VISITED,
    # No report by the due day: the group goes all the same.
    (_R.OPEN, _D.VISIT): _R.VISITED,
    # Or the office fails the site for it.
    (_R.OPEN, _D.FAIL): _R.FAILED,
    (_R.VISITED, _D.PASS): _R.PASSED,
    (_R.VISITED, _D.RECTIFY): _R.RECTIFYING,
    (_R.VISITED, _D.FAIL): _R.FAILED,
    (_R.RECTIFYING, _D.REPORT_RECTIFIED): _R.RECTIFIED,
    # The day is over and nothing was reported.
    (_R.RECTIFYING, _D.FAIL): _R.FAILED,
    # The second look: without one there is no result.
    (_R.RECTIFIED, _D.VISIT): _R.RECTIFIED,
    (_R.RECTIFIED, _D.PASS): _R.PASSED,
    (_R.RECTIFIED, _D.FAIL): _R.FAILED,
    **{
        (state, _D.DROP): _R.DROPPED
        for state in (_R.OPEN, _R.REPORTED, _R.VISITED, _R.RECTIFYING, _R.RECTIFIED)
    },
}


class ReviewOpinion(models.TextChoices):
    """What a visiting group proposes."""

    PASS = "pass", _("Up to standard")
    RECTIFY = "rectify", _("Rectify by a date")
    FAIL = "fail", _("Not up to standard")


class ProposalState(models.TextChoices):
    """A proposal to take a plaque back."""

    PROPOSED = "proposed", _("Proposed, waiting for the decision")
    PASSED_ON = "passed_on", _("Passed on to the department above")
    APPROVED = "approved", _("Decided: plaque taken back")
    REJECTED = "rejected", _("Decided: plaque stays")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposalAction(models.TextChoices):
    APPROVE = "approve", _("Take the plaque back")
    REJECT = "reject", _("Leave the plaque")
    PASS_ON = "pass_on", _("Pass on to the department above")
    TAKE_ANSWER = "take_answer", _("The department above takes the plaque back")
    LEAVE_ANSWER = "leave_answer", _("The department above leaves the plaque")
    WITHDRAW = "withdraw", _("Withdraw the proposal")


PROPOSAL_TRANSITIONS = {
    (ProposalState.PROPOSED, ProposalAction.APPROVE): ProposalState.APPROVED,
    (ProposalState.PROPOSED, ProposalAction.REJECT): ProposalState.REJECTED,
    (ProposalState.PROPOSED, ProposalAction.WITHDRAW): ProposalState.WITHDRAWN,
    # Plaques of the department above are not the city's to take back: it proposes, and records the answer.
    (ProposalState.PROPOSED, ProposalAction.PASS_ON): ProposalState.PASSED_ON,
    (ProposalState.PASSED_ON, ProposalAction.TAKE_ANSWER): ProposalState.APPROVED,
    (ProposalState.PASSED_ON, ProposalAction.LEAVE_ANSWER): ProposalState.REJECTED,
}
