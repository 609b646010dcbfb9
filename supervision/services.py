import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit, User
from accounts.services import end_role, follow_unit, grant_role, record, unfollow_unit
from supervision.models import GroupArea, Membership, SupervisionGroup
from supervision.rules import why_not_change_members


@transaction.atomic
def give_area(*, group: SupervisionGroup, area: Unit, valid_from: datetime.date) -> None:
    """Let a group look after an area; its members follow the area from now on."""
    GroupArea.objects.get_or_create(
        group=group, area=area, valid_to=None, defaults={"valid_from": valid_from}
    )
    for membership in group.memberships.filter(valid_to=None).select_related("user"):
        follow_unit(user=membership.user, unit=area)


@transaction.atomic
def join_group(
    *, actor, group: SupervisionGroup, user: User, valid_from: datetime.date | None = None
) -> Membership:
    """Make a person a member: he or she may read the sites and applications of the group's areas.

    Raises DomainError for other than the leadership office, and for a person outside the programme's city.
    """
    owner = group.programme.owner
    require(why_not_change_members(actor, group))
    if not (user.is_active and user.unit and owner.contains(user.unit)):
        raise DomainError(
            Reason(text=_("%(user)s does not belong to %(unit)s.") % {"user": user, "unit": owner})
        )
    membership, created = Membership.objects.get_or_create(
        group=group, user=user, valid_to=None, defaults={"valid_from": valid_from or clock.today()}
    )
    if created:
        grant_role(actor=None, user=user, role=Role.SUPERVISOR, unit=owner, valid_from=valid_from)
        for group_area in group.areas.filter(valid_to=None).select_related("area"):
            follow_unit(user=user, unit=group_area.area)
        record(action="group.join", actor=actor, obj=group, unit=owner, member=user.audit_label)
    return membership


@transaction.atomic
def leave_group(*, actor, membership: Membership) -> None:
    """End a membership, and with the last one the role; areas followed through another group stay.

    Raises DomainError for other than the leadership office, and for a membership that has ended.
    """
    group, user = membership.group, membership.user
    require(why_not_change_members(actor, group))
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.valid_to is not None:
        raise DomainError(Reason(text=_("The membership was ended before.")))
    membership.valid_to = max(membership.valid_from, clock.today())
    membership.save(update_fields=["valid_to"])
    kept = GroupArea.objects.filter(
        group__memberships__in=Membership.objects.filter(user=user, valid_to=None), valid_to=None
    ).values_list("area_id", flat=True)
    for group_area in group.areas.exclude(area_id__in=list(kept)).select_related("area"):
        unfollow_unit(user=user, unit=group_area.area)
    _end_role_without_group(user, group.programme.owner)
    record(action="group.leave", actor=actor, obj=group, unit=group.programme.owner, member=user.audit_label)


def _end_role_without_group(user: User, owner: Unit) -> None:
    """End the role a membership brought once no membership needs it; one given by a person stays."""
    if user.supervision_memberships.filter(valid_to=None, group__programme__owner=owner).exists():
        return
    for assignment in user.role_assignments.filter(
        role=Role.SUPERVISOR, unit=owner, valid_to=None, granted_by=None
    ):
        end_role(actor=None, assignment=assignment)
