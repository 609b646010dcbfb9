"""Units, and the accounts of the people in them."""

import axes.utils
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.models import Unit, User
from accounts.names import initials
from accounts.rules import may_administer
from accounts.services.trail import record


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


@transaction.atomic
def unlock_user(*, actor, user: User) -> None:
    """Let a person who is locked out after wrong passwords try again."""
    if not may_administer(actor, user.unit):
        raise DomainError(Reason(text=_("Only a system administrator of this unit may unlock accounts.")))
    axes.utils.reset(username=user.username)
    record(action="user.unlock", actor=actor, obj=user, unit=user.unit)


def set_user_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
