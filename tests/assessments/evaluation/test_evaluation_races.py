"""Two windows at the same moment: a quarter is closed once, points are not lost, an answer does not slip past."""

import datetime
from decimal import Decimal

import pytest

from accounts import clock
from assessments.models import DutyPoints, EvaluationLog, TalkProposal, UnitEvaluation
from assessments.services import evaluation_talks as talks
from assessments.services import evaluations as services
from assessments.services.evaluation_points import score_duty
from tests.assessments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_windows_close_the_last_quarter(first, county):
    first.send(1)
    others = county.cycle.evaluations.exclude(quarter=1)
    others.update(state="closed", confirm_by="2023-03-01", closed_at=clock.now())
    UnitEvaluation.objects.filter(evaluation__in=others).update(state="confirmed", total=0)
    clock.set_today(datetime.date(2023, 4, 10))
    outcomes = at_once(
        *[
            lambda: talks.close_quarter(actor=county.office, evaluation=first.quarter(1))
            for _window in range(3)
        ]
    )
    assert sorted(outcomes) == ["done", "refused", "refused"]
    assert EvaluationLog.objects.filter(action="close").count() == 1
    assert first.totals(1)["a2"] == ("16.00", 2)
    assert sorted(TalkProposal.objects.values_list("unit__code", flat=True)) == ["a3", "b2", "c3"]


def test_two_windows_give_points(play, county):
    def give(points):
        score_duty(
            actor=county.office,
            evaluation=play.quarter(1),
            duty=play.duty("1.1"),
            entries={
                play.row(1, "a1").pk: {
                    "points": Decimal(points),
                    "done_on": datetime.date(2023, 3, 1),
                    "reason": "记录不全",
                    "seen": 0,
                }
            },
        )

    assert sorted(at_once(lambda: give("8"), lambda: give("9"))) == ["done", "refused"]
    assert DutyPoints.objects.count() == 1


def test_confirming_and_objecting_at_once(first, county):
    first.send(1)
    outcomes = at_once(
        lambda: services.confirm_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1")),
        lambda: services.object_to_result(
            actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"), text="不同意"
        ),
    )
    assert sorted(outcomes) == ["done", "refused"]
    assert first.row(1, "a1").state == ("confirmed" if outcomes[0] == "done" else "objected")
