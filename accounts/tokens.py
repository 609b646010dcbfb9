"""Tokens of other systems: which one somebody calls with, and as whom it reads."""

import hashlib

from accounts import clock
from accounts.enums import Role
from accounts.models import ApiToken, RoleAssignment, Unit

#: So many characters of a token are kept readable, to tell tokens apart.
PREFIX = 8


class Reader:
    """Whoever calls with a token, in the place of a person: reads as a leader of the token's unit does."""

    pk = None
    is_authenticated = True
    is_active = True

    def __init__(self, unit: Unit):
        self._role_assignments = [RoleAssignment(role=Role.LEADER, unit=unit)]


def token_of(secret: str) -> ApiToken | None:
    """The token somebody calls with, when it holds today."""
    token = ApiToken.objects.select_related("unit").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at is not None or token.expires_on < clock.today():
        return None
    return token


def digest_of(secret: str) -> str:
    """What is kept of a token."""
    # No salt and no slow hash: 32 random bytes cannot be guessed, and every call looks them up.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
