"""One digest per person and day: what is planned and still owed goes into one message, in the person's language.

How nothing is doubled and nothing lost: a chunk of people is one transaction. Each of them gets the digest row of the
day (unique in the database); whoever holds its lock writes the message, the states of the reminders and the link from
the digest to the message together. A second run passes over locked digests and over those that have a message. A
worker killed in between leaves the rows planned and the digest without a message; the next run goes on from there.
Nothing is kept in the queue: an emptied broker costs one round.

What comes up after the digest of the day waits for that of the next working day, without exception: whatever makes a
new duty (a return, an assignment, a finding) tells its people at once by a message of its own, and it stands in their
to-do list from that moment on.
"""

import time
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.models import User
from accounts.words import lazy_day
from notices.duties import owed_now
from notices.enums import ReminderAction, ReminderState
from notices.models import Delivery, Digest, Reminder
from notices.reminding.hours import may_go_out
from notices.reminding.planning import Key, Planned, due_now
from notices.services.ledger import note_delivered
from notices.services.messages import Note, notify_each
from notices.services.planning import in_parts, plan
from notices.services.staircase import transition

#: People whose digests are written in one transaction: it should hold the database for well under a second.
PEOPLE_AT_ONCE = 100
#: So old may be what is known of what is owed when a message is written.
FRESH_SECONDS = 2


class Owing:
    """What is to be reminded of at this moment; asked again once the answer is some seconds old."""

    def __init__(self):
        self._asked_at, self._answer = 0.0, None

    def now(self) -> dict[Key, Planned]:
        if self._answer is None or time.monotonic() - self._asked_at > FRESH_SECONDS:
            self._answer, self._asked_at = due_now(owed_now()), time.monotonic()
        return self._answer


def remind() -> int:
    """Plan what has come due and send the digests of the day; returns how many digests went out.

    Does nothing outside the hours of `REMINDER_HOURS`: what comes up meanwhile is planned with the next digests. Safe
    at any time and twice at once.
    """
    if not may_go_out():
        return 0
    owing = Owing()
    plan(owing.now())
    return send_digests(owing)


def send_digests(owing: Owing | None = None) -> int:
    """Send today's digests to everybody who has something planned and had none today; returns how many went out.

    Each chunk of people is compared with what is owed at that moment: what was done meanwhile is dropped.
    """
    owing, sent = owing or Owing(), 0
    for people in in_parts(_waiting_people(), PEOPLE_AT_ONCE):
        sent += _send_to(people, owing.now())
    return sent


def _waiting_people() -> list[int]:
    had = Digest.objects.filter(recipient=OuterRef("recipient"), day=clock.today(), message__isnull=False)
    rows = Reminder.objects.filter(~Exists(had), state=ReminderState.PLANNED)
    return list(rows.order_by("recipient").values_list("recipient", flat=True).distinct())


@transaction.atomic
def _send_to(people: list[int], wanted: dict[Key, Planned]) -> int:
    today = clock.today()
    Digest.objects.bulk_create(
        [Digest(recipient_id=person, day=today) for person in people], ignore_conflicts=True
    )
    digests = list(_locked(Digest.objects.filter(recipient__in=people, day=today, message=None)))
    rows: dict[int, list[Reminder]] = {digest.recipient_id: [] for digest in digests}
    done = []
    planned = Reminder.objects.filter(recipient__in=rows, state=ReminderState.PLANNED)
    for row in planned.order_by("due_on", "id"):
        if (row.duty, row.stage, row.recipient_id) in wanted:
            rows[row.recipient_id].append(row)
        else:
            done.append(row.pk)
    transition(rows=Reminder.objects.filter(pk__in=done), action=ReminderAction.DROP)
    full = [digest for digest in digests if rows[digest.recipient_id]]
    notes = [_note(digest.recipient, rows[digest.recipient_id], wanted) for digest in full]
    for digest, message in zip(full, notify_each(notes=notes), strict=True):
        digest.message = message
    Digest.objects.bulk_update(full, ["message"])
    _note_sent(full, rows)
    return len(full)


def _locked(digests) -> Iterable[Digest]:
    """The digests nobody else is at work on; SQLite lets in only one writer at a time anyway."""
    if connection.features.has_select_for_update_skip_locked:
        digests = digests.select_for_update(skip_locked=True, of=("self",))
    return digests.select_related("recipient").order_by("recipient")


def _note_sent(digests: list[Digest], rows: dict[int, list[Reminder]]) -> None:
    """Whoever has only the inbox has the reminder with the sending; elsewhere the channel says when it has arrived."""
    of_today = Digest.objects.filter(recipient=OuterRef("recipient"), day=clock.today()).values("pk")
    sent = [row.pk for digest in digests for row in rows[digest.recipient_id]]
    for part in in_parts(sent, 500):
        told = Reminder.objects.filter(pk__in=part)
        transition(rows=told, action=ReminderAction.SEND, digest=Subquery(of_today), sent_at=clock.now())
    messages = {digest.message_id for digest in digests}
    on_their_way = Delivery.objects.filter(message__in=messages).values_list("message", flat=True)
    note_delivered(messages.difference(on_their_way))


def _note(person: User, rows: list[Reminder], wanted: dict[Key, Planned]) -> Note:
    with translation.override(person.language):
        url = rows[0].url if len(rows) == 1 else reverse("notices:reminders")
        return Note(person, subject=_title(rows), body=_text(rows, wanted), url=url)


def _title(rows: list[Reminder]) -> str:
    if len(rows) == 1:
        return _("Reminder: %(what)s") % {"what": rows[0].subject}
    words = ngettext(
        "%(count)d reminder, due first: %(day)s", "%(count)d reminders, due first: %(day)s", len(rows)
    )
    return words % {"count": len(rows), "day": lazy_day(rows[0].due_on)}


def _text(rows: list[Reminder], wanted: dict[Key, Planned]) -> str:
    """By day: what is owed and what it is about; where to do it and why it is this person once for all of one kind."""
    alike: dict[tuple, list[Reminder]] = {}
    for row in rows:
        alike.setdefault((row.due_on, row.url, row.why), []).append(row)
    lines, day = [], None
    for (due_on, url, why), same in alike.items():
        if due_on != day:
            day = due_on
            lines.append(_("Due %(day)s") % {"day": lazy_day(day)})
        for row in same:
            lines += _lines_of(row, wanted[row.duty, row.stage, row.recipient_id])
        lines += ["  " + _("Why you: %(why)s") % {"why": line} for line in why.splitlines() if line]
        if url:
            lines.append(f"  {settings.PUBLIC_ADDRESS}{url}")
    return "\n".join(lines)


def _lines_of(row: Reminder, planned: Planned) -> list[str]:
    late = row.stage < 0
    lines = [f"· {row.subject}" + (_(" (overdue)") if late else "")]
    return lines + [f"  {line}" for line in str(planned.duty.detail).splitlines()]
