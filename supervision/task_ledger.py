"""The task ledger (台账): the tasks of a year crossed with the units that have them, phase by phase."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.models import Unit
from applications.models import Cycle
from supervision.enums import TaskState
from supervision.models import Task
from supervision.task_phases import phases_of

#: More rows than these are a list, no table.
MOST_ROWS = 2000


@dataclass(frozen=True)
class Sum:
    """What some tasks come to; cancelled ones do not count. `percent`: their mean, rounded down."""

    all: int
    done: int
    late: int
    percent: int


@dataclass(frozen=True)
class Line:
    """One task of the list with each unit's own, in the order of the ledger's units."""

    title: str
    #: The most frequent day; a unit's own day is shown where it differs.
    due_on: datetime.date
    cells: list[list[Task]]
    sum: Sum


@dataclass(frozen=True)
class Phase:
    name: str
    lines: list[Line]
    sum: Sum


@dataclass(frozen=True)
class Ledger:
    cycle: Cycle
    units: list[Unit]
    phases: list[Phase]
    #: Unit by unit, and all together.
    sums: list[Sum]
    sum: Sum


def sum_of(tasks: Iterable[Task]) -> Sum:
    """What tasks with words (task_selectors.with_words) come to."""
    counted = [task for task in tasks if task.state != TaskState.CANCELLED]
    return Sum(
        all=len(counted),
        done=sum(task.state == TaskState.DONE for task in counted),
        late=sum(task.late > 0 for task in counted),
        percent=sum(task.percent for task in counted) // len(counted) if counted else 0,
    )


def ledger_of(cycle: Cycle, tasks: Collection[Task]) -> Ledger:
    """The ledger of some tasks of one year (with words). A county's parts stand behind its own task, not beside it."""
    shown = _top(cycle, tasks)
    units = sorted({task.unit_id: task.unit for task in shown}.values(), key=lambda unit: unit.pk)
    names = phases_of(cycle)
    order = [*names, *sorted({task.phase for task in shown} - set(names))]
    phases = [
        _phase(names.get(code, ""), [task for task in shown if task.phase == code], units) for code in order
    ]
    return Ledger(
        cycle=cycle,
        units=units,
        phases=[phase for phase in phases if phase.lines],
        sums=[sum_of(task for task in shown if task.unit_id == unit.pk) for unit in units],
        sum=sum_of(shown),
    )


def _top(cycle: Cycle, tasks: Collection[Task]) -> list[Task]:
    """Without the parts whose whole, a county's or township's, is there itself."""
    owner, present = cycle.programme.owner_id, {task.pk for task in tasks}
    return [
        task
        for task in tasks
        if task.parent_id is None or task.parent.unit_id == owner or task.parent_id not in present
    ]


def _phase(name: str, tasks: list[Task], units: list[Unit]) -> Phase:
    lines: dict[tuple, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: (task.due_on, task.pk)):
        lines.setdefault((task.code, "" if task.code else task.title), []).append(task)
    return Phase(name=name, lines=[_line(rows, units) for rows in lines.values()], sum=sum_of(tasks))


def _line(tasks: list[Task], units: list[Unit]) -> Line:
    return Line(
        title=tasks[0].name,
        due_on=Counter(task.due_on for task in tasks).most_common(1)[0][0],
        cells=[[task for task in tasks if task.unit_id == unit.pk] for unit in units],
        sum=sum_of(tasks),
    )
