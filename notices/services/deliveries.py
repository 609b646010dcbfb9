"""Messages on their way over the channels beside the inbox: who has which, when it is tried again, what came of it.

A worker claims deliveries by compare-and-set, and says `handed` in a commit of its own right before the last byte goes
out. So one killed before that leaves a delivery that certainly did not arrive, which is sent again, and one killed
after it a delivery that may have arrived, which is not. `taken_at` and `next_try_at` are real time even where a
demonstration plays on another day; `taken_at` also tells whose claim it is.
"""

import datetime
import time
from collections.abc import Collection, Iterable

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from notices.channels import carriers_here
from notices.enums import DeliveryAction, DeliveryState
from notices.models import ChannelAddress, Delivery, Message
from notices.rules import why_not_handle_deliveries
from notices.services.staircase import transition

#: The task that sends; by name, because tasks stand above.
SEND_TASK = "notices.tasks.send_deliveries"
#: Claimed at a time: what a killed worker leaves lying until its claims are stale.
BATCH = 50
_BETWEEN_WAKES = 1.0
_last_wake = 0.0


class TakenAway(Exception):
    """The claim was given up for dead meanwhile, so another worker may send this."""


# --- on its way ---------------------------------------------------------------------------------------------


def plan_deliveries(messages: Iterable[Message]) -> int:
    """Let messages (with their recipients) go out on every channel their recipients have switched on.

    One query to read the addresses, one to write. Returns how many deliveries wait.
    """
    carriers = carriers_here()
    messages = [message for message in messages if message.recipient.is_active] if carriers else []
    if not messages:
        return 0
    rows = addresses_of({message.recipient_id for message in messages})
    start = after_quiet_hours(timezone.now())
    deliveries = [
        Delivery(message=message, channel=code, next_try_at=start)
        for message in messages
        for code, carrier in carriers.items()
        if carrier.address_of(message.recipient, rows.get((message.recipient_id, code)))
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=500)
    if deliveries:
        # What the queue misses, the round of every minute picks up.
        transaction.on_commit(wake_senders, robust=True)
    return len(deliveries)


def addresses_of(user_ids: Collection[int]) -> dict[tuple[int, str], ChannelAddress]:
    """What people entered for their channels, by person and channel; one query."""
    found = ChannelAddress.objects.filter(user_id__in=user_ids)
    return {(row.user_id, row.channel): row for row in found}


def wake_senders() -> None:
    """Have a worker look at what waits; once a second is enough, since one round takes all there is."""
    global _last_wake
    if time.monotonic() - _last_wake < _BETWEEN_WAKES:
        return
    _last_wake = time.monotonic()
    current_app.send_task(SEND_TASK)


def after_quiet_hours(moment: datetime.datetime) -> datetime.datetime:
    """The moment itself, or the end of the quiet hours it falls into (local time, settings.QUIET_HOURS)."""
    if not settings.QUIET_HOURS:
        return moment
    starts, ends = (datetime.time.fromisoformat(text) for text in settings.QUIET_HOURS)
    local = timezone.localtime(moment)
    over_midnight = starts > ends
    hour = local.time()
    quiet = (hour >= starts or hour < ends) if over_midnight else starts <= hour < ends
    if not quiet:
        return moment
    day = local.date() + datetime.timedelta(days=over_midnight and hour >= starts)
    return timezone.make_aware(datetime.datetime.combine(day, ends))


# --- a worker's claim ---------------------------------------------------------------------------------------


def claim(*, most: int = BATCH, without: Collection[str] = ()) -> list[Delivery]:
    """Take deliveries that are due for sending, oldest first, none that another worker has; two queries.

    Args:
        without: channels left out, because nobody answers there.
    """
    now = timezone.now()
    due = Delivery.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=now), state=DeliveryState.WAITING
    ).exclude(channel__in=without)
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "id")
        claimed = list(locked.select_related("message__recipient")[:most])
        mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed])
        transition(rows=mine, action=DeliveryAction.CLAIM, taken_at=now)
    for delivery in claimed:
        delivery.taken_at = now
    return claimed


def give_back(deliveries: Iterable[Delivery]) -> None:
    """Put claimed deliveries back that were not tried; one query."""
    for taken_at, ids in _by_claim(deliveries).items():
        rows = Delivery.objects.filter(pk__in=ids, taken_at=taken_at)
        transition(rows=rows, action=DeliveryAction.GIVE_BACK)


