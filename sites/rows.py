"""The rows of the two lists as their pages need them, of live objects and of records alike."""

import datetime
from dataclasses import dataclass

from accounts.names import in_language
from sites.enums import PlaqueState, SiteState
from sites.models import Plaque, Site
from sites.resources import metal_words
from sites.shown import plaque_shown, site_shown, still_to_hand_in


@dataclass(frozen=True)
class SiteRow:
    pk: int
    name: str
    is_flagship: bool
    category: str
    area: str
    unit: str
    plaques: list[tuple[str, str]]
    state: str

    @property
    def get_state_display(self) -> str:
        return SiteState(self.state).label


@dataclass(frozen=True)
class PlaqueRow:
    pk: int
    site_pk: int
    number: str
    level: str
    site: str
    category: str
    area: str
    awarded_on: datetime.date
    valid_until: datetime.date | None
    rectify_by: datetime.date | None
    ended_on: datetime.date | None
    why: str
    metal: str
    is_missing: bool
    state: str

    @property
    def get_state_display(self) -> str:
        return PlaqueState(self.state).label


def site_row(one) -> SiteRow:
    """The row of a site, or of a record of one."""
    live = isinstance(one, Site)
    shown = site_shown(one) if live else one.shown
    return SiteRow(
        pk=one.pk if live else one.site_id,
        name=shown["name"],
        is_flagship=shown["flagship"],
        category=in_language(shown["category"], "name"),
        area=in_language(shown["area"], "name"),
        unit=in_language(shown["unit"], "name") if one.unit_id != one.area_id else "",
        plaques=[(in_language(level, "name"), number) for level, number in shown["plaques"]],
        state=one.state,
    )


def plaque_row(one) -> PlaqueRow:
    """The row of a plaque, or of a record of one."""
    if isinstance(one, Plaque):
        one.shown = plaque_shown(one)
        plaque = one
    else:
        plaque = one.plaque
    shown = one.shown
    return PlaqueRow(
        pk=plaque.pk,
        site_pk=plaque.site_id,
        number=shown["number"],
        level=in_language(shown["level"], "name"),
        site=shown["site"],
        category=in_language(shown["category"], "name"),
        area=in_language(shown["area"], "name"),
        awarded_on=_day(shown["awarded_on"]),
        valid_until=_day(shown["valid_until"]),
        rectify_by=_day(shown["rectify_by"]),
        ended_on=_day(shown["ended_on"]),
        why=shown["why"],
        metal=metal_words(one),
        is_missing=still_to_hand_in(one.state, shown),
        state=one.state,
    )


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
