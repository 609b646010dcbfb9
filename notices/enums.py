from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


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
