"""Messages into inboxes, and their being read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation

from accounts import clock
from accounts.models import User
from notices.models import Heartbeat, Message
from notices.services.deliveries import plan_deliveries
from notices.services.ledger import note_read


@dataclass(frozen=True)
class Note:
    """What one person is told; `subject` and `body` may be lazy translations."""

    recipient: User
    subject: object
    body: object = ""
    url: str = ""


def notify(*, recipients: Iterable[User], subject, body="", url: str = "") -> list[Message]:
    """Put a message into each person's inbox and, once this commits, on its way over the channels switched on.

    `subject` and `body` may be lazy translations: each person gets them in his or her own language. As many queries
    for one person as for a thousand.
    """
    people = {person.pk: person for person in recipients}.values()
    return notify_each(notes=[Note(person, subject, body, url) for person in people])


def notify_each(*, notes: Iterable[Note]) -> list[Message]:
    """`notify` where everybody is told something else; returns the messages in the order of the notes."""
    with transaction.atomic():
        sent = Message.objects.bulk_create([_message(note) for note in notes], batch_size=500)
        plan_deliveries(sent)
    return sent


def _message(note: Note) -> Message:
    with translation.override(note.recipient.language):
        return Message(
            recipient=note.recipient,
            # In one line: a line break typed into a name would stop the e-mail.
            subject=" ".join(str(note.subject).split())[:200],
            body=str(note.body),
            url=note.url,
            created_at=clock.now(),
        )


@transaction.atomic
def mark_read(*, message: Message) -> None:
    if Message.objects.filter(pk=message.pk, read_at=None).update(read_at=clock.now()):
        note_read([message.pk])


@transaction.atomic
def mark_all_read(*, user: User) -> int:
    """Mark everything in a person's inbox as read; returns how many messages changed."""
    unread = Message.objects.filter(recipient=user, read_at=None)
    note_read(unread)
    return unread.update(read_at=clock.now())


def beat_heart(*, token: str) -> None:
    """Note that a worker has done the task carrying `token`; the set-up check waits for it."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"token": token, "at": clock.now()})
