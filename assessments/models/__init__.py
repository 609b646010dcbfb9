from assessments.models.acceptance import (
    Assessment,
    AssessmentLog,
    Discussion,
    Evidence,
    Recusal,
    Score,
    ScoreSheet,
    SheetReturn,
)
from assessments.models.decisions import Deliberation, Objection, PublicNotice, Recommendation
from assessments.models.indicators import Indicator, IndicatorSet, IndicatorSetLog
from assessments.models.reviews import (
    ProposalLog,
    RevocationLetter,
    RevocationProposal,
    Review,
    ReviewedPlaque,
    ReviewLog,
    ReviewVisit,
)

__all__ = [
    "Assessment",
    "AssessmentLog",
    "Deliberation",
    "Discussion",
    "Evidence",
    "Indicator",
    "IndicatorSet",
    "IndicatorSetLog",
    "Objection",
    "ProposalLog",
    "PublicNotice",
    "Recommendation",
    "Recusal",
    "RevocationLetter",
    "RevocationProposal",
    "Review",
    "ReviewLog",
    "ReviewVisit",
    "ReviewedPlaque",
    "Score",
    "ScoreSheet",
    "SheetReturn",
]
