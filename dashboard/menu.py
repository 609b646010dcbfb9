"""The main menu: groups of places, each with the roles that see it."""

import re
from dataclasses import dataclass, field

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

_READERS = frozenset({Role.UNIT_STAFF, Role.OFFICE, Role.LEADER, Role.SUPERVISOR})
_DECIDERS = frozenset({Role.OFFICE, Role.LEADER})
_EVERYBODY = frozenset(Role)
_CERTIFICATES = (r"/publicity/certificates/", r"/publicity/plaques/")


@dataclass(frozen=True)
class Place:
    label: object
    icon: str
    url: object
    seen_by: frozenset
    #: Where a quarterly evaluation of units concerns the person, whatever the role.
    if_evaluated: bool = False
    #: Where else its pages lie, as patterns of paths: those that begin with the address of another place.
    also: tuple[str, ...] = ()

    def match(self, path: str) -> int:
        """How much of a path belongs to this place; the root is only itself."""
        url = str(self.url)
        begins = path == url or (url != "/" and path.startswith(url))
        found = [re.match(pattern, path) for pattern in self.also]
        return max([len(url) if begins else 0, *(each.end() for each in found if each)])


@dataclass
class Group:
    """A heading (empty for the first) and what stands under it."""

    title: object
    places: list[Place] = field(default_factory=list)


def _place(label, icon: str, view: str, *seen_by, if_evaluated: bool = False, also=()) -> Place:
    return Place(label, icon, reverse_lazy(view), frozenset(seen_by), if_evaluated, also)


MENU = [
    Group(
        "",
        [
            _place(_("To do"), "inbox", "dashboard:inbox", *_EVERYBODY),
            _place(_("Messages"), "bell", "notices:list", *_EVERYBODY),
            _place(
                _("Overview"),
                "bar-chart",
                "dashboard:overview",
                *_DECIDERS,
                Role.UNIT_STAFF,
                also=(r"/warnings/",),
            ),
            _place(_("Map"), "map", "dashboard:map", *_DECIDERS, Role.UNIT_STAFF),
            _place(_("This year's scheme"), "calendar3", "applications:cycle", *_READERS, Role.ASSESSOR),
        ],
    ),
    Group(
        _("Sites"),
        [
            _place(_("Sites"), "geo-alt", "sites:list", *_READERS, Role.LIAISON),
            _place(
                _("Ledger entries to confirm"),
                "journal-check",
                "sites:waiting",
                Role.UNIT_STAFF,
                Role.LIAISON,
            ),
            _place(_("Plaques"), "award", "sites:plaques", *_READERS, also=_CERTIFICATES),
            _place(
                _("Figures of counties and parks"),
                "percent",
                "sites:area_figures",
                *_DECIDERS,
                Role.UNIT_STAFF,
            ),
            _place(_("Annual review"), "arrow-repeat", "assessments:reviews", *_READERS),
        ],
    ),
    Group(
        _("Applying and assessing"),
        [
            _place(_("Applications"), "file-earmark-text", "applications:list", *_READERS, Role.SEAL_KEEPER),
            _place(
                _("Who may apply"),
                "signpost-split",
                "applications:eligibility",
                *_DECIDERS,
                Role.UNIT_STAFF,
            ),
            _place(
                _("Assessment"),
                "clipboard-check",
                "assessments:list",
                *_DECIDERS,
                Role.ASSESSOR,
                Role.UNIT_STAFF,
            ),
            _place(_("Assessment indicators"), "list-check", "assessments:indicators", *_DECIDERS),
            _place(_("Quarterly evaluation"), "list-check", "assessments:evaluation", if_evaluated=True),
            _place(
                _("Electronic seals"),
                "patch-check",
                "applications:seals",
                Role.SEAL_KEEPER,
                Role.SECURITY_ADMIN,
                also=_CERTIFICATES,
            ),
            _place(_("Check a sealed PDF"), "file-earmark-check", "applications:check_pdf", *_EVERYBODY),
        ],
    ),
    Group(
        _("Supervision"),
        [
            _place(_("Supervision groups"), "people", "supervision:list", *_READERS),
            _place(
                _("Plan of visits"),
                "calendar-check",
                "supervision:plan",
                *_READERS,
                also=(r"/supervision/\d+/plan/",),
            ),
            _place(
                _("Visits recorded"),
                "binoculars",
                "supervision:inspections",
                *_READERS,
                also=(r"/supervision/\d+/visits/",),
            ),
            _place(_("Supervision findings"), "exclamation-diamond", "supervision:findings", *_READERS),
            _place(_("Meetings"), "calendar-event", "supervision:meetings", *_READERS),
            _place(_("Task ledger"), "list-task", "supervision:tasks", *_READERS),
        ],
    ),
    Group(
        _("Publicity"),
        [
            _place(
                _("Coverage register"),
                "newspaper",
                "publicity:coverage",
                *_READERS,
                also=(r"/sites/import/coverage/",),
            ),
            _place(_("Media matrix"), "grid-3x3", "publicity:matrix", *_READERS),
            _place(_("Publicity plan"), "megaphone", "publicity:plan", *_READERS),
            _place(_("Exemplary cases"), "star", "publicity:cases", *_READERS),
            _place(_("Texts for the public"), "globe", "publicity:stories", *_READERS),
        ],
    ),
    Group(
        _("Running the system"),
        [
            _place(
                _("Rehearsal of the year"),
                "calendar-range",
                "programmes:rehearsal",
                Role.OFFICE,
                Role.SYSTEM_ADMIN,
            ),
            _place(
                _("Working calendar"), "calendar-week", "notices:calendar", Role.OFFICE, Role.SYSTEM_ADMIN
            ),
            _place(_("Accounts"), "person-gear", "accounts:users", Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            _place(_("Access of other systems"), "plug", "accounts:tokens", Role.SECURITY_ADMIN),
            _place(_("Audit trail"), "shield-check", "accounts:audit", Role.AUDITOR),
        ],
    ),
]


def menu_of(roles: set[str], evaluated: bool, path: str) -> list[dict]:
    """What a person with these roles finds in the menu, in groups, the place of `path` marked as here."""
    groups = [
        (group.title, [place for place in group.places if _is_seen(place, roles, evaluated)])
        for group in MENU
    ]
    here = _here(path, [place for _title, places in groups for place in places])
    return [
        {"title": title, "items": [_item(place, here) for place in places]}
        for title, places in groups
        if places
    ]


def _is_seen(place: Place, roles: set[str], evaluated: bool) -> bool:
    return bool(roles & place.seen_by) or (place.if_evaluated and evaluated)


def _item(place: Place, here: Place | None) -> dict:
    return {"label": place.label, "icon": place.icon, "url": str(place.url), "here": place is here}


def _here(path: str, places: list[Place]) -> Place | None:
    """The menu entry a page belongs to: the one that fits most of its path."""
    fitting = [place for place in places if place.match(path)]
    return max(fitting, key=lambda place: place.match(path), default=None)
