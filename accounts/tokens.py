"""Access of other systems: who gives and ends it, and whom a token reads for."""

import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import ApiScope, Role
from accounts.errors import DomainError, Reason, require
from accounts.models import ApiToken, RoleAssignment, Unit
from accounts.rules import may_grant_roles
from accounts.scope import ids_below, units_with_role
from accounts.services import record
from accounts.words import lazy_day

#: Days for which a token may be valid; then somebody looks whether it is still needed.
MOST_DAYS = 366
#: Seconds between two notes of its use; one for every call would be a write each.
NOTED_EVERY = 60
#: So many characters of a token are kept readable, to tell tokens apart.
PREFIX = 8


class Reader:
    """Whoever calls with a token, in the place of a person: reads as a leader of the token's unit does."""

    pk = None
    is_authenticated = True
    is_active = True

    def __init__(self, unit: Unit):
        self._role_assignments = [RoleAssignment(role=Role.LEADER, unit=unit)]


def visible_tokens(user):
    """Tokens of the units at or below those where the person is a security administrator."""
    ids = ids_below([unit.path for unit in units_with_role(user, (Role.SECURITY_ADMIN,))])
    return ApiToken.objects.filter(unit__in=ids).select_related("unit__parent", "created_by")


@transaction.atomic
def create_token(
    *, actor, unit: Unit, name: str, scopes: list[str], expires_on: datetime.date
) -> tuple[ApiToken, str]:
    """Give another system access to what the unit may read, up to and including a day.

    Returns the token's row and the token itself, which is nowhere kept. Raises DomainError for other than a security
    administrator of the unit, without a purpose or scope, and for a day that cannot be.
    """
    require(_why_not_give(actor, unit) or _why_not_such(name, scopes, expires_on))
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        unit=unit,
        name=name.strip(),
        prefix=secret[:PREFIX],
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        created_by=actor,
        created_at=clock.now(),
        expires_on=expires_on,
    )
    record(action="apitoken.create", actor=actor, obj=token, unit=unit, scopes=" ".join(token.scopes))
    return token, secret


@transaction.atomic
def revoke_token(*, actor, token: ApiToken) -> ApiToken:
    """End the access at once. Raises DomainError for other people and where it was ended before."""
    locked = ApiToken.objects.select_for_update(of=("self",)).select_related("unit").get(pk=token.pk)
    require(_why_not_give(actor, locked.unit))
    if locked.revoked_at is not None:
        raise DomainError(Reason(text=_("This access was ended before.")))
    locked.revoked_at = clock.now()
    locked.save(update_fields=["revoked_at"])
    record(action="apitoken.revoke", actor=actor, obj=locked, unit=locked.unit)
    return locked


def token_of(secret: str) -> ApiToken | None:
    """The token somebody calls with, when it holds today; its use is noted at most once a minute."""
    token = ApiToken.objects.select_related("unit").filter(digest=_digest(secret)).first()
    if token is None or token.revoked_at is not None or token.expires_on < clock.today():
        return None
    now = clock.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - datetime.timedelta(seconds=NOTED_EVERY))
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > NOTED_EVERY:
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    # No salt and no slow hash: 32 random bytes cannot be guessed, and every call looks them up.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _why_not_give(actor, unit: Unit) -> Reason | None:
    if may_grant_roles(actor, unit):
        return None
    return Reason(text=_("Only a security administrator of this unit may give access to other systems."))


def _why_not_such(name: str, scopes: list[str], expires_on: datetime.date) -> Reason | None:
    if not name.strip():
        return Reason(text=_("Write what the access is for."))
    if not scopes or not set(scopes) <= set(ApiScope.values):
        return Reason(text=_("Choose what may be read."))
    today = clock.today()
    last = today + datetime.timedelta(days=MOST_DAYS)
    if today <= expires_on <= last:
        return None
    return Reason(text=_("The last day lies between today and %(day)s.") % {"day": lazy_day(last)})
