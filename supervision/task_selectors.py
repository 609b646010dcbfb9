"""Tasks as lists, pages, the inbox and reminders read them, in a fixed number of queries."""

import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.names import in_language
from supervision.enums import TaskAction, TaskState
from supervision.models import Task, TaskLog, TaskReport
from supervision.task_phases import phases_of
from supervision.task_progress import progress_by_task


def tasks_for_list(user):
    """Tasks a person may see with what a row shows: `last_step`, `said` and `said_at` of the last report."""
    last = TaskLog.objects.filter(subject=OuterRef("pk")).order_by("-id").values("action")[:1]
    reports = TaskReport.objects.filter(task=OuterRef("pk")).order_by("-id")
    return (
        Task.objects.visible_to(user)
        .select_related("cycle__programme__owner", "unit", "parent__unit")
        .annotate(
            last_step=Subquery(last),
            said=Subquery(reports.values("text")[:1]),
            said_at=Subquery(reports.values("made_at")[:1]),
        )
    )


def with_words(rows) -> list[Task]:
    """Tasks with what is said of each: `name`, `phase_name`, `percent`, `found` (Progress), `late`, `due_words` and
    `state_words`; one query for all their parts."""
    tasks = list(rows)
    found = progress_by_task(tasks) if tasks else {}
    phases: dict[int, dict[str, str]] = {}
    for task in tasks:
        names = phases.setdefault(task.cycle_id, phases_of(task.cycle))
        task.name = in_language({"title": task.title, "title_en": task.title_en}, "title")
        task.phase_name = names.get(task.phase, "")
        task.found = found[task.pk]
        task.percent = task.found.percent
        task.late = days_late(task)
        task.due_words = due_words(task)
        task.state_words = state_words(task)
    return tasks


def days_late(task: Task) -> int:
    """For how many calendar days a task under way is overdue; 0 when it is not, or is reported."""
    return max((clock.today() - task.due_on).days, 0) if task.state == TaskState.OPEN else 0


def due_words(task: Task) -> str:
    """How far off the day is, of a task still under way."""
    if task.state != TaskState.OPEN:
        return ""
    left = (task.due_on - clock.today()).days
    if left < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -left) % {"n": -left}
    if left == 0:
        return _("today")
    return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}


def state_words(task: Task) -> str:
    """The state in one word, overdue and returned told apart from simply under way."""
    if task.state == TaskState.OPEN and days_late(task):
        return _("Overdue")
    if is_returned(task):
        return _("Returned")
    return task.get_state_display()


def is_returned(task: Task) -> bool:
    return task.state == TaskState.OPEN and getattr(task, "last_step", None) == TaskAction.RETURN


def overdue(tasks, day: datetime.date):
    return tasks.filter(state=TaskState.OPEN, due_on__lt=day)
