from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role


def why_not_change_members(user, group) -> Reason | None:
    """Only the programme's leadership office changes a group (user None: the installation itself)."""
    return why_not_role(user, (Role.OFFICE,), group.programme.owner)
