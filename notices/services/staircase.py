"""The one place of this app that assigns states: deliveries, reminders and jobs move along their tables by
compare-and-set, because workers take them side by side and none of them is decided on by a person."""

from notices.enums import DELIVERY_TRANSITIONS, JOB_TRANSITIONS, REMINDER_TRANSITIONS
from notices.models import Delivery, Job, Reminder

_TABLES = {Delivery: DELIVERY_TRANSITIONS, Job: JOB_TRANSITIONS, Reminder: REMINDER_TRANSITIONS}


def transition(*, rows, action: str, **changes) -> int:
    """Move rows (a queryset) along the table of their model; `changes` are written together with the state.

    Returns how many were moved: those in a state without this move, or no longer in the queryset, stay as they are.
    """
    table = _TABLES[rows.model]
    targets = {source: target for (source, known), target in table.items() if known == action}
    [target] = set(targets.values())
    return rows.filter(state__in=targets).update(state=target, **changes)
