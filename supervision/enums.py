from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitState(models.TextChoices):
    """A visit of the yearly plan."""

    PLANNED = "planned", _("Planned")
    DONE = "done", _("Carried out")
    CANCELLED = "cancelled", _("Off the plan")


class VisitAction(models.TextChoices):
    CARRY_OUT = "carry_out", _("Carry out")
    CANCEL = "cancel", _("Cancel")
    MOVE = "move", _("Move to other days")
    #: The inspection that stood for it was declared void.
    REOPEN = "reopen", _("Plan again")


VISIT_TRANSITIONS = {
    (VisitState.PLANNED, VisitAction.MOVE): VisitState.PLANNED,
    (VisitState.PLANNED, VisitAction.CARRY_OUT): VisitState.DONE,
    (VisitState.PLANNED, VisitAction.CANCEL): VisitState.CANCELLED,
    (VisitState.DONE, VisitAction.REOPEN): VisitState.PLANNED,
}


class InspectionState(models.TextChoices):
    RECEIVING = "receiving", _("Photos still on their way")
    RECORDED = "recorded", _("Recorded")
    VOID = "void", _("Void")


class InspectionAction(models.TextChoices):
    COMPLETE = "complete", _("Take in whole")
    VOID = "void", _("Declare void")


INSPECTION_TRANSITIONS = {
    (InspectionState.RECEIVING, InspectionAction.COMPLETE): InspectionState.RECORDED,
    (InspectionState.RECEIVING, InspectionAction.VOID): InspectionState.VOID,
    (InspectionState.RECORDED, InspectionAction.VOID): InspectionState.VOID,
}


class FindingKind(models.TextChoices):
    DEFECT = "defect", _("Defect")
    DIFFICULTY = "difficulty", _("Difficulty")


class FindingState(models.TextChoices):
    OPEN = "open", _("Waiting to be put right")
    COORDINATING = "coordinating", _("With another office for help")
    REPORTED = "reported", _("Reported, waiting for the second look")
    CLOSED = "closed", _("Closed after the second look")
    DROPPED = "dropped", _("Taken back")


class FindingAction(models.TextChoices):
    REFER = "refer", _("Ask for help")
    ANSWER = "answer", _("Give the answer")
    REPORT = "report", _("Report as put right")
    CLOSE = "close", _("Close after the second look")
    REOPEN = "reopen", _("Reopen after the second look")
    DROP = "drop", _("Take back")


_F, _A = FindingState, FindingAction

FINDING_TRANSITIONS = {
    (_F.OPEN, _A.REFER): _F.COORDINATING,
    (_F.COORDINATING, _A.ANSWER): _F.OPEN,
    (_F.OPEN, _A.REPORT): _F.REPORTED,
    (_F.COORDINATING, _A.REPORT): _F.REPORTED,
    (_F.REPORTED, _A.CLOSE): _F.CLOSED,
    (_F.REPORTED, _A.REOPEN): _F.OPEN,
    (_F.CLOSED, _A.REOPEN): _F.OPEN,
    (_F.OPEN, _A.DROP): _F.DROPPED,
    (_F.COORDINATING, _A.DROP): _F.DROPPED,
    (_F.REPORTED, _A.DROP): _F.DROPPED,
}

#: The owner unit still has something to do; an overdue one climbs.
PENDING_FINDINGS = (_F.OPEN, _F.COORDINATING)


class EscalationState(models.TextChoices):
    """How far an overdue finding has climbed."""

    NONE = "none", _("Not yet reminded")
    REMINDED = "reminded", _("Reminded")
    LETTER = "letter", _("Reminder letter sent")
    TALKED = "talked", _("Talk held")
    PROPOSED = "proposed", _("Proposed to the office")


class EscalationAction(models.TextChoices):
    REMIND = "remind", _("Remind")
    LETTER = "letter", _("Send a reminder letter")
    TALK = "talk", _("Hold a talk")
    PROPOSE = "propose", _("Propose to the office")


#: One rung after the other; none is left out, and only the first is climbed without a person.
ESCALATION_TRANSITIONS = {
    (EscalationState.NONE, EscalationAction.REMIND): EscalationState.REMINDED,
    (EscalationState.REMINDED, EscalationAction.LETTER): EscalationState.LETTER,
    (EscalationState.LETTER, EscalationAction.TALK): EscalationState.TALKED,
    (EscalationState.TALKED, EscalationAction.PROPOSE): EscalationState.PROPOSED,
}


class RequestState(models.TextChoices):
    """A request for more time."""

    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class RequestAction(models.TextChoices):
    GRANT = "grant", _("Grant")
    REFUSE = "refuse", _("Refuse")


REQUEST_TRANSITIONS = {
    (RequestState.ASKED, RequestAction.GRANT): RequestState.GRANTED,
    (RequestState.ASKED, RequestAction.REFUSE): RequestState.REFUSED,
}


class CoordinationState(models.TextChoices):
    ASKED = "asked", _("Waiting for the answer")
    ANSWERED = "answered", _("Answered")
    SETTLED = "settled", _("Settled without an answer")


class CoordinationAction(models.TextChoices):
    ANSWER = "answer", _("Give the answer")
    #: The unit reported it as put right, or the finding was taken back, before an answer came.
    SETTLE = "settle", _("Settle")


COORDINATION_TRANSITIONS = {
    (CoordinationState.ASKED, CoordinationAction.ANSWER): CoordinationState.ANSWERED,
    (CoordinationState.ASKED, CoordinationAction.SETTLE): CoordinationState.SETTLED,
}


class OfficeProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for the office")
    TAKEN_UP = "taken_up", _("Taken up by the office")
    LAID_ASIDE = "laid_aside", _("Laid aside by the office")


class OfficeProposalAction(models.TextChoices):
    TAKE_UP = "take_up", _("Take up")
    LAY_ASIDE = "lay_aside", _("Lay aside")


OFFICE_PROPOSAL_TRANSITIONS = {
    (OfficeProposalState.PROPOSED, OfficeProposalAction.TAKE_UP): OfficeProposalState.TAKEN_UP,
    (OfficeProposalState.PROPOSED, OfficeProposalAction.LAY_ASIDE): OfficeProposalState.LAID_ASIDE,
}


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class MeetingAction(models.TextChoices):
    HOLD = "hold", _("Record as held")
    MOVE = "move", _("Put off")
    CANCEL = "cancel", _("Cancel")


MEETING_TRANSITIONS = {
    (MeetingState.PLANNED, MeetingAction.MOVE): MeetingState.PLANNED,
    (MeetingState.PLANNED, MeetingAction.HOLD): MeetingState.HELD,
    (MeetingState.PLANNED, MeetingAction.CANCEL): MeetingState.CANCELLED,
}


class TaskState(models.TextChoices):
    OPEN = "open", _("Under way")
    REPORTED = "reported", _("Reported as done")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class TaskAction(models.TextChoices):
    REPORT = "report", _("Report as done")
    CONFIRM = "confirm", _("Confirm")
    RETURN = "return", _("Return")
    MOVE = "move", _("Move to another day")
    CANCEL = "cancel", _("Cancel")


TASK_TRANSITIONS = {
    (TaskState.OPEN, TaskAction.MOVE): TaskState.OPEN,
    (TaskState.OPEN, TaskAction.REPORT): TaskState.REPORTED,
    (TaskState.REPORTED, TaskAction.CONFIRM): TaskState.DONE,
    (TaskState.REPORTED, TaskAction.RETURN): TaskState.OPEN,
    (TaskState.OPEN, TaskAction.CANCEL): TaskState.CANCELLED,
}
