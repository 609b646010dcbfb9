"""People by role and place, and the accounts, tokens and audit rows somebody may see."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Prefetch, Sum
from django.utils import timezone

from accounts import clock
from accounts.enums import Role, UnitKind
from accounts.models import ApiToken, AuditEvent, DemoClock, RoleAssignment, Unit, User
from accounts.scope import ids_below, units_with_role


def users_with_role(role: str, unit: Unit):
    """Active people who hold `role` today at exactly this unit."""
    held = RoleAssignment.objects.on(clock.today()).filter(role=role, unit=unit)
    return User.objects.filter(is_active=True, id__in=held.values("user_id"))


def people_by_place(roles: Iterable[str]) -> dict[tuple[str, int], list[User]]:
    """Active people who hold one of the roles today, by role and id of the unit where they hold it; one query."""
    found: dict[tuple[str, int], list[User]] = {}
    held = RoleAssignment.objects.on(clock.today()).filter(role__in=roles, user__is_active=True)
    for assignment in held.select_related("user").order_by("user"):
        found.setdefault((assignment.role, assignment.unit_id), []).append(assignment.user)
    return found


def visible_users(user):
    """Accounts a person may see: administrators those of their units, everybody else their own."""
    units = ids_below([u.path for u in units_with_role(user, (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN))])
    return User.objects.filter(unit_id__in=units) if units else User.objects.filter(pk=user.pk)


def users_for_list(user):
    """Visible accounts with their unit and, as `present_roles`, the roles that hold today, in two queries."""
    present = RoleAssignment.objects.on(clock.today()).select_related("unit")
    return (
        visible_users(user)
        .select_related("unit")
        .prefetch_related(Prefetch("role_assignments", present, to_attr="present_roles"))
    )


def administered_units(user, role: str):
    """Units at or below those where the person holds an administrator's role."""
    ids = ids_below([unit.path for unit in units_with_role(user, (role,))])
    return Unit.objects.filter(id__in=ids).select_related("parent")


def visible_tokens(user):
    """Tokens of the units at or below those where the person is a security administrator."""
    ids = ids_below([unit.path for unit in units_with_role(user, (Role.SECURITY_ADMIN,))])
    return ApiToken.objects.filter(unit__in=ids).select_related("unit__parent", "created_by")


def seat_of(unit: Unit | None) -> Unit | None:
    """Where people of a unit hold their roles: the unit itself, for an organisation the unit it belongs to."""
    while unit is not None and unit.kind == UnitKind.ORGANISATION and unit.parent_id:
        unit = unit.parent
    return unit


def is_locked(user: User) -> bool:
    """Whether wrong passwords have locked the account, counted as django-axes counts them."""
    since = timezone.now() - get_cool_off()
    attempts = AccessAttempt.objects.filter(username=user.username, attempt_time__gte=since)
    failures = attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
    return failures >= settings.AXES_FAILURE_LIMIT


def visible_audit(user):
    """Audit events an auditor may read: those of the units below the role, and those of no unit."""
    auditing = units_with_role(user, (Role.AUDITOR,))
    if not auditing:
        return AuditEvent.objects.none()
    ids = ids_below([unit.path for unit in auditing])
    return AuditEvent.objects.filter(unit_id__in=ids) | AuditEvent.objects.filter(unit=None)


def demo_day():
    """The day the demonstration plays on (ISO date of the settings when nobody has moved it yet)."""
    row = DemoClock.objects.first()
    return row.day if row else datetime.date.fromisoformat(settings.DEMO_TODAY)


def demo_accounts():
    """Demo accounts with their roles, for the login page of a demonstration."""
    return User.objects.filter(is_demo=True, is_active=True).prefetch_related("role_assignments__unit")


@dataclass(frozen=True)
class Event:
    """A line of a history that is no change of state; reads as a row of `log_rows`."""

    at: object
    to_label: str
    actor: object = None
    reason: str = ""


def log_rows(obj) -> list:
    """The changes of state of an object, oldest first, each with the state's word as `to_label`; one query."""
    labels = dict(obj._meta.get_field("state").flatchoices)
    rows = list(obj.log.select_related("actor").order_by("id"))
    for row in rows:
        row.to_label = labels.get(row.to_state, row.to_state)
    return rows
