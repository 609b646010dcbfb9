"""Every value the lists of sites and plaques show, as plain data: what an export writes and what the records keep.

Names that have two languages are kept in both. Live rows and records are shown from the same dictionary, so a list as
of a past day says what the export of that day said.
"""

import datetime

from django.utils import timezone

from sites.enums import SETTLED_BY, TO_HAND_IN_STATES


def site_shown(site) -> dict:
    """What a list shows of a site; its plaques in force lie ready as `plaques_in_force` (sites.selectors)."""
    return {
        "name": site.name,
        "initials": site.initials,
        "category": names_of(site.category),
        "area": names_of(site.area),
        "unit": names_of(site.unit),
        "address": site.address,
        "person_in_charge": site.person_in_charge,
        "flagship": site.is_flagship,
        "registered": timezone.localtime(site.registered_at).date().isoformat(),
        "plaques": [[names_of(plaque.level), plaque.number] for plaque in site.plaques_in_force],
    }


def plaque_shown(plaque) -> dict:
    """What a list shows of a plaque; its ending and handlings lie ready (sites.selectors.plaques_for_list)."""
    site, ending, handling = plaque.site, plaque.endings[-1:], plaque.handled[-1:]
    return {
        "number": plaque.number,
        "site": site.name,
        "initials": site.initials,
        "category": names_of(site.category),
        "area": names_of(site.area),
        "level": names_of(plaque.level),
        "awarded_on": plaque.awarded_on.isoformat(),
        "held_since": _iso(plaque.held_since),
        "valid_until": _iso(plaque.valid_until),
        "rectify_by": _iso(plaque.rectify_by),
        "ended_on": _iso(plaque.ended_on),
        "why": ending[0].reason if ending else "",
        "basis": plaque.reason,
        "handling": handling[0].kind if handling else "",
        "handled_on": _iso(handling[0].done_on) if handling else "",
        "settled": any(one.kind in SETTLED_BY for one in plaque.handled),
    }


def names_of(obj) -> dict[str, str]:
    """A name in both languages, as `accounts.names.in_language` reads it."""
    return {"name": obj.name, "name_en": obj.name_en}


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def still_to_hand_in(state: str, shown: dict) -> bool:
    """Whether a plaque is over and nobody has written down that the metal plaque was handed in or lost."""
    return state in TO_HAND_IN_STATES and not shown["settled"]
