from assessments.services.acceptance import (
    assign_assessor,
    close_assessment,
    hand_in_sheet,
    open_assessment,
    save_sheet,
    unassign_assessor,
)
from assessments.services.common import transition
from assessments.services.decisions import award, decline, deliberate, recommend, record_answer
from assessments.services.dossiers import order_dossier
from assessments.services.publication import decide_objection, publish_notice, record_objection

__all__ = [
    "assign_assessor",
    "award",
    "close_assessment",
    "decide_objection",
    "decline",
    "deliberate",
    "hand_in_sheet",
    "open_assessment",
    "order_dossier",
    "publish_notice",
    "recommend",
    "record_answer",
    "record_objection",
    "save_sheet",
    "transition",
    "unassign_assessor",
]
