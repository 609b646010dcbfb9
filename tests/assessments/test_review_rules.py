"""Who may take which step of a review or of a proposal in which state: the whole tables."""

import datetime

import pytest
from django.db import transaction as database

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from assessments.enums import (
    PROPOSAL_TRANSITIONS,
    REVIEW_TRANSITIONS,
    ProposalAction,
    ProposalState,
    ReviewAction,
    ReviewState,
)
from assessments.models import Review, RevocationProposal
from assessments.review_rules import may_take_proposal, may_take_review
from assessments.services.staircase import transition
from tests.assessments.reviewing import drawn, filled_in, group, look_at, plaque_of  # noqa: F401 - fixtures

_R, _D, _P, _A = ReviewState, ReviewAction, ProposalState, ProposalAction
COUNTY, OFFICE, LEADER = frozenset({"county"}), frozenset({"office"}), frozenset({"leader"})
VISITORS = frozenset({"office", "group_own"})

#: Who may take a step, by state and action. The county's day is over, the day of the rectification is over, and the
#: second look was taken: what a day still to come forbids is tested below. A new state or action needs its rows here.
REVIEWS = {
    _R.OPEN: {_D.REPORT: COUNTY, _D.VISIT: VISITORS, _D.FAIL: OFFICE, _D.DROP: OFFICE},
    _R.REPORTED: {_D.RETURN: OFFICE, _D.VISIT: VISITORS, _D.DROP: OFFICE},
    _R.VISITED: {_D.PASS: OFFICE, _D.RECTIFY: OFFICE, _D.FAIL: OFFICE, _D.DROP: OFFICE},
    _R.RECTIFYING: {_D.REPORT_RECTIFIED: COUNTY, _D.FAIL: OFFICE, _D.DROP: OFFICE},
    _R.RECTIFIED: {_D.VISIT: VISITORS, _D.PASS: OFFICE, _D.FAIL: OFFICE, _D.DROP: OFFICE},
    _R.PASSED: {},
    _R.FAILED: {},
    _R.DROPPED: {},
}
#: The same for proposals, by who awards the plaque's level.
PROPOSALS = {
    "city": {
        _P.PROPOSED: {_A.APPROVE: LEADER, _A.REJECT: LEADER, _A.WITHDRAW: OFFICE},
        _P.PASSED_ON: {_A.TAKE_ANSWER: OFFICE, _A.LEAVE_ANSWER: OFFICE},  # never reached
        _P.APPROVED: {},
        _P.REJECTED: {},
        _P.WITHDRAWN: {},
    },
    "province": {
        _P.PROPOSED: {_A.PASS_ON: LEADER, _A.REJECT: LEADER, _A.WITHDRAW: OFFICE},
        _P.PASSED_ON: {_A.TAKE_ANSWER: OFFICE, _A.LEAVE_ANSWER: OFFICE},
        _P.APPROVED: {},
        _P.REJECTED: {},
        _P.WITHDRAWN: {},
    },
}


@pytest.fixture
def everybody(people, group, make_user, xiangtan):  # noqa: F811
    people.group_own, people.group_other = group.own, group.other
    people.county_leader = make_user("countyleader", Role.LEADER, xiangtan.areas["湘潭县"])
    people.province = make_user("province", Role.OFFICE, xiangtan.city.parent)
    people.keeper = make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"])
    people.liaison = make_user("liaison", Role.LIAISON, xiangtan.areas["湘潭县"])
    return {name: User.objects.get(pk=person.pk) for name, person in vars(people).items()}


