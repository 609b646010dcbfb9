"""Access of other systems: given, ended, and its use noted. What a token reads for is accounts.tokens.Reader."""

import datetime
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import ApiToken, Unit
from accounts.rules import why_not_give_access, why_not_such_access
from accounts.services.trail import record
from accounts.tokens import PREFIX, digest_of, token_of

#: Seconds between two notes of its use; one for every call would be a write each.
NOTED_EVERY = 60


@transaction.atomic
def create_token(
    *, actor, unit: Unit, name: str, scopes: list[str], expires_on: datetime.date
) -> tuple[ApiToken, str]:
    """Give another system access to what the unit may read, up to and including a day.

    Returns the token's row and the token itself, which is nowhere kept. Raises DomainError for other than a security
    administrator of the unit, without a purpose or scope, and for a day that cannot be.
    """
    require(why_not_give_access(actor, unit) or why_not_such_access(name, scopes, expires_on))
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        unit=unit,
        name=name.strip(),
        prefix=secret[:PREFIX],
        digest=digest_of(secret),
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
    require(why_not_give_access(actor, locked.unit))
    if locked.revoked_at is not None:
        raise DomainError(Reason(text=_("This access was ended before.")))
    locked.revoked_at = clock.now()
    locked.save(update_fields=["revoked_at"])
    record(action="apitoken.revoke", actor=actor, obj=locked, unit=locked.unit)
    return locked


def use_token(*, secret: str) -> ApiToken | None:
    """The token somebody calls with, when it holds today; its use is noted at most once a minute."""
    token = token_of(secret)
    if token is None:
        return None
    now = clock.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - datetime.timedelta(seconds=NOTED_EVERY))
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > NOTED_EVERY:
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    return token
