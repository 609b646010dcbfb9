"""Meetings as lists, pages and duties read them, in a fixed number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.models import Unit
from applications.enums import CycleState
from applications.models import Cycle
from sites.selectors import areas_of
from supervision.enums import MeetingState
from supervision.meeting_kinds import MeetingKind, kinds_of
from supervision.models import Meeting


@dataclass(frozen=True)
class MeetingDuty:
    """What one unit owes of one kind of meeting in a year, and how far it is.

    `next_day` is the earliest day of the planned ones, `next_pk` that meeting where there is one.
    """

    cycle: Cycle
    kind: MeetingKind
    unit: Unit
    planned: int
    held: int
    next_day: datetime.date | None
    next_pk: int | None

    @property
    def owed(self) -> int:
        """How many are still owed; a plan is not yet a meeting."""
        return max(self.kind.least - self.held, 0)

    @property
    def is_covered(self) -> bool:
        """Whether what is still owed is planned already."""
        return 0 < self.owed <= self.planned

    @property
    def state(self) -> str:
        """In one word: owed, though perhaps planned, until as many were held as the scheme asks for."""
        if self.owed:
            return "planned" if self.is_covered else "owed"
        return "held" if self.held else "planned" if self.planned else "free"


def owed_meetings(cycle: Cycle, units: Collection[Unit] | None = None) -> list[MeetingDuty]:
    """Every kind of a cycle for every unit that calls it; two queries whatever their number, one with `units`
    (only those of these)."""
    return duties_of([cycle], units)


def duties_of(cycles: Iterable[Cycle], units: Collection[Unit] | None = None) -> list[MeetingDuty]:
    """`owed_meetings` of several cycles (with their programmes' owners): one query for all meetings, and one for each
    programme's areas unless `units` are given."""
    asked = [cycle for cycle in cycles if cycle.supervision.get("meetings")]
    if not asked:
        return []
    meetings = _meetings(asked)
    return [
        _duty(cycle, kind, unit, meetings.get((cycle.pk, kind.code, unit.pk), []))
        for cycle in asked
        for kind, unit in _callers(cycle, units)
    ]


def _duty(cycle: Cycle, kind: MeetingKind, unit: Unit, meetings: list[tuple]) -> MeetingDuty:
    planned = [(day, pk) for state, day, pk in meetings if state == MeetingState.PLANNED]
    next_day, next_pk = planned[0] if planned else (None, None)
    held = sum(state == MeetingState.HELD for state, _day, _pk in meetings)
    return MeetingDuty(cycle, kind, unit, len(planned), held, next_day, next_pk)


def _callers(cycle: Cycle, units: Collection[Unit] | None) -> list[tuple[MeetingKind, Unit]]:
    owner = cycle.programme.owner
    possible = [*areas_of(cycle.programme), owner] if units is None else units
    return [(kind, unit) for kind in kinds_of(cycle) for unit in possible if kind.is_called_by(unit, owner)]


def _meetings(cycles: list[Cycle]) -> dict[tuple, list[tuple]]:
    """The meetings of each kind and unit as (state, day planned for, id), the earliest first; one query."""
    rows = Meeting.objects.filter(cycle__in=cycles).order_by("planned_on", "id")
    found: dict[tuple, list[tuple]] = defaultdict(list)
    for cycle, kind, unit, *meeting in rows.values_list(
        "cycle_id", "kind", "unit_id", "state", "planned_on", "id"
    ):
        found[cycle, kind, unit].append(tuple(meeting))
    return found


def open_cycles_of(owners: Iterable[Unit] | None = None):
    """The open cycles (of programmes of these owners), with their programmes."""
    cycles = Cycle.objects.filter(state=CycleState.OPEN).select_related("programme__owner")
    return cycles if owners is None else cycles.filter(programme__owner__in=owners)


def meetings_for_list(user):
    """Meetings a person may see with what a row shows."""
    rows = Meeting.objects.visible_to(user).select_related("cycle__programme__owner", "unit", "recorded_by")
    return rows.order_by("-planned_on", "-id")
