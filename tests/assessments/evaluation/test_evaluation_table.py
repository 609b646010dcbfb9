"""State by action by role of the three staircases; nobody but units is evaluated."""

import datetime
from itertools import product

import pytest
from django.apps import apps
from django.db import models
from django.db import transaction as database

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import TransitionLog, User
from assessments.evaluation_enums import (
    EVALUATION_TRANSITIONS,
    TALK_TRANSITIONS,
    UNIT_EVALUATION_TRANSITIONS,
    EvaluationAction,
    EvaluationState,
    TalkAction,
    TalkState,
    UnitEvaluationAction,
    UnitEvaluationState,
)
from assessments.evaluation_rules import (
    EVALUATION_ROLES,
    TALK_ROLES,
    UNIT_ROLES,
    may_take_talk,
    may_take_unit,
)
from assessments.models import Evaluation, TalkProposal, UnitEvaluation
from assessments.services.staircase import transition

_E, _EA = EvaluationState, EvaluationAction
_U, _UA = UnitEvaluationState, UnitEvaluationAction
_T, _TA = TalkState, TalkAction
OFFICE, LEADER, STAFF = {"office"}, {"leader"}, {"staff_a1"}
#: The installation itself: scheduled work and set-up.
ITSELF = {"itself"}

#: Who may take a step, by state and action. All points are given and all duties due; the last day to answer is not
#: over (`LATE`: it is). A new state or action needs its rows here.
EVALUATION_TABLE = {
    _E.OPEN: {_EA.SEND: OFFICE | ITSELF},
    _E.SCORED: {_EA.CLOSE: OFFICE | ITSELF},
    _E.CLOSED: {},
}
UNIT_TABLE = {
    _U.OPEN: {_UA.SEND: OFFICE | ITSELF},
    _U.SENT: {_UA.CONFIRM: STAFF | ITSELF, _UA.OBJECT: STAFF | ITSELF},
    _U.CONFIRMED: {},
    _U.SILENT: {},
    _U.OBJECTED: {_UA.DECIDE: OFFICE | ITSELF},
    _U.DECIDED: {},
}
UNIT_TABLE_LATE = {**UNIT_TABLE, _U.SENT: {_UA.LAPSE: ITSELF}}
TALK_TABLE = {
    _T.PROPOSED: {_TA.ORDER: LEADER | ITSELF, _TA.DROP: LEADER | ITSELF},
    _T.ORDERED: {_TA.HOLD: OFFICE | ITSELF},
    _T.DROPPED: {},
    _T.HELD: {},
}


@pytest.fixture
def everybody(county, make_user) -> dict:
    """One person of every role at the owner, staff of the unit and of its neighbour, and people elsewhere."""
    at_owner = {
        role.value: make_user(f"t-{role}", role, county.owner)
        for role in Role
        if role not in (Role.OFFICE, Role.LEADER)
    }
    return {
        **at_owner,
        "office": county.office,
        "leader": county.leader,
        "staff_a1": county.staff["a1"],
        "staff_a2": county.staff["a2"],
        "unit_leader": make_user("t-unit-leader", Role.LEADER, county.units["a1"]),
        "office_above": make_user("t-above", Role.OFFICE, county.units["bigcity"]),
        "itself": None,
    }


def succeed(everybody, model, pk, action, **changes) -> set[str]:
    """The people who get the step done; each undone again."""
    found = set()
    for name, user in everybody.items():
        try:
            with database.atomic():
                transition(obj=model.objects.get(pk=pk), action=action, actor=user, reason="理由", **changes)
                database.set_rollback(True)
        except DomainError:
            continue
        found.add(name)
    return found


def expected(table, state, actions) -> dict:
    return {action: set(table[state].get(action, set())) for action in actions}


def offered(everybody, may_take, obj, action) -> set[str]:
    return {name for name, user in everybody.items() if may_take(user, obj, action)}


def test_the_tables_name_every_state_action_and_role(everybody):
    for table, states, transitions, roles in (
        (EVALUATION_TABLE, EvaluationState, EVALUATION_TRANSITIONS, EVALUATION_ROLES),
        (UNIT_TABLE, UnitEvaluationState, UNIT_EVALUATION_TRANSITIONS, UNIT_ROLES),
        (TALK_TABLE, TalkState, TALK_TRANSITIONS, TALK_ROLES),
    ):
        rows = {(state, action) for state in table for action in table[state]}
        late = {(_U.SENT, _UA.LAPSE)} if table is UNIT_TABLE else set()
        assert set(table) == set(states)
        assert rows | late == set(transitions)
        assert set(roles) == {action for _state, action in transitions}
    held = {one.role for user in everybody.values() if user for one in user.role_assignments.all()}
    assert held == set(Role)


