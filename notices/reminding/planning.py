"""What is to go out today: every duty at its nearest stage, to everybody it concerns. It only reads."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation

from accounts import clock
from accounts.models import User
from notices.duties import Duty
from notices.reminding.recipients import Recipients
from notices.reminding.stages import WorkingDays, stage_on
from notices.workdays import is_far

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
