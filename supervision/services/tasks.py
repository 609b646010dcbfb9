"""The yearly task list: giving tasks, breaking them down, reporting, confirming, taking over to the next year."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction as database
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import OFFICE, SCANS, checked_content_type
from accounts.words import lazy_day
from applications.deadlines import a_year_later
from applications.models import Cycle
from notices.services import notify
from supervision.enums import TaskAction, TaskState
from supervision.models import Task, TaskFile, TaskReport
from supervision.services.staircase import transition
from supervision.task_progress import progress_of
from supervision.task_rules import (
    why_given_before,
    why_not_break_down,
    why_not_due,
    why_not_give_tasks,
    why_not_move,
    why_not_report_progress,
    why_not_unit,
)

#: What evidence comes as.
EVIDENCE = SCANS | OFFICE
MOST_FILES = 20


# --- giving -----------------------------------------------------------------------------------------------


@database.atomic
def give_tasks(
    *,
    actor,
    cycle: Cycle,
    units: Sequence[Unit],
    title: str,
    due_on: datetime.date,
    phase: str = "",
    detail: str = "",
) -> list[Task]:
    """Give each of some units a task of the year; `phase` is a code of the cycle's phases.

    Raises DomainError for other than the leadership office, a year that is not open, units outside the programme and
    a day that is over.
    """
    require(why_not_give_tasks(actor, cycle))
    require(why_not_unit(units, cycle.programme.owner, itself=True))
    require(why_not_due(cycle, due_on, None))
    common = {"title": title, "due_on": due_on, "phase": phase, "detail": detail}
    tasks = _make(actor, [Task(cycle=cycle, unit=unit, **common) for unit in units])
    record(action="task.give", actor=actor, obj=cycle, unit=cycle.programme.owner, new=len(tasks), name=title)
    return tasks


@database.atomic
def break_down(
    *,
    actor,
    task: Task,
    units: Sequence[Unit],
    title: str,
    due_on: datetime.date,
    detail: str = "",
) -> list[Task]:
    """Give units below a task's unit a part of it each; the whole's progress is from now on the mean of its parts.

    Raises DomainError for other than the unit's staff and the office, units elsewhere, and a day after the whole's.
    """
    locked = lock_task(task)
    require(why_not_break_down(actor, locked))
    require(why_not_unit(units, locked.unit, itself=False))
    require(why_not_due(locked.cycle, due_on, locked))
    common = {"title": title, "due_on": due_on, "phase": locked.phase, "detail": detail}
    parts = _make(
        actor,
        [
            Task(cycle=locked.cycle, parent=locked, unit=unit, article=locked.article, **common)
            for unit in units
        ],
    )
    record(action="task.part", actor=actor, obj=locked, unit=locked.unit, new=len(parts), name=title)
    return parts


def _make(actor, tasks: list[Task]) -> list[Task]:
    require(why_given_before(tasks))
    for task in tasks:
        task.made_by, task.made_at = actor, clock.now()
    made = Task.objects.bulk_create(tasks)
    for task in made:
        _tell(task, _doers(task), gettext_lazy("New task, due on {day}: {title}"), task.detail)
    return made


@database.atomic
def move_task(*, actor, task: Task, due_on: datetime.date, reason: str) -> Task:
    """Move the day of a task, with the reason."""
    locked = lock_task(task)
    require(why_not_move(locked, due_on))
    transition(obj=locked, action=TaskAction.MOVE, actor=actor, reason=reason, due_on=due_on)
    _tell(locked, _doers(locked), gettext_lazy("The task is now due on {day}: {title}"), reason)
    return locked


@database.atomic
def cancel_task(*, actor, task: Task, reason: str) -> Task:
    """Cancel a task with its parts that are under way, with the reason; parts that are done stay done."""
    locked = lock_task(task)
    transition(obj=locked, action=TaskAction.CANCEL, actor=actor, reason=reason)
    for part in locked.parts.filter(state=TaskState.OPEN).order_by("id"):
        cancel_task(actor=actor, task=part, reason=reason)
    _tell(locked, _doers(locked), gettext_lazy("Task cancelled: {title}"), reason)
    return locked


# --- doing ------------------------------------------------------------------------------------------------


@database.atomic
def report_progress(
    *, actor, task: Task, text: str, progress: int | None = None, files: Sequence = ()
) -> TaskReport:
    """Report how far a task is: `progress` in percent (None: unchanged; of a task with parts their mean counts).

    Raises DomainError for other than the unit's staff, a task not under way, missing words, and other kinds of files.
    """
    locked = lock_task(task)
    require(why_not_report_progress(actor, locked))
    found = progress_of(locked)
    if not found.parts and progress is not None:
        if not 0 <= progress <= 100:
            raise DomainError(Reason(text=_("The progress lies between 0 and 100 percent.")))
        locked.progress = progress
        locked.save(update_fields=["progress"])
    report = _report(actor, locked, text, found.percent if found.parts else locked.progress, files)
    record(action="task.progress", actor=actor, obj=locked, unit=locked.unit)
    return report


@database.atomic
def report_done(*, actor, task: Task, text: str, files: Sequence = ()) -> Task:
    """Report a task as done; whoever gave it confirms or returns it."""
    locked = lock_task(task)
    transition(obj=locked, action=TaskAction.REPORT, actor=actor, reason=text, progress=100)
    _report(actor, locked, text, 100, files)
    _tell(locked, _givers(locked), gettext_lazy("Reported as done by {unit}: {title}"), text)
    return locked


@database.atomic
def confirm_task(*, actor, task: Task, reason: str = "") -> Task:
    """Confirm that a reported task is done."""
    locked = lock_task(task)
    transition(obj=locked, action=TaskAction.CONFIRM, actor=actor, reason=reason)
    _tell(locked, _doers(locked), gettext_lazy("Task confirmed as done: {title}"), reason)
    return locked


@database.atomic
def return_task(*, actor, task: Task, reason: str) -> Task:
    """Give a reported task back to its unit, with what is missing."""
    locked = lock_task(task)
    transition(obj=locked, action=TaskAction.RETURN, actor=actor, reason=reason)
    _tell(locked, _doers(locked), gettext_lazy("Task returned: {title}"), reason)
    return locked


def _report(actor, task: Task, text: str, progress: int, files: Sequence) -> TaskReport:
    if not text.strip():
        raise DomainError(Reason(text=_("Write what was done.")))
    if task.files.count() + len(files) > MOST_FILES:
        raise DomainError(Reason(text=_("A task has at most %(n)s files.") % {"n": MOST_FILES}))
    report = TaskReport.objects.create(
        task=task, text=text.strip(), progress=progress, made_by=actor, made_at=clock.now()
    )
    for file in files:
        checked_content_type(file, EVIDENCE)
        TaskFile.objects.create(
            task=task, report=report, file=file, name=file.name[:200], added_by=actor, added_at=clock.now()
        )
    return report


# --- from year to year --------------------------------------------------------------------------------------


@database.atomic
def take_over(*, actor, cycle: Cycle) -> int:
    """Give this year what was on the office's task list of the year before, its days one year later.

    Cancelled tasks and what counties broke down themselves stay behind, and so does what is there already: safe to do
    twice. Returns how many tasks were added; their units are told once each.
    """
    require(why_not_give_tasks(actor, cycle))
    Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    copies = {task.taken_from_id: task for task in cycle.tasks.filter(taken_from__isnull=False)}
    added = []
    # A whole has a smaller id than its parts: it was there before them.
    for old in still_to_take_over(cycle).order_by("id"):
        copy = _copy(old, cycle, actor, copies.get(old.parent_id))
        copy.save()
        copies[old.pk] = copy
        added.append(copy)
    for unit in {task.unit_id: task.unit for task in added}.values():
        notify(
            recipients=users_with_role(Role.UNIT_STAFF, unit),
            subject=format_lazy(gettext_lazy("The task list of {year} is out"), year=cycle.year),
            url=reverse("supervision:tasks"),
        )
    if added:
        record(action="task.take_over", actor=actor, obj=cycle, unit=cycle.programme.owner, new=len(added))
    return len(added)


def still_to_take_over(cycle: Cycle):
    """The tasks of the year before that `take_over` would bring into this one."""
    owner = cycle.programme.owner_id
    given_by_office = Q(parent=None) | Q(parent__unit=owner)
    before = Task.objects.filter(
        given_by_office, cycle__programme=cycle.programme_id, cycle__year=cycle.year - 1
    )
    here = Task.objects.filter(cycle=cycle)
    same_code = here.exclude(code="").filter(code=OuterRef("code"), unit=OuterRef("unit"))
    taken = here.filter(taken_from=OuterRef("pk"))
    missing = before.exclude(state=TaskState.CANCELLED).filter(~Exists(taken), ~Exists(same_code))
    return missing.select_related("unit")


def _copy(old: Task, cycle: Cycle, actor, parent: Task | None) -> Task:
    return Task(
        cycle=cycle,
        parent=parent,
        unit=old.unit,
        code=old.code,
        phase=old.phase,
        title=old.title,
        title_en=old.title_en,
        detail=old.detail,
        article=old.article,
        due_on=a_year_later(old.due_on),
        made_by=actor,
        made_at=clock.now(),
        taken_from=old,
    )


# --- shared -----------------------------------------------------------------------------------------------


def lock_task(task: Task) -> Task:
    rows = Task.objects.select_for_update(of=("self",))
    return rows.select_related("cycle__programme__owner", "unit", "parent__unit").get(pk=task.pk)


def _doers(task: Task) -> Iterable:
    """Whoever does a task: the unit's staff; the city's own are the leadership office's."""
    is_own = task.unit_id == task.cycle.programme.owner_id
    return users_with_role(Role.OFFICE if is_own else Role.UNIT_STAFF, task.unit)


def _givers(task: Task) -> Iterable:
    """Whoever gave a task: the unit of the whole, else the leadership office."""
    owner = task.cycle.programme.owner
    if task.parent_id is not None and task.parent.unit_id != owner.pk:
        return users_with_role(Role.UNIT_STAFF, task.parent.unit)
    return users_with_role(Role.OFFICE, owner)


def _tell(task: Task, people: Iterable, subject, body: str = "") -> None:
    notify(
        recipients=people,
        subject=format_lazy(subject, day=lazy_day(task.due_on), title=task.title, unit=task.unit.name),
        body=body,
        url=reverse("supervision:task", args=[task.pk]),
    )
