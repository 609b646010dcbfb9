from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from sites.enums import Awarder, PlaqueAction, PlaqueState, SiteAction, SiteState


def may_register_sites(user, area=None) -> bool:
    return has_role(user, Role.UNIT_STAFF, area)


def may_edit_site(user, site) -> bool:
    return has_role(user, Role.UNIT_STAFF, site.area) and site.state == SiteState.ACTIVE


def why_not_site_action(user, site, action, reason) -> "Reason | None":
    """Closing is for the county staff; reopening for the leadership office, with a written reason."""
    if action == SiteAction.CLOSE:
        refusal = why_not_role(user, (Role.UNIT_STAFF,), site.area)
    else:
        refusal = why_not_role(user, (Role.OFFICE,), site.programme.owner)
    return refusal or _why_no_reason(reason)


def why_not_register_plaque(user, site) -> "Reason | None":
    """Earlier plaques are entered by the site's own county staff, or by the leadership office."""
    if has_role(user, Role.OFFICE, site.programme.owner):
        return None
    return why_not_role(user, (Role.UNIT_STAFF,), site.area)


def why_not_plaque_action(user, plaque, action, reason) -> "Reason | None":
    """Plaques are confirmed, refused and revoked by whoever answers for the level, never by the site's own staff
    (county plaques: by the county that gave them)."""
    if action == PlaqueAction.PROVE:
        return _why_not_prove(user, plaque)
    refusal = why_not_role(user, awarding_roles(plaque.level), awarding_unit(plaque.level, plaque.site))
    if refusal is None and action in (PlaqueAction.REFUSE, PlaqueAction.REVOKE):
        refusal = _why_no_reason(reason)
    if refusal is None and action == PlaqueAction.CONFIRM and not plaque.paper:
        refusal = Reason(
            text=_("The award paper is missing: there is nothing to confirm yet."),
            remedy=_("The county staff adds it on the page of the site."),
        )
    if refusal is None and action == PlaqueAction.CONFIRM and user and plaque.registered_by_id == user.pk:
        refusal = Reason(
            text=_("Whoever registered a plaque cannot confirm it: a second person looks at the paper.")
        )
    return refusal


def _why_not_prove(user, plaque) -> "Reason | None":
    """With its paper the county's own plaque counts at once, as one registered with its paper does."""
    if plaque.level.awarded_by != Awarder.AREA:
        return Reason(text=_("A plaque of this level is confirmed by the leadership office."))
    return why_not_register_plaque(user, plaque.site)


def why_not_dated(awarded_on) -> "Reason | None":
    """A slip of the keyboard in the year would otherwise make a plaque held for centuries, or from tomorrow on."""
    if awarded_on > clock.today():
        return Reason(text=_("The date of the award lies in the future."))
    if awarded_on.year < 1980:
        return Reason(text=_("The year %(year)s cannot be right.") % {"year": awarded_on.year})
    return None


def why_not_earlier(level, awarded_on) -> "Reason | None":
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


def why_not_active(site) -> "Reason | None":
    """A closed site takes no changes: no plaque, no figures, no activity."""
    if site.state == SiteState.ACTIVE:
        return None
    return Reason(text=_("The site is closed."), remedy=_("The leadership office can reopen it."))


def why_not_inside(area, unit) -> "Reason | None":
    if area.contains(unit):
        return None
    return Reason(text=_("%(unit)s does not belong to %(area)s.") % {"unit": unit, "area": area})


def why_not_held(held_on) -> "Reason | None":
    """The ledger of activities is of what was held."""
    if held_on > clock.today():
        return Reason(text=_("The day of the activity lies in the future."))
    if held_on.year < 1980:
        return Reason(text=_("The year %(year)s cannot be right.") % {"year": held_on.year})
    return None


def why_not_record_activity(user, site) -> "Reason | None":
    """The ledger of activities is the county staff's, of sites that are kept up."""
    return why_not_role(user, (Role.UNIT_STAFF,), site.area) or why_not_active(site)


def why_not_add_paper(user, plaque) -> "Reason | None":
    """The paper of a plaque that came without one is added by whoever may register earlier plaques."""
    if plaque.state != PlaqueState.CLAIMED or plaque.paper:
        return Reason(text=_("This plaque waits for no paper."))
    return why_not_register_plaque(user, plaque.site)


def why_not_area(programme, area) -> "Reason | None":
    """Sites are registered for counties and parks of the programme, not for the city or somebody else's county."""
    if area.is_area and programme.owner.contains(area):
        return None
    return Reason(
        text=_("%(unit)s is no county or park of this programme.") % {"unit": area},
        remedy=_("Choose the county or park the site belongs to."),
    )


def why_not_award_own(user, site, level) -> "Reason | None":
    """A county or park gives only plaques of its own level, to its own active sites."""
    if level.awarded_by != Awarder.AREA:
        return Reason(
            text=_("A plaque of this level is awarded after assessment, not by the county itself."),
            remedy=_("File an application for it."),
        )
    return why_not_active(site) or why_not_role(user, (Role.UNIT_STAFF,), site.area)


def _why_no_reason(reason) -> "Reason | None":
    if reason.strip():
        return None
    return Reason(text=_("Write the reason: it is kept with the decision."))
