"""What a person asks the dashboard: which cycle, areas, category and level, as of which day."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from accounts import clock
from accounts.models import Unit
from accounts.scope import reached_unit_ids
from applications.models import Cycle, SchemeDay
from dashboard.tables import address
from sites.as_of import end_of, past_day
from sites.models import Category, Level
from sites.selectors import areas_of


@dataclass(frozen=True)
class Question:
    """One question; `areas` are those the person reaches, in the order of the programme file."""

    user: object
    cycle: Cycle
    cycles: list[Cycle]
    day: datetime.date
    areas: list[Unit]
    levels: list[Level]
    categories: list[Category]
    area: Unit | None = None
    category: Category | None = None
    level: Level | None = None
    #: Whether a past day was asked for.
    is_past: bool = field(default=False)

    @property
    def programme(self):
        return self.cycle.programme

    @cached_property
    def moment(self) -> datetime.datetime:
        """The end of the day asked about, by the clock of the office."""
        return end_of(self.day)

    @cached_property
    def former_days(self) -> dict[str, SchemeDay]:
        """The days of the scheme that have been moved since the day asked about, as they were then, by code; one
        query."""
        if not self.is_past:
            return {}
        later = SchemeDay.objects.filter(cycle=self.cycle, until__gt=self.moment)
        # Of a day moved more than once the one that was left first.
        return {row.code: row for row in later.order_by("-until", "-pk")}

    @property
    def shown_areas(self) -> list[Unit]:
        return [self.area] if self.area else self.areas

    @property
    def shown_categories(self) -> list[Category]:
        return [self.category] if self.category else self.categories

    @property
    def shown_levels(self) -> list[Level]:
        return [self.level] if self.level else self.levels

    def asked(self) -> dict[str, object]:
        """The question as the query of an address, without what was left open."""
        return {
            "cycle": self.cycle.pk,
            "area": self.area and self.area.pk,
            "category": self.category and self.category.pk,
            "level": self.level and self.level.pk,
            **self.as_of(),
        }

    def as_of(self) -> dict[str, str]:
        """The day for a list's address; empty for today."""
        return {"as_of": self.day.isoformat()} if self.is_past else {}

    def list_address(self, name: str, **query) -> str:
        """The address of a list of another app, as of the day asked about."""
        return address(name, **query, **self.as_of())

    def rows_address(self, code: str, **query) -> str:
        """The address of the rows behind a number: `code` names a RowSet; `query` goes before what was asked."""
        return address("dashboard:rows", args=[code], **(self.asked() | query))


def ask(user, given) -> Question | None:
    """The question of a request's query; whatever is unknown or out of reach counts as not given.

    None where there is no cycle yet that the person may see.
    """
    cycles = list(Cycle.objects.visible_to(user).select_related("programme__owner").order_by("-year", "id"))
    if not cycles:
        return None
    cycle = _chosen(cycles, given.get("cycle")) or _running(cycles)
    areas = list(areas_of(cycle.programme).filter(pk__in=reached_unit_ids(user)))
    levels, categories = list(cycle.programme.levels.all()), list(cycle.programme.categories.all())
    past = past_day(given.get("as_of", ""))
    return Question(
        user=user,
        cycle=cycle,
        cycles=cycles,
        day=past or clock.today(),
        areas=areas,
        levels=levels,
        categories=categories,
        area=_chosen(areas, given.get("area")),
        category=_chosen(categories, given.get("category")),
        level=_chosen(levels, given.get("level")),
        is_past=past is not None,
    )


def _running(cycles: list[Cycle]) -> Cycle:
    """The newest that has begun, of cycles newest first: next year's scheme may be entered long before its year."""
    return next((cycle for cycle in cycles if cycle.year <= clock.today().year), cycles[-1])


def _chosen(known: list, wanted: str | None):
    """The one whose id was asked for, if it is among those known."""
    return next((one for one in known if str(one.pk) == wanted), None)
