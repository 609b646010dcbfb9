import logging
import smtplib

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail

from notices.enums import DeliveryState
from notices.jobs import clear_old_files, resume_stopped
from notices.models import Delivery
from notices.services import beat_heart, claim_delivery, finish_delivery

logger = logging.getLogger(__name__)


@shared_task
def send_waiting_email() -> int:
    """Send what waits for e-mail; each delivery is claimed first, so two workers never send the same one."""
    sent = 0
    for pk in (
        Delivery.objects.filter(state=DeliveryState.WAITING).order_by("id").values_list("id", flat=True)[:500]
    ):
        delivery = claim_delivery(delivery_id=pk)
        if delivery is not None:
            sent += _send(delivery)
    return sent


def _send(delivery: Delivery) -> bool:
    message = delivery.message
    text = f"{message.body}\n\n{settings.PUBLIC_ADDRESS}{message.url}" if message.url else message.body
    try:
        send_mail(message.subject, text, settings.DEFAULT_FROM_EMAIL, [message.recipient.email])
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("e-mail %s not sent: %s", delivery.pk, error)
        finish_delivery(delivery=delivery, sent=False)
        return False
    finish_delivery(delivery=delivery, sent=True)
    return True


@shared_task
def heartbeat(token: str) -> None:
    beat_heart(token=token)


@shared_task
def keep_jobs_going() -> int:
    """Hand out stopped jobs again and clear the files of old ones; safe to run at any time."""
    return resume_stopped() + clear_old_files()
