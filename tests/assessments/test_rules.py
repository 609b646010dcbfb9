"""Who may take which step in which state: the whole table, and conflict of interest."""

import datetime
from itertools import product

import pytest
from django.db import transaction as database
from django.utils import timezone

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.services import grant_role
from applications.models import Application
from assessments.enums import ASSESSMENT_TRANSITIONS, AssessmentAction, AssessmentState
from assessments.models import Assessment, PublicNotice, ScoreSheet
from assessments.rules import may_take, why_not_assessor
from assessments.selectors import free_assessors
from assessments.services import (
    assign_assessor,
    decide_objection,
    record_objection,
    transition,
    unassign_assessor,
)
from sites.models import Plaque

_S, _A = AssessmentState, AssessmentAction
NOBODY, OFFICE, LEADER = frozenset(), frozenset({"office"}), frozenset({"leader"})

#: Who may take a step: by level, state and action. The site has passed with 86.50 points; its notice, where
#: it has one, is over. A new state or action needs its rows here.
TABLE = {
    # steps of the city level: acceptance, deliberation, notice
    "city": {
        _S.SCORING: {_A.PASS: OFFICE},
        _S.PASSED: {_A.APPROVE: LEADER, _A.DECLINE: LEADER},
        _S.APPROVED: {_A.PUBLISH: OFFICE, _A.DECLINE: LEADER},
        _S.RECOMMENDED: {_A.DECLINE: OFFICE},  # never reached
        _S.CONFIRMED: {_A.PUBLISH: OFFICE, _A.DECLINE: LEADER},  # never reached
        _S.NOTICED: {_A.AWARD: OFFICE, _A.DECLINE: OFFICE},
        _S.AWARDED: {},
        _S.FAILED: {},
        _S.DECLINED: {},
    },
    # steps of the province level: acceptance, deliberation, recommendation, answer
    "province": {
        _S.SCORING: {_A.PASS: OFFICE},
        _S.PASSED: {_A.APPROVE: LEADER, _A.DECLINE: LEADER},
        _S.APPROVED: {_A.RECOMMEND: OFFICE, _A.DECLINE: LEADER},
        _S.RECOMMENDED: {_A.CONFIRM: OFFICE, _A.DECLINE: OFFICE},
        _S.CONFIRMED: {_A.AWARD: OFFICE, _A.DECLINE: LEADER},
        _S.NOTICED: {_A.AWARD: OFFICE, _A.DECLINE: OFFICE},  # never reached
        _S.AWARDED: {},
        _S.FAILED: {},
        _S.DECLINED: {},
    },
}


@pytest.fixture
def everybody(people, make_user, xiangtan):
    people.supervisor = make_user("supervisor", Role.SUPERVISOR, xiangtan.city)
    people.keeper = make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"])
    people.liaison = make_user("liaison", Role.LIAISON, xiangtan.areas["湘潭县"])
    people.county_leader = make_user("countyleader", Role.LEADER, xiangtan.areas["湘潭县"])
    return vars(people)


@pytest.fixture
def in_state(opened, people, score):
    """An assessment put into a state from outside, with the rows that belong to it."""

    def make(level, state):
        assessment = opened(people.assessor, level=level)
        score(assessment.sheets.get(), "86.5")
        closed = {} if state == _S.SCORING else {"score": "86.50", "closed_at": timezone.now()}
        Assessment.objects.filter(pk=assessment.pk).update(state=state, **closed)
        if state == _S.NOTICED:
            ended = clock.today() - datetime.timedelta(days=1)
            PublicNotice.objects.create(
                assessment=assessment,
                starts_on=ended,
                ends_on=ended,
                working_days=1,
                published_by=people.office,
            )
        return Assessment.objects.get(pk=assessment.pk)

    return make


def succeeds(user, assessment, action) -> bool:
    """Whether the person gets the step done; undone again afterwards."""
    obj = Assessment.objects.get(pk=assessment.pk)
    try:
        with database.atomic():
            transition(obj=obj, action=action, actor=user, reason="理由", score="86.50")
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def test_the_table_names_every_state_and_every_role(everybody):
    assert set(Role) == {
        assignment.role for user in everybody.values() for assignment in user.role_assignments.all()
    }
    for table in TABLE.values():
        assert set(table) == set(_S)
    assert {(state, action) for table in TABLE.values() for state in table for action in table[state]} <= set(
        ASSESSMENT_TRANSITIONS
    )
    # Every action somebody may take somewhere, but the one the result decides (tested below).
    taken = {action for table in TABLE.values() for row in table.values() for action in row}
    assert set(_A) - taken == {_A.FAIL}


@pytest.mark.parametrize(("level", "state"), list(product(TABLE, _S)))
def test_state_by_action_by_role(level, state, in_state, everybody):
    assessment = in_state(level, state)
    found = {
        action: {name for name, user in everybody.items() if succeeds(user, assessment, action)}
        for action in _A
    }
    assert found == {action: set(TABLE[level][state].get(action, NOBODY)) for action in _A}
    offered = {
        action: {name for name, user in everybody.items() if may_take(user, assessment, action)}
        for action in _A
    }
    assert offered == found


