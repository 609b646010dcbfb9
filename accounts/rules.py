"""Who may do what here: small predicates over roles at units, composed by the apps above."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.scope import role_assignments


def has_role(user, role: str, unit=None) -> bool:
    """True when the person holds `role` today at `unit` or above it (unit None: anywhere)."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(
        assignment.role == role and (unit is None or assignment.unit.contains(unit))
        for assignment in role_assignments(user)
    )


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
    return has_role(user, Role.SYSTEM_ADMIN, unit)


def may_grant_roles(user, unit=None) -> bool:
    return has_role(user, Role.SECURITY_ADMIN, unit)


def may_audit(user) -> bool:
    return has_role(user, Role.AUDITOR)
