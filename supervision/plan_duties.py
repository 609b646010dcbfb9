"""Visits of the plan as a source of reminders: the members of the group owe them, else the leadership office."""

from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment
from accounts.words import lazy_day
from applications.reminding import cycles_reminded_of, make_duty
from notices.duties import Duty, Owed
from notices.enums import DutyKind
from supervision.enums import VisitState
from supervision.models import Membership, PlannedVisit


def visits_owed() -> Iterator[Duty]:
    """The visits of open years that are still to take place; three queries whatever their number."""
    rows = PlannedVisit.objects.filter(state=VisitState.PLANNED, cycle__in=cycles_reminded_of())
    related = ("group", "unit", "area", "site", "cycle__programme__owner")
    visits = list(rows.select_related(*related).order_by("id"))
    if not visits:
        return
    members, office = _members(), _office()
    for visit in visits:
        owner = visit.cycle.programme.owner
        yield make_duty(
            visit.cycle,
            key=f"visit:{visit.pk}:{visit.to_day.isoformat()}",
            kind=DutyKind.VISIT,
            due_on=visit.to_day,
            subject=format_lazy(
                gettext_lazy("Visit due by {day}: {place}"), day=lazy_day(visit.to_day), place=visit.place
            ),
            url=reverse("supervision:visit", args=[visit.pk]),
            owed_by=_owed(members[visit.group_id], visit.group) or _standing_in(office[owner.pk]),
            unit=owner,
            detail=visit.purpose,
        )


def _members() -> dict[int, list]:
    rows = Membership.objects.on(clock.today()).filter(user__is_active=True).select_related("user")
    found = defaultdict(dict)
    for row in rows.order_by("id"):
        found[row.group_id][row.user_id] = row.user
    return defaultdict(list, {group: list(people.values()) for group, people in found.items()})


def _office() -> dict[int, list]:
    rows = RoleAssignment.objects.on(clock.today()).filter(role=Role.OFFICE, user__is_active=True)
    found = defaultdict(list)
    for row in rows.select_related("user").order_by("id"):
        found[row.unit_id].append(row.user)
    return found


def _owed(people, group) -> list[Owed]:
    why = format_lazy(gettext_lazy("You belong to {group}, which carries it out."), group=group)
    return [Owed(user, why) for user in people]


def _standing_in(people) -> list[Owed]:
    why = gettext_lazy("You are of the leadership office: the group has no member.")
    return [Owed(user, why) for user in people]
