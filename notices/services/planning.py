"""What has come due, as rows of the ledger of reminders.

A row is written once for each duty, stage and recipient (unique in the database); whether it still goes out is asked
again when the digest is made. What was taken off because it had been done comes back when it is owed again at the
same stage.
"""

from collections.abc import Iterator, Sequence

from accounts import clock
from notices.duties import owed_now
from notices.enums import ReminderAction, ReminderState
from notices.models import Reminder
from notices.reminding.planning import Key, Planned, due_now
from notices.services.staircase import transition

#: Duties asked about in one query, and rows written in one: databases limit what a statement may hold.
_AT_ONCE = 500


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
        transition(rows=Reminder.objects.filter(pk__in=part), action=ReminderAction.RENEW)
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
