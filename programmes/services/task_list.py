"""Load the year's task list out of a checked programme file (`cycle.tasks`): one row a unit.

What a unit has begun stays as it is, and a task the file no longer has stays too: the office cancels it with a reason,
so that no unit loses a task without a word.
"""

import datetime

from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Unit
from applications.models import Cycle
from programmes.services.desk import Desk
from sites.selectors import areas_of
from supervision.enums import TaskState
from supervision.models import Task
from supervision.services.days import keep_former_day


def put_tasks(desk: Desk, rows: list[dict], cycle: Cycle, units: dict[str, Unit]) -> None:
    """Give each unit a task names its own; new ones are added, untouched ones brought up to date."""
    if not rows and not cycle.tasks.exists():
        return
    present = {(task.code, task.unit_id): task for task in cycle.tasks.exclude(code="")}
    begun = _begun(cycle)
    areas = list(areas_of(cycle.programme))
    for row in rows:
        asked = areas if row["units"] == "areas" else [units[code] for code in row["units"]]
        for unit in asked:
            _put(desk, row, cycle, unit, present.pop((row["code"], unit.pk), None), begun)
    for task in present.values():
        if task.state != TaskState.CANCELLED:
            words = _(
                "“%(task)s” of %(unit)s is not in the file any more: it stays until the office cancels it."
            )
            desk.report.notes.append(words % {"task": task, "unit": task.unit})


def _begun(cycle: Cycle) -> set[int]:
    """Tasks that somebody reported on, moved, broke down or ended."""
    rows = cycle.tasks.order_by()
    return {
        *rows.exclude(state=TaskState.OPEN).values_list("pk", flat=True),
        *rows.exclude(log=None).values_list("pk", flat=True),
        *rows.exclude(reports=None).values_list("pk", flat=True),
        *rows.exclude(parts=None).values_list("pk", flat=True),
    }


def _put(desk: Desk, row: dict, cycle: Cycle, unit: Unit, task: Task | None, begun: set[int]) -> None:
    values = {
        "phase": row.get("phase", ""),
        "title": row["title"],
        "title_en": row.get("title_en", ""),
        "detail": row.get("detail", ""),
        "article": cycle.articles.get(row.get("article"), ""),
        "due_on": datetime.date.fromisoformat(row["due_on"]),
    }
    if task is None:
        task = Task(cycle=cycle, unit=unit, code=row["code"], made_at=clock.now(), **values)
        task.save()
        desk.report.created["task"] += 1
        return
    differs = any(getattr(task, name) != value for name, value in values.items())
    if differs and task.pk in begun:
        words = _("“%(task)s” of %(unit)s was begun: it stays as it is.")
        desk.report.notes.append(words % {"task": task, "unit": unit})
    lookup = {"cycle": cycle, "unit": unit, "code": row["code"]}
    due_before = task.due_on
    desk.put(Task, lookup, values, keep=task.pk in begun, known={row["code"]: task})
    keep_former_day(task, due_before, clock.now())
