"""The yearly task list (任务清单), broken down unit by unit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from applications.models import Cycle
from sites.storage import paper_path
from supervision.enums import TaskState
from supervision.models.meetings import UnitQuerySet


class Task(models.Model):
    """One task of one unit. A task of the city is broken down into those of its counties (`parent`)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="tasks")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tasks", verbose_name=_("unit"))
    #: The code of the task in the programme file; empty for one the office or the unit added.
    code = models.CharField(max_length=40, blank=True)
    #: A code of the cycle's phases (plan, self-check, supervision, year-end), in the order of the scheme.
    phase = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("task"), max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    detail = models.TextField(_("what is asked"), blank=True)
    article = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(_("due"))
    #: Percent, as last reported.
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    #: The task of the year before it was taken over from.
    taken_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("task")
        indexes = [models.Index(fields=["cycle", "unit", "state"]), models.Index(fields=["state", "due_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_percent"),
            models.UniqueConstraint(
                fields=["cycle", "unit", "code"], condition=~Q(code=""), name="task_code_once_per_unit"
            ),
            models.UniqueConstraint(fields=["cycle", "taken_from"], name="task_taken_over_once"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskLog(TransitionLog):
    subject = models.ForeignKey(Task, models.PROTECT, related_name="log")


class TaskPartQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(task__in=Task.objects.visible_to(user))


class TaskReport(models.Model):
    """What a unit says of its progress."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="reports")
    text = models.TextField(_("what was done"))
    progress = models.PositiveSmallIntegerField(_("progress"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.task} {self.progress} %"


class TaskFile(models.Model):
    """Evidence of a report."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="files")
    report = models.ForeignKey(TaskReport, models.PROTECT, related_name="files")
    file = models.FileField(upload_to=paper_path)
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
