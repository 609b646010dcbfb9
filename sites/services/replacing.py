"""A plaque in place of another: lost, damaged, of a renamed site, or taken over in a merger."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason, require
from accounts.services import record
from sites.enums import Awarder, PlaqueAction, PlaqueOrigin
from sites.holds import why_plaque_held
from sites.models import Level, Plaque, PlaqueSuspension, Site
from sites.rules import why_not_active, why_not_between
from sites.services.common import hold, save_unique, transition
from sites.services.numbers import next_plaque_number
from sites.services.records import keep_records
from sites.services.standing import end_suspension, first_day_for, tell_about


@transaction.atomic
def replace_plaque(
    *, actor, plaque: Plaque, reason: str, awarded_on: datetime.date | None = None, number: str = ""
) -> Plaque:
    """Give a new plaque for one that was lost, is damaged or bears an old name. Holding goes on counting.

    `number` is typed where the department above numbers its own plaques. The new row takes over validity, a demanded
    rectification and a suspension that runs. Raises DomainError.
    """
    hold(plaque)
    require(why_not_active(plaque.site) or why_plaque_held(plaque))
    day = awarded_on or clock.today()
    require(why_not_between(day, first_day_for(plaque), clock.today()))
    new = put_in_place(plaque, plaque.site, actor, reason, day, number)
    keep_records([plaque.site_id])
    return new


def put_in_place(
    plaque: Plaque, site: Site, actor, reason: str, day: datetime.date, number: str = "", guard=None
) -> Plaque:
    """End a plaque whose site is held and write the one in its place, at the same site or the one it merges into."""
    require(why_not_number(plaque.level, number))
    before = plaque.state
    transition(obj=plaque, action=PlaqueAction.REPLACE, actor=actor, reason=reason, guard=guard, ended_on=day)
    suspension = end_suspension(plaque, day)
    new = Plaque(
        site=site,
        level=plaque.level,
        number=number or next_plaque_number(plaque.level, site, day.year),
        awarded_on=day,
        held_since=plaque.counted_from,
        valid_until=plaque.valid_until,
        rectify_by=plaque.rectify_by,
        replaces=plaque,
        state=before,
        origin=PlaqueOrigin.REPLACEMENT,
        reason=reason,
    )
    save_unique(new)
    if suspension is not None:
        PlaqueSuspension.objects.create(plaque=new, begins_on=suspension.ended_on, reason=suspension.reason)
    record(action="plaque.award", actor=actor, obj=new, reason=reason, unit=site.area, replaces=plaque.number)
    tell_about(plaque, PlaqueAction.REPLACE, actor, f"{plaque.number} → {new.number}\n{reason}")
    return new


def why_not_number(level: Level, number: str) -> Reason | None:
    """Where the level has a pattern it gives the number; where the department above does, it is typed."""
    if not number and not level.plaque_number:
        return Reason(text=_("Enter the plaque number given by the department above."))
    if number and level.awarded_by != Awarder.ABOVE:
        return Reason(text=_("The number follows from the pattern of the level: leave it empty."))
    return None
