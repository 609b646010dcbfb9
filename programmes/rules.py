"""Who may rehearse a year."""

from accounts.enums import Role
from accounts.rules import has_role, may_administer
from applications.models import Cycle


def may_rehearse(user, cycle: Cycle) -> bool:
    owner = cycle.programme.owner
    return has_role(user, Role.OFFICE, owner) or may_administer(user, owner)


def runs_any(user) -> bool:
    """Whether the page concerns this person at all, with or without a cycle to rehearse."""
    return has_role(user, Role.OFFICE) or may_administer(user)
