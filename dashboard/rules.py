from accounts.enums import READING_ROLES, Role
from accounts.rules import has_role
from accounts.scope import role_assignments


def may_see_overview(user) -> bool:
    """Leaders, the leadership office and county staff, each over what their roles reach."""
    return any(has_role(user, role) for role in (Role.LEADER, Role.OFFICE, Role.UNIT_STAFF))


#: Roles whose holders read sites or applications, be it a single one.
SEARCHING_ROLES = frozenset({*READING_ROLES, Role.SUPERVISOR, Role.ASSESSOR, Role.LIAISON, Role.SEAL_KEEPER})


def may_search(user) -> bool:
    """Whoever reads something of what the search looks through."""
    return any(assignment.role in SEARCHING_ROLES for assignment in role_assignments(user))
