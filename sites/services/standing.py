"""What becomes of a plaque: rectification, suspension, its end, and what its end means for the one above."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.selectors import users_with_role
from notices.services import notify
from sites.enums import ENDING_ACTIONS, Awarder, PlaqueAction, PlaqueState, WhenBelowEnds
from sites.models import Plaque, PlaqueSuspension
from sites.rules import awarding_roles, awarding_unit, follows_from_below, why_not_between
from sites.selectors import plaque_above
from sites.services.common import hold, transition
from sites.services.records import keep_records


@transaction.atomic
def demand_rectification(*, actor, plaque: Plaque, by: datetime.date, reason: str, guard=None) -> None:
    """Demand that something be put right by a day to come; the plaque stays in force meanwhile.

    `guard`, here and below, stands in for the usual rule where a decision of an app above carries the step.
    """
    hold(plaque)
    if by < clock.today():
        raise DomainError(Reason(text=_("The day by which it must be put right is over.")))
    _step(plaque, PlaqueAction.RECTIFY, actor, reason, guard=guard, rectify_by=by)


@transaction.atomic
def end_rectification(*, actor, plaque: Plaque, reason: str, guard=None) -> None:
    """What was found has been put right: the plaque is valid as before."""
    hold(plaque)
    _step(plaque, PlaqueAction.RESTORE, actor, reason, guard=guard, rectify_by=None)


@transaction.atomic
def suspend_plaque(
    *, actor, plaque: Plaque, reason: str, begins_on: datetime.date | None = None, guard=None
) -> None:
    """Let a plaque not count from a day on, default today, until it is resumed or ended."""
    hold(plaque)
    day = begins_on or clock.today()
    require(why_not_between(day, first_day_for(plaque), clock.today()))
    suspend(plaque, actor, reason, day, guard)
    keep_records([plaque.site_id])


@transaction.atomic
def resume_plaque(
    *, actor, plaque: Plaque, reason: str, ended_on: datetime.date | None = None, guard=None
) -> None:
    """End a suspension: the plaque counts again from a day on, default today."""
    hold(plaque)
    day = ended_on or clock.today()
    open_one = plaque.suspensions.filter(ended_on=None).first()
    if open_one is not None:
        require(why_not_between(day, open_one.begins_on, clock.today()))
    transition(
        obj=plaque, action=PlaqueAction.RESUME, actor=actor, reason=reason, guard=guard, rectify_by=None
    )
    end_suspension(plaque, day)
    tell_about(plaque, PlaqueAction.RESUME, actor, reason)
    keep_records([plaque.site_id])


@transaction.atomic
def revoke_plaque(
    *, actor, plaque: Plaque, reason: str, ended_on: datetime.date | None = None, guard=None
) -> None:
    """Take a plaque back (收回授牌) from a day on, default today; the row and its number stay."""
    _end(plaque, PlaqueAction.REVOKE, actor, reason, ended_on, guard)


@transaction.atomic
def give_back_plaque(*, actor, plaque: Plaque, reason: str, ended_on: datetime.date | None = None) -> None:
    """Record that a site gave its plaque back of its own will, from a day on, default today."""
    _end(plaque, PlaqueAction.GIVE_BACK, actor, reason, ended_on)


def expire_plaques() -> int:
    """End the plaques whose validity is over, each in a transaction of its own; returns how many.

    Safe to run twice or by two workers: each plaque is looked at again under its lock.
    """
    over = Plaque.objects.held().filter(valid_until__lt=clock.today()).exclude(state=PlaqueState.CLAIMED)
    return sum(_expire(plaque) for plaque in over.select_related("site", "level").order_by("pk"))


@transaction.atomic
def _expire(plaque: Plaque) -> bool:
    hold(plaque)
    if plaque.ended_on is not None or plaque.valid_until is None or plaque.valid_until >= clock.today():
        return False
    day = plaque.valid_until + datetime.timedelta(days=1)
    end(plaque, PlaqueAction.EXPIRE, None, _("The validity was over."), day)
    keep_records([plaque.site_id])
    return True


def _end(plaque: Plaque, action: str, actor, reason: str, ended_on: datetime.date | None, guard=None) -> None:
    hold(plaque)
    day = ended_on or clock.today()
    if not plaque.awarded_on <= day <= clock.today():
        raise DomainError(Reason(text=_("The day must lie between the award and today.")))
    end(plaque, action, actor, reason, day, guard)
    keep_records([plaque.site_id])


def end(plaque: Plaque, action: str, actor, reason: str, day: datetime.date, guard=None) -> None:
    """End a plaque whose site is held, and let the programme's rule decide on the one above."""
    transition(obj=plaque, action=action, actor=actor, reason=reason, guard=guard, ended_on=day)
    end_suspension(plaque, day)
    tell_about(plaque, action, actor, reason)
    if action in ENDING_ACTIONS:
        _follow_below(plaque, action, actor, reason, day)


