from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role


def may_edit_calendar(user) -> bool:
    return has_role(user, Role.OFFICE) or has_role(user, Role.SYSTEM_ADMIN)


def why_not_edit_calendar(user) -> Reason | None:
    """None when the person may change the working calendar (user None: the installation itself)."""
    if user is None or may_edit_calendar(user):
        return None
    return Reason(text=_("Only the leadership office or a system administrator may change the calendar."))
