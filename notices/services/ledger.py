"""What becomes of reminders after sending: arrived on a channel, read by their recipient."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts import clock
from notices.enums import ReminderAction
from notices.models import Message, Reminder
from notices.services.staircase import transition


def note_delivered(message_ids: Iterable[int] | QuerySet[Message]) -> int:
    """The digests in these messages have arrived on a channel beside the inbox; returns how many rows changed."""
    rows = Reminder.objects.filter(digest__message__in=message_ids)
    return transition(rows=rows, action=ReminderAction.ARRIVE, delivered_at=clock.now())


def note_read(message_ids: Iterable[int] | QuerySet[Message]) -> int:
    """The digests in these messages were opened by their recipients; returns how many rows changed.

    Who reads it in the inbox has it, whatever became of it on its way by e-mail.
    """
    found = list(Reminder.objects.filter(digest__message__in=message_ids).values_list("pk", flat=True))
    if not found:
        return 0
    now, rows = clock.now(), Reminder.objects.filter(pk__in=found)
    return transition(
        rows=rows, action=ReminderAction.READ, read_at=now, delivered_at=Coalesce("delivered_at", now)
    )
