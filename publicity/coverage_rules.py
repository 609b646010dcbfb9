"""Who may record coverage and plan it, and when."""

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role


def why_not_keep_coverage(actor, area, programme) -> Reason | None:
    """The county keeps the register of its own sites, the leadership office that of all."""
    if actor is not None and why_not_role(actor, (Role.OFFICE,), programme.owner) is None:
        return None
    return why_not_role(actor, (Role.UNIT_STAFF,), area)


def why_not_coverage_action(actor, coverage, action: str, reason: str) -> Reason | None:
    return why_not_keep_coverage(actor, coverage.area, coverage.programme)


def why_not_planned_action(actor, planned, action: str, reason: str) -> Reason | None:
    return why_not_keep_coverage(actor, planned.area, planned.cycle.programme)
