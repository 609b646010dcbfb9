from assessments.services.acceptance import close_assessment, open_assessment
from assessments.services.assigning import (
    assign_assessor,
    assign_automatically,
    declare_conflict,
    note_conflict,
    unassign_assessor,
)
from assessments.services.decisions import Decision, award, decline, deliberate, deliberate_together
from assessments.services.dossiers import order_dossier
from assessments.services.objections import find_outcome, object_publicly, wipe_objectors
from assessments.services.publication import decide_objection, publish_notice, record_objection
from assessments.services.recommending import (
    Answer,
    Place,
    recommend,
    record_answer,
    record_answers,
    send_up,
)
from assessments.services.reviews import (
    demand_review_rectification,
    draw_reviews,
    drop_review,
    fail_review,
    pass_review,
    record_review_visit,
    report_rectification,
    report_review,
    return_review,
    save_review,
)
from assessments.services.revocations import (
    decide_proposal,
    propose_revocation,
    record_proposal_answer,
    withdraw_proposal,
)
from assessments.services.sheets import (
    add_evidence,
    hand_in_sheet,
    record_discussion,
    remove_evidence,
    return_sheet,
    save_sheet,
)
from assessments.services.staircase import transition

__all__ = [
    "Answer",
    "Decision",
    "Place",
    "add_evidence",
    "assign_assessor",
    "assign_automatically",
    "award",
    "close_assessment",
    "decide_objection",
    "decide_proposal",
    "declare_conflict",
    "decline",
    "deliberate",
    "deliberate_together",
    "demand_review_rectification",
    "draw_reviews",
    "drop_review",
    "fail_review",
    "find_outcome",
    "hand_in_sheet",
    "note_conflict",
    "object_publicly",
    "open_assessment",
    "order_dossier",
    "pass_review",
    "propose_revocation",
    "publish_notice",
    "recommend",
    "record_answer",
    "record_answers",
    "record_discussion",
    "record_objection",
    "record_proposal_answer",
    "record_review_visit",
    "remove_evidence",
    "report_rectification",
    "report_review",
    "return_review",
    "return_sheet",
    "save_review",
    "save_sheet",
    "send_up",
    "transition",
    "unassign_assessor",
    "wipe_objectors",
    "withdraw_proposal",
]
