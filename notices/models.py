import uuid
from functools import reduce
from operator import or_
from pathlib import PurePosixPath

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.scope import units_with_role
from notices.enums import Channel, DeliveryState, DutyKind, JobState, ReminderState
from notices.reminding.words import stage_words


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


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those to people of the units for which somebody is the leadership office or administers the system."""
        roles = (Role.OFFICE, Role.SYSTEM_ADMIN)
        units = units_with_role(user, roles) if user.is_authenticated else []
        within = [Q(message__recipient__unit__path__startswith=unit.path) for unit in units]
        return self.filter(reduce(or_, within)) if within else self.none()


class Delivery(models.Model):
    """One message on its way over one channel beside the inbox.

    Taken by one worker (compare-and-set, `taken_at` is real time); `handed` is written right before the last byte goes
    out, so that after a worker was killed nobody sends again what may have arrived.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Not before this moment: quiet hours, and the back-off after a failed attempt.
    next_try_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    #: What the other side said when it was refused.
    error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        indexes = [models.Index(fields=["state", "next_try_at"])]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.channel} · {self.state}"


class ChannelAddress(models.Model):
    """Where a person wants messages besides the inbox; the e-mail address is that of the account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="channel_addresses")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(_("address"), max_length=500, blank=True)
    #: What signs calls to a robot that asks for it.
    secret = models.CharField(max_length=200, blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="channel_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.channel}"


class Digest(models.Model):
    """What one person was reminded of on one day, in one message."""

    recipient = models.ForeignKey(User, models.CASCADE, related_name="digests")
    day = models.DateField()
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="digest")

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.day}"


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own; what others were reminded of is the office's to read through its own page."""
        return self.filter(recipient=user) if user.is_authenticated else self.none()


class Reminder(models.Model):
    """The ledger of reminders: one row per duty, stage and recipient, so that none goes out twice."""

    #: What is owed, e.g. "file:12:431200:2017-05-31"; a day that moves makes another duty.
    duty = models.CharField(max_length=120)
    #: Working days before the day; 0 on the day; -1, -2 … so many weeks overdue.
    stage = models.SmallIntegerField()
    recipient = models.ForeignKey(User, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=20, choices=DutyKind)
    #: What is said, and why to this person, in his or her language at the time.
    subject = models.CharField(_("subject"), max_length=200)
    why = models.TextField(_("why you"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(_("due"))
    #: The day from which on it is to go out.
    planned_for = models.DateField()
    state = models.CharField(max_length=10, choices=ReminderState, default=ReminderState.PLANNED)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="reminders")
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("reminder")
        indexes = [
            models.Index(fields=["state", "recipient"]),
            models.Index(fields=["recipient", "due_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["duty", "stage", "recipient"], name="reminder_once"),
            models.CheckConstraint(condition=Q(state__in=ReminderState.values), name="reminder_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.stage}"

    @property
    def stage_label(self) -> str:
        return stage_words(self.stage)


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those one deputises for, and for the leadership office those of its people."""
        if not user.is_authenticated:
            return self.none()
        within = Q(user=user) | Q(deputy=user)
        for unit in units_with_role(user, (Role.OFFICE,)):
            within |= Q(user__unit__path__startswith=unit.path)
        return self.filter(within)

    def on(self, day):
        """Absences that hold on a day; the last day is part of it."""
        return self.filter(from_day__lte=day, to_day__gte=day, ended_at=None)


class Absence(models.Model):
    """A person is away; the deputy gets the reminders meanwhile. No reason is asked for."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("deputy"))
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("until"))
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-from_day", "-id"]
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_day__gte=models.F("from_day")), name="absence_days_ordered"
            ),
            models.CheckConstraint(condition=~Q(deputy=models.F("user")), name="absence_deputy_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.from_day}–{self.to_day}"


class CalendarFeed(models.Model):
    """The secret address of a person's iCalendar feed; only its SHA-256 is kept, so it is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="one_open_feed_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at:%Y-%m-%d}"


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
