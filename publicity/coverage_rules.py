"""Who may record coverage and plan it, when, and what an entry has to tell."""

import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from accounts.uploads import IMAGES, PDF
from accounts.words import lazy_day
from publicity.enums import CoverageState, PlannedState
from publicity.pieces import Piece
from publicity.schemes import Scheme

EARLIEST = datetime.date(1980, 1, 1)
_SOUND = {"mp3": "audio/mpeg", "m4a": "audio/mp4"}
_FILM = {"mp4": "video/mp4"}
#: What may be kept of a piece, by what it is.
FILES = {
    "pictures": _FILM | IMAGES | PDF,
    "text": PDF | IMAGES,
    "sound": _SOUND | PDF | IMAGES,
    "report": PDF | IMAGES,
}


def why_not_keep_coverage(actor, area, programme) -> Reason | None:
    """The county keeps the register of its own sites, the leadership office that of all."""
    if actor is not None and why_not_role(actor, (Role.OFFICE,), programme.owner) is None:
        return None
    return why_not_role(actor, (Role.UNIT_STAFF,), area)


def why_not_coverage_action(actor, coverage, action: str, reason: str) -> Reason | None:
    """Why a person may not take this step with an entry; taking it back needs words."""
    refusal = why_not_keep_coverage(actor, coverage.area, coverage.programme)
    return refusal or (_need_words() if not reason.strip() else None)


def why_not_planned_action(actor, planned, action: str, reason: str) -> Reason | None:
    """Why a person may not take this step with a line of the plan; dropping it needs words."""
    refusal = why_not_keep_coverage(actor, planned.area, planned.cycle.programme)
    return refusal or (_need_words() if not reason.strip() else None)


def _need_words() -> Reason:
    return Reason(text=_("Write the reason: it is kept with the entry."))


def keeps_a_register(user) -> bool:
    """Whether the person records coverage of some area."""
    return has_role(user, Role.UNIT_STAFF) or has_role(user, Role.OFFICE)


def why_not_change(actor, coverage) -> Reason | None:
    """Why an entry may not be changed by this person now."""
    refusal = why_not_keep_coverage(actor, coverage.area, coverage.programme)
    if refusal is None and coverage.state != CoverageState.RECORDED:
        refusal = Reason(
            text=_("The entry was taken back."), remedy=_("Record the piece again if it is to count.")
        )
    return refusal


def why_not_change_planned(actor, planned) -> Reason | None:
    """Why a line of the plan may not be changed by this person now."""
    refusal = why_not_keep_coverage(actor, planned.area, planned.cycle.programme)
    if refusal is None and planned.state != PlannedState.PLANNED:
        refusal = Reason(text=_("The line was dropped."), remedy=_("Add a new line to the plan."))
    return refusal


def why_not_published(day: datetime.date) -> Reason | None:
    """Why nothing can have come out on this day."""
    if day > clock.today():
        return Reason(text=_("The day lies in the future."), remedy=_("Record it when it has come out."))
    if day < EARLIEST:
        return Reason(
            text=_("The day lies before %(day)s.") % {"day": lazy_day(EARLIEST)},
            remedy=_("Check the year."),
        )
    return None


def why_not_link(url: str) -> Reason | None:
    """Why this is no address of a page that anybody could open."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        bad = parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None
        bad = bad or parts.port == 0 or any(character.isspace() for character in url)
    except ValueError:
        bad = True
    if not bad:
        return None
    return Reason(
        text=_("“%(url)s” is no link to a page.") % {"url": url[:60]},
        remedy=_("A link begins with http:// or https://; copy it from the browser's address bar."),
    )


def why_not_traceable(*, url: str, place: str, has_file: bool) -> Reason | None:
    """An entry nobody can look up later proves nothing."""
    if url or place or has_file:
        return None
    return Reason(
        text=_("Nobody could look this piece up: link, file and place in the outlet are all empty."),
        remedy=_(
            "Give one of them: the link, a file (scan, picture, recording), or the programme and time, page or column."
        ),
    )


def why_not_in_scheme(scheme: Scheme | None, medium: str, level: str) -> Reason | None:
    """Why the year's scheme does not know this medium or this level of outlets."""
    if scheme is None:
        return Reason(text=_("The programme's scheme says nothing of publicity."))
    if scheme.medium(medium) is None:
        return Reason(
            text=_("The scheme of %(year)s does not know this medium.") % {"year": scheme.cycle.year}
        )
    if scheme.level(level) is None:
        return Reason(
            text=_("The scheme of %(year)s does not know this level of outlets.")
            % {"year": scheme.cycle.year}
        )
    return None


def why_not_about(piece: Piece, area, site_before: int | None = None) -> Reason | None:
    """Why site, case and line of the plan do not go with the area or with one another; the site an entry has already
    (`site_before`, its key) goes with it, wherever it has moved."""
    site = piece.site
    if site is not None and site.area_id != area.pk and site.pk != site_before:
        return Reason(text=_("“%(site)s” is no site of %(area)s.") % {"site": piece.site, "area": area})
    if piece.case is not None and piece.case.area_id != area.pk:
        return Reason(text=_("“%(case)s” is no case of %(area)s.") % {"case": piece.case, "area": area})
    line = piece.planned
    if line is None:
        return None
    if line.area_id != area.pk or line.state != PlannedState.PLANNED:
        return Reason(text=_("“%(line)s” is no line of this area's plan.") % {"line": line})
    if line.medium != piece.medium or line.site_id not in (None, piece.site and piece.site.pk):
        return Reason(
            text=_("The line “%(line)s” asks for another medium or another site.") % {"line": line},
            remedy=_("Choose the line that fits, or none."),
        )
    if line.cycle.year != piece.published_on.year:
        return Reason(
            text=_("The line “%(line)s” is of the plan of %(year)s.")
            % {"line": line, "year": line.cycle.year}
        )
    return None


def why_not_piece(
    piece: Piece, area, scheme: Scheme | None, *, has_file: bool, site_before: int | None = None
) -> Reason | None:
    """The first reason for which this cannot stand in the register of an area, or None; `site_before`: the key of the
    site the entry has."""
    return (
        why_not_published(piece.published_on)
        or why_not_in_scheme(scheme, piece.medium, piece.outlet_level)
        or why_not_link(piece.url)
        or why_not_traceable(url=piece.url, place=piece.place, has_file=has_file)
        or why_not_about(piece, area, site_before)
    )


def link_taken(earlier, area) -> Reason:
    """The refusal of a page that is in the register already, of this area or of another."""
    if earlier.area_id != area.pk:
        return Reason(
            text=_("This link is in the register of %(area)s already: “%(title)s”, %(outlet)s.")
            % {"area": earlier.area, "title": earlier.title, "outlet": earlier.outlet},
            remedy=_("Ask there or at the leadership office if the piece belongs to you."),
        )
    return Reason(
        text=_("This link is in the register already: “%(title)s”, %(outlet)s, %(day)s.")
        % {"title": earlier.title, "outlet": earlier.outlet, "day": lazy_day(earlier.published_on)},
        remedy=_("Change that entry, or take it back first."),
    )
