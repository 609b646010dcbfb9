"""The meetings a cycle's scheme asks for, read out of `cycle.supervision["meetings"]` (programmes/schema.json)."""

import datetime
from dataclasses import dataclass

from accounts.models import Unit
from accounts.names import in_language
from accounts.words import lazy_day
from applications.deadlines import a_year_later
from applications.models import Cycle

#: Who calls a meeting, as the programme file says it.
AREA, OWNER = "area", "owner"


@dataclass(frozen=True)
class MeetingKind:
    """One kind of meeting in one year. `least`: how many each caller owes; `article`: where that is written.

    `starts_on` to `due_on` is the stretch in which it is held; without one it is the whole year.
    """

    code: str
    name: str
    name_en: str
    held_by: str
    least: int
    starts_on: datetime.date
    due_on: datetime.date
    has_speakers: bool
    article: str

    def __str__(self) -> str:
        return in_language({"name": self.name, "name_en": self.name_en}, "name")

    @property
    def is_for_areas(self) -> bool:
        return self.held_by == AREA

    @property
    def days(self):
        """The stretch in words."""
        return f"{lazy_day(self.starts_on)} – {lazy_day(self.due_on)}"

    def covers(self, day: datetime.date) -> bool:
        return self.starts_on <= day <= self.due_on

    def is_called_by(self, unit: Unit, owner: Unit) -> bool:
        """Whether meetings of this kind are called by the unit, in a programme of `owner`."""
        if self.is_for_areas:
            return unit.is_area and owner.contains(unit)
        return unit.pk == owner.pk


def kinds_of(cycle: Cycle) -> list[MeetingKind]:
    """The kinds of meeting of a cycle, in the order of its scheme; no query."""
    return [_kind(cycle, found) for found in cycle.supervision.get("meetings", [])]


def kind_of(cycle: Cycle, code: str) -> MeetingKind | None:
    return next((kind for kind in kinds_of(cycle) if kind.code == code), None)


def former_code(code: str) -> str:
    """Under what the days a kind of meeting had before are kept (`applications.models.SchemeDay`)."""
    return f"meeting.{code}"


def _kind(cycle: Cycle, found: dict) -> MeetingKind:
    return MeetingKind(
        code=found["code"],
        name=found["name"],
        name_en=found.get("name_en", ""),
        held_by=found["held_by"],
        least=found.get("least", 0),
        starts_on=_in_year(found.get("starts_on"), cycle.year) or datetime.date(cycle.year, 1, 1),
        due_on=_in_year(found.get("due_on"), cycle.year) or datetime.date(cycle.year, 12, 31),
        has_speakers=found.get("has_speakers", False),
        article=cycle.articles.get(found.get("article"), ""),
    )


def _in_year(text: str | None, year: int) -> datetime.date | None:
    """The day of a scheme in a year: a following cycle is opened with the same rules."""
    if text is None:
        return None
    day = datetime.date.fromisoformat(text)
    while day.year < year:
        day = a_year_later(day)
    return day
