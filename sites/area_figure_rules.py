"""Who may enter what a county or park reports of itself, and what it may say."""

from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import READING_ROLES, Role
from accounts.errors import Reason
from accounts.names import in_language
from accounts.rules import has_role, why_not_role
from sites.rules import why_not_area

_EARLIEST_YEAR = 1980


def may_read_area_figures(user) -> bool:
    """The page is for those who read the sites of whole units; a liaison keeps one site."""
    return any(has_role(user, role) for role in READING_ROLES)


def why_not_set_area_figures(user, programme, area) -> Reason | None:
    """An area's own staff enters its figures, or the leadership office for any area of the programme."""
    if not programme.area_figures:
        return Reason(
            text=_("%(programme)s asks counties and parks for no figures.") % {"programme": programme}
        )
    refusal = why_not_area(programme, area)
    if refusal is None and why_not_role(user, (Role.OFFICE,), programme.owner) is not None:
        refusal = why_not_role(user, (Role.UNIT_STAFF,), area)
    return refusal


def why_not_area_figures(programme, year: int, values: dict[str, Decimal]) -> Reason | None:
    """Whether these figures of a year can be: `values` are all that would stand, by code."""
    if not _EARLIEST_YEAR <= year <= clock.today().year:
        return Reason(text=_("The year %(year)s cannot be right.") % {"year": year})
    known = {figure["code"]: in_language(figure, "name") for figure in programme.area_figures}
    for code, value in values.items():
        if code not in known:
            return Reason(text=_("The programme has no figure “%(code)s”.") % {"code": code})
        if value < 0:
            return Reason(text=_("%(name)s: no number below zero.") % {"name": known[code]})
    for ratio in programme.ratios:
        part, whole = values.get(ratio["part"]), values.get(ratio["whole"])
        if part is not None and whole is not None and part > whole:
            return Reason(
                text=_("%(part)s cannot be more than %(whole)s.")
                % {"part": known[ratio["part"]], "whole": known[ratio["whole"]]},
                remedy=_("Look at both numbers once more."),
            )
    return None
