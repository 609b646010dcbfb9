"""What a cycle's scheme says of reminders, and duties made after it: every app that is owed something begins here."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import Unit, User
from accounts.selectors import people_by_place
from accounts.words import lazy_name
from applications.enums import CycleState
from applications.models import Cycle, Milestone
from notices.duties import Duty, Owed, read_once

_rehearsed: ContextVar[int | None] = ContextVar("rehearsed", default=None)


@contextmanager
def rehearsing(cycle: Cycle) -> Iterator[None]:
    """Within this block only this cycle is reminded of, and as if it were open already."""
    token = _rehearsed.set(cycle.pk)
    try:
        yield
    finally:
        _rehearsed.reset(token)


def is_rehearsal() -> bool:
    """Whether a source should also tell what scheduled work would have made by the clock's day."""
    return _rehearsed.get() is not None


def reminded_cycles() -> list[Cycle]:
    """The cycles whose duties are reminded of, with their milestones: the open ones, in a rehearsal the one rehearsed.

    Two queries for all sources of a round; the application form, which is long and not needed, is left out.
    """
    return read_once("cycles", _read_cycles)


def cycles_reminded_of() -> QuerySet[Cycle]:
    """The same as a queryset, for sources that only ask whether a row's cycle is among them (`cycle__in`)."""
    rehearsed = _rehearsed.get()
    return Cycle.objects.filter(**({"state": CycleState.OPEN} if rehearsed is None else {"pk": rehearsed}))


def _read_cycles() -> list[Cycle]:
    cycles = cycles_reminded_of().select_related("programme__owner").defer("form", "contact")
    return list(cycles.prefetch_related("milestones").order_by("id"))


def milestones_of(cycle: Cycle, *kinds: str) -> list[Milestone]:
    """The cycle's milestones of some kinds; no query for one of `reminded_cycles`."""
    return [milestone for milestone in cycle.milestones.all() if milestone.kind in kinds]


def people_at(role: str, unit: Unit) -> list[User]:
    """Active staff of a unit, or people of the leadership office there, today; one query for all sources of a round."""
    found = read_once("people", lambda: people_by_place((Role.UNIT_STAFF, Role.OFFICE)))
    return found.get((role, unit.pk), [])


def office_of(cycle: Cycle) -> list[Owed]:
    """The people of the leadership office that runs the cycle, and why they are told."""
    why = gettext_lazy("You are of the leadership office.")
    return [Owed(person, why) for person in people_at(Role.OFFICE, cycle.programme.owner)]


def staff_of(unit: Unit) -> list[Owed]:
    """The staff of a unit, and why they are told."""
    why = format_lazy(gettext_lazy("You work for {unit}."), unit=lazy_name(unit))
    return [Owed(person, why) for person in people_at(Role.UNIT_STAFF, unit)]


def stages_of(cycle: Cycle, kind: str) -> tuple[int, ...]:
    """On how many working days before its day a duty of this kind is reminded of (0: the day); empty where unsaid."""
    return tuple(cycle.reminders.get("stages", {}).get(kind, ()))


def make_duty(
    cycle: Cycle,
    *,
    key: str,
    kind: str,
    due_on: datetime.date,
    subject,
    url: str,
    owed_by: Iterable[Owed],
    unit: Unit | None = None,
    stages: Iterable[int] | None = None,
    detail="",
) -> Duty:
    """A duty under a cycle's scheme: its office, its stages and for how long it is told of once it is overdue.

    Args:
        key: names the duty with its day ("file:12:431200:2017-05-31"), at most 120 characters.
        kind: one of notices.enums.DutyKind; it picks the stages, unless `stages` (working days before) are given.
        subject: what is owed and by when, in lazy words; `detail` adds a line below it.
        unit: whose duty it is; its head is told when it stays undone.
    """
    told = cycle.reminders
    return Duty(
        key=key,
        kind=kind,
        due_on=due_on,
        stages=stages_of(cycle, kind) if stages is None else tuple(stages),
        subject=subject,
        url=url,
        owed_by=tuple(owed_by),
        unit=unit,
        office=cycle.programme.owner,
        overdue_weeks=told.get("overdue_weeks", 0),
        escalate_after_weeks=told.get("escalate_after_weeks"),
        detail=detail,
    )
