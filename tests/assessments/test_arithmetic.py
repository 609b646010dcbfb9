"""What several sheets come to, by hand: yes or no lines, bonus up to its cap, mean and median, sections and vetoes."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone, translation

from accounts.models import User
from applications.models import Application, Cycle
from assessments.enums import AssessmentState
from assessments.models import Assessment, IndicatorSet, Score, ScoreSheet
from assessments.scoring import (
    arithmetic,
    arithmetic_of,
    formula,
    missing_lines,
    most_points,
    reasons,
    result_of,
    sheet_sum,
    why_not_points,
)
from assessments.selectors import score_table
from programmes.services import load
from sites.models import Category, Site

DATA = Path(__file__).parents[1] / "data"
D = Decimal
#: The 六有 of the community set, all of them there.
SIX = dict.fromkeys(["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6"], 10)
#: The 七有 and 四有 of the area set.
SEVEN = dict.fromkeys([f"1.{n}" for n in range(1, 8)], 10)
FOUR = dict.fromkeys([f"2.{n}" for n in range(1, 5)], 7.5)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def judged(db):
    """judged("loudi", "community", {...}, {...}): an open assessment, a sheet handed in per dict of points by
    line; "V1": True ticks a veto."""

    def make(place: str, category: str, *sheets: dict) -> Assessment:
        load(DATA / f"{place}-lists.yaml")
        cycle, found = Cycle.objects.get(), IndicatorSet.objects.get(category__code=category)
        assessment = Assessment.objects.create(
            application=_application(cycle, Category.objects.get(code=category)),
            indicator_set=found,
            started_at=timezone.now(),
        )
        lines = {line.code: line for line in found.indicators.all()}
        for number, given in enumerate(sheets, start=1):
            _sheet(assessment, number, given, lines)
        return assessment

    return make


def _application(cycle: Cycle, category: Category) -> Application:
    area = cycle.programme.owner.children.get()
    staff = User.objects.create(username="staff", title="干事", unit=area)
    site = Site.objects.create(
        programme=cycle.programme,
        category=category,
        area=area,
        unit=area,
        name="一号",
        registered_at=timezone.now(),
    )
    return Application.objects.create(
        cycle=cycle, site=site, level=cycle.programme.levels.get(), area=area, number="1",
        state="accepted", created_by=staff, created_at=timezone.now(),
    )  # fmt: skip


def _sheet(assessment, number, given, lines):
    person = User.objects.create(username=f"assessor{number}", title=f"评委{number}", unit=None)
    sheet = ScoreSheet.objects.create(assessment=assessment, assessor=person, assigned_at=timezone.now())
    Score.objects.bulk_create(
        Score(sheet=sheet, indicator=lines[code], veto=True)
        if points is True
        else Score(sheet=sheet, indicator=lines[code], points=D(str(points)))
        for code, points in given.items()
    )
    sheet.total, sheet.vetoed = sheet_sum(sheet).total, sheet_sum(sheet).vetoed
    sheet.handed_in_at = timezone.now()
    sheet.save()


def test_a_list_counts_in_full_or_not_at_all(judged):
    assessment = judged("loudi", "community", {**SIX, "1.1.6": 0, "1.2.1": 20, "1.2.2": 15})
    result = result_of(assessment)
    assert (result.score, result.passed) == (D("85.00"), True)  # 50 + 20 + 15
    line = assessment.indicator_set.indicators.get(code="1.1.1")
    assert why_not_points(line, D(10)) is None
    assert why_not_points(line, D(0)) is None
    assert str(why_not_points(line, D(5))) == "1.1.1 is answered yes or no: either 10.00 points or 0."
    assert str(why_not_points(line, D(11))) == "1.1.1: points must lie between 0 and 10.00."


def test_a_median_of_three_and_of_two(judged):
    sheets = [{**SIX, "1.2.1": given, "1.2.2": 15} for given in (5, 25, 7)]
    result = result_of(judged("loudi", "community", *sheets))
    assert result.totals == (D(80), D(100), D(82))
    assert (result.score, result.spread, result.discussion_required) == (D("82.00"), D(20), True)
    assert formula(result.totals, "median") == "80.00 ≤ [82.00] ≤ 100.00 → 82.00"
    assert formula((D("79"), D("90.25"), D("81"), D("83.01")), "median") == (
        "79.00 ≤ [81.00 ≤ 83.01] ≤ 90.25 → (81.00 + 83.01) ÷ 2 = 82.005 ≈ 82.01"
    )


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ((), "0.00"),
        (("86.5",), "86.50"),
        (("80", "82"), "(80.00 + 82.00) ÷ 2 = 81.00"),
        (("85.24", "85.25"), "(85.24 + 85.25) ÷ 2 = 85.245 ≈ 85.25"),
        (("80", "80", "80.01"), "(80.00 + 80.00 + 80.01) ÷ 3 = 80.0033… ≈ 80.00"),
        (("79.99", "80", "80"), "(79.99 + 80.00 + 80.00) ÷ 3 = 79.9966… ≈ 80.00"),
    ],
)
def test_a_mean_written_out(totals, words):
    assert formula([D(total) for total in totals], "mean") == words


def test_a_spread_at_the_limit_needs_no_discussion(judged):
    sheets = [{**SIX, "1.2.1": given, "1.2.2": 15} for given in (10, 25)]
    result = result_of(judged("loudi", "community", *sheets))
    assert (result.spread, result.indicator_set.spread_limit, result.discussion_required) == (15, 15, False)


def test_a_section_below_its_minimum_fails_whatever_the_total(judged):
    """六有 50, 40 and 40: the middle one is 40, below the 50 that are needed; the totals would do."""
    given = {"1.2.1": 25, "1.2.2": 15}
    sheets = [
        {**SIX, "1.1.6": 0, **given},
        {**SIX, "1.1.5": 0, "1.1.6": 0, **given},
        {**SIX, "1.1.1": 0, "1.1.2": 0, **given},
    ]
    result = result_of(judged("loudi", "community", *sheets))
    section = next(each for each in result.sections if each.indicator.code == "1.1")
    assert (section.by_sheet, section.points, section.most, section.minimum, section.met) == (
        (50, 40, 40), D("40.00"), 60, 50, False,
    )  # fmt: skip
    assert (result.score, result.passed) == (D("80.00"), False)
    assert result.why_not_passed == ["Section 1.1 六有: 40.00 points, at least 50.00 are needed."]


def test_every_reason_is_named(judged):
    sheets = [{"1.1.1": 10, "1.2.1": 25, "V1": True}, {"1.1.1": 10, "1.2.1": 20, "V1": True}]
    assessment = judged("loudi", "community", *sheets)
    result = result_of(assessment)
    words = [
        "Veto V1 弄虚作假, ticked by 评委1, 评委2.",
        "Section 1.1 六有: 10.00 points, at least 50.00 are needed.",
        "32.50 points, the pass mark is 80.00.",
    ]
    assert result.why_not_passed == words
    assert reasons(arithmetic(assessment)) == words


def test_bonus_counts_up_to_its_cap_and_helps_no_section(judged):
    short = {**SEVEN, "1.7": 0, "1.6": 0}
    sheets = [
        {**SEVEN, **FOUR, "2.4": 0, "B1": 3, "B2": 4},  # 70 + 22.5 + min(7, 5)
        {**short, **FOUR, "B1": 2},  # 50 + 30 + 2
    ]
    assessment = judged("danjiangkou", "area", *sheets)
    result = result_of(assessment)
    assert [
        (each.sum.points, each.sum.bonus, each.sum.bonus_counted, each.total) for each in result.sheets
    ] == [
        (D("92.5"), 7, 5, D("97.5")),
        (80, 2, 2, 82),
    ]
    assert result.score == D("89.75")
    found = {each.indicator.code: (each.points, each.most, each.met) for each in result.sections}
    # The bonus section shows its own points; the seven come to (70 + 50) ÷ 2 = 60, just enough.
    assert found == {"1": (60, 70, True), "2": (D("26.25"), 30, True), "B": (D("4.5"), 7, True)}
    assert (most_points(assessment.indicator_set), result.passed) == (100, True)


def test_an_empty_bonus_is_not_missing_an_unanswered_line_is(judged):
    assessment = judged("danjiangkou", "area", {**SEVEN, "2.1": 7.5, "2.2": 0, "2.3": 7.5})
    assert missing_lines(assessment.sheets.get()) == ["2.4"]


def test_the_table_shows_sums_of_sections_at_every_depth(judged):
    assessment = judged("loudi", "community", {**SIX, "1.2.1": 20, "1.2.2": 15})
    table = score_table(assessment, list(assessment.sheets.all()))
    sums = [(row.indicator.code, row.most, row.cells) for row in table if row.is_heading]
    assert sums == [("1", 100, [95]), ("1.1", 60, [60]), ("1.2", 40, [35]), ("V", None, [None])]


def test_the_arithmetic_line_by_line(judged):
    sheets = [{**SEVEN, **FOUR, "2.4": 0, "B1": 3, "B2": 4}, {**SEVEN, **FOUR}]
    found = arithmetic(judged("danjiangkou", "area", *sheets))
    assert [(each["assessor"], each["formula"]) for each in found["sheets"]] == [
        ("评委1", "92.50 + 5.00 = 97.50"),
        ("评委2", "100.00"),
    ]
    assert (found["formula"], found["score"]) == ("(97.50 + 100.00) ÷ 2 = 98.75", "98.75")
    assert (found["spread"], found["spread_formula"]) == ("2.50", "100.00 − 97.50 = 2.50")
    lines = {line["code"]: line for line in found["lines"]}
    assert len(lines) == 16
    assert lines["2.4"] == {
        "code": "2.4", "name": "有特色", "name_en": "", "kind": "yes_no", "method": "papers", "depth": 1,
        "most": "7.50", "minimum": None, "points": ["0.00", "7.50"], "vetoes": [], "result": None,
        "formula": "", "met": None,
    }  # fmt: skip
    assert (lines["1"]["result"], lines["1"]["minimum"], lines["1"]["met"]) == ("70.00", "60.00", True)
    assert lines["2"]["formula"] == "(22.50 + 30.00) ÷ 2 = 26.25"
    assert (found["passed"], found["vetoes"], reasons(found)) == (True, [], [])


def test_a_closed_assessment_shows_what_was_stored(judged):
    assessment = judged("loudi", "roots", {"A1": 1, "A2": 1, "A3": 1, "A4": 1, "A5": 1})
    assert arithmetic_of(assessment)["score"] == "5.00"
    assessment.arithmetic, assessment.state = arithmetic(assessment), AssessmentState.PASSED
    Score.objects.update(points=0)
    assert arithmetic_of(assessment)["score"] == "5.00"


def test_three_queries_whatever_the_number_of_sheets(judged, django_assert_num_queries):
    assessment = judged("loudi", "community", *[{**SIX, "1.2.1": 20, "1.2.2": 15}] * 3)
    with django_assert_num_queries(3):
        arithmetic(assessment)
