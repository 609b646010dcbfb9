"""The whole table of a reminder's states and steps, entered by hand: a new one without its row fails here."""

import datetime

import pytest

from accounts import clock
from notices.enums import REMINDER_TRANSITIONS, ReminderAction, ReminderState
from notices.models import Reminder
from notices.services.staircase import transition

#: state -> step -> next state; what is not named changes nothing.
TABLE = {
    "planned": {"send": "sent", "drop": "dropped"},
    "sent": {"arrive": "delivered", "read": "read"},
    "delivered": {"read": "read"},
    "read": {},
    "dropped": {"renew": "planned"},
}


def test_the_table_is_the_one_written_here():
    rows = {(state, step): target for state, steps in TABLE.items() for step, target in steps.items()}
    assert rows == {(s.value, a.value): target.value for (s, a), target in REMINDER_TRANSITIONS.items()}
    assert set(TABLE) == {state.value for state in ReminderState}
    assert {step for _state, step in rows} == {action.value for action in ReminderAction}


@pytest.mark.parametrize("action", ReminderAction)
@pytest.mark.parametrize("state", ReminderState)
def test_every_state_and_step(people, state, action):
    day = datetime.date(2017, 5, 31)
    values = {
        "kind": "application",
        "subject": "申报",
        "due_on": day,
        "planned_for": day,
        "planned_at": clock.now(),
    }
    reminder = Reminder.objects.create(
        duty="application:1", stage=0, recipient=people.county, state=state, **values
    )
    target = TABLE[state].get(action)
    moved = transition(rows=Reminder.objects.all(), action=action)
    reminder.refresh_from_db()
    assert (moved, reminder.state) == ((0, state) if target is None else (1, target))
