from supervision.models.days import FindingDay, TaskDay
from supervision.models.findings import (
    Coordination,
    CoordinationLog,
    DueExtension,
    DueExtensionLog,
    Escalation,
    EscalationLog,
    Finding,
    FindingFile,
    FindingLog,
    FindingReport,
    OfficeProposal,
    OfficeProposalLog,
    Recheck,
    ReminderLetter,
    Talk,
)
from supervision.models.groups import GroupArea, Membership, SupervisionGroup
from supervision.models.inspections import Inspection, InspectionLog, InspectionPhoto
from supervision.models.meetings import Meeting, MeetingFile, MeetingLog, MeetingSpeaker
from supervision.models.plans import PlannedVisit, PlannedVisitLog
from supervision.models.tasks import Task, TaskFile, TaskLog, TaskReport

__all__ = [
    "Coordination",
    "CoordinationLog",
    "DueExtension",
    "DueExtensionLog",
    "Escalation",
    "EscalationLog",
    "Finding",
    "FindingDay",
    "FindingFile",
    "FindingLog",
    "FindingReport",
    "GroupArea",
    "Inspection",
    "InspectionLog",
    "InspectionPhoto",
    "Meeting",
    "MeetingFile",
    "MeetingLog",
    "MeetingSpeaker",
    "Membership",
    "OfficeProposal",
    "OfficeProposalLog",
    "PlannedVisit",
    "PlannedVisitLog",
    "Recheck",
    "ReminderLetter",
    "SupervisionGroup",
    "Talk",
    "Task",
    "TaskDay",
    "TaskFile",
    "TaskLog",
    "TaskReport",
]
