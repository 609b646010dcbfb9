"""What changes a site's identity: its name, the unit it belongs to, a merger. All of it the leadership office's."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.names import initials
from accounts.words import lazy_day
from sites.enums import PlaqueAction, SiteAction
from sites.holds import why_held
from sites.models import Plaque, Site
from sites.rules import follows_from_merger, why_not_area, why_not_inside, why_not_merge, why_not_site_action
from sites.selectors import plaque_held
from sites.services.common import lock_site, name_taken, transition
from sites.services.records import keep_records
from sites.services.replacing import put_in_place
from sites.services.standing import end


@transaction.atomic
def rename_site(*, actor, site: Site, name: str, reason: str) -> Site:
    """Give a site another name, whether or not a plaque bears the old one. Plaques already given stay as they are; a
    new one comes by `replace_plaque`. Raises DomainError."""
    locked, name = lock_site(site), name.strip()
    if not name or name == locked.name:
        raise DomainError(Reason(text=_("Enter a name that differs from the present one.")))
    _change(
        locked,
        SiteAction.RENAME,
        actor,
        reason,
        f"{locked.name} → {name}",
        name=name,
        initials=initials(name),
    )
    keep_records([locked.pk])
    return locked


@transaction.atomic
def move_site(*, actor, site: Site, area, unit=None, reason: str) -> Site:
    """Let a site belong to another area (county or park) or another township, e.g. after a change of boundaries.

    `unit` None: directly under the area. What was filed stays with the old area, its quota place too. Raises
    DomainError, also while an application is under way.
    """
    locked, unit = lock_site(site), unit or area
    require(why_not_site_action(actor, locked, SiteAction.MOVE, reason))
    require(why_not_area(locked.programme, area))
    require(why_not_inside(area, unit))
    require(why_held(locked))
    if (area.pk, unit.pk) == (locked.area_id, locked.unit_id):
        raise DomainError(Reason(text=_("The site belongs there already.")))
    words = f"{_place(locked.area, locked.unit)} → {_place(area, unit)}"
    _change(locked, SiteAction.MOVE, actor, reason, words, area=area, unit=unit)
    keep_records([locked.pk])
    return locked


@transaction.atomic
def merge_site(*, actor, site: Site, into: Site, reason: str, numbers: dict[str, str] | None = None) -> Site:
    """Let a site go on in another of the same category. Of its plaques, those of a level the other does not hold are
    replaced there and go on counting; the others end. Returns the surviving site.

    `numbers` gives, by level code, the numbers of replacements that the department above numbers. Raises DomainError,
    also while an application of either site is under way.
    """
    first, second = sorted((site, into), key=lambda one: one.pk)
    held = {one.pk: lock_site(one) for one in (first, second)}
    gone, stays = held[site.pk], held[into.pk]
    require(why_not_site_action(actor, gone, SiteAction.MERGE, reason))
    require(why_not_merge(gone, stays))
    require(why_held(gone) or why_held(stays))
    words = _("Merger of %(gone)s into %(stays)s: %(reason)s") % {
        "gone": gone,
        "stays": stays,
        "reason": reason,
    }
    # From the highest level down: no plaque ends under one that still stands.
    for plaque in gone.plaques.held().select_related("level").order_by("-level__rank"):
        _take_over(plaque, gone, stays, actor, words, (numbers or {}).get(plaque.level.code, ""))
    transition(obj=gone, action=SiteAction.MERGE, actor=actor, reason=words, merged_into=stays)
    keep_records([gone.pk, stays.pk])
    return stays


def _take_over(plaque: Plaque, gone: Site, stays: Site, actor, reason: str, number: str) -> None:
    guard, today = follows_from_merger(gone), clock.today()
    if plaque.awarded_on > today:
        words = _("The plaque %(number)s was awarded on %(day)s, later than today.")
        raise DomainError(Reason(text=words % {"number": plaque.number, "day": lazy_day(plaque.awarded_on)}))
    if plaque_held(stays, plaque.level) is None:
        put_in_place(plaque, stays, actor, reason, today, number, guard)
    else:
        end(plaque, PlaqueAction.LAPSE, actor, reason, today, guard)


def _change(site: Site, action: str, actor, reason: str, words: str, **values) -> None:
    """Log and write a change of identity; `words` say from what to what, before the reason."""
    require(why_not_site_action(actor, site, action, reason))
    revision = site.revision + 1
    try:
        with transaction.atomic():
            transition(
                obj=site,
                action=action,
                actor=actor,
                reason=f"{words}\n{reason}",
                revision=revision,
                **values,
            )
    except IntegrityError as error:
        raise name_taken(site) from error


def _place(area, unit) -> str:
    return str(area) if unit.pk == area.pk else f"{area} {unit}"
