import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.names import initials
from accounts.rules import why_not_role
from accounts.services import record
from accounts.staircase import climb
from accounts.uploads import SCANS, checked_content_type
from sites.enums import (
    PLAQUE_TRANSITIONS,
    SITE_TRANSITIONS,
    Awarder,
    PlaqueAction,
    PlaqueOrigin,
    PlaqueState,
    SiteAction,
)
from sites.models import Level, Plaque, PlaqueLog, Programme, Site, SiteFigure, SiteLog, SiteTally
from sites.numbers import next_plaque_number
from sites.rules import (
    why_not_active,
    why_not_add_paper,
    why_not_area,
    why_not_award_own,
    why_not_dated,
    why_not_earlier,
    why_not_inside,
    why_not_plaque_action,
    why_not_register_plaque,
    why_not_site_action,
)
from sites.selectors import counted_tally


def transition(*, obj: Site | Plaque, action: str, actor, reason: str = "", **changes):
    """Move a site or plaque along its table; the only place of this app that assigns a state. `changes` are
    fields written with it.

    Raises DomainError when the move is not in the table or a rule forbids it.
    """
    site = obj if isinstance(obj, Site) else obj.site
    if isinstance(obj, Site):
        steps = {"table": SITE_TRANSITIONS, "guard": why_not_site_action, "log_model": SiteLog}
    else:
        steps = {"table": PLAQUE_TRANSITIONS, "guard": why_not_plaque_action, "log_model": PlaqueLog}
    return climb(obj=obj, action=action, actor=actor, reason=reason, unit=site.area, changes=changes, **steps)


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
    _save_unique(site)
    set_figures(site=site, year=clock.today().year, values=figures or {})
    _count(site, None, +1)
    record(action="site.register", actor=actor, obj=site, unit=area)
    return site


@transaction.atomic
def update_site(*, actor, site: Site, revision: int, figures=None, **fields) -> Site:
    """Change a site's particulars. Raises StaleForm when it was saved since `revision` was read."""
    locked = _lock(site)
    require(why_not_role(actor, (Role.UNIT_STAFF,), locked.area))
    require(why_not_active(locked))
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This site was changed in another window since you opened it."),
                remedy=_(
                    "What you typed is still in the form. Open the site again in a second window and compare."
                ),
            )
        )
    if "unit" in fields:
        fields["unit"] = fields["unit"] or locked.area
        require(why_not_inside(locked.area, fields["unit"]))
    before = locked.category_id
    for name, value in fields.items():
        setattr(locked, name, value)
    if locked.category_id != before:
        _require_no_plaque(locked)
    locked.initials = initials(locked.name)
    locked.revision = F("revision") + 1
    _save_unique(locked)
    locked.refresh_from_db()
    if locked.category_id != before:
        _count(locked, None, +1)
        add_to_tally(locked.area_id, before, None, -1)
    set_figures(site=locked, year=clock.today().year, values=figures or {})
    record(action="site.update", actor=actor, obj=locked, unit=locked.area)
    return locked


def set_figures(*, site: Site, year: int, values: dict[str, Decimal | None]) -> None:
    """Enter a site's counts of a year; a code with None is removed."""
    for code, value in values.items():
        if value is None:
            SiteFigure.objects.filter(site=site, year=year, code=code).delete()
        else:
            SiteFigure.objects.update_or_create(site=site, year=year, code=code, defaults={"value": value})


@transaction.atomic
def close_site(*, actor, site: Site, reason: str) -> None:
    """Close a site that is no longer kept up; its plaques must have been dealt with before."""
    _lock(site)
    if Plaque.objects.filter(site=site, state__in=(PlaqueState.VALID, PlaqueState.CLAIMED)).exists():
        raise DomainError(
            Reason(text=_("The site still holds a plaque."), remedy=_("The plaque must be taken back first."))
        )
    transition(obj=site, action=SiteAction.CLOSE, actor=actor, reason=reason)
    _count(site, None, -1)


@transaction.atomic
def reopen_site(*, actor, site: Site, reason: str) -> None:
    transition(obj=site, action=SiteAction.REOPEN, actor=actor, reason=reason)
    _count(site, None, +1)


@transaction.atomic
def award_own_plaque(
    *, actor, site: Site, level: Level, reason: str, awarded_on: datetime.date | None = None
) -> Plaque:
    """A county or park awards its own plaque to one of its sites, with a number by the level's pattern.

    Raises DomainError when the level is not the county's to give or the site already holds it.
    """
    require(why_not_award_own(actor, site, level))
    return award_plaque(
        actor=actor, site=site, level=level, awarded_on=awarded_on or clock.today(), reason=reason
    )


@transaction.atomic
def award_plaque(
    *, actor, site: Site, level: Level, awarded_on: datetime.date, reason: str, number: str = ""
) -> Plaque:
    """Write a new valid plaque. The callers (own award, end of an assessment) have checked the programme's rules.

    `number` is given only where the department above numbers its own plaques. Raises DomainError when the site
    already holds a plaque of the level or the number is taken.
    """
    require(why_not_dated(awarded_on))
    require(why_not_active(_lock(site)))
    number = number or next_plaque_number(level, site, awarded_on.year)
    plaque = Plaque(
        site=site,
        level=level,
        number=number,
        awarded_on=awarded_on,
        origin=PlaqueOrigin.AWARDED,
        reason=reason,
    )
    _save_unique(plaque)
    _count(site, level, +1)
    record(action="plaque.award", actor=actor, obj=plaque, reason=reason, unit=site.area)
    return plaque


