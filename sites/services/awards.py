"""How a plaque comes about: awarded, or registered with its papers and confirmed."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from sites.enums import Awarder, PlaqueAction, PlaqueOrigin, PlaqueState
from sites.models import Level, Plaque, Site
from sites.rules import (
    why_not_active,
    why_not_add_paper,
    why_not_award_own,
    why_not_dated,
    why_not_earlier,
    why_not_overlapping,
    why_not_register_plaque,
)
from sites.services.common import hold, lock_site, save_unique, transition
from sites.services.numbers import next_plaque_number
from sites.services.records import keep_records
from sites.validity import valid_until


@transaction.atomic
def award_own_plaque(
    *, actor, site: Site, level: Level, reason: str, awarded_on: datetime.date | None = None
) -> Plaque:
    """A county or park awards its own plaque to one of its sites, with a number by the level's pattern.

    Raises DomainError when the level is not the county's to give or the site already holds it.
    """
    site = lock_site(site)
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
    require(why_not_active(lock_site(site)))
    require(why_not_overlapping(site, level, awarded_on))
    number = number or next_plaque_number(level, site, awarded_on.year)
    plaque = Plaque(
        site=site,
        level=level,
        number=number,
        awarded_on=awarded_on,
        valid_until=valid_until(level, awarded_on),
        origin=PlaqueOrigin.AWARDED,
        reason=reason,
    )
    save_unique(plaque)
    keep_records([site.pk])
    record(action="plaque.award", actor=actor, obj=plaque, reason=reason, unit=site.area)
    return plaque


@transaction.atomic
def register_plaque(
    *, actor, site: Site, level: Level, number: str, awarded_on: datetime.date, paper, reason=""
) -> Plaque:
    """Enter an earlier plaque with its paper. One of the county's own level counts at once; one of a higher level
    counts only after the leadership office has confirmed it, so that nobody climbs the ladder on his own word."""
    require(why_not_register_plaque(actor, site))
    require_paper(paper)
    require(why_not_dated(awarded_on))
    require(why_not_active(lock_site(site)))
    require(why_not_overlapping(site, level, awarded_on))
    own = level.awarded_by == Awarder.AREA
    require(None if own else why_not_earlier(level, awarded_on))
    plaque = Plaque(
        site=site,
        level=level,
        number=number,
        awarded_on=awarded_on,
        valid_until=valid_until(level, awarded_on),
        state=PlaqueState.VALID if own else PlaqueState.CLAIMED,
        origin=PlaqueOrigin.REGISTERED,
        registered_by=actor,
        reason=reason,
        paper=paper,
        paper_name=paper.name[:200],
    )
    save_unique(plaque)
    keep_records([site.pk])
    record(action="plaque.register", actor=actor, obj=plaque, unit=site.area)
    return plaque


@transaction.atomic
def confirm_plaque(*, actor, plaque: Plaque) -> None:
    """The leadership office has seen the papers of an earlier plaque: from now on it counts."""
    hold(plaque)
    transition(obj=plaque, action=PlaqueAction.CONFIRM, actor=actor)
    keep_records([plaque.site_id])


@transaction.atomic
def add_plaque_paper(*, actor, plaque: Plaque, paper) -> None:
    """Add the award paper of a plaque that came from a table without one.

    From then on it is as if it had been registered with its paper: the county's own counts at once, one of a higher
    level can be confirmed. Raises DomainError for a plaque that waits for none, or a file that is no scan.
    """
    lock_site(plaque.site)
    locked = Plaque.objects.select_for_update(of=("self",)).get(pk=plaque.pk)
    require(why_not_add_paper(actor, locked))
    require_paper(paper)
    locked.paper, locked.paper_name = paper, paper.name[:200]
    locked.save(update_fields=["paper", "paper_name"])
    if locked.level.awarded_by == Awarder.AREA:
        transition(obj=locked, action=PlaqueAction.PROVE, actor=actor)
        keep_records([locked.site_id])
    else:
        record(action="plaque.paper", actor=actor, obj=locked, unit=locked.site.area)


@transaction.atomic
def refuse_plaque(*, actor, plaque: Plaque, reason: str) -> None:
    """The leadership office does not confirm a claim."""
    hold(plaque)
    transition(obj=plaque, action=PlaqueAction.REFUSE, actor=actor, reason=reason)
    keep_records([plaque.site_id])


def require_paper(paper) -> None:
    """Raise DomainError unless an upload is there and is a scan."""
    if not paper:
        raise DomainError(Reason(text=_("Add the award paper or a photo of the plaque.")))
    checked_content_type(paper, SCANS)
