"""Who may take which step in which state: the whole tables of findings and of all that hangs on them."""

import datetime

import pytest
from django.db import transaction as database

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from supervision.enums import (
    COORDINATION_TRANSITIONS,
    ESCALATION_TRANSITIONS,
    FINDING_TRANSITIONS,
    OFFICE_PROPOSAL_TRANSITIONS,
    REQUEST_TRANSITIONS,
    CoordinationAction,
    CoordinationState,
    EscalationAction,
    EscalationState,
    FindingAction,
    FindingState,
    OfficeProposalAction,
    OfficeProposalState,
    RequestAction,
    RequestState,
)
from supervision.finding_rules import (
    may_answer,
    may_climb,
    may_decide_extension,
    may_take_finding,
    may_take_office_proposal,
)
from supervision.models import Coordination, DueExtension, Escalation, Finding, OfficeProposal
from supervision.services import transition
from tests.supervision.finding_fixtures import (  # noqa: F401 - fixtures
    again,
    cast,
    climbed,
    found,
    hold_talk,
    more_time,
    referred,
)

_F, _A, _E, _X = FindingState, FindingAction, EscalationState, EscalationAction
_R, _RA, _C, _CA = RequestState, RequestAction, CoordinationState, CoordinationAction
_O, _OA = OfficeProposalState, OfficeProposalAction

OWNERS = frozenset({"town", "county"})
LEADERS = frozenset({"group", "office"})
ASKED = frozenset({"section", "office"})

#: Who may take a step with a difficulty that a town of the county puts right; a section was asked for help where
#: another office is. A new state, action or role needs its rows here.
FINDINGS = {
    _F.OPEN: {_A.REFER: OWNERS | LEADERS, _A.REPORT: OWNERS, _A.DROP: LEADERS},
    _F.COORDINATING: {_A.ANSWER: ASKED, _A.REPORT: OWNERS, _A.DROP: LEADERS},
    _F.REPORTED: {_A.CLOSE: LEADERS, _A.REOPEN: LEADERS, _A.DROP: LEADERS},
    _F.CLOSED: {_A.REOPEN: LEADERS},
    _F.DROPPED: {},
}
#: The day of every rung has come, nothing waits.
ESCALATIONS = {
    _E.NONE: {_X.REMIND: LEADERS},
    _E.REMINDED: {_X.LETTER: LEADERS},
    _E.LETTER: {_X.TALK: LEADERS},
    _E.TALKED: {_X.PROPOSE: LEADERS},
    _E.PROPOSED: {},
}
REQUESTS = {_R.ASKED: {_RA.GRANT: LEADERS, _RA.REFUSE: LEADERS}, _R.GRANTED: {}, _R.REFUSED: {}}
#: While the finding waits for the answer; a question is settled only by a step of the finding itself.
COORDINATIONS = {_C.ASKED: {_CA.ANSWER: ASKED}, _C.ANSWERED: {}, _C.SETTLED: {}}
PROPOSALS = {
    _O.PROPOSED: {
        _OA.TAKE_UP: frozenset({"office"}),
        _OA.LAY_ASIDE: frozenset({"office"}),
    },
    _O.TAKEN_UP: {},
    _O.LAID_ASIDE: {},
}


@pytest.fixture
def everybody(cast):  # noqa: F811
    return {name: user for name, user in vars(cast).items() if name != "units"}


def succeeds(obj, action, user) -> bool:
    """Whether the person gets the step done; undone again afterwards."""
    fresh = type(obj).objects.get(pk=obj.pk)
    try:
        with database.atomic():
            transition(obj=fresh, action=action, actor=user, reason="理由")
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def doers(obj, actions, everybody) -> dict:
    who = {a: frozenset(n for n, u in everybody.items() if succeeds(obj, a, u)) for a in actions}
    return {action: names for action, names in who.items() if names}


def offered(obj, actions, everybody, may) -> dict:
    who = {a: frozenset(n for n, u in everybody.items() if may(u, obj, a)) for a in actions}
    return {action: names for action, names in who.items() if names}


def put_into(obj, state):
    type(obj).objects.filter(pk=obj.pk).update(state=state)
    return type(obj).objects.get(pk=obj.pk)


def pairs(table) -> set:
    return {(state, action) for state in table for action in table[state]}


