"""Who may do what to sites and plaques, and which states, dates and areas forbid it."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from accounts.words import lazy_day
from sites.enums import (
    ENDED_STATES,
    IN_FORCE_STATES,
    SCHEDULED_ACTIONS,
    Awarder,
    HandlingKind,
    PlaqueAction,
    PlaqueState,
    SiteAction,
    SiteState,
    WhenBelowEnds,
)

#: Steps on a plaque that are decided: with a written reason, and only while its validity lasts.
DECIDED_ACTIONS = (
    PlaqueAction.RECTIFY,
    PlaqueAction.RESTORE,
    PlaqueAction.SUSPEND,
    PlaqueAction.RESUME,
    PlaqueAction.REVOKE,
    PlaqueAction.GIVE_BACK,
    PlaqueAction.REPLACE,
)


def may_register_sites(user, area=None) -> bool:
    return has_role(user, Role.UNIT_STAFF, area)


def may_edit_site(user, site) -> bool:
    return has_role(user, Role.UNIT_STAFF, site.area) and site.state == SiteState.ACTIVE


def why_not_site_action(user, site, action, reason) -> Reason | None:
    """Closing is for the county staff; reopening, renaming, moving and merging for the leadership office; all with a
    written reason."""
    if action == SiteAction.CLOSE:
        refusal = why_not_role(user, (Role.UNIT_STAFF,), site.area)
    else:
        refusal = why_not_role(user, (Role.OFFICE,), site.programme.owner)
    return refusal or _why_no_reason(reason)


def why_not_register_plaque(user, site) -> Reason | None:
    """Earlier plaques are entered by the site's own county staff, or by the leadership office."""
    if why_not_role(user, (Role.OFFICE,), site.programme.owner) is None:
        return None
    return why_not_role(user, (Role.UNIT_STAFF,), site.area)


def why_not_plaque_action(user, plaque, action, reason) -> Reason | None:
    """Plaques are confirmed, refused, suspended, replaced and taken back by whoever answers for the level, never by
    the site's own staff (county plaques: by the county that gave them)."""
    if action == PlaqueAction.PROVE:
        return _why_not_prove(user, plaque)
    if action in SCHEDULED_ACTIONS:
        return None if user is None else Reason(text=_("Nobody decides this: it follows from the records."))
    refusal = why_not_awarder(user, plaque)
    if refusal is None and action in (PlaqueAction.REFUSE, *DECIDED_ACTIONS):
        refusal = _why_no_reason(reason)
    if refusal is None and action in DECIDED_ACTIONS:
        refusal = _why_over(plaque)
    if refusal is None and action == PlaqueAction.CONFIRM:
        refusal = _why_not_confirm(user, plaque)
    return refusal


def why_not_awarder(user, plaque) -> Reason | None:
    """A plaque is dealt with by those who award its level: the county its own, the leadership office the others."""
    return why_not_role(user, awarding_roles(plaque.level), awarding_unit(plaque.level, plaque.site))


def _why_not_confirm(user, plaque) -> Reason | None:
    if not plaque.paper:
        return Reason(
            text=_("The award paper is missing: there is nothing to confirm yet."),
            remedy=_("The county staff adds it on the page of the site."),
        )
    if user and plaque.registered_by_id == user.pk:
        return Reason(
            text=_("Whoever registered a plaque cannot confirm it: a second person looks at the paper.")
        )
    return why_not_overlapping(plaque.site, plaque.level, plaque.awarded_on)


def _why_over(plaque) -> Reason | None:
    if plaque.valid_until is None or plaque.valid_until >= clock.today():
        return None
    return Reason(
        text=_("The validity of the plaque ended on %(day)s.") % {"day": lazy_day(plaque.valid_until)}
    )


def follows_from_below(below):
    """A guard for what the programme's rule does to the plaque above when `below` has ended: whoever ended that one,
    this one follows without a decision of its own; anything else needs whoever awards the level."""
    steps = {WhenBelowEnds.SUSPEND: PlaqueAction.SUSPEND, WhenBelowEnds.REVOKE: PlaqueAction.REVOKE}

    def why_not(user, plaque, action, reason) -> Reason | None:
        stands_on_it = below.site_id == plaque.site_id and below.level.rank < plaque.level.rank
        gone = below.state in ENDED_STATES and below.state != PlaqueState.REPLACED
        if stands_on_it and gone and steps.get(plaque.level.when_below_ends) == action:
            return None
        return why_not_plaque_action(user, plaque, action, reason)

    return why_not


def follows_from_merger(absorbed):
    """A guard for what a merger does to the plaques of the absorbed site: the leadership office merges."""

    def why_not(user, plaque, action, reason) -> Reason | None:
        if plaque.site_id == absorbed.pk and action in (PlaqueAction.REPLACE, PlaqueAction.LAPSE):
            return why_not_site_action(user, absorbed, SiteAction.MERGE, reason)
        return why_not_plaque_action(user, plaque, action, reason)

    return why_not


def why_not_between(day, first, last) -> Reason | None:
    """The day of a step lies on or after the day it builds on, and not in the future."""
    if first <= day <= last:
        return None
    return Reason(
        text=_("The day must lie between %(first)s and %(last)s.")
        % {"first": lazy_day(first), "last": lazy_day(last)}
    )


