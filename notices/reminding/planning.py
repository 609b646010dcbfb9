"""What is to go out today: every duty at its nearest stage, to everybody it concerns, as rows of the ledger.

A row is written once (unique in the database); whether it still goes out is asked again when the digest is made. What
was taken off because it had been done comes back when it is owed again at the same stage.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import translation

from accounts import clock
from accounts.models import User
from notices.duties import Duty, owed_now
from notices.enums import ReminderState
from notices.models import Reminder
from notices.reminding.recipients import Recipients
from notices.reminding.stages import WorkingDays, stage_on
from notices.workdays import is_far

#: Duties asked about in one query, and rows written in one: databases limit what a statement may hold.
_AT_ONCE = 500

#: (duty, stage, recipient), as the ledger's unique constraint has it.
Key = tuple[str, int, int]


@dataclass(frozen=True)
class Planned:
    """One reminder of one duty to one person; `day` is the day of its stage."""

    duty: Duty
    stage: int
    day: datetime.date
    user: User
    #: Lazy words.
    why: object

    @property
    def key(self) -> Key:
        return self.duty.key, self.stage, self.user.pk

    def subject_in(self, language: str) -> str:
        with translation.override(language):
            return " ".join(str(self.duty.subject).split())[:200]

    def why_in(self, language: str) -> str:
        with translation.override(language):
            return str(self.why)


def due_now(duties: Iterable[Duty]) -> dict[Key, Planned]:
    """Everything of `duties` whose stage has come by today, whether sent already or not; three queries.

    What lies years ahead is left out: one such day must not stop the reminders of everybody.
    """
    today, duties = clock.today(), [duty for duty in duties if not is_far(duty.due_on)]
    days = WorkingDays(duties, today)
    come = [(duty, found) for duty in duties if (found := stage_on(duty, today, days))]
    if not come:
        return {}
    recipients = Recipients([duty for duty, _found in come])
    planned = (
        Planned(duty, stage, day, owed.user, owed.why)
        for duty, (stage, day) in come
        for owed in recipients.of(duty, stage)
    )
    return {each.key: each for each in planned}


def plan(wanted: dict[Key, Planned] | None = None) -> int:
    """Write what has come due (None: asked now) into the ledger; returns how many rows are new or owed again.

    Safe twice at once.
    """
    if wanted is None:
        wanted = due_now(owed_now())
    known = {key: (pk, state) for key, pk, state in _known(sorted({key[0] for key in wanted}))}
    new = [_row(planned) for key, planned in wanted.items() if key not in known]
    again = [known[key][0] for key in wanted if key in known and known[key][1] == ReminderState.DROPPED]
    Reminder.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)
    for part in in_parts(again, _AT_ONCE):
        Reminder.objects.filter(pk__in=part, state=ReminderState.DROPPED).update(state=ReminderState.PLANNED)
    return len(new) + len(again)


def in_parts(things: Sequence, size: int) -> Iterator[Sequence]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def _known(duties: list[str]) -> Iterator[tuple[Key, int, str]]:
    for part in in_parts(duties, _AT_ONCE):
        rows = Reminder.objects.filter(duty__in=part).order_by()
        for pk, duty, stage, recipient, state in rows.values_list(
            "pk", "duty", "stage", "recipient_id", "state"
        ):
            yield (duty, stage, recipient), pk, state


def _row(planned: Planned) -> Reminder:
    duty, language = planned.duty, planned.user.language
    return Reminder(
        duty=duty.key,
        stage=planned.stage,
        recipient=planned.user,
        kind=duty.kind,
        subject=planned.subject_in(language),
        why=planned.why_in(language),
        url=duty.url,
        due_on=duty.due_on,
        planned_for=planned.day,
        planned_at=clock.now(),
    )