@transaction.atomic
def register_plaque(
    *, actor, site: Site, level: Level, number: str, awarded_on: datetime.date, paper, reason=""
) -> Plaque:
    """Enter an earlier plaque with its paper. One of the county's own level counts at once; one of a higher level
    counts only after the leadership office has confirmed it, so that nobody climbs the ladder on his own word."""
    require(why_not_register_plaque(actor, site))
    if not paper:
        raise DomainError(Reason(text=_("Add the award paper or a photo of the plaque.")))
    checked_content_type(paper, SCANS)
    require(why_not_dated(awarded_on))
    require(why_not_active(_lock(site)))
    own = level.awarded_by == Awarder.AREA
    require(None if own else why_not_earlier(level, awarded_on))
    plaque = Plaque(
        site=site,
        level=level,
        number=number,
        awarded_on=awarded_on,
        state=PlaqueState.VALID if own else PlaqueState.CLAIMED,
        origin=PlaqueOrigin.REGISTERED,
        registered_by=actor,
        reason=reason,
        paper=paper,
        paper_name=paper.name[:200],
    )
    _save_unique(plaque)
    if own:
        _count(site, level, +1)
    record(action="plaque.register", actor=actor, obj=plaque, unit=site.area)
    return plaque


@transaction.atomic
def confirm_plaque(*, actor, plaque: Plaque) -> None:
    """The leadership office has seen the papers of an earlier plaque: from now on it counts."""
    transition(obj=plaque, action=PlaqueAction.CONFIRM, actor=actor)
    _count(plaque.site, plaque.level, +1)


@transaction.atomic
def add_plaque_paper(*, actor, plaque: Plaque, paper) -> None:
    """Add the award paper of a plaque that came from a table without one.

    From then on it is as if it had been registered with its paper: the county's own counts at once, one of a higher
    level can be confirmed. Raises DomainError for a plaque that waits for none, or a file that is no scan.
    """
    locked = Plaque.objects.select_for_update(of=("self",)).get(pk=plaque.pk)
    require(why_not_add_paper(actor, locked))
    if not paper:
        raise DomainError(Reason(text=_("Add the award paper or a photo of the plaque.")))
    checked_content_type(paper, SCANS)
    locked.paper, locked.paper_name = paper, paper.name[:200]
    locked.save(update_fields=["paper", "paper_name"])
    if locked.level.awarded_by == Awarder.AREA:
        transition(obj=locked, action=PlaqueAction.PROVE, actor=actor)
        _count(locked.site, locked.level, +1)
    else:
        record(action="plaque.paper", actor=actor, obj=locked, unit=locked.site.area)


def refuse_plaque(*, actor, plaque: Plaque, reason: str) -> None:
    transition(obj=plaque, action=PlaqueAction.REFUSE, actor=actor, reason=reason)


@transaction.atomic
def revoke_plaque(*, actor, plaque: Plaque, reason: str, ended_on: datetime.date | None = None) -> None:
    """Take a plaque back (收回授牌) from a day on, default today; the row and its number stay."""
    day = ended_on or clock.today()
    if not plaque.awarded_on <= day <= clock.today():
        raise DomainError(Reason(text=_("The day must lie between the award and today.")))
    transition(obj=plaque, action=PlaqueAction.REVOKE, actor=actor, reason=reason, ended_on=day)
    _count(plaque.site, plaque.level, -1)


@transaction.atomic
def recount(*, programme: Programme) -> int:
    """Rebuild the summary from sites and plaques; returns the number of rows written."""
    SiteTally.objects.filter(category__programme=programme).delete()
    rows = [
        SiteTally(area_id=area, category_id=category, level_id=level, count=count)
        for (area, category, level), count in counted_tally(programme).items()
    ]
    return len(SiteTally.objects.bulk_create(rows))


def _lock(site: Site) -> Site:
    """Hold the site until the end of the transaction: closing it and giving it a plaque must not cross."""
    return Site.objects.select_for_update().get(pk=site.pk)


def _count(site: Site, level: Level | None, change: int) -> None:
    add_to_tally(site.area_id, site.category_id, level.pk if level else None, change)


def add_to_tally(area_id: int, category_id: int, level_id: int | None, change: int) -> None:
    """Change one count of the summary, in the transaction that changes what it counts."""
    row, _created = SiteTally.objects.get_or_create(
        area_id=area_id, category_id=category_id, level_id=level_id
    )
    SiteTally.objects.filter(pk=row.pk).update(count=F("count") + change)


def _require_no_plaque(site: Site) -> None:
    if site.plaques.exclude(state=PlaqueState.REFUSED).exists():
        raise DomainError(
            Reason(
                text=_("The category cannot be changed any more: the site has a plaque that names it."),
                remedy=_("Register the new category as a site of its own."),
            )
        )


def _save_unique(obj: Site | Plaque) -> None:
    """Save, turning a broken uniqueness rule of the database into words."""
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError as error:
        if isinstance(obj, Site):
            raise DomainError(
                Reason(
                    text=_("%(area)s already has a site of this category with the name “%(name)s”.")
                    % {"area": obj.area, "name": obj.name},
                    remedy=_(
                        "Look for it in the list of sites, or give this one a name that tells them apart."
                    ),
                )
            ) from error
        raise DomainError(
            Reason(
                text=_("The site already has a plaque of this level, or the number “%(number)s” is taken.")
                % {"number": obj.number},
                remedy=_("Look at the site's plaques before trying again."),
            )
        ) from error
