"""The days by which findings and tasks were due until another day took their place: a past day is asked about these."""

from django.db import models

from supervision.models.findings import Finding
from supervision.models.tasks import Task


class FindingDay(models.Model):
    """A day by which a finding was due, and until when it was that one."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="former_days")
    due_on = models.DateField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["until", "id"]
        indexes = [models.Index(fields=["finding", "until"], name="finding_day_until")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.due_on}"


class TaskDay(models.Model):
    """A day by which a task was due, and until when it was that one."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="former_days")
    due_on = models.DateField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["until", "id"]
        indexes = [models.Index(fields=["task", "until"], name="task_day_until")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.due_on}"
