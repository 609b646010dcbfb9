"""The days by which findings and tasks were due until another day took their place: a past day is asked about these."""

from django.db import models

from supervision.models.findings import Finding
from supervision.models.tasks import Task


class FormerDay(models.Model):
    """A day by which something was due, and until when it was that one."""

    due_on = models.DateField()
    until = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["until", "id"]


class FindingDay(FormerDay):
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="former_days")

    class Meta(FormerDay.Meta):
        indexes = [models.Index(fields=["finding", "until"], name="finding_day_until")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.due_on}"


class TaskDay(FormerDay):
    task = models.ForeignKey(Task, models.PROTECT, related_name="former_days")

    class Meta(FormerDay.Meta):
        indexes = [models.Index(fields=["task", "until"], name="task_day_until")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_on}"
