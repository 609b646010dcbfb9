"""The one place of this app that assigns states: every kind of object walks its own table by the same steps."""

from accounts.models import TransitionLog, Unit
from accounts.staircase import Staircase
from supervision import enums, models
from supervision.finding_rules import (
    why_not_coordination_action,
    why_not_escalation_action,
    why_not_extension_action,
    why_not_finding_action,
    why_not_office_proposal_action,
)
from supervision.inspection_rules import why_not_inspection_action
from supervision.meeting_rules import why_not_meeting_action
from supervision.plan_rules import why_not_visit_action
from supervision.services.days import keep_former_day
from supervision.task_rules import why_not_task_action


def _of_itself(obj) -> Unit:
    return obj.unit


def _of_its_finding(obj) -> Unit:
    return obj.finding.unit


_STAIRCASES = {
    models.PlannedVisit: Staircase(
        enums.VISIT_TRANSITIONS, why_not_visit_action, models.PlannedVisitLog, _of_itself
    ),
    models.Inspection: Staircase(
        enums.INSPECTION_TRANSITIONS, why_not_inspection_action, models.InspectionLog, _of_itself
    ),
    models.Finding: Staircase(
        enums.FINDING_TRANSITIONS, why_not_finding_action, models.FindingLog, _of_itself
    ),
    models.DueExtension: Staircase(
        enums.REQUEST_TRANSITIONS, why_not_extension_action, models.DueExtensionLog, _of_its_finding
    ),
    models.Coordination: Staircase(
        enums.COORDINATION_TRANSITIONS, why_not_coordination_action, models.CoordinationLog, _of_its_finding
    ),
    models.Escalation: Staircase(
        enums.ESCALATION_TRANSITIONS, why_not_escalation_action, models.EscalationLog, _of_its_finding
    ),
    models.OfficeProposal: Staircase(
        enums.OFFICE_PROPOSAL_TRANSITIONS,
        why_not_office_proposal_action,
        models.OfficeProposalLog,
        _of_its_finding,
    ),
    models.Meeting: Staircase(
        enums.MEETING_TRANSITIONS, why_not_meeting_action, models.MeetingLog, _of_itself
    ),
    models.Task: Staircase(enums.TASK_TRANSITIONS, why_not_task_action, models.TaskLog, _of_itself),
}


def transition(
    *, obj, action: str, actor, reason: str = "", content_hash: str = "", **changes
) -> TransitionLog:
    """Move an object of this app along its table; `changes` are fields written with the state, inside the caller's
    transaction. The day by which it was due is kept where it changes. Returns the log row.

    Raises DomainError when the table has no such move or the guard gives a reason.
    """
    stairs = _STAIRCASES[type(obj)]
    due_before = obj.due_on if "due_on" in changes else None
    row = stairs.climb(obj, action, actor, reason, content_hash=content_hash, changes=changes)
    if due_before is not None:
        keep_former_day(obj, due_before, row.at)
    return row