def hand_over(delivery: Delivery) -> None:
    """Note, committed before this returns, that the last byte is about to go out. Raises TakenAway."""
    if not transition(rows=_mine(delivery), action=DeliveryAction.HAND):
        raise TakenAway


def is_handed_over(delivery: Delivery) -> bool:
    return _mine(delivery).filter(state=DeliveryState.HANDED).exists()


def confirm(delivery: Delivery) -> None:
    """The other side has it; also when it was given up as unconfirmed meanwhile."""
    transition(
        rows=_mine(delivery),
        action=DeliveryAction.CONFIRM,
        sent_at=clock.now(),
        attempts=delivery.attempts + 1,
        error="",
    )


def lose(delivery: Delivery, error: str) -> None:
    """It was handed over and nobody answered."""
    transition(rows=_mine(delivery), action=DeliveryAction.LOSE, **_attempted(delivery, error))


def refuse(delivery: Delivery, error: str) -> None:
    """It will never be taken."""
    transition(rows=_mine(delivery), action=DeliveryAction.FAIL, **_attempted(delivery, error))


def put_off(delivery: Delivery, error: str) -> None:
    """Try again after a while, each time a longer one; failed when settings.DELIVERY_WAITS (minutes) are used up."""
    waits = settings.DELIVERY_WAITS
    if delivery.attempts >= len(waits):
        refuse(delivery, error)
        return
    next_try = timezone.now() + datetime.timedelta(minutes=waits[delivery.attempts])
    transition(
        rows=_mine(delivery),
        action=DeliveryAction.GIVE_BACK,
        next_try_at=after_quiet_hours(next_try),
        **_attempted(delivery, error),
    )


def release_stale() -> int:
    """Settle what killed workers left: sent again where it cannot have arrived, unconfirmed where it may have.

    Returns how many deliveries were settled; two queries.
    """
    before = timezone.now() - datetime.timedelta(seconds=settings.DELIVERY_STALE_SECONDS)
    stale = Delivery.objects.filter(taken_at__lt=before)
    words = _("The sending process ended before the other side answered.")
    return transition(
        rows=stale,
        action=DeliveryAction.RELEASE,
        next_try_at=after_quiet_hours(timezone.now()),
    ) + transition(rows=stale, action=DeliveryAction.LOSE, error=words)


def _mine(delivery: Delivery):
    return Delivery.objects.filter(pk=delivery.pk, taken_at=delivery.taken_at)


def _attempted(delivery: Delivery, error: str) -> dict:
    return {"attempts": delivery.attempts + 1, "error": " ".join(error.split())[:300]}


def _by_claim(deliveries: Iterable[Delivery]) -> dict[datetime.datetime, list[int]]:
    claims: dict[datetime.datetime, list[int]] = {}
    for delivery in deliveries:
        claims.setdefault(delivery.taken_at, []).append(delivery.pk)
    return claims


# --- what did not get through -------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, actor, delivery: Delivery) -> None:
    """Have a delivery sent again that failed or whose arrival nobody confirmed.

    Raises DomainError when the person may not, or when it is on its way again already.
    """
    require(why_not_handle_deliveries(actor, delivery.message.recipient.unit))
    rows = Delivery.objects.filter(pk=delivery.pk)
    if not transition(rows=rows, action=DeliveryAction.AGAIN, attempts=0, next_try_at=timezone.now()):
        raise DomainError(Reason(text=_("This message is on its way already, or has arrived.")))
    record(action="delivery.again", actor=actor, obj=delivery, unit=delivery.message.recipient.unit)
    transaction.on_commit(wake_senders, robust=True)


@transaction.atomic
def send_failed_again(*, actor) -> int:
    """Have everything sent again that failed within a person's reach, e.g. after the mail server was down.

    What may have arrived is left out: that is decided one by one. Returns how many go out again.
    """
    require(why_not_handle_deliveries(actor))
    failed = Delivery.objects.visible_to(actor).filter(state=DeliveryState.FAILED)
    rows = Delivery.objects.filter(pk__in=list(failed.values_list("pk", flat=True)))
    count = transition(rows=rows, action=DeliveryAction.AGAIN, attempts=0, next_try_at=timezone.now())
    record(action="delivery.again", actor=actor, count=count)
    transaction.on_commit(wake_senders, robust=True)
    return count
