from accounts.enums import Role
from accounts.rules import has_role


def may_see_overview(user) -> bool:
    """Leaders, the leadership office and county staff, each over what their roles reach."""
    return any(has_role(user, role) for role in (Role.LEADER, Role.OFFICE, Role.UNIT_STAFF))
