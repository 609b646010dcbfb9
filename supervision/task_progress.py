"""How far tasks are: what a unit reported, or the mean of the parts a task was broken down into."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from supervision.enums import TaskState
from supervision.models import Task

#: A task reported or confirmed as done is all done, whatever was reported before.
_COMPLETE = (TaskState.REPORTED, TaskState.DONE)


@dataclass(frozen=True)
class Progress:
    """Percent, rounded down: a whole is at 100 only when all is done. `parts`: how many count, `done` of them done."""

    percent: int
    parts: int
    done: int


def progress_of(task: Task) -> Progress:
    """How far one task is; a query for each storey of parts below it."""
    rows, storey = [], [task.pk]
    while storey:
        found = list(_rows(Task.objects.filter(parent__in=storey)))
        rows += found
        storey = [row[0] for row in found]
    return _reckon([task], rows)[task.pk]


def progress_by_task(tasks: Collection[Task]) -> dict[int, Progress]:
    """How far each of some tasks is, by id: one query for the parts of their years."""
    cycles = {task.cycle_id for task in tasks}
    return _reckon(tasks, _rows(Task.objects.filter(cycle__in=cycles, parent__isnull=False)))


def _rows(tasks) -> Iterable[tuple]:
    counted = tasks.exclude(state=TaskState.CANCELLED).order_by()
    return counted.values_list("id", "parent_id", "state", "progress")


def _reckon(tasks: Collection[Task], rows: Iterable[tuple]) -> dict[int, Progress]:
    below: dict[int, list[tuple]] = defaultdict(list)
    for pk, parent, state, progress in rows:
        below[parent].append((pk, state, progress))

    def share(pk: int, state: str, progress: int) -> Fraction:
        """Exactly how far a task is, parts of parts and all."""
        if state in _COMPLETE:
            return Fraction(100)
        parts = below.get(pk)
        return sum(share(*part) for part in parts) / len(parts) if parts else Fraction(progress)

    return {
        task.pk: Progress(
            percent=int(share(task.pk, task.state, task.progress)),
            parts=len(below[task.pk]),
            done=sum(state == TaskState.DONE for _pk, state, _progress in below[task.pk]),
        )
        for task in tasks
    }
