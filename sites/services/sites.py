"""Registering, changing, closing and reopening sites."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.names import initials
from accounts.rules import why_not_role
from accounts.services import record
from sites.enums import PlaqueState, SiteAction
from sites.models import Programme, Site, SiteFigure
from sites.rules import why_not_active, why_not_area, why_not_inside, why_not_rename
from sites.services.common import lock_site, save_unique, transition
from sites.services.records import keep_figures, keep_records


@transaction.atomic
def register_site(*, actor, programme: Programme, area, unit=None, figures=None, **fields) -> Site:
    """Enter a site of an area (county or park). `figures` maps figure codes to numbers of the present year.

    Raises DomainError for a person who is not staff of the area, a unit outside it or a name already used there.
    """
    require(why_not_role(actor, (Role.UNIT_STAFF,), area))
    require(why_not_area(programme, area))
    require(why_not_inside(area, unit or area))
    site = Site(
        programme=programme,
        area=area,
        unit=unit or area,
        initials=initials(fields["name"]),
        registered_at=clock.now(),
        registered_by=actor,
        **fields,
    )
    save_unique(site)
    set_figures(site=site, year=clock.today().year, values=figures or {})
    keep_records([site.pk])
    record(action="site.register", actor=actor, obj=site, unit=area)
    return site


@transaction.atomic
def update_site(*, actor, site: Site, revision: int, figures=None, **fields) -> Site:
    """Change a site's particulars; the name only while no plaque bears it (see `rename_site`).

    Raises StaleForm when it was saved since `revision` was read, else DomainError.
    """
    locked = lock_site(site)
    require(why_not_role(actor, (Role.UNIT_STAFF,), locked.area))
    require(why_not_active(locked))
    _require_fresh(locked, revision)
    if "unit" in fields:
        fields["unit"] = fields["unit"] or locked.area
        require(why_not_inside(locked.area, fields["unit"]))
    before, name_before = locked.category_id, locked.name
    for name, value in fields.items():
        setattr(locked, name, value)
    if locked.category_id != before:
        _require_no_plaque(locked)
    if locked.name != name_before:
        require(why_not_rename(locked))
    locked.initials = initials(locked.name)
    locked.revision = F("revision") + 1
    save_unique(locked)
    locked.refresh_from_db()
    set_figures(site=locked, year=clock.today().year, values=figures or {})
    keep_records([locked.pk])
    record(action="site.update", actor=actor, obj=locked, unit=locked.area)
    return locked


@transaction.atomic(savepoint=False)
def set_figures(*, site: Site, year: int, values: dict[str, Decimal | None]) -> None:
    """Enter a site's counts of a year, whose row the caller holds; a code with None is removed."""
    known = SiteFigure.objects.filter(site=site, year=year, code__in=values)
    before = dict(known.values_list("code", "value")) if values else {}
    gone = [code for code, value in values.items() if value is None and code in before]
    given = {code: value for code, value in values.items() if value is not None and value != before.get(code)}
    if not gone and not given:
        return
    if gone:
        known.filter(code__in=gone).delete()
    SiteFigure.objects.bulk_create(
        (SiteFigure(site=site, year=year, code=code, value=value) for code, value in given.items()),
        update_conflicts=True,
        unique_fields=["site", "year", "code"],
        update_fields=["value"],
    )
    keep_figures([site.pk])


@transaction.atomic
def close_site(*, actor, site: Site, reason: str) -> None:
    """Close a site that is no longer kept up; its plaques must have been dealt with before."""
    lock_site(site)
    site.refresh_from_db()
    if site.plaques.held().exists():
        raise DomainError(
            Reason(text=_("The site still holds a plaque."), remedy=_("The plaque must be taken back first."))
        )
    transition(obj=site, action=SiteAction.CLOSE, actor=actor, reason=reason)
    keep_records([site.pk])


@transaction.atomic
def reopen_site(*, actor, site: Site, reason: str) -> None:
    """Keep up a closed site again."""
    lock_site(site)
    site.refresh_from_db()
    transition(obj=site, action=SiteAction.REOPEN, actor=actor, reason=reason)
    keep_records([site.pk])


def _require_fresh(site: Site, revision: int) -> None:
    if site.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This site was changed in another window since you opened it."),
                remedy=_(
                    "What you typed is still in the form. Open the site again in a second window and compare."
                ),
            )
        )


def _require_no_plaque(site: Site) -> None:
    if site.plaques.exclude(state=PlaqueState.REFUSED).exists():
        raise DomainError(
            Reason(
                text=_("The category cannot be changed any more: the site has a plaque that names it."),
                remedy=_("Register the new category as a site of its own."),
            )
        )