def succeeds(step, model, obj, action, user, **changes) -> bool:
    """Whether the person gets the step done; undone again afterwards."""
    fresh = model.objects.get(pk=obj.pk)
    try:
        with database.atomic():
            step(obj=fresh, action=action, actor=user, reason="理由", **changes)
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def test_the_tables_name_every_state_action_and_role(everybody):
    assert set(Role) == {row.role for user in everybody.values() for row in user.role_assignments.all()}
    assert set(REVIEWS) == set(_R)
    assert {(state, action) for state in REVIEWS for action in REVIEWS[state]} == set(REVIEW_TRANSITIONS)
    for table in PROPOSALS.values():
        assert set(table) == set(_P)
    rows = {(s, a) for table in PROPOSALS.values() for s in table for a in table[s]}
    assert rows == set(PROPOSAL_TRANSITIONS)
    assert {action for _state, action in rows} == set(_A)
    assert {action for _state, action in REVIEW_TRANSITIONS} == set(_D)


@pytest.fixture
def complete(drawn):  # noqa: F811
    """A review whose form is complete."""
    review = drawn()
    review.data = filled_in(review)
    review.save()
    return review


def put_into(review: Review, state) -> Review:
    day = datetime.date(2017, 9, 1) if state in (_R.RECTIFYING, _R.RECTIFIED) else None
    Review.objects.filter(pk=review.pk).update(state=state, rectify_by=day)
    return Review.objects.get(pk=review.pk)


def test_review_by_action_by_role(complete, everybody):
    clock.set_today(datetime.date(2017, 10, 9))
    for state in _R:
        review = put_into(complete, state)
        if state == _R.RECTIFIED:
            look_at(everybody["office"], review)
        found = {
            action: frozenset(
                name
                for name, user in everybody.items()
                if succeeds(transition, Review, review, action, user, rectify_by=clock.today())
            )
            for action in _D
        }
        assert {action: who for action, who in found.items() if who} == REVIEWS[state], state
        offered = {
            action: frozenset(
                name for name, user in everybody.items() if may_take_review(user, review, action)
            )
            for action in _D
        }
        assert {action: who for action, who in offered.items() if who} == REVIEWS[state], state


@pytest.mark.parametrize("level", PROPOSALS)
def test_proposal_by_action_by_role(level, plaque_of, people, everybody):  # noqa: F811
    plaque = plaque_of("甲社区", 2014, level)
    proposal = RevocationProposal.objects.create(plaque=plaque, reason="无活动", proposed_at=clock.now())
    for state in _P:
        RevocationProposal.objects.filter(pk=proposal.pk).update(state=state)
        proposal = RevocationProposal.objects.get(pk=proposal.pk)
        found = {
            action: frozenset(
                name
                for name, user in everybody.items()
                if succeeds(transition, RevocationProposal, proposal, action, user)
            )
            for action in _A
        }
        assert {action: who for action, who in found.items() if who} == PROPOSALS[level][state], state
        offered = {
            action: frozenset(
                name for name, user in everybody.items() if may_take_proposal(user, proposal, action)
            )
            for action in _A
        }
        assert offered == found


def test_before_the_countys_day_nobody_visits_or_fails(complete, everybody):
    office = everybody["office"]
    assert complete.report_by == datetime.date(2017, 8, 15)
    clock.set_today(complete.report_by)
    assert [may_take_review(office, complete, action) for action in (_D.VISIT, _D.FAIL)] == [False, False]
    clock.set_today(datetime.date(2017, 8, 16))
    assert [may_take_review(office, complete, action) for action in (_D.VISIT, _D.FAIL)] == [True, True]


def test_before_the_day_of_the_rectification_nobody_fails(complete, everybody):
    review = put_into(complete, _R.RECTIFYING)
    clock.set_today(review.rectify_by)
    assert not may_take_review(everybody["office"], review, _D.FAIL)
    clock.set_today(review.rectify_by + datetime.timedelta(days=1))
    assert may_take_review(everybody["office"], review, _D.FAIL)


def test_without_a_second_look_there_is_no_result(complete, everybody):
    review = put_into(complete, _R.RECTIFIED)
    office = everybody["office"]
    assert [may_take_review(office, review, action) for action in (_D.PASS, _D.FAIL)] == [False, False]
    look_at(everybody["group_own"], review)
    assert [may_take_review(office, review, action) for action in (_D.PASS, _D.FAIL)] == [True, True]
