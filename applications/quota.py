"""How many applications an area may file at a level in a cycle, and how many places are left."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import Reason
from applications.models import Cycle, QuotaPlace


@dataclass(frozen=True)
class Quota:
    """Places of one area at one level: all, of which extra, and taken."""

    level: object
    places: int
    extra: int
    taken: int

    @property
    def left(self) -> int:
        return self.places - self.taken


def quotas(cycle: Cycle, area) -> dict[int, Quota]:
    """The area's quota by level id; one query."""
    return quotas_of(cycle, [area])[area.pk]


def quotas_of(cycle: Cycle, areas: Iterable) -> dict[int, dict[int, Quota]]:
    """The quota of each of the areas by area id and level id; one query whatever their number."""
    found: dict[int, dict[int, list[QuotaPlace]]] = {area.pk: {} for area in areas}
    for place in QuotaPlace.objects.filter(cycle=cycle, area_id__in=found).select_related("level"):
        found[place.area_id].setdefault(place.level_id, []).append(place)
    return {
        area_id: {level_id: _quota(places) for level_id, places in by_level.items()}
        for area_id, by_level in found.items()
    }


def _quota(places: list[QuotaPlace]) -> Quota:
    return Quota(
        level=places[0].level,
        places=len(places),
        extra=sum(place.is_extra for place in places),
        taken=sum(place.application_id is not None for place in places),
    )


def why_no_place(cycle: Cycle, area, level) -> Reason | None:
    """None while the area has a free place at the level, else how many there were and how to get another."""
    quota = quotas(cycle, area).get(level.pk)
    if quota and quota.left > 0:
        return None
    return no_place_words(cycle, area, level, quota)


def no_place_words(cycle: Cycle, area, level, quota: Quota | None) -> Reason:
    """How many places there were, where that is written and how to get another."""
    if quota is None:
        text = _("%(area)s has no place for %(level)s in %(cycle)s.") % {
            "area": area,
            "level": level,
            "cycle": cycle,
        }
    else:
        text = _("The quota of %(area)s for %(level)s is used up: %(taken)s of %(places)s.") % {
            "area": area,
            "level": level,
            "taken": quota.taken,
            "places": quota.places,
        }
    return Reason(
        text=text,
        article=cycle.articles.get("quota", ""),
        remedy=_(
            "The leadership office can grant an extra place (增报) after it has looked at the site and agreed."
        ),
    )
