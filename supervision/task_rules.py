"""Who may give tasks, report on them, confirm, return, move and cancel them, and why not now."""

import datetime
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import Unit
from accounts.rules import has_role, reaches, why_not_role
from accounts.words import lazy_day, lazy_list
from applications.enums import CycleState
from applications.models import Cycle
from supervision.enums import TASK_TRANSITIONS, TaskAction, TaskState
from supervision.models import Task

_S, _A = TaskState, TaskAction
#: What is written with these is kept and read by the unit.
_NEED_WORDS = (_A.RETURN, _A.MOVE, _A.CANCEL)
#: Roles that do a task: the staff of a county or township, the leadership office for the city's own.
_DOERS = (Role.UNIT_STAFF, Role.OFFICE)


def gives(user, task: Task) -> bool:
    """Whether the task is this person's to confirm, return, move and cancel: the leadership office, and of a part
    whoever works at the unit that gave it, or above it (user None: the installation)."""
    if user is None or has_role(user, Role.OFFICE, task.cycle.programme.owner):
        return True
    return task.parent_id is not None and reaches(user, Role.UNIT_STAFF, task.parent.unit)


def does(user, task: Task) -> bool:
    """Whether the task is this person's own unit's."""
    return why_not_role(user, _DOERS, task.unit) is None


def why_not_give_tasks(user, cycle: Cycle) -> Reason | None:
    """Only the leadership office gives tasks, in a year that is open."""
    refusal = why_not_role(user, (Role.OFFICE,), cycle.programme.owner)
    if refusal is None and cycle.state != CycleState.OPEN:
        refusal = Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle})
    return refusal


def why_not_break_down(user, task: Task) -> Reason | None:
    """A unit breaks its own task down for the units below it, while it is under way."""
    if not does(user, task) and not has_role(user, Role.OFFICE, task.cycle.programme.owner):
        return why_not_role(user, _DOERS, task.unit)
    return _why_not_open(task)


def why_not_unit(units, above: Unit, *, itself: bool) -> Reason | None:
    """Why tasks cannot be given to some of these units: they must lie below `above` (or be it, with `itself`)."""
    outside = [unit for unit in units if not above.contains(unit) or (unit.pk == above.pk and not itself)]
    if not units:
        return Reason(text=_("Choose at least one unit."))
    if outside:
        return Reason(
            text=_("%(units)s does not lie below %(unit)s.") % {"units": lazy_list(outside), "unit": above}
        )
    return None


def why_given_before(tasks: Iterable[Task]) -> Reason | None:
    """A form that was sent twice gives nobody the same task twice."""
    for task in tasks:
        same = Task.objects.filter(
            cycle=task.cycle, parent=task.parent, unit=task.unit, title=task.title, due_on=task.due_on
        )
        if same.filter(state=_S.OPEN).exists():
            return Reason(
                text=_("%(unit)s has this task already: %(title)s.")
                % {"unit": task.unit, "title": task.title},
                remedy=_("Look into the list of tasks, or choose another title."),
            )
    return None


def why_not_due(cycle: Cycle, due_on: datetime.date, parent: Task | None) -> Reason | None:
    """Why a task cannot be given with, or moved to, this day."""
    if due_on < clock.today():
        return Reason(text=_("The day is over."), remedy=_("Choose a day from today on."))
    if not cycle.year <= due_on.year <= cycle.year + 1:
        return Reason(
            text=_("%(day)s lies outside the year %(year)s.") % {"day": lazy_day(due_on), "year": cycle.year}
        )
    if parent is not None and due_on > parent.due_on:
        return Reason(
            text=_("The whole task is due on %(day)s: its parts cannot be due later.")
            % {"day": lazy_day(parent.due_on)},
            remedy=_("Choose an earlier day, or ask for a later day of the whole task."),
        )
    return None


def why_not_move(task: Task, due_on: datetime.date) -> Reason | None:
    """Why the day of a task cannot become this one."""
    refusal = why_not_due(task.cycle, due_on, task.parent)
    if refusal is None and task.parts.filter(state=_S.OPEN, due_on__gt=due_on).exists():
        refusal = Reason(
            text=_("A part of the task is due later than that."), remedy=_("Move the parts first.")
        )
    return refusal


def why_not_report_progress(user, task: Task) -> Reason | None:
    """Progress is reported by the unit's own staff, while the task is under way."""
    return why_not_role(user, _DOERS, task.unit) or _why_not_open(task)


def why_not_task_action(user, task: Task, action: str, reason: str = "") -> Reason | None:
    """Why this person may not take this step with a task, or None."""
    refusal = _why_not_person(user, task, action)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the task."))
    return refusal or _why_not_parts(task, action)


def may_take_task(user, task: Task, action: str) -> bool:
    """Whether a page offers this step to this person; words may still be missing."""
    known = (task.state, action) in TASK_TRANSITIONS
    return known and _why_not_person(user, task, action) is None


def _why_not_open(task: Task) -> Reason | None:
    if task.state == _S.OPEN:
        return None
    return Reason(
        text=_("This step is not possible while the state is “%(state)s”.")
        % {"state": task.get_state_display()}
    )


def _why_not_person(user, task: Task, action: str) -> Reason | None:
    if action == _A.REPORT:
        return why_not_role(user, _DOERS, task.unit)
    if gives(user, task):
        return None
    if task.parent_id is not None:
        return why_not_role(user, (Role.UNIT_STAFF,), task.parent.unit)
    return why_not_role(user, (Role.OFFICE,), task.cycle.programme.owner)


def _why_not_parts(task: Task, action: str) -> Reason | None:
    """A whole is done when its parts are; it is not cancelled over the head of a unit that waits for an answer."""
    if action == _A.REPORT and (open_parts := _units_of(task, _S.OPEN, _S.REPORTED)):
        return Reason(
            text=_("Parts of the task are not done yet: %(units)s.") % {"units": lazy_list(open_parts)},
            remedy=_("Confirm, or cancel, the parts first."),
        )
    if action == _A.CANCEL and (waiting := _units_of(task, _S.REPORTED)):
        return Reason(
            text=_("Parts of the task are reported as done: %(units)s.") % {"units": lazy_list(waiting)},
            remedy=_("Confirm or return them first."),
        )
    return None


def _units_of(task: Task, *states: str) -> list[str]:
    return [str(part.unit) for part in task.parts.filter(state__in=states).select_related("unit")]
