from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """Ways beside the inbox, which always has everything."""

    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    SMS = "sms", _("Text message")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    #: The last byte is on its way; the answer of the other side is still to come.
    HANDED = "handed", _("Handed over")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    #: Handed over, but the worker ended before the answer: perhaps arrived, never sent again by itself.
    UNCONFIRMED = "unconfirmed", _("Handed over, no answer")


class DeliveryAction(models.TextChoices):
    CLAIM = "claim", _("Take for sending")
    GIVE_BACK = "give_back", _("Try again later")
    RELEASE = "release", _("Left by a stopped process")
    HAND = "hand", _("Hand over")
    CONFIRM = "confirm", _("Confirm")
    FAIL = "fail", _("Give up")
    LOSE = "lose", _("Without an answer")
    AGAIN = "again", _("Send again")


DELIVERY_TRANSITIONS = {
    (DeliveryState.WAITING, DeliveryAction.CLAIM): DeliveryState.SENDING,
    (DeliveryState.SENDING, DeliveryAction.GIVE_BACK): DeliveryState.WAITING,
    # The other side said that it did not take it.
    (DeliveryState.HANDED, DeliveryAction.GIVE_BACK): DeliveryState.WAITING,
    (DeliveryState.SENDING, DeliveryAction.RELEASE): DeliveryState.WAITING,
    (DeliveryState.SENDING, DeliveryAction.HAND): DeliveryState.HANDED,
    (DeliveryState.HANDED, DeliveryAction.CONFIRM): DeliveryState.SENT,
    # Its worker was only slow, and taken for dead.
    (DeliveryState.UNCONFIRMED, DeliveryAction.CONFIRM): DeliveryState.SENT,
    (DeliveryState.SENDING, DeliveryAction.FAIL): DeliveryState.FAILED,
    (DeliveryState.HANDED, DeliveryAction.FAIL): DeliveryState.FAILED,
    (DeliveryState.HANDED, DeliveryAction.LOSE): DeliveryState.UNCONFIRMED,
    # By a person only.
    (DeliveryState.FAILED, DeliveryAction.AGAIN): DeliveryState.WAITING,
    (DeliveryState.UNCONFIRMED, DeliveryAction.AGAIN): DeliveryState.WAITING,
}


class DutyKind(models.TextChoices):
    """What somebody is reminded of; the stages of each kind are data of the cycle."""

    APPLICATION = "application", _("Application due")
    CORRECTION = "correction", _("Correction of an application")
    SCORE_SHEET = "score_sheet", _("Score sheet due")
    ACCEPTANCE = "acceptance", _("Acceptance due")
    NOTICE_END = "notice_end", _("End of a public notice")
    REVIEW = "review", _("Annual review")
    RECTIFICATION = "rectification", _("Rectification due")
    EVALUATION = "evaluation", _("Quarterly evaluation")
    VISIT = "visit", _("Planned visit")
    FINDING = "finding", _("Finding to be put right")
    RECHECK = "recheck", _("Second look")
    COORDINATION = "coordination", _("Answer asked for")
    TASK = "task", _("Task due")
    MEETING = "meeting", _("Meeting owed")
    MILESTONE = "milestone", _("Date of the scheme")
    CALENDAR = "calendar", _("Working calendar")
    APPROVAL = "approval", _("Approval about to end")


class ReminderState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    #: What was owed had been done before it went out.
    DROPPED = "dropped", _("No longer needed")


class ReminderAction(models.TextChoices):
    SEND = "send", _("Put into a digest")
    ARRIVE = "arrive", _("Note as delivered")
    READ = "read", _("Note as read")
    DROP = "drop", _("Take off")
    RENEW = "renew", _("Plan again")


REMINDER_TRANSITIONS = {
    (ReminderState.PLANNED, ReminderAction.SEND): ReminderState.SENT,
    (ReminderState.SENT, ReminderAction.ARRIVE): ReminderState.DELIVERED,
    # Read in the inbox, whatever became of it on the other channels.
    (ReminderState.SENT, ReminderAction.READ): ReminderState.READ,
    (ReminderState.DELIVERED, ReminderAction.READ): ReminderState.READ,
    (ReminderState.PLANNED, ReminderAction.DROP): ReminderState.DROPPED,
    # Owed again at the same stage: what had been done was undone.
    (ReminderState.DROPPED, ReminderAction.RENEW): ReminderState.PLANNED,
}


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not successful")
    CANCELLED = "cancelled", _("Cancelled")


class JobAction(models.TextChoices):
    START = "start", _("Start")
    RESUME = "resume", _("Start again")
    FINISH = "finish", _("Finish")
    FAIL = "fail", _("Fail")
    CANCEL = "cancel", _("Cancel")


JOB_TRANSITIONS = {
    (JobState.WAITING, JobAction.START): JobState.RUNNING,
    (JobState.RUNNING, JobAction.RESUME): JobState.WAITING,
    (JobState.RUNNING, JobAction.FINISH): JobState.DONE,
    (JobState.RUNNING, JobAction.FAIL): JobState.FAILED,
    (JobState.RUNNING, JobAction.CANCEL): JobState.CANCELLED,
    (JobState.WAITING, JobAction.CANCEL): JobState.CANCELLED,
}
#: Nothing more happens to a job in one of these.
JOB_OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
