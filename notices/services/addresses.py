"""Where a person has messages sent beside the inbox; addresses and secrets stay out of all records."""

import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import User
from accounts.services import record
from notices.channels import CARRIERS, carriers_here
from notices.models import ChannelAddress, Delivery, Message
from notices.services.deliveries import wake_senders

#: A robot writes to a whole group: one test message a minute is enough.
_BETWEEN_TESTS = datetime.timedelta(minutes=1)


@transaction.atomic
def set_channel(*, actor, channel: str, is_on: bool, address: str = "", secret: str = "") -> ChannelAddress:
    """Switch one of a person's own channels on or off; an empty address or secret keeps the one entered before.

    Raises DomainError when the installation has no such channel or messages cannot be sent to that address.
    """
    carrier = carriers_here().get(channel)
    if carrier is None:
        raise DomainError(Reason(text=_("This channel is not set up here.")))
    _lock(actor)
    row = ChannelAddress.objects.filter(user=actor, channel=channel).first()
    row = row or ChannelAddress(user=actor, channel=channel)
    if carrier.own_address and address:
        require(carrier.why_not_address(address))
        # A secret belongs to one robot.
        row.secret = "" if address != row.address else row.secret
        row.address = address
    if carrier.own_address and is_on and not row.address:
        raise DomainError(Reason(text=_("Enter the address to send to, then switch the channel on.")))
    if carrier.own_secret and secret:
        row.secret = secret
    row.is_on = is_on
    row.save()
    record(action="channel.set", actor=actor, channel=channel, on=is_on)
    return row


@transaction.atomic
def forget_channel(*, actor, channel: str) -> None:
    """Remove what a person entered for a channel: its address and secret are deleted."""
    if ChannelAddress.objects.filter(user=actor, channel=channel).delete()[0]:
        record(action="channel.forget", actor=actor, channel=channel)


@transaction.atomic
def send_test(*, actor, channel: str, url: str) -> Delivery:
    """Send a person a test message over one channel, at once, also within the quiet hours.

    Raises DomainError when the channel has no address, or the last test was less than a minute ago.
    """
    carrier = carriers_here().get(channel)
    _lock(actor)
    row = ChannelAddress.objects.filter(user=actor, channel=channel).first()
    if carrier is None or carrier.address_of(actor, row) is None:
        raise DomainError(Reason(text=_("Enter the address to send to, then switch the channel on.")))
    lately = timezone.now() - _BETWEEN_TESTS
    tests = Delivery.objects.filter(message__recipient=actor, message__url=url, channel=channel)
    if tests.filter(next_try_at__gt=lately).exists():
        raise DomainError(Reason(text=_("A test message is on its way. Wait a minute before the next one.")))
    with translation.override(actor.language):
        subject = _("Test message: messages reach you over this channel.")
    # Not by `notify`: that takes every channel switched on, and waits for the end of the quiet hours.
    message = Message.objects.create(recipient=actor, subject=subject, url=url, created_at=clock.now())
    delivery = Delivery.objects.create(message=message, channel=channel, next_try_at=timezone.now())
    transaction.on_commit(wake_senders, robust=True)
    return delivery


def known_channel(channel: str) -> bool:
    return channel in CARRIERS


def _lock(user) -> None:
    """Two tabs of one person take turns."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
