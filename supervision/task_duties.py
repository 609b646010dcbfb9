"""What is owed in tasks: in the inbox of units and of whoever confirms, and as a source of reminders."""

import datetime
from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.scope import units_with_role
from accounts.words import lazy_day
from applications.enums import CycleState
from applications.reminding import cycles_reminded_of, make_duty
from notices.duties import Duty, Owed
from notices.enums import DutyKind
from notices.todo import Todo
from supervision.enums import TaskState
from supervision.meeting_duties import staff_of
from supervision.models import Task, TaskLog
from supervision.task_selectors import is_returned

#: Tasks due later than this many days ahead do not wait in the inbox yet; the ledger has them.
NEAR = datetime.timedelta(days=30)
#: More tasks to confirm than these are one line that opens their list.
_SINGLY = 5


def waiting_for(user) -> list[Todo]:
    """Own tasks that are near, overdue or returned, and reported ones to confirm; one query, none without the role."""
    units = {unit.pk: unit for unit in units_with_role(user, (Role.UNIT_STAFF, Role.OFFICE))}
    if not units:
        return []
    office = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    last = TaskLog.objects.filter(subject=OuterRef("pk")).order_by("-id").values("action")[:1]
    own = Q(state=TaskState.OPEN, unit__in=units, due_on__lte=clock.today() + NEAR)
    given = Q(parent__unit__in=units) | Q(cycle__programme__owner__in=office) & _of_the_office()
    rows = Task.objects.filter(own | Q(given, state=TaskState.REPORTED), cycle__state=CycleState.OPEN)
    tasks = list(
        rows.annotate(last_step=Subquery(last))
        .select_related("cycle__programme", "unit")
        .order_by("due_on", "id")
    )
    to_confirm = [task for task in tasks if task.state == TaskState.REPORTED]
    return [_own(task) for task in tasks if task.state == TaskState.OPEN] + _to_confirm(to_confirm)


def _of_the_office() -> Q:
    """Tasks the leadership office gave, not a county to its townships."""
    return Q(parent=None) | Q(parent__unit=F("cycle__programme__owner"))


def _own(task: Task) -> Todo:
    words = _("Task returned: %(task)s") if is_returned(task) else _("Task: %(task)s")
    return Todo(
        text=words % {"task": task.title},
        url=reverse("supervision:task", args=[task.pk]),
        due=task.due_on,
        detail=f"{task.unit} · {task.cycle}",
    )


def _to_confirm(tasks: list[Task]) -> list[Todo]:
    if len(tasks) > _SINGLY:
        words = ngettext(
            "%(n)s task reported as done: confirm it",
            "%(n)s tasks reported as done: confirm them",
            len(tasks),
        )
        query = urlencode({"state": TaskState.REPORTED.value})
        url = f"{reverse('supervision:tasks')}?{query}"
        return [Todo(text=words % {"n": len(tasks)}, url=url, count=len(tasks))]
    return [
        Todo(
            text=_("Confirm or return: %(task)s") % {"task": task.title},
            url=reverse("supervision:task", args=[task.pk]),
            detail=f"{task.unit} · {task.cycle}",
        )
        for task in tasks
    ]


def tasks_owed() -> Iterator[Duty]:
    """Reminders of the tasks under way of all open cycles; two queries."""
    rows = Task.objects.filter(state=TaskState.OPEN, cycle__in=cycles_reminded_of())
    tasks = list(rows.select_related("cycle__programme__owner", "unit").order_by("due_on", "id"))
    people = staff_of({task.unit_id for task in tasks})
    for task in tasks:
        subject = gettext_lazy("Task due on {day}: {title}")
        yield make_duty(
            task.cycle,
            key=f"task:{task.pk}:{task.due_on.isoformat()}",
            kind=DutyKind.TASK,
            due_on=task.due_on,
            subject=format_lazy(subject, day=lazy_day(task.due_on), title=task.title),
            url=reverse("supervision:task", args=[task.pk]),
            owed_by=[
                Owed(user=person, why=_why(task.unit))
                for person in people.get((task.unit_id, _doer(task)), [])
            ],
            unit=task.unit,
        )


def _doer(task: Task) -> str:
    """The city's own tasks are its leadership office's."""
    return Role.OFFICE if task.unit_id == task.cycle.programme.owner_id else Role.UNIT_STAFF


def _why(unit: Unit):
    return format_lazy(gettext_lazy("The task is {unit}'s and was not reported as done"), unit=unit)