def why_not_handle(user, plaque, kind) -> Reason | None:
    """The metal plaque is hung up and reported lost by the county or the office; it is handed in to whoever awards
    the level, once it counts no more."""
    if plaque.state in (PlaqueState.CLAIMED, PlaqueState.REFUSED):
        return Reason(text=_("The plaque has not been confirmed."))
    if kind != HandlingKind.RETRIEVED:
        return why_not_register_plaque(user, plaque.site)
    if plaque.state in IN_FORCE_STATES:
        return Reason(
            text=_("The plaque is in force: it stays on the wall."),
            remedy=_("Record that it was lost, or end it first."),
        )
    return why_not_awarder(user, plaque)


def why_not_rename(site) -> Reason | None:
    """The county corrects the name of a site without a plaque; a name that stands on a plaque is the office's."""
    if not site.plaques.held().exists():
        return None
    return Reason(
        text=_("The name cannot be changed here: the site has a plaque that bears it."),
        remedy=_("The leadership office renames the site, with the reason."),
    )


def why_not_merge(site, into) -> Reason | None:
    """Two active sites of one programme and category, none of whose plaques still waits for confirmation."""
    if site.pk == into.pk or site.programme_id != into.programme_id:
        return Reason(text=_("Choose another site of the same programme."))
    if site.category_id != into.category_id:
        return Reason(text=_("Only sites of the same category can be merged."))
    for one in (site, into):
        if one.plaques.filter(state=PlaqueState.CLAIMED).exists():
            return Reason(
                text=_("A plaque of “%(site)s” still waits for confirmation.") % {"site": one},
                remedy=_("Confirm it or not, then merge."),
            )
    return why_not_active(into)


def _why_not_prove(user, plaque) -> Reason | None:
    """With its paper the county's own plaque counts at once, as one registered with its paper does."""
    if plaque.level.awarded_by != Awarder.AREA:
        return Reason(text=_("A plaque of this level is confirmed by the leadership office."))
    return why_not_register_plaque(user, plaque.site) or why_not_overlapping(
        plaque.site, plaque.level, plaque.awarded_on
    )


def why_not_dated(awarded_on) -> Reason | None:
    """A slip of the keyboard in the year would otherwise make a plaque held for centuries, or from tomorrow on."""
    if awarded_on > clock.today():
        return Reason(text=_("The date of the award lies in the future."))
    if awarded_on.year < 1980:
        return Reason(text=_("The year %(year)s cannot be right.") % {"year": awarded_on.year})
    return None


def why_not_overlapping(site, level, awarded_on) -> Reason | None:
    """One plaque of a level at a time, on past days as well: a new one begins when the last has ended."""
    last = site.plaques.filter(level=level, ended_on__gt=awarded_on).order_by("-ended_on").first()
    return last and Reason(
        text=_("The site held the plaque %(number)s of this level until %(day)s.")
        % {"number": last.number, "day": lazy_day(last.ended_on)},
        remedy=_("A new plaque is dated on that day or later."),
    )


def why_not_earlier(level, awarded_on) -> Reason | None:
    """Registering is for plaques from before the programme was run here; later ones come out of an assessment."""
    since = level.programme.kept_since
    if since is None or awarded_on < since:
        return None
    return Reason(
        text=_("Plaques of this level are awarded here since %(year)s.") % {"year": since.year},
        remedy=_("File an application for it."),
    )


def awarding_roles(level) -> tuple[str, ...]:
    return (Role.UNIT_STAFF,) if level.awarded_by == Awarder.AREA else (Role.OFFICE,)


def awarding_unit(level, site):
    return site.area if level.awarded_by == Awarder.AREA else level.programme.owner


def why_not_active(site) -> Reason | None:
    """A closed site takes no changes: no plaque, no figures, no activity."""
    if site.state == SiteState.ACTIVE:
        return None
    if site.state == SiteState.MERGED:
        return Reason(
            text=_("The site was merged into “%(site)s”.") % {"site": site.merged_into},
            remedy=_("Go on there."),
        )
    return Reason(text=_("The site is closed."), remedy=_("The leadership office can reopen it."))


def why_not_inside(area, unit) -> Reason | None:
    if area.contains(unit):
        return None
    return Reason(text=_("%(unit)s does not belong to %(area)s.") % {"unit": unit, "area": area})


def why_not_held(held_on) -> Reason | None:
    """The ledger of activities is of what was held."""
    if held_on > clock.today():
        return Reason(text=_("The day of the activity lies in the future."))
    if held_on.year < 1980:
        return Reason(text=_("The year %(year)s cannot be right.") % {"year": held_on.year})
    return None


def why_not_add_paper(user, plaque) -> Reason | None:
    """The paper of a plaque that came without one is added by whoever may register earlier plaques."""
    if plaque.state != PlaqueState.CLAIMED or plaque.paper:
        return Reason(text=_("This plaque waits for no paper."))
    return why_not_register_plaque(user, plaque.site)


def why_not_area(programme, area) -> Reason | None:
    """Sites are registered for counties and parks of the programme, not for the city or somebody else's county."""
    if area.is_area and programme.owner.contains(area):
        return None
    return Reason(
        text=_("%(unit)s is no county or park of this programme.") % {"unit": area},
        remedy=_("Choose the county or park the site belongs to."),
    )


def why_not_award_own(user, site, level) -> Reason | None:
    """A county or park gives only plaques of its own level, to its own active sites."""
    if level.awarded_by != Awarder.AREA:
        return Reason(
            text=_("A plaque of this level is awarded after assessment, not by the county itself."),
            remedy=_("File an application for it."),
        )
    return why_not_active(site) or why_not_role(user, (Role.UNIT_STAFF,), site.area)


def _why_no_reason(reason) -> Reason | None:
    if reason.strip():
        return None
    return Reason(text=_("Write the reason: it is kept with the decision."))
