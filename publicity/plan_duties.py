"""Late lines of the publicity plan: in the inbox of whoever keeps it, and as a source of reminders."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.scope import units_with_role
from accounts.words import lazy_day, lazy_name
from applications.enums import CycleState
from applications.reminding import cycles_reminded_of, make_duty, staff_of, stages_of
from notices.duties import Duty
from notices.enums import DutyKind
from notices.todo import Todo
from publicity.enums import PlannedState
from publicity.models import PlannedCoverage
from publicity.plan_progress import with_progress

#: The key of its stages in the programme file (`reminders.stages`).
STAGES = "publicity"


def waiting_for(user) -> list[Todo]:
    """Lines of the own areas' plans that are late; none for other people, three queries at most."""
    areas = [unit for unit in units_with_role(user, (Role.UNIT_STAFF,)) if unit.is_area]
    if not areas:
        return []
    lines = _lines().filter(area__in=areas, cycle__state=CycleState.OPEN, due_on__lt=clock.today())
    return [
        Todo(
            text=_("Publicity plan: %(topic)s, %(missing)s missing")
            % {"topic": line.topic, "missing": line.missing},
            url=address_of(line),
            due=line.due_on,
            detail=f"{line.area} · {line.site}" if line.site else str(line.area),
        )
        for line in with_progress(lines)
        if line.missing
    ]


def lines_owed() -> Iterator[Duty]:
    """Reminders of the lines of all open cycles that are not filled yet."""
    for line in with_progress(_lines().filter(cycle__in=cycles_reminded_of())):
        if not line.missing:
            continue
        subject = gettext_lazy("Publicity plan of {area}: {topic}, by {day}")
        yield make_duty(
            line.cycle,
            key=f"publicity:{line.pk}:{line.due_on.isoformat()}",
            kind=DutyKind.TASK,
            stages=stages_of(line.cycle, STAGES),
            due_on=line.due_on,
            subject=format_lazy(
                subject, area=lazy_name(line.area), topic=line.topic, day=lazy_day(line.due_on)
            ),
            url=address_of(line),
            owed_by=staff_of(line.area),
            unit=line.area,
        )


def address_of(line: PlannedCoverage) -> str:
    """The page of a line of the plan."""
    return reverse("publicity:planned", args=[line.pk])


def _lines():
    rows = PlannedCoverage.objects.filter(state=PlannedState.PLANNED)
    return rows.select_related("cycle__programme__owner", "area", "site")