def test_the_tables_name_every_state_action_and_role(everybody):
    assert set(Role) == {row.role for user in everybody.values() for row in user.role_assignments.all()}
    assert (set(FINDINGS), pairs(FINDINGS)) == (set(_F), set(FINDING_TRANSITIONS))
    assert (set(ESCALATIONS), pairs(ESCALATIONS)) == (set(_E), set(ESCALATION_TRANSITIONS))
    assert (set(REQUESTS), pairs(REQUESTS)) == (set(_R), set(REQUEST_TRANSITIONS))
    settled = {(_C.ASKED, _CA.SETTLE)}
    assert (set(COORDINATIONS), pairs(COORDINATIONS) | settled) == (set(_C), set(COORDINATION_TRANSITIONS))
    assert (set(PROPOSALS), pairs(PROPOSALS)) == (set(_O), set(OFFICE_PROPOSAL_TRANSITIONS))
    for table, actions in (
        (FINDING_TRANSITIONS, _A), (ESCALATION_TRANSITIONS, _X), (REQUEST_TRANSITIONS, _RA),
        (COORDINATION_TRANSITIONS, _CA), (OFFICE_PROPOSAL_TRANSITIONS, _OA),
    ):  # fmt: skip
        assert {action for _state, action in table} == set(actions)


def test_finding_by_action_by_role(found, cast, everybody):  # noqa: F811
    finding = found()
    for state in _F:
        if state == _F.COORDINATING:
            finding = referred(cast, finding)
        finding = put_into(finding, state)
        assert doers(finding, _A, everybody) == FINDINGS[state], state
        assert offered(finding, _A, everybody, may_take_finding) == FINDINGS[state], state


def test_a_defect_is_brought_before_another_office_by_the_group_only(found, everybody):  # noqa: F811
    defect = found(kind="defect")
    assert doers(defect, [_A.REFER], everybody) == {_A.REFER: LEADERS}


def test_of_a_section_that_owns_it_the_county_has_no_say(found, cast, everybody):  # noqa: F811
    finding = found(owner=cast.units.section)
    assert doers(finding, [_A.REPORT], everybody) == {_A.REPORT: ASKED}


def test_rung_by_action_by_role(found, everybody, on_day):  # noqa: F811
    escalation = found().escalation
    on_day(2017, 7, 31)
    for state in _E:
        escalation = put_into(escalation, state)
        assert doers(escalation, _X, everybody) == ESCALATIONS[state], state
        assert offered(escalation, _X, everybody, may_climb) == ESCALATIONS[state], state


def test_no_rung_is_climbed_in_any_other_state_of_the_finding(found, cast, everybody, on_day):  # noqa: F811
    finding = found()
    on_day(2017, 7, 31)
    for state in set(_F) - {_F.OPEN}:
        put_into(finding, state)
        for rung in _E:
            escalation = put_into(again(finding).escalation, rung)
            assert doers(escalation, _X, everybody) == {}, (state, rung)


def test_request_by_action_by_role(found, cast, everybody):  # noqa: F811
    request = more_time(cast, found())
    for state in _R:
        request = put_into(request, state)
        assert doers(request, _RA, everybody) == REQUESTS[state], state
        may = {name for name, user in everybody.items() if may_decide_extension(user, request)}
        assert may == (LEADERS if state == _R.ASKED else set())


def test_question_by_action_by_role(found, cast, everybody):  # noqa: F811
    question = referred(cast, found()).coordinations.get()
    for state in _C:
        question = put_into(question, state)
        assert doers(question, _CA, everybody) == COORDINATIONS[state], state
        may = {name for name, user in everybody.items() if may_answer(user, question)}
        assert may == (ASKED if state == _C.ASKED else set())


def test_proposal_by_action_by_role(climbed, everybody):  # noqa: F811
    proposal = climbed("propose").proposal
    for state in _O:
        proposal = put_into(proposal, state)
        assert doers(proposal, _OA, everybody) == PROPOSALS[state], state
        assert offered(proposal, _OA, everybody, may_take_office_proposal) == PROPOSALS[state], state


def test_the_installation_itself_only_reminds(climbed):  # noqa: F811
    finding = climbed("propose")
    clock.set_today(datetime.date(2017, 7, 31))
    for state, action in ESCALATION_TRANSITIONS:
        assert succeeds(put_into(finding.escalation, state), action, None) == (action == _X.REMIND), action
    for action in _OA:
        assert not succeeds(finding.proposal, action, None)


def test_words_are_asked_for(found, cast):  # noqa: F811
    finding = found()
    for action in (_A.REFER, _A.DROP):
        with pytest.raises(DomainError, match=r"Write what it is about|写"):
            transition(obj=finding, action=action, actor=cast.group, reason="  ")


MODELS = (Finding, Escalation, DueExtension, Coordination, OfficeProposal)


def test_every_kind_of_object_is_in_a_table():
    from supervision.services.staircase import _STAIRCASES

    mine = {model for model in _STAIRCASES if model.__module__ == "supervision.models.findings"}
    assert mine == set(MODELS)
