"""Who may write, nominate and select exemplary cases."""

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role
from publicity.enums import CaseAction

#: What the area does with its own case; the rest is the leadership office's.
OWN_ACTS = (CaseAction.NOMINATE, CaseAction.WITHDRAW)


def why_not_case_action(actor, case, action: str, reason: str) -> Reason | None:
    if action in OWN_ACTS:
        return why_not_role(actor, (Role.UNIT_STAFF,), case.area)
    return why_not_role(actor, (Role.OFFICE,), case.cycle.programme.owner)
