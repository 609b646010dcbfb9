from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from supervision.models import Membership, SupervisionGroup


def why_not_change_members(user, group) -> Reason | None:
    """Only the programme's leadership office changes a group (user None: the installation itself)."""
    return why_not_role(user, (Role.OFFICE,), group.programme.owner)


def belongs_to(user, group: SupervisionGroup) -> bool:
    """Whether the person is a member of the group today."""
    return Membership.objects.on(clock.today()).filter(user=user, group=group).exists()


def is_office(user, owner) -> bool:
    """Whether the person is of the leadership office of the programme's city."""
    return has_role(user, Role.OFFICE, owner)


def why_not_group_work(user, group: SupervisionGroup) -> Reason | None:
    """What a group does is done by its members, or by the leadership office for it (user None: the installation)."""
    if user is None or is_office(user, group.programme.owner) or belongs_to(user, group):
        return None
    return Reason(
        text=_("Only members of %(group)s and the leadership office may do this.") % {"group": group},
        remedy=_("The leadership office can make you a member of the group."),
    )
