import uuid
from pathlib import PurePosixPath

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notices.enums import Channel, DeliveryState, JobState


def job_path(instance, filename: str) -> str:
    """Where a job's files are kept: a random name, so that no name typed by a person reaches the disk."""
    return f"jobs/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()[:10]}"


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)


class Message(models.Model):
    """One entry in one person's inbox."""

    recipient = models.ForeignKey(User, models.CASCADE, related_name="inbox")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    #: A path inside this site, without host.
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["recipient", "read_at"])]
        verbose_name = _("message")

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """One message on its way over one channel beside the inbox."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.channel} · {self.state}"


class Reminder(models.Model):
    """The ledger that keeps a reminder from being sent twice: one row per step and recipient."""

    #: What the reminder is about and which stage, e.g. "milestone:12:2017-05-31:10".
    step = models.CharField(max_length=120)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, models.SET_NULL, null=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "recipient"], name="reminder_once")]

    def __str__(self) -> str:
        return self.step


class CalendarDay(models.Model):
    """A day that differs from its weekday's rule: a day off in the week or a make-up Saturday (调休)."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("reason"), max_length=100, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Heartbeat(models.Model):
    """The last sign of life of a worker; one row."""

    token = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.token} {self.at}"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(owner=user) if user.is_authenticated else self.none()


class Job(models.Model):
    """Long work done by a worker for one person, with its progress. Safe to run again: a killed worker loses time,
    not data."""

    owner = models.ForeignKey(User, models.PROTECT, related_name="jobs")
    #: The Celery task that does it; it takes the job's id.
    task = models.CharField(max_length=100)
    #: What is done, in the owner's language.
    title = models.CharField(_("work"), max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    #: What the task needs to know, by ids; and what came out.
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    #: Where the result is looked at: a path inside this site.
    url = models.CharField(max_length=300, blank=True)
    upload = models.FileField(upload_to=job_path, blank=True)
    upload_name = models.CharField(max_length=200, blank=True)
    output = models.FileField(upload_to=job_path, blank=True)
    output_name = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: A refusal in words, when it failed.
    error = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("time"))
    #: Last sign of life of the worker that has it, in real time even where a demonstration plays on another day.
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("work in the background")
        indexes = [models.Index(fields=["state", "alive_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
        ]

    def __str__(self) -> str:
        return self.title
