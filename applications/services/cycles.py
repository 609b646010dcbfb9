"""Years of a programme: opening, closing, quota places, and carrying the rules over to the next."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from applications.deadlines import a_year_later
from applications.enums import (
    CycleAction,
)
from applications.models import (
    Cycle,
    LevelRule,
    QuotaPlace,
)
from applications.services.common import require_office, transition
from sites.models import Programme
from sites.selectors import areas_of


def open_cycle(*, actor, cycle: Cycle) -> None:
    transition(obj=cycle, action=CycleAction.OPEN, actor=actor)


def close_cycle(*, actor, cycle: Cycle, reason: str = "") -> None:
    transition(obj=cycle, action=CycleAction.CLOSE, actor=actor, reason=reason)


@transaction.atomic
def make_places(*, cycle: Cycle) -> int:
    """Lay out each area's quota places of a cycle; places already there stay. Returns how many were added."""
    added = 0
    for rule in cycle.level_rules.exclude(quota=None):
        for area in areas_of(cycle.programme):
            for ordinal in range(1, rule.quota + 1):
                place = {"cycle": cycle, "level": rule.level, "area": area, "ordinal": ordinal}
                added += QuotaPlace.objects.get_or_create(**place)[1]
    return added


@transaction.atomic
def next_cycle(*, actor, cycle: Cycle, **scheme) -> Cycle:
    """Prepare and open the following year's cycle with the same rules; dates move by one year.

    `scheme` holds scheme_title, scheme_number, scheme_issued_on, approval_basis, approved_by, approval_number and
    approval_valid_until of the new year. Raises DomainError when that year already has a cycle.
    """
    require_office(actor, cycle)
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.programme_id)
    require(_why_not_scheme(scheme))
    if Cycle.objects.filter(programme=cycle.programme, year=cycle.year + 1).exists():
        raise DomainError(Reason(text=_("The year %(year)s already has a cycle.") % {"year": cycle.year + 1}))
    following = Cycle.objects.create(
        programme=cycle.programme,
        year=cycle.year + 1,
        form=cycle.form,
        articles=cycle.articles,
        contact=cycle.contact,
        correction_working_days=cycle.correction_working_days,
        notice_working_days=cycle.notice_working_days,
        review=cycle.review,
        evaluation=cycle.evaluation,
        supervision=_supervision_next(cycle.supervision),
        reminders=cycle.reminders,
        publicity=cycle.publicity,
        goals=cycle.goals,
        warnings=cycle.warnings,
        **scheme,
    )
    _copy_rules(cycle, following)
    make_places(cycle=following)
    open_cycle(actor=actor, cycle=following)
    return following


def _why_not_scheme(scheme: dict) -> Reason | None:
    """A year is opened by a scheme that is out, under an approval that still holds."""
    if scheme["scheme_issued_on"] > clock.today():
        return Reason(
            text=_("The scheme is dated in the future."), remedy=_("Open the year once the scheme is out.")
        )
    valid_until = scheme.get("approval_valid_until")
    if valid_until and valid_until < clock.today():
        return Reason(text=_("The approval has expired."), article="《创建示范活动管理办法（试行）》")
    return None


def _supervision_next(supervision: dict) -> dict:
    """How groups work in the following year: the same, the days of meetings a year later."""
    if "meetings" not in supervision:
        return supervision
    return supervision | {"meetings": [_meeting_next(meeting) for meeting in supervision["meetings"]]}


def _meeting_next(meeting: dict) -> dict:
    days = {key: meeting[key] for key in ("starts_on", "due_on") if key in meeting}
    moved = {key: a_year_later(datetime.date.fromisoformat(day)).isoformat() for key, day in days.items()}
    return meeting | moved


def _copy_rules(source: Cycle, target: Cycle) -> None:
    for rule in source.level_rules.prefetch_related("categories"):
        copy = LevelRule.objects.create(
            cycle=target,
            level_id=rule.level_id,
            quota=rule.quota,
            required_level_id=rule.required_level_id,
            required_months=rule.required_months,
            suspended_time_counts=rule.suspended_time_counts,
            steps=rule.steps,
        )
        copy.categories.set(rule.categories.all())
    for milestone in source.milestones.all():
        milestone.pk, milestone._state.adding = None, True
        milestone.cycle = target
        milestone.due_on = a_year_later(milestone.due_on)
        milestone.starts_on = milestone.starts_on and a_year_later(milestone.starts_on)
        milestone.save()
