"""The year's rehearsal: every reminder a cycle would send if nobody did anything, day by day, before it goes live.

It asks the same sources and the same planning as the scheduled work, on each day of the year, and writes nothing: what
was sent is kept in memory. Only in a process of its own (a worker, a command): the clock it moves is the process's.
"""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from accounts import clock
from accounts.models import User
from applications.models import Cycle
from applications.reminding import rehearsing
from notices.duties import Duty, owed_now
from notices.enums import DutyKind
from notices.reminding.hours import reminding_days
from notices.reminding.planning import Key, Planned, due_now


@dataclass(frozen=True)
class Entry:
    """One reminder of the rehearsal. Words are kept in every language of the installation, by its code."""

    day: datetime.date
    recipient_id: int
    person: str
    units: dict[str, str]
    kind: str
    subjects: dict[str, str]
    due_on: datetime.date
    stage: int
    whys: dict[str, str]

    @property
    def kind_label(self) -> str:
        return str(DutyKind(self.kind).label)

    @property
    def unit(self) -> str:
        return _in_language(self.units)

    @property
    def subject(self) -> str:
        return _in_language(self.subjects)

    @property
    def why(self) -> str:
        return _in_language(self.whys)


def days_of(cycle: Cycle) -> list[datetime.date]:
    """The days of a cycle's year on which reminders go out, from the day of its scheme on."""
    return reminding_days(
        max(cycle.scheme_issued_on, datetime.date(cycle.year, 1, 1)), datetime.date(cycle.year, 12, 31)
    )


def rehearse(cycle: Cycle, step: Callable[[int, int], None] = lambda done, total: None) -> list[Entry]:
    """All reminders of the year in the order in which they would go out.

    People, roles, absences and what is done already are those of now; scheduled work such as drawing the list of the
    annual review is taken as done on its day.

    Args:
        step: told after each day how many are done, of how many.
    """
    days, year, entries = days_of(cycle), _Year(cycle), []
    with rehearsing(cycle):
        for number, day in enumerate(days, start=1):
            entries += year.on(day)
            step(number, len(days))
    return entries


class _Year:
    """The ledger of a rehearsal, and the names of units it has met."""

    def __init__(self, cycle: Cycle):
        self.cycle = cycle
        self._sent: set[Key] = set()
        self._units: dict[int | None, dict[str, str]] = {None: {}}

    def on(self, day: datetime.date) -> list[Entry]:
        """What goes out on a day: everything that has come due and did not go out before."""
        with clock.travel(day):
            wanted = due_now(duty for duty in owed_now() if self._has(duty))
            new = [planned for key, planned in wanted.items() if key not in self._sent]
            self._sent.update(wanted)
            new.sort(key=lambda planned: (planned.user.unit_id or 0, planned.user.pk, planned.duty.due_on))
            return [self._entry(day, planned) for planned in new]

    def _has(self, duty: Duty) -> bool:
        """Not what a source tells of another programme, nor what belongs to none, such as the working calendar."""
        return duty.office is not None and duty.office.pk == self.cycle.programme.owner_id

    def _entry(self, day: datetime.date, planned: Planned) -> Entry:
        return Entry(
            day=day,
            recipient_id=planned.user.pk,
            person=str(planned.user),
            units=self._unit_of(planned.user),
            kind=str(planned.duty.kind),
            subjects={code: planned.subject_in(code) for code in _languages()},
            due_on=planned.duty.due_on,
            stage=planned.stage,
            whys={code: planned.why_in(code) for code in _languages()},
        )

    def _unit_of(self, user: User) -> dict[str, str]:
        if user.unit_id not in self._units:
            self._units[user.unit_id] = {code: _name_in(code, user.unit) for code in _languages()}
        return self._units[user.unit_id]


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _name_in(language: str, unit) -> str:
    with translation.override(language):
        return str(unit)


def _in_language(words: dict[str, str]) -> str:
    return words.get(get_language() or "") or next(iter(words.values()), "")


# --- kept ---------------------------------------------------------------------------------------------------


def to_json(entries: list[Entry]) -> bytes:
    rows = [asdict(entry) | {"day": str(entry.day), "due_on": str(entry.due_on)} for entry in entries]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(text: bytes) -> Iterator[Entry]:
    for row in json.loads(text):
        days = {name: datetime.date.fromisoformat(row[name]) for name in ("day", "due_on")}
        yield Entry(**row | days)
