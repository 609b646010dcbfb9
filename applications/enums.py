from django.db import models
from django.utils.translation import gettext_lazy as _


class CycleState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class CycleAction(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSE = "close", _("Close")


CYCLE_TRANSITIONS = {
    (CycleState.PREPARED, CycleAction.OPEN): CycleState.OPEN,
    (CycleState.OPEN, CycleAction.CLOSE): CycleState.CLOSED,
}


class Step(models.TextChoices):
    """What stands between an accepted application and the plaque; each level names its own, in order."""

    ACCEPTANCE = "acceptance", _("Acceptance assessment")
    DELIBERATION = "deliberation", _("Deliberation")
    RECOMMENDATION = "recommendation", _("Ranked recommendation")
    ANSWER = "answer", _("Answer of the department above")
    NOTICE = "notice", _("Public notice")


class MilestoneKind(models.TextChoices):
    APPLICATIONS_DUE = "applications_due", _("Applications due")
    PROMOTION_MEETING = "promotion_meeting", _("Promotion meeting")
    MIDYEAR_CHECK = "midyear_check", _("Mid-year check")
    REVIEW = "review", _("Annual review")
    ACCEPTANCE_DUE = "acceptance_due", _("Acceptance due")
    OTHER = "other", _("Other")


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    AWARDED = "awarded", _("Plaque awarded")
    DECLINED = "declined", _("Not awarded")


#: The application form may be changed.
EDITABLE_STATES = (ApplicationState.DRAFT, ApplicationState.RETURNED)
#: The application is still on its way.
OPEN_STATES = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.ACCEPTED,
)


class ApplicationAction(models.TextChoices):
    SUBMIT = "submit", _("Submit")
    RETURN = "return", _("Return for correction")
    ACCEPT = "accept", _("Accept")
    REFUSE = "refuse", _("Refuse")
    WITHDRAW = "withdraw", _("Withdraw")
    AWARD = "award", _("Award")
    DECLINE = "decline", _("Do not award")


APPLICATION_TRANSITIONS = {
    (ApplicationState.DRAFT, ApplicationAction.SUBMIT): ApplicationState.SUBMITTED,
    (ApplicationState.RETURNED, ApplicationAction.SUBMIT): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, ApplicationAction.RETURN): ApplicationState.RETURNED,
    (ApplicationState.SUBMITTED, ApplicationAction.ACCEPT): ApplicationState.ACCEPTED,
    (ApplicationState.SUBMITTED, ApplicationAction.REFUSE): ApplicationState.REFUSED,
    (ApplicationState.DRAFT, ApplicationAction.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.RETURNED, ApplicationAction.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.SUBMITTED, ApplicationAction.WITHDRAW): ApplicationState.WITHDRAWN,
    (ApplicationState.ACCEPTED, ApplicationAction.AWARD): ApplicationState.AWARDED,
    (ApplicationState.ACCEPTED, ApplicationAction.DECLINE): ApplicationState.DECLINED,
}


#: What the county does with its own application: no decision on what it says.
OWN_ACTS = (ApplicationAction.SUBMIT, ApplicationAction.WITHDRAW)


class AttachmentKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    PROOF = "proof", _("Proof")
    STAMPED = "stamped", _("Stamped form (scan)")


class PageVerdict(models.TextChoices):
    """What became of one scanned page."""

    FILED = "filed", _("Filed")
    OLDER = "older", _("Page of an older version")
    OTHER = "other", _("Page of another application")
    NOT_YOURS = "not_yours", _("Page of an application that is not yours")
    UNKNOWN = "unknown", _("Code of no form known here")
    UNREADABLE = "unreadable", _("No code could be read")


class SealState(models.TextChoices):
    VALID = "valid", _("Valid")
    REVOKED = "revoked", _("Revoked")


class SealAction(models.TextChoices):
    REVOKE = "revoke", _("Revoke")


SEAL_TRANSITIONS = {(SealState.VALID, SealAction.REVOKE): SealState.REVOKED}


class Answer(models.TextChoices):
    """Whether a site may apply."""

    YES = "yes", _("may apply")
    LATER = "later", _("not now, from a known day on")
    NO = "no", _("not by time alone")


class Hindrance(models.TextChoices):
    """What may stand between a site and an application, in a word."""

    CYCLE = "cycle", _("cycle not open")
    SITE = "site", _("site closed or merged")
    AREA = "area", _("county or park no longer takes part")
    NOT_OFFERED = "not_offered", _("not offered")
    UNDER_WAY = "under_way", _("application under way")
    HELD = "held", _("plaque already held")
    BELOW_MISSING = "below_missing", _("no plaque of the level below")
    BELOW_SUSPENDED = "below_suspended", _("plaque below suspended")
    BELOW_RECTIFYING = "below_rectifying", _("plaque below in rectification")
    BELOW_TOO_SHORT = "below_too_short", _("plaque below not held long enough")
    TOO_LATE = "too_late", _("last day for filing is over")
    QUOTA = "quota", _("no place left")
