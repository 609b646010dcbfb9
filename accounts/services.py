import datetime
from collections.abc import Iterable

import axes.utils
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock, context
from accounts.enums import AuditResult
from accounts.errors import DomainError, Reason, require
from accounts.models import AuditEvent, DemoClock, RoleAssignment, Unit, UnitUserObjectPermission, User
from accounts.names import initials
from accounts.rules import may_administer, may_grant_roles, why_not_together

#: A unit's id, the first day, and the day on which it is over (None: no end is set).
Stretch = tuple[int, datetime.date, datetime.date | None]


def record(
    *,
    action: str,
    actor,
    obj=None,
    reason: str = "",
    result: str = AuditResult.DONE,
    unit=None,
    actor_name="",
    **detail,
):
    """Append one row to the audit trail.

    `detail` must be JSON-serialisable; `actor_name` names somebody who is not signed in.
    """
    known = actor if actor is not None and actor.pk else None
    return AuditEvent.objects.create(
        at=clock.now(),
        actor=known,
        actor_name=(known.audit_label if known else str(actor_name or _("System")))[:200],
        action=action[:60],
        result=result,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(getattr(obj, "audit_label", obj))[:300] if obj is not None else "",
        unit=unit if unit is not None else getattr(known, "unit", None),
        reason=reason,
        address=context.address.get(),
        detail=detail,
    )


@transaction.atomic
def create_unit(*, code: str, name: str, kind: str, parent: Unit | None = None, **fields) -> Unit:
    """Add a unit below `parent` (None: a root)."""
    unit = Unit.objects.create(
        code=code, name=name, kind=kind, parent=parent, initials=initials(name), **fields
    )
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def create_user(
    *, actor, username: str, title: str, unit: Unit, password: str, email: str = "", is_demo: bool = False
) -> User:
    """Open a named account. `actor` None means the installation itself (set-up)."""
    if actor is not None and not may_administer(actor, unit):
        raise DomainError(Reason(text=_("Only a system administrator of this unit may open accounts.")))
    user = User(username=username, title=title, unit=unit, email=email, is_demo=is_demo)
    user.must_change_password = not is_demo
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise DomainError(Reason(text=_("The user name %(name)s is taken.") % {"name": username})) from error
    record(action="user.create", actor=actor, obj=user, unit=unit)
    return user


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
    User.objects.select_for_update().get(pk=user.pk)
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


def move_demo_clock(*, day: datetime.date) -> None:
    """Let the demonstration play on another day, for every process that reads the same database."""
    DemoClock.objects.update_or_create(pk=1, defaults={"day": day})
    clock.set_today(day)


def note_login(*, user: User) -> None:
    """Put a sign-in on the audit trail, and on the account by this clock: Django's own entry is the machine's."""
    User.objects.filter(pk=user.pk).update(last_login=clock.now())
    record(action="login", actor=user)


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Set a person's own new password, already validated by the form."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(action="password.change", actor=user, obj=user)


def record_refused_login(*, username: str, locked: bool) -> None:
    """Put a refused log-in on the audit trail of the account's unit.

    What was typed is kept only when it is a user name: people type passwords into the wrong field.
    """
    person = User.objects.filter(username=username).select_related("unit").first()
    reason = _("The account is locked.") if locked else _("Wrong user name or password.")
    record(
        action="login",
        actor=None,
        actor_name=person.audit_label if person else _("Unknown user name"),
        unit=person.unit if person else None,
        reason=reason,
        result=AuditResult.REFUSED,
    )


@transaction.atomic
def unlock_user(*, actor, user: User) -> None:
    """Let a person who is locked out after wrong passwords try again."""
    if not may_administer(actor, user.unit):
        raise DomainError(Reason(text=_("Only a system administrator of this unit may unlock accounts.")))
    axes.utils.reset(username=user.username)
    record(action="user.unlock", actor=actor, obj=user, unit=user.unit)


def set_user_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
