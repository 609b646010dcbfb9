"""The working days of a finding: by when it is put right, how long it is overdue, from which day a rung is climbed.

Counted is from the day after: what is due on a Monday is one working day overdue on Tuesday. The particulars are the
cycle's (`supervision.findings` of the programme file).
"""

import datetime
from bisect import bisect_right

from django.utils import timezone

from accounts import clock
from applications.models import Cycle
from notices.workdays import ONE_DAY, nth_working_day, working_days
from supervision.enums import EscalationAction, EscalationState
from supervision.models import Finding

#: Working days to answer where the programme file says nothing.
ANSWER_DAYS = 10
#: Where an overdue finding stands on the ladder: the rung that comes next.
NEXT_RUNG = {
    EscalationState.NONE: EscalationAction.REMIND,
    EscalationState.REMINDED: EscalationAction.LETTER,
    EscalationState.LETTER: EscalationAction.TALK,
    EscalationState.TALKED: EscalationAction.PROPOSE,
}


def finding_rules_of(cycle: Cycle) -> dict:
    """What the cycle's programme file says of findings; empty where it says nothing."""
    return cycle.supervision.get("findings", {})


def severity_of(cycle: Cycle, code: str) -> dict | None:
    """The severity of that code with its name and working days, or None."""
    return next((row for row in finding_rules_of(cycle).get("severities", []) if row["code"] == code), None)


def days_from(day: datetime.date, count: int) -> datetime.date:
    """The `count`-th working day after `day`."""
    return nth_working_day(day + ONE_DAY, count)


def days_from_each(counts: set[tuple[datetime.date, int]]) -> dict[tuple[datetime.date, int], datetime.date]:
    """`days_from` of many at once: for each (day, count) the day; one query whatever their number."""
    if not counts:
        return {}
    days = [day for day, _count in counts]
    longest = max(count for _day, count in counts)
    found = working_days(min(days) + ONE_DAY, max(days) + ONE_DAY * (longest * 3 + 20))
    return {(day, count): found[bisect_right(found, day) + count - 1] for day, count in counts}


def working_days_after(day: datetime.date, last: datetime.date) -> int:
    """How many working days lie after `day`, up to and including `last`; 0 when `last` is not later."""
    return len(working_days(day + ONE_DAY, last)) if last > day else 0


def usual_due_day(finding: Finding) -> datetime.date:
    """The day the severity gives from today on, for a finding that is reopened."""
    severity = severity_of(finding.cycle, finding.severity)
    if severity is None:
        recorded = timezone.localdate(finding.recorded_at)
        return days_from(clock.today(), max(working_days_after(recorded, finding.first_due_on), 1))
    return days_from(clock.today(), severity["working_days"])


def answer_days(cycle: Cycle) -> int:
    """Working days an office that is asked has to answer."""
    return finding_rules_of(cycle).get("answer_working_days", ANSWER_DAYS)


def rung_day(finding: Finding, action: str) -> datetime.date | None:
    """The first day on which an overdue finding may climb a rung; None where the programme file has no ladder.

    A talk may set another day. From that one on the steps between the rungs are counted, so that nobody who is given
    until Friday is proposed to the office on Monday. A talk does not come before the letter's own day is over.
    """
    counts = _counts_to(finding, action)
    return max(days_from(day, count) for day, count in counts) if counts else None


def next_rung_days(findings: list[Finding]) -> dict[int, datetime.date]:
    """From which day on each finding may climb its next rung, by its id; one query whatever their number. Those at
    the top, and those whose programme file has no ladder, are left out."""
    counts = {}
    for finding in findings:
        action = NEXT_RUNG.get(EscalationState(finding.escalation.state))
        if action and (found := _counts_to(finding, action)):
            counts[finding.pk] = found
    days = days_from_each({pair for pairs in counts.values() for pair in pairs})
    return {pk: max(days[pair] for pair in pairs) for pk, pairs in counts.items()}


def _counts_to(finding: Finding, action: str) -> list[tuple[datetime.date, int]]:
    """(day, working days after it): the rung's day is the last of them."""
    ladder = finding_rules_of(finding.cycle).get("ladder")
    if not ladder:
        return []
    count = ladder[action]
    if action == EscalationAction.PROPOSE and _talk_set_the_day(finding):
        count = max(count - ladder[EscalationAction.TALK], 1)
    letter = getattr(finding, "letter", None) if action == EscalationAction.TALK else None
    return [(finding.due_on, count), *([(letter.answer_by, 1)] if letter else [])]


def _talk_set_the_day(finding: Finding) -> bool:
    talk = getattr(finding, "talk", None)
    return bool(talk and talk.agreed_day and talk.agreed_day <= finding.due_on)