def suspend(plaque: Plaque, actor, reason: str, day: datetime.date, guard=None) -> None:
    """Suspend a plaque whose site is held."""
    transition(obj=plaque, action=PlaqueAction.SUSPEND, actor=actor, reason=reason, guard=guard)
    PlaqueSuspension.objects.create(plaque=plaque, begins_on=day, reason=reason)
    tell_about(plaque, PlaqueAction.SUSPEND, actor, reason)


def end_suspension(plaque: Plaque, day: datetime.date) -> PlaqueSuspension | None:
    """Close the suspension that runs, if any; one from a later day than `day` ends where it began."""
    running = plaque.suspensions.filter(ended_on=None).first()
    if running is not None:
        running.ended_on = max(day, running.begins_on)
        running.save(update_fields=["ended_on"])
    return running


def _follow_below(below: Plaque, action: str, actor, reason: str, day: datetime.date) -> None:
    """What the end of a plaque means for the next one above, by the rule of that one's level, and so on upwards."""
    above = plaque_above(below.site, below.level)
    if above is None or above.level.when_below_ends == WhenBelowEnds.KEEP:
        return
    words = _("%(action)s: %(level)s %(number)s, on which it stands. %(reason)s") % {
        "action": PlaqueAction(action).label,
        "level": below.level,
        "number": below.number,
        "reason": reason,
    }
    begins = max(day, first_day_for(above))
    guard = follows_from_below(below)
    if above.level.when_below_ends == WhenBelowEnds.REVOKE:
        end(above, PlaqueAction.REVOKE, actor, words, begins, guard)
    elif above.state != PlaqueState.SUSPENDED:
        suspend(above, actor, words, begins, guard)


def first_day_for(plaque: Plaque) -> datetime.date:
    """The first day on which something may begin: the award's, or the end of the last suspension."""
    ended = plaque.suspensions.exclude(ended_on=None).order_by("-ended_on").values_list("ended_on", flat=True)
    return max([plaque.awarded_on, *ended[:1]])


def _step(plaque: Plaque, action: str, actor, reason: str, **changes) -> None:
    transition(obj=plaque, action=action, actor=actor, reason=reason, **changes)
    tell_about(plaque, action, actor, reason)
    keep_records([plaque.site_id])


def tell_about(plaque: Plaque, action: str, actor, reason: str) -> None:
    """Tell the county, and whoever awards the level, what was done with a plaque; not the person who did it."""
    site, level = plaque.site, plaque.level
    people = list(users_with_role(Role.UNIT_STAFF, site.area))
    if level.awarded_by != Awarder.AREA:
        for role in awarding_roles(level):
            people += users_with_role(role, awarding_unit(level, site))
    subject = format_lazy(
        gettext_lazy("{action}: {site} ({level}) {number}"),
        action=PlaqueAction(action).label,
        site=site.name,
        level=level.name,
        number=plaque.number,
    )
    told = [person for person in people if actor is None or person.pk != actor.pk]
    notify(recipients=told, subject=subject, body=reason, url=reverse("sites:detail", args=[site.pk]))
