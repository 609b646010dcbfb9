"""What people may do and where: roles at units, and the units somebody follows."""

import datetime
from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import RoleAssignment, Unit, UnitUserObjectPermission, User
from accounts.rules import may_grant_roles, why_not_together
from accounts.services.trail import record

#: A unit's id, the first day, and the day on which it is over (None: no end is set).
Stretch = tuple[int, datetime.date, datetime.date | None]


@transaction.atomic
def grant_role(
    *,
    actor,
    user: User,
    role: str,
    unit: Unit,
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
) -> RoleAssignment:
    """Give a role at a unit from a day on (default today) up to, not including, another (default: no end).

    Only security administrators may; else DomainError. A role held without an end is given no second time.
    """
    if actor is not None and not may_grant_roles(actor, unit):
        raise DomainError(Reason(text=_("Only a security administrator of this unit may give roles.")))
    if actor is not None and actor.pk == user.pk:
        raise DomainError(Reason(text=_("Nobody may give a role to himself or herself.")))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require(why_not_together(user, role))
    held = {"user": user, "role": role, "unit": unit, "valid_to": None}
    assignment = RoleAssignment.objects.filter(**held).first()
    if assignment is None:
        assignment = RoleAssignment.objects.create(
            **held | {"valid_to": valid_to}, valid_from=valid_from or clock.today(), granted_by=actor
        )
        record(action="role.grant", actor=actor, obj=user, unit=unit, role=role)
    return assignment


@transaction.atomic
def end_role(*, actor, assignment: RoleAssignment) -> None:
    """End a role at once: it does not hold today any more. `actor` None means the installation itself."""
    if actor is not None and not may_grant_roles(actor, assignment.unit):
        raise DomainError(Reason(text=_("Only a security administrator of this unit may end roles.")))
    assignment = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user", "unit")
        .get(pk=assignment.pk)
    )
    if assignment.valid_to is not None and assignment.valid_to <= clock.today():
        raise DomainError(Reason(text=_("The role was ended before.")))
    assignment.valid_to = max(assignment.valid_from, clock.today())
    assignment.save(update_fields=["valid_to"])
    record(action="role.end", actor=actor, obj=assignment.user, unit=assignment.unit, role=assignment.role)


def date_role(*, assignment: RoleAssignment, valid_to: datetime.date | None) -> None:
    """Let a role that the installation gave last up to, not including, another day (None: no end is set)."""
    assignment.valid_to = valid_to
    assignment.save(update_fields=["valid_to"])
    record(
        action="role.end" if valid_to else "role.grant",
        actor=None,
        obj=assignment.user,
        unit=assignment.unit,
        role=assignment.role,
    )


def follow_units(*, user: User, stretches: Iterable[Stretch]) -> None:
    """Let a person follow exactly these units (guardian grants), each from a day up to, not including, another.

    What was given before and is not among them goes; stretches of one unit must not begin on the same day.
    """
    permission = Permission.objects.get(content_type__app_label="accounts", codename="follow_unit")
    wanted = set(stretches)
    for grant in UnitUserObjectPermission.objects.filter(user=user, permission=permission):
        held = (grant.content_object_id, grant.valid_from, grant.valid_to)
        if held in wanted:
            wanted.remove(held)
        else:
            grant.delete()
    UnitUserObjectPermission.objects.bulk_create(
        UnitUserObjectPermission(
            user=user, permission=permission, content_object_id=unit, valid_from=begins, valid_to=ends
        )
        for unit, begins, ends in sorted(wanted, key=str)
    )