@pytest.mark.parametrize("state", EvaluationState)
def test_quarters(state, first, everybody):
    evaluation = first.quarter(1)
    if state != _E.OPEN:
        first.send(1)
    if state == _E.SCORED:
        UnitEvaluation.objects.filter(evaluation=evaluation).update(state=_U.CONFIRMED)
    if state == _E.CLOSED:
        first.close(1)
    clock.set_today(datetime.date(2023, 4, 3))
    changes = {"confirm_by": clock.today(), "closed_at": clock.now()}
    found = {action: succeed(everybody, Evaluation, evaluation.pk, action, **changes) for action in _EA}
    assert found == expected(EVALUATION_TABLE, state, _EA)


@pytest.mark.parametrize(("state", "late"), list(product(UnitEvaluationState, (False, True))))
def test_units(state, late, first, everybody):
    first.send(1)
    row = first.row(1, "a1")
    UnitEvaluation.objects.filter(pk=row.pk).update(state=state)
    clock.set_today(datetime.date(2023, 4, 8) if late else datetime.date(2023, 4, 7))
    found = {action: succeed(everybody, UnitEvaluation, row.pk, action) for action in _UA}
    assert found == expected(UNIT_TABLE_LATE if late else UNIT_TABLE, state, _UA)
    row = first.row(1, "a1")
    assert {action: offered(everybody, may_take_unit, row, action) for action in _UA} == found


@pytest.mark.parametrize("state", TalkState)
def test_talks(state, county, play, everybody):
    row = play.row(1, "a1")
    proposal = TalkProposal.objects.create(
        cycle=county.cycle, unit=row.unit, unit_class=row.unit_class, state=state, rank=3, total=1,
        proposed_at=clock.now(), held_on=clock.today(),
    )  # fmt: skip
    found = {action: succeed(everybody, TalkProposal, proposal.pk, action) for action in _TA}
    assert found == expected(TALK_TABLE, state, _TA)
    assert {action: offered(everybody, may_take_talk, play.talk("a1"), action) for action in _TA} == found


def test_objecting_deciding_and_ordering_need_words(first, county):
    first.send(1)
    row = first.row(1, "a1")
    with pytest.raises(DomainError):
        transition(obj=row, action=_UA.OBJECT, actor=county.staff["a1"], reason=" ")
    UnitEvaluation.objects.filter(pk=row.pk).update(state=_U.OBJECTED)
    with pytest.raises(DomainError):
        transition(obj=first.row(1, "a1"), action=_UA.DECIDE, actor=county.office, reason=" ")


# --- never persons --------------------------------------------------------------------------------------------

#: Every field of the evaluation that points to a person: whoever reported, gave points, objected or decided.
ACTING = {
    "DutyReport.reported_by",
    "DutyPoints.given_by",
    "UnitObjection.raised_by",
    "UnitObjection.decided_by",
    "TalkProposal.decided_by",
    "EvaluationLog.actor",
    "UnitEvaluationLog.actor",
    "TalkProposalLog.actor",
}


def test_only_units_are_evaluated_and_ranked():
    """No row of the evaluation is about a person: people stand only where somebody acted, and every model that
    carries points, a total, a rank or a class names a unit (or hangs on a row that does)."""
    ours = [
        model
        for model in apps.get_app_config("assessments").get_models()
        if model.__module__.endswith("evaluations")
    ]
    assert len(ours) == 12
    to_people = {
        f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and issubclass(field.related_model, User)
    }
    assert to_people == ACTING
    for model in ours:
        names = {field.name for field in model._meta.get_fields()}
        assert not names & {"person", "user", "person_in_charge", "contact", "phone", "leader", "head"}
        if names & {"total", "rank"} and not issubclass(model, TransitionLog):
            assert "unit" in names, model
    ranked = [model for model in ours if any(field.name == "rank" for field in model._meta.get_fields())]
    assert ranked == [UnitEvaluation, TalkProposal]


def test_nothing_of_the_arithmetic_names_a_person(first, county):
    first.send(1)
    first.close(1)
    names = {str(county.office), county.office.username, *(str(one) for one in county.staff.values())}
    text = str([row.arithmetic for row in first.quarter(1).units.all()]) + str(first.quarter(1).arithmetic)
    assert not [name for name in names if name in text]
