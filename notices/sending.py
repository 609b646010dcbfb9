"""One round of sending what waits, over all channels; several workers may do it at once and share the work."""

import logging
import time
from contextlib import ExitStack
from itertools import groupby

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notices.channels import carriers_here
from notices.channels.base import Letter, NoAnswer, NotSent, Refused, Unreachable
from notices.enums import DeliveryState, ReminderState
from notices.models import Delivery
from notices.services import deliveries
from notices.services.ledger import note_delivered

logger = logging.getLogger(__name__)


class Round:
    """A round with its open connections. `sent` counts what the other sides have confirmed."""

    def __init__(self, stack: ExitStack):
        self.carriers = carriers_here()
        self.sent = 0
        self._stack = stack
        self._sessions: dict[str, object] = {}
        #: Channels where nobody answers: not tried again before the next round.
        self._down: set[str] = set()
        self._ends = time.monotonic() + settings.DELIVERY_ROUND_SECONDS

    def run(self) -> None:
        """Send batch after batch until nothing is due or the time of a round is over."""
        while not self._is_over() and (batch := deliveries.claim(without=self._down)):
            self._send_batch(batch)

    def _is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def _send_batch(self, batch: list[Delivery]) -> None:
        """Send what was claimed together, channel by channel, so that each keeps its connection busy."""
        rows = deliveries.addresses_of({delivery.message.recipient_id for delivery in batch})
        batch.sort(key=lambda delivery: delivery.channel)
        arrived, untried = [], []
        for channel, same in groupby(batch, key=lambda delivery: delivery.channel):
            for delivery in same:
                if channel in self._down or self._is_over():
                    untried.append(delivery)
                elif self._send(delivery, rows.get((delivery.message.recipient_id, channel))):
                    arrived.append(delivery.message_id)
        deliveries.give_back(untried)
        self.sent += len(arrived)
        note_delivered(arrived)

    def _send(self, delivery: Delivery, row) -> bool:
        """Send one delivery and write down what came of it; returns whether it is known to have arrived."""
        try:
            self._carry(delivery, row)
        except deliveries.TakenAway:
            logger.warning("delivery %s was given to another worker", delivery.pk)
        except Refused as error:
            deliveries.refuse(delivery, str(error))
        except NoAnswer as error:
            deliveries.lose(delivery, str(error))
        except NotSent as error:
            deliveries.put_off(delivery, str(error))
            if isinstance(error, Unreachable):
                logger.warning("channel %s does not answer", delivery.channel)
                self._down.add(delivery.channel)
        except Exception as error:
            # A fault of this program with one message must not keep the others from going out.
            logger.exception("delivery %s", delivery.pk)
            settle = deliveries.lose if deliveries.is_handed_over(delivery) else deliveries.put_off
            settle(delivery, type(error).__name__)
        else:
            deliveries.confirm(delivery)
            return True
        return False

    def _carry(self, delivery: Delivery, row) -> None:
        carrier = self.carriers.get(delivery.channel)
        recipient = delivery.message.recipient
        with translation.override(recipient.language):
            address = carrier and carrier.address_of(recipient, row)
            if address is None or not recipient.is_active:
                raise Refused(_("The person has no address on this channel any more."))
            if delivery.channel not in self._sessions:
                self._sessions[delivery.channel] = self._stack.enter_context(carrier.session())
            session = self._sessions[delivery.channel]
            carrier.send(session, address, letter_of(delivery), lambda: deliveries.hand_over(delivery))


def letter_of(delivery: Delivery) -> Letter:
    """A delivery's message as it goes out; the key is made from what never changes, so it is the same each time."""
    message = delivery.message
    return Letter(
        key=f"{delivery.pk}.{message.pk}.{message.created_at:%Y%m%d%H%M%S}",
        subject=message.subject,
        body=message.body,
        link=f"{settings.PUBLIC_ADDRESS}{message.url}" if message.url else "",
    )


def send_waiting() -> int:
    """Settle what killed workers left, then send what is due. Returns how many messages are known to have arrived."""
    deliveries.release_stale()
    _catch_up_ledger()
    with ExitStack() as stack:
        work = Round(stack)
        work.run()
        return work.sent


def _catch_up_ledger() -> None:
    """Tell the ledger of reminders what a worker confirmed and was killed before it could say so; one query."""
    arrived = Delivery.objects.filter(
        state=DeliveryState.SENT, message__digest__reminders__state=ReminderState.SENT
    )
    note_delivered(arrived.values_list("message_id", flat=True).distinct())
