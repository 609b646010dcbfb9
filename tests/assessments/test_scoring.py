"""Score sheets and the arithmetic of acceptance, by literal values."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import DomainError, StaleForm
from assessments.models import IndicatorSet, Score, ScoreSheet
from assessments.scoring import missing_lines, most_points, result_of, sheet_total
from assessments.selectors import score_table
from assessments.services import assign_assessor, close_assessment, hand_in_sheet, save_sheet


@pytest.fixture
def third(make_user, xiangtan):
    return make_user("assessor3", "assessor", xiangtan.city)


@pytest.mark.parametrize(
    ("totals", "mean", "state"),
    [
        (["80"], "80.00", "passed"),
        (["79.99"], "79.99", "failed"),
        (["80", "79.98"], "79.99", "failed"),
        (["80", "79.99"], "80.00", "passed"),  # 79.995, rounded half up
        (["85.24", "85.25"], "85.25", "passed"),  # 85.245: half up, not to the even hundredth
        (["80", "80", "80.01"], "80.00", "passed"),  # 80.00333…
        (["80", "79.99", "79.99"], "79.99", "failed"),  # 79.99333…
        (["85", "75.01", "80"], "80.00", "passed"),  # 80.00333…, the totals within the limit of ten
        (["100", "100", "100"], "100.00", "passed"),
        (["0", "0"], "0.00", "failed"),
    ],
)
def test_the_mean_is_rounded_half_up_and_held_against_the_pass_mark(
    opened, people, third, score, totals, mean, state
):
    assessors = [people.assessor, people.assessor2, third][: len(totals)]
    assessment = opened(*assessors)
    for sheet, total in zip(assessment.sheets.order_by("id"), totals, strict=True):
        score(sheet, total)
    closed = close_assessment(actor=people.office, assessment=assessment)
    assert (str(closed.score), closed.state, closed.vetoed) == (mean, state, False)


def test_one_veto_on_one_sheet_fails_the_site_whatever_its_points(opened, people, score):
    assessment = opened(people.assessor, people.assessor2)
    first, second = assessment.sheets.order_by("id")
    score(first, "100")
    score(second, "100", vetoes=["V2"])
    result = result_of(assessment)
    assert (str(result.score), result.vetoed, result.passed) == ("100.00", True, False)
    closed = close_assessment(actor=people.office, assessment=assessment)
    assert (str(closed.score), closed.state, closed.vetoed) == ("100.00", "failed", True)


def test_the_community_set_comes_to_a_hundred(opened):
    assert most_points(opened().indicator_set) == Decimal(100)


def test_a_sheet_adds_up_and_names_what_is_missing(opened, people):
    sheet = opened(people.assessor).sheets.get()
    lines = {
        indicator.code: indicator
        for indicator in sheet.assessment.indicator_set.indicators.exclude(points=None)
    }
    assert len(lines) == 18
    given = {
        line.pk: {"points": line.points, "veto": False, "evidence": ""}
        for code, line in lines.items()
        if code not in ("1.2", "5.3")
    }
    given[lines["1.1"].pk]["points"] = Decimal("5.5")
    saved = save_sheet(actor=people.assessor, sheet=sheet, revision=1, lines=given, summary="总体较好")
    assert sheet_total(saved) == (Decimal("87.50"), False)  # 100 - 5 - 7 - 0.5
    assert missing_lines(saved) == ["1.2", "5.3"]
    with pytest.raises(DomainError) as refusal:
        hand_in_sheet(actor=people.assessor, sheet=saved)
    assert "1.2、5.3" in refusal.value.reason.text
    assert ScoreSheet.objects.get().handed_in_at is None


@pytest.mark.parametrize("points", ["6.01", "-0.01", "1000"])
def test_points_beyond_the_indicator_are_refused_and_nothing_is_kept(opened, people, points):
    sheet = opened(people.assessor).sheets.get()
    first = sheet.assessment.indicator_set.indicators.get(code="1.1")
    second = sheet.assessment.indicator_set.indicators.get(code="1.2")
    lines = {
        second.pk: {"points": Decimal(3), "veto": False, "evidence": ""},
        first.pk: {"points": Decimal(points), "veto": False, "evidence": ""},
    }
    with pytest.raises(DomainError) as refusal:
        save_sheet(actor=people.assessor, sheet=sheet, revision=1, lines=lines)
    assert "1.1" in refusal.value.reason.text
    assert not Score.objects.exists()


def test_the_database_refuses_negative_points_and_a_second_line(opened, people):
    sheet = opened(people.assessor).sheets.get()
    line = sheet.assessment.indicator_set.indicators.get(code="1.1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(sheet=sheet, indicator=line, points=-1)
    Score.objects.create(sheet=sheet, indicator=line, points=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(sheet=sheet, indicator=line, points=1)


def test_points_of_another_set_are_not_taken(opened, people, xiangtan):
    sheet = opened(people.assessor).sheets.get()
    other = IndicatorSet.objects.get(category=xiangtan.categories["village"])
    foreign = other.indicators.get(code="1.1")
    lines = {foreign.pk: {"points": Decimal(1), "veto": False, "evidence": ""}}
    save_sheet(actor=people.assessor, sheet=sheet, revision=1, lines=lines)
    assert not Score.objects.exists()


def test_a_stale_window_is_noticed_on_saving_and_on_handing_in(opened, people, score):
    sheet = opened(people.assessor).sheets.get()
    score(sheet, "90", hand_in=False)
    with pytest.raises(StaleForm):
        save_sheet(actor=people.assessor, sheet=sheet, revision=1, lines={})
    with pytest.raises(StaleForm):
        hand_in_sheet(actor=people.assessor, sheet=sheet, revision=1)
    assert hand_in_sheet(actor=people.assessor, sheet=sheet, revision=2).total == Decimal(90)


def test_a_sheet_handed_in_or_of_a_closed_assessment_stays_as_it_is(opened, people, score):
    assessment = opened(people.assessor)
    sheet = score(assessment.sheets.get(), "90")
    for refused in (
        lambda: save_sheet(actor=people.assessor, sheet=sheet, revision=2, lines={}),
        lambda: hand_in_sheet(actor=people.assessor, sheet=sheet),
    ):
        with pytest.raises(DomainError):
            refused()
    close_assessment(actor=people.office, assessment=assessment)
    with pytest.raises(DomainError):
        assign_assessor(actor=people.office, assessment=assessment, assessor=people.assessor2)
    assert assessment.sheets.count() == 1


def test_nobody_else_writes_on_a_sheet(opened, people):
    sheet = opened(people.assessor).sheets.get()
    for person in (people.assessor2, people.office, people.leader, people.county):
        with pytest.raises(DomainError):
            save_sheet(actor=person, sheet=sheet, revision=1, lines={})


def test_closing_waits_for_every_sheet(opened, people, score):
    assessment = opened()
    with pytest.raises(DomainError):  # nobody assigned
        close_assessment(actor=people.office, assessment=assessment)
    for person in (people.assessor, people.assessor2):
        assign_assessor(actor=people.office, assessment=assessment, assessor=person)
    score(assessment.sheets.get(assessor=people.assessor), "90")
    with pytest.raises(DomainError) as refusal:
        close_assessment(actor=people.office, assessment=assessment)
    assert "1" in refusal.value.reason.text
    assert "2" in refusal.value.reason.text
    assessment.refresh_from_db()
    assert assessment.state == "scoring"


def test_points_stand_side_by_side_with_subtotals(opened, people, score):
    assessment = opened(people.assessor, people.assessor2)
    first, second = assessment.sheets.order_by("id")
    score(first, "20")  # the first section to the full
    score(second, "18.5", vetoes=["V1"])
    table = {line.indicator.code: line for line in score_table(assessment, [first, second])}
    assert table["1"].is_heading
    assert (table["1"].most, table["1"].cells) == (Decimal(20), [Decimal(20), Decimal("18.5")])
    assert (table["2"].most, table["2"].cells) == (Decimal(20), [Decimal(0), Decimal(0)])
    assert [cell.points for cell in table["1.4"].cells] == [Decimal(4), Decimal("2.5")]
    assert (table["V"].most, table["V"].cells) == (None, [None, None])
    assert [cell.veto for cell in table["V1"].cells] == [False, True]