def test_a_failing_result_can_only_be_closed_as_failed(opened, people, score, everybody):
    assessment = opened(people.assessor)
    score(assessment.sheets.get(), "79.99")
    can = {
        action: {name for name, user in everybody.items() if succeeds(user, assessment, action)}
        for action in (_A.PASS, _A.FAIL)
    }
    assert can == {_A.PASS: set(), _A.FAIL: {"office"}}


def test_declining_needs_a_reason(in_state, people):
    assessment = in_state("city", _S.NOTICED)
    with pytest.raises(DomainError):
        transition(obj=assessment, action=_A.DECLINE, actor=people.office, reason="  ")


def test_only_the_office_assigns_takes_back_and_handles_objections(noticed, opened, everybody, people):
    assessment = noticed(category="village")
    running = opened(people.assessor, name="同心园区甲", category="park", level="province")
    for name, user in everybody.items():
        if name == "office":
            continue
        for refused in (
            lambda user=user: assign_assessor(actor=user, assessment=running, assessor=people.assessor2),
            lambda user=user: unassign_assessor(actor=user, sheet=running.sheets.get()),
            lambda user=user: record_objection(
                actor=user, notice=assessment.notice, received_on=clock.today(), text="数据不实"
            ),
        ):
            with pytest.raises(DomainError):
                refused()
    objection = record_objection(
        actor=people.office, notice=assessment.notice, received_on=clock.today(), text="数据不实"
    )
    for name, user in everybody.items():
        if name != "office":
            with pytest.raises(DomainError):
                decide_objection(actor=user, objection=objection, upheld=False, findings="不属实")


def test_conflict_of_interest(opened, people, make_user, xiangtan):
    county, township = xiangtan.areas["湘潭县"], xiangtan.areas["湘潭县"].children.first()
    at_home = make_user("at-home", Role.ASSESSOR, xiangtan.city, home=county)
    below = make_user("below", Role.ASSESSOR, xiangtan.city, home=township)
    also_staff = make_user("also-staff", Role.ASSESSOR, xiangtan.city)
    grant_role(actor=None, user=also_staff, role=Role.UNIT_STAFF, unit=county)
    elsewhere = make_user("elsewhere", Role.ASSESSOR, xiangtan.city, home=xiangtan.areas["韶山市"])
    other_city = make_user("other-city", Role.ASSESSOR, people.other_city.unit)
    gone = make_user("gone", Role.ASSESSOR, xiangtan.city)
    gone.is_active = False
    gone.save()
    assessment = opened()
    refused = [at_home, below, also_staff, other_city, gone, people.office, people.nobody]
    assert [person for person in refused if why_not_assessor(person, assessment) is None] == []
    for person in refused:
        with pytest.raises(DomainError):
            assign_assessor(actor=people.office, assessment=assessment, assessor=person)
    assert set(free_assessors(assessment)) == {people.assessor, people.assessor2, elsewhere}
    assign_assessor(actor=people.office, assessment=assessment, assessor=elsewhere)
    assert set(free_assessors(assessment)) == {people.assessor, people.assessor2}


def test_assigning_twice_is_one_sheet_and_taking_back_ends_the_sight(opened, people, again):
    assessment = opened(people.assessor)
    assign_assessor(actor=people.office, assessment=assessment, assessor=people.assessor)
    sheet = assessment.sheets.get()
    seen = Application.objects.visible_to(again(people.assessor))
    assert list(seen) == [assessment.application]
    unassign_assessor(actor=people.office, sheet=sheet)
    unassign_assessor(actor=people.office, sheet=sheet)
    assert not Application.objects.visible_to(again(people.assessor)).exists()
    assert not ScoreSheet.objects.exists()


def test_a_sheet_handed_in_is_not_taken_back(opened, people, score):
    assessment = opened(people.assessor)
    stale = assessment.sheets.get()
    score(assessment.sheets.get(), "90")
    with pytest.raises(DomainError):  # also for an office whose page is older than the handing in
        unassign_assessor(actor=people.office, sheet=stale)
    assert assessment.sheets.get().total == 90


def test_sheets_are_blind_until_the_assessment_is_closed(opened, people, score, everybody):
    assessment = opened(people.assessor, people.assessor2)
    for sheet in assessment.sheets.all():
        score(sheet, "90")

    def readers():
        return {
            name: {sheet.assessor.username for sheet in ScoreSheet.objects.visible_to(user)}
            for name, user in everybody.items()
            if ScoreSheet.objects.visible_to(user).exists()
        }

    both = {"assessor", "assessor2"}
    assert readers() == {
        "assessor": {"assessor"},
        "assessor2": {"assessor2"},
        "office": both,
        "leader": both,
    }
    Assessment.objects.update(state="passed", score="90")
    assert readers() == dict.fromkeys(
        ["assessor", "assessor2", "office", "leader", "county", "county_leader"], both
    )


def test_neighbours_see_no_assessment(passed, everybody):
    passed()
    assert {name for name, user in everybody.items() if Assessment.objects.visible_to(user).exists()} == {
        "assessor",
        "office",
        "leader",
        "county",
        "county_leader",
    }
    assert Plaque.objects.visible_to(everybody["other_city"]).count() == 0
