"""What waits for whom, step by step, in a fixed number of queries."""

import datetime

import pytest
from django.urls import reverse

from assessments.selectors import waiting_for
from assessments.services import (
    assign_assessor,
    award,
    close_assessment,
    deliberate,
    open_assessment,
    publish_notice,
    recommend,
    record_answer,
    record_objection,
)

DAY = datetime.date
DUE = DAY(2017, 11, 30)


@pytest.fixture
def waiting(people, again):
    """waiting(): the addresses and days that wait for each person, people without any left out."""

    def do():
        found = {
            name: [(todo.url, todo.due) for todo in waiting_for(again(user))]
            for name, user in vars(people).items()
        }
        return {name: todos for name, todos in found.items() if todos}

    return do


def page(assessment):
    return reverse("assessments:detail", args=[assessment.pk])


def test_the_city_way(accepted, people, score, waiting, on_day):
    application = accepted()
    assert waiting() == {"office": [(reverse("applications:detail", args=[application.pk]), DUE)]}
    assessment = open_assessment(actor=people.office, application=application)
    assert waiting() == {"office": [(page(assessment), DUE)]}
    for person in (people.assessor, people.assessor2):
        assign_assessor(actor=people.office, assessment=assessment, assessor=person)
    first, second = assessment.sheets.order_by("id")
    sheets = {
        "assessor": [(reverse("assessments:sheet", args=[first.pk]), DUE)],
        "assessor2": [(reverse("assessments:sheet", args=[second.pk]), DUE)],
    }
    assert waiting() == sheets
    score(first, "90")
    assert waiting() == {"assessor2": sheets["assessor2"]}
    score(second, "90")
    assert waiting() == {"office": [(page(assessment), DUE)]}
    close_assessment(actor=people.office, assessment=assessment)
    assert waiting() == {"leader": [(page(assessment), None)]}
    assessment.refresh_from_db()
    deliberate(
        actor=people.leader,
        assessment=assessment,
        held_on=DAY(2017, 5, 22),
        minutes_number="12号",
        approved=True,
        opinion="同意",
    )
    assert waiting() == {"office": [(page(assessment), None)]}
    notice = publish_notice(actor=people.office, assessment=assessment, starts_on=DAY(2017, 5, 22))
    assert waiting() == {}
    on_day(2017, 5, 26)
    objection = record_objection(
        actor=people.office, notice=notice, received_on=DAY(2017, 5, 26), text="数据不实"
    )
    assert waiting() == {"office": [(page(assessment), DAY(2017, 5, 26))]}
    type(objection).objects.update(outcome="dismissed", findings="不属实")
    assert waiting() == {}
    on_day(2017, 5, 27)
    assert waiting() == {"office": [(page(assessment), None)]}
    assessment.refresh_from_db()
    award(actor=people.office, assessment=assessment)
    assert waiting() == {}


def test_the_province_way(approved, people, waiting):
    assessment = approved(level="province")
    mine = {"office": [(page(assessment), None)]}
    assert waiting() == mine
    recommendation = recommend(
        actor=people.office, assessment=assessment, rank=1, reason="好", sent_on=DAY(2017, 5, 22)
    )
    assert waiting() == mine
    record_answer(
        actor=people.office,
        recommendation=recommendation,
        confirmed=True,
        answered_on=DAY(2017, 5, 22),
        answer_number="88号",
        plaque_number="湘同〔2017〕17号",
    )
    assert waiting() == mine


@pytest.mark.parametrize("count", [1, 30])
def test_queries(count, many, people, again, django_assert_num_queries):
    many(count, assessor=people.assessor)
    many(count, state=None)
    many(count, state="passed", score="86.50")
    office, leader, assessor = (again(user) for user in (people.office, people.leader, people.assessor))
    with django_assert_num_queries(6):
        assert len(waiting_for(office)) == count
    with django_assert_num_queries(4):
        assert len(waiting_for(leader)) == count
    with django_assert_num_queries(3):
        assert len(waiting_for(assessor)) == count
