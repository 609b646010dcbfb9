"""Who may do what here: small predicates over roles at units, composed by the apps above."""

import datetime

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import EXCLUSIVE_ROLES, ApiScope, Role
from accounts.errors import Reason
from accounts.scope import role_assignments
from accounts.words import lazy_day, lazy_list

#: Days for which other systems may be given access; then somebody looks whether it is still needed.
MOST_ACCESS_DAYS = 366


def has_role(user, role: str, unit=None) -> bool:
    """True when the person holds `role` today at exactly `unit` (unit None: anywhere).

    Deciding is a matter of one unit: the province reads its cities' applications and does not decide them.
    """
    return any(
        assignment.role == role and (unit is None or assignment.unit_id == unit.pk)
        for assignment in _assignments(user)
    )


def reaches(user, role: str, unit) -> bool:
    """True when the person holds `role` today at `unit` or anywhere above it: administrators reach their subtree."""
    return any(
        assignment.role == role and assignment.unit.contains(unit) for assignment in _assignments(user)
    )


def _assignments(user) -> list:
    return role_assignments(user) if user.is_authenticated and user.is_active else []


def why_not_role(user, roles: tuple[str, ...], unit) -> Reason | None:
    """None when the person holds one of `roles` at `unit`, else who would have to do it.

    `user` None is the installation itself (set-up from a programme file, scheduled work), never a request.
    """
    if user is None:
        return None
    if any(has_role(user, role, unit) for role in roles):
        return None
    return Reason(
        text=_("Only %(roles)s of %(unit)s may do this.")
        % {"roles": " / ".join(str(Role(role).label) for role in roles), "unit": unit}
    )


def may_administer(user, unit=None) -> bool:
    return has_role(user, Role.SYSTEM_ADMIN) if unit is None else reaches(user, Role.SYSTEM_ADMIN, unit)


def may_grant_roles(user, unit=None) -> bool:
    return has_role(user, Role.SECURITY_ADMIN) if unit is None else reaches(user, Role.SECURITY_ADMIN, unit)


def why_not_together(user, role: str) -> Reason | None:
    """System, security and audit administration exclude one another and every other role (GB/T 22239-2019)."""
    others = set(user.role_assignments.on(clock.today()).values_list("role", flat=True)) - {role}
    clashing = others if role in EXCLUSIVE_ROLES else others & set(EXCLUSIVE_ROLES)
    if not clashing:
        return None
    return Reason(
        text=_("%(person)s already is: %(roles)s. Administration and audit go with no other role.")
        % {"person": user, "roles": lazy_list(sorted(str(Role(other).label) for other in clashing))},
        article="GB/T 22239-2019",
        remedy=_("Give the role to another person, or end the other role first."),
    )


def may_audit(user) -> bool:
    return has_role(user, Role.AUDITOR)


def why_not_give_access(user, unit) -> Reason | None:
    """None when the person may give other systems access to what the unit reads, and end it."""
    if may_grant_roles(user, unit):
        return None
    return Reason(text=_("Only a security administrator of this unit may give access to other systems."))


def why_not_such_access(name: str, scopes: list[str], expires_on: datetime.date) -> Reason | None:
    """What an access lacks: a purpose, something to read, or a last day (inclusive) within a year from today."""
    if not name.strip():
        return Reason(text=_("Write what the access is for."))
    if not scopes or not set(scopes) <= set(ApiScope.values):
        return Reason(text=_("Choose what may be read."))
    today = clock.today()
    last = today + datetime.timedelta(days=MOST_ACCESS_DAYS)
    if today <= expires_on <= last:
        return None
    return Reason(text=_("The last day lies between today and %(day)s.") % {"day": lazy_day(last)})
