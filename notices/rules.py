"""Who keeps the working calendar, looks after messages that did not get through, and reads the ledger."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, reaches


def may_edit_calendar(user) -> bool:
    return has_role(user, Role.OFFICE) or has_role(user, Role.SYSTEM_ADMIN)


def may_handle_deliveries(user) -> bool:
    """Whether a person looks after messages that did not get through."""
    return has_role(user, Role.OFFICE) or has_role(user, Role.SYSTEM_ADMIN)


def why_not_handle_deliveries(user, unit=None) -> Reason | None:
    """None when the person looks after messages (to people of `unit`) that did not get through."""
    if unit is None:
        allowed = may_handle_deliveries(user)
    else:
        allowed = reaches(user, Role.OFFICE, unit) or reaches(user, Role.SYSTEM_ADMIN, unit)
    if allowed:
        return None
    return Reason(
        text=_("Only the leadership office or a system administrator may have messages sent again.")
    )


def why_not_edit_calendar(user) -> Reason | None:
    """None when the person may change the working calendar (user None: the installation itself)."""
    if user is None or may_edit_calendar(user):
        return None
    return Reason(text=_("Only the leadership office or a system administrator may change the calendar."))


def may_read_ledger(user) -> bool:
    """The leadership office follows up who was reminded of what."""
    return has_role(user, Role.OFFICE)
