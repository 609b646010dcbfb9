"""Two people acting at the same moment: whoever comes first, nothing half done remains."""

import threading

import pytest
from django.db import connection

from accounts.errors import DomainError
from assessments.models import Assessment
from assessments.services import assign_assessor, award, close_assessment, record_objection
from sites.models import Plaque

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls) -> list[str]:
    """Run each call in a thread of its own, all let go together; "done" or "refused" for each."""
    start, outcomes = threading.Barrier(len(calls)), [""] * len(calls)

    def run(index, call):
        try:
            start.wait(timeout=10)
            call()
            outcomes[index] = "done"
        except DomainError:
            outcomes[index] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_assigning_does_not_slip_past_closing(opened, people, score):
    assessment = opened(people.assessor)
    score(assessment.sheets.get(), "90")
    outcomes = at_once(
        lambda: close_assessment(actor=people.office, assessment=Assessment.objects.get(pk=assessment.pk)),
        lambda: assign_assessor(
            actor=people.office,
            assessment=Assessment.objects.get(pk=assessment.pk),
            assessor=people.assessor2,
        ),
    )
    found = Assessment.objects.get(pk=assessment.pk)
    assert sorted(outcomes) == ["done", "refused"]
    assert (found.state, found.sheets.count()) == (("passed", 1) if outcomes[0] == "done" else ("scoring", 2))


def test_an_award_clicked_twice_is_one_plaque(noticed, people, xiangtan, on_day):
    assessment = noticed()
    on_day(2017, 5, 31)
    outcomes = at_once(
        *[
            lambda: award(actor=people.office, assessment=Assessment.objects.get(pk=assessment.pk))
            for _click in range(4)
        ]
    )
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert [plaque.number for plaque in Plaque.objects.filter(level=xiangtan.levels["city"])] == [
        "潭同社〔2017〕1号"
    ]


def test_an_objection_does_not_slip_past_the_award(noticed, people, on_day):
    assessment = noticed()
    on_day(2017, 5, 31)
    outcomes = at_once(
        lambda: award(actor=people.office, assessment=Assessment.objects.get(pk=assessment.pk)),
        lambda: record_objection(
            actor=people.office,
            notice=Assessment.objects.get(pk=assessment.pk).notice,
            received_on=assessment.notice.ends_on,
            text="数据不实",
        ),
    )
    found = Assessment.objects.get(pk=assessment.pk)
    assert sorted(outcomes) == ["done", "refused"]
    assert (found.state, found.notice.objections.count()) == (
        ("awarded", 0) if outcomes[0] == "done" else ("noticed", 1)
    )
