from publicity.models.cases import CasePhoto, ExemplaryCase, ExemplaryCaseLog
from publicity.models.certificates import Certificate
from publicity.models.coverage import (
    CountedCoverage,
    Coverage,
    CoverageLog,
    LinkCheck,
    PlannedCoverage,
    PlannedCoverageLog,
)
from publicity.models.stories import Story, StoryLog, StoryPhoto

__all__ = [
    "CasePhoto",
    "Certificate",
    "CountedCoverage",
    "Coverage",
    "CoverageLog",
    "ExemplaryCase",
    "ExemplaryCaseLog",
    "LinkCheck",
    "PlannedCoverage",
    "PlannedCoverageLog",
    "Story",
    "StoryLog",
    "StoryPhoto",
]
