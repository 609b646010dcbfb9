"""The one place of this app that assigns states: every kind of object walks its own table by the same steps."""

from accounts.models import TransitionLog
from accounts.staircase import Staircase
from assessments.enums import (
    ASSESSMENT_TRANSITIONS,
    INDICATOR_SET_TRANSITIONS,
    PROPOSAL_TRANSITIONS,
    REVIEW_TRANSITIONS,
)
from assessments.evaluation_enums import EVALUATION_TRANSITIONS, TALK_TRANSITIONS, UNIT_EVALUATION_TRANSITIONS
from assessments.evaluation_rules import (
    owner_of,
    why_not_evaluation_action,
    why_not_talk_action,
    why_not_unit_action,
)
from assessments.indicator_rules import why_not_publish
from assessments.models import (
    Assessment,
    AssessmentLog,
    Evaluation,
    EvaluationLog,
    IndicatorSet,
    IndicatorSetLog,
    ProposalLog,
    Review,
    ReviewLog,
    RevocationProposal,
    TalkProposal,
    TalkProposalLog,
    UnitEvaluation,
    UnitEvaluationLog,
)
from assessments.review_measure import cell_of
from assessments.review_rules import why_not_proposal_action, why_not_review_action
from assessments.rules import why_not_action
from sites.services.tallies import count
from sites.tallies import Change

_STAIRCASES = {
    Assessment: Staircase(
        ASSESSMENT_TRANSITIONS, why_not_action, AssessmentLog, lambda obj: obj.application.area
    ),
    IndicatorSet: Staircase(
        INDICATOR_SET_TRANSITIONS, why_not_publish, IndicatorSetLog, lambda obj: obj.programme.owner
    ),
    Review: Staircase(REVIEW_TRANSITIONS, why_not_review_action, ReviewLog, lambda obj: obj.area),
    RevocationProposal: Staircase(
        PROPOSAL_TRANSITIONS, why_not_proposal_action, ProposalLog, lambda obj: obj.plaque.site.area
    ),
    Evaluation: Staircase(
        EVALUATION_TRANSITIONS, why_not_evaluation_action, EvaluationLog, lambda obj: owner_of(obj.cycle)
    ),
    UnitEvaluation: Staircase(
        UNIT_EVALUATION_TRANSITIONS, why_not_unit_action, UnitEvaluationLog, lambda obj: obj.unit
    ),
    TalkProposal: Staircase(TALK_TRANSITIONS, why_not_talk_action, TalkProposalLog, lambda obj: obj.unit),
}


def transition(
    *, obj, action: str, actor, reason: str = "", content_hash: str = "", **changes
) -> TransitionLog:
    """Move an object of this app along its table. `content_hash` is the hash of what is decided on; of an assessment
    it is that of the form last printed. `changes` are fields written with the state. Returns the log row.

    Raises DomainError when the table has no such move or the guard gives a reason.
    """
    stairs = _STAIRCASES[type(obj)]
    row = stairs.climb(
        obj, action, actor, reason, content_hash=content_hash or _form_hash(obj), changes=changes
    )
    if isinstance(obj, Review) and row.from_state != row.to_state:
        count([Change(cell_of(obj, row.from_state), -1), Change(cell_of(obj, row.to_state), 1)])
    return row


def _form_hash(obj) -> str:
    if not isinstance(obj, Assessment):
        return ""
    last = obj.application.versions.order_by("-number").first()
    return last.content_hash if last else ""
