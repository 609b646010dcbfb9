"""The secret address of a person's calendar feed: shown once when made, kept as its SHA-256, revoked at any time."""

import datetime
import hashlib
import re
import secrets

from django.db import transaction

from accounts import clock
from accounts.models import User
from accounts.services import record
from notices.models import CalendarFeed

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
#: A calendar asks often; that it did is written down once in a while.
_BETWEEN_NOTES = datetime.timedelta(minutes=10)


@transaction.atomic
def make_feed(*, actor) -> str:
    """Make the person's feed anew and return its token of 32 random bytes; the address before it ends."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(user=actor, revoked_at=None).update(revoked_at=clock.now())
    CalendarFeed.objects.create(user=actor, token_sha256=_digest(token), made_at=clock.now())
    record(action="feed.make", actor=actor)
    return token


@transaction.atomic
def revoke_feed(*, actor) -> bool:
    """End the person's feed at once; returns whether there was one."""
    ended = CalendarFeed.objects.filter(user=actor, revoked_at=None).update(revoked_at=clock.now())
    if ended:
        record(action="feed.revoke", actor=actor)
    return ended > 0


def feed_of(user) -> CalendarFeed | None:
    """The person's feed that holds now."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def person_of_feed(token: str) -> User | None:
    """Whose feed an address is; None when it is nobody's, was revoked, or the account is closed."""
    if not _TOKEN.fullmatch(token):
        return None
    feed = (
        CalendarFeed.objects.filter(token_sha256=_digest(token), revoked_at=None, user__is_active=True)
        .select_related("user__unit")
        .first()
    )
    return feed and feed.user


def note_reading(*, user) -> None:
    """Write down that the feed was read, so that its owner sees whether it is still in use."""
    now = clock.now()
    feed = CalendarFeed.objects.filter(user=user, revoked_at=None)
    feed.exclude(last_read_at__gt=now - _BETWEEN_NOTES).update(last_read_at=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
