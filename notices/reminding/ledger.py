"""The states of the ledger after sending, and who may look into it."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts import clock
from accounts.enums import Role
from accounts.scope import ids_below, units_with_role
from notices.enums import ReminderState
from notices.models import Message, Reminder


def note_delivered(message_ids: Iterable[int] | QuerySet[Message]) -> int:
    """The digests in these messages have arrived on a channel beside the inbox; returns how many rows changed."""
    rows = Reminder.objects.filter(digest__message__in=message_ids, state=ReminderState.SENT)
    return rows.update(state=ReminderState.DELIVERED, delivered_at=clock.now())


def note_read(message_ids: Iterable[int] | QuerySet[Message]) -> int:
    """The digests in these messages were opened by their recipients; returns how many rows changed.

    Who reads it in the inbox has it, whatever became of it on its way by e-mail.
    """
    unread = Reminder.objects.filter(
        digest__message__in=message_ids, state__in=(ReminderState.SENT, ReminderState.DELIVERED)
    )
    found = list(unread.values_list("pk", flat=True))
    if not found:
        return 0
    now = clock.now()
    rows = Reminder.objects.filter(pk__in=found)
    return rows.update(state=ReminderState.READ, read_at=now, delivered_at=Coalesce("delivered_at", now))


def may_read_ledger(user) -> bool:
    """The leadership office follows up who was reminded of what."""
    return bool(units_with_role(user, (Role.OFFICE,)))


def ledger_of(user):
    """The reminders of the people of an office's city: those at home in a unit at or below the office's."""
    units = ids_below([unit.path for unit in units_with_role(user, (Role.OFFICE,))])
    return Reminder.objects.filter(recipient__unit__in=units).select_related("recipient__unit")
