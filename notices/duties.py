"""What people owe and are reminded of: the apps above say it here, because they may not be imported from below.

A source is called on a day of the clock and tells everything that is owed then, whether near or far: which stages are
due is worked out here below. It only reads, so that a rehearsal may ask it about any day of the year.
"""

import datetime
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from accounts.models import Unit, User


@dataclass(frozen=True)
class Owed:
    """One person who owes it, and why it is this person (lazy words: each reads his or her own language)."""

    user: User
    why: object = ""


@dataclass(frozen=True)
class Duty:
    """Something owed by a day.

    `key` names the duty with its day, so that a day that moves makes another duty: at most 120 characters.
    `stages` are working days before the day, 0 is the day itself. `unit` owes it (its head hears when it is long
    overdue), `office` is the unit whose leadership office hears then too.
    """

    key: str
    kind: str
    due_on: datetime.date
    stages: tuple[int, ...]
    #: Lazy words: what is owed, and by when.
    subject: object
    url: str
    owed_by: tuple[Owed, ...]
    unit: Unit | None = None
    office: Unit | None = None
    #: For how many weeks it is reminded of once it is overdue, and from which week on it climbs.
    overdue_weeks: int = 0
    escalate_after_weeks: int | None = None
    detail: object = field(default="", compare=False)


Source = Callable[[], Iterable[Duty]]
_SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Let `source()` be asked for what is owed; apps do so when they start."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def owed_now() -> list[Duty]:
    """Everything that is owed on the clock's day, source by source in the order in which they were added."""
    with one_round():
        return [duty for source in _SOURCES for duty in source()]


_ROUND: ContextVar[dict | None] = ContextVar("round", default=None)
Read = TypeVar("Read")


@contextmanager
def one_round() -> Iterator[None]:
    """Within this block what several sources need is read once (`read_once`)."""
    token = _ROUND.set({})
    try:
        yield
    finally:
        _ROUND.reset(token)


def read_once(key: Hashable, read: Callable[[], Read]) -> Read:
    """What several sources need: read by the first of a round, given to the others. Outside of a round just read."""
    known = _ROUND.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return known[key]
