"""The quarterly evaluation in a programme file: Danjiangkou as shipped, loading twice, what is refused and where."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import create_user, grant_role
from applications.models import Cycle
from assessments.evaluation_sums import recompute
from assessments.models import (
    ClassMember,
    Duty,
    DutyPoints,
    Evaluation,
    IndicatorSet,
    UnitClass,
    UnitEvaluation,
)
from assessments.services import evaluation_talks as talks
from assessments.services import evaluations as services
from assessments.services.evaluation_classes import place_unit
from assessments.services.evaluation_points import score_duty
from programmes.files import ProgrammeFileError, read
from programmes.services import ProgrammeFrozen, load
from tests.programmes.conftest import XIANGTAN

DANJIANGKOU = settings.BASE_DIR / "programmes" / "data" / "danjiangkou-2023.yaml"
SMALL = Path(__file__).parents[1] / "data" / "evaluation.yaml"


@pytest.fixture(autouse=True)
def _early_in_the_year():
    clock.set_today(datetime.date(2023, 3, 1))


def test_danjiangkou_as_shipped(db, count_rows):
    load(DANJIANGKOU)
    cycle = Cycle.objects.get()
    assert (cycle.year, cycle.state, cycle.programme.owner.name) == (2023, "open", "丹江口市")
    assert [(one.name, one.members.count()) for one in UnitClass.objects.all()] == [
        ("Ⅰ类（镇、街道、林区、开发区）", 19), ("Ⅱ类（统战任务较重的市直单位）", 8), ("Ⅲ类（其他市直单位）", 8),
    ]  # fmt: skip
    # Every class can reach 25 points in every quarter.
    sums = {
        (one.quarter, unit_class.code): sum(duty.points for duty in one.duties.filter(classes=unit_class))
        for one in Evaluation.objects.all()
        for unit_class in UnitClass.objects.all()
    }
    assert set(sums.values()) == {Decimal(25)}
    assert len(sums) == 12
    assert cycle.evaluation["year"] == {
        "method": "sum",
        "bottom": {"class-1": 2, "class-2": 1, "class-3": 1},
        "management_months": 12,
    }
    sets = {
        one.category.code: list(one.indicators.filter(kind="yes_no").values_list("name", flat=True))
        for one in IndicatorSet.objects.all()
    }
    assert sets == {
        "area": [
            "有活动场所",
            "有统战标识",
            "有活动平台",
            "有基本台账",
            "有活动记录",
            "有宣传专栏",
            "有讲解人员",
        ],
        "brand": ["有目标", "有载体", "有成效", "有特色"],
    }
    before = count_rows()
    report = load(DANJIANGKOU)
    assert (report.wrote, count_rows()) == (False, before)


def test_beside_xiangtan_in_one_installation(db):
    load(XIANGTAN)
    load(DANJIANGKOU)
    assert not load(XIANGTAN).wrote
    assert not load(DANJIANGKOU).wrote
    assert [one.evaluation == {} for one in Cycle.objects.order_by("year")] == [True, False]
    assert Evaluation.objects.exclude(cycle__programme__code="danjiangkou-jiceng").count() == 0


# --- loading again --------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    load(SMALL)
    owner = Unit.objects.get(code="smallcounty")
    user = create_user(actor=None, username="office", title="办公室", unit=owner, password="Test-2023!")
    grant_role(actor=None, user=user, role=Role.OFFICE, unit=owner, valid_from=datetime.date(2023, 1, 1))
    return user


def give(office, code="1.1", unit="a1"):
    duty = Duty.objects.get(code=code)
    row = UnitEvaluation.objects.get(evaluation=duty.evaluation, unit__code=unit)
    entry = {"points": duty.points, "done_on": datetime.date(2023, 2, 20), "reason": "", "seen": 0}
    score_duty(actor=office, evaluation=duty.evaluation, duty=duty, entries={row.pk: entry})


def test_what_the_office_changed_in_the_year_survives_a_second_load(office):
    place_unit(
        actor=office, unit=Unit.objects.get(code="a1"), unit_class=UnitClass.objects.get(code="two"),
        valid_from=datetime.date(2023, 4, 1), reason="机构改革",
    )  # fmt: skip
    assert not load(SMALL).wrote
    assert ClassMember.objects.get(unit__code="a1", valid_to=None).unit_class.code == "two"


def test_before_anybody_has_points_the_file_may_change(office, changed_file):
    load(
        changed_file(
            SMALL,
            {
                "units: [a1, a2, a3]}": "units: [a1, a2, a3, d1]}",
                "units: [c1, c2, c3]}": "units: [c1, c2]}",
                "units: [b1, b2]}": "units: [b1, b2, c3]}",
                "points: 5,": "points: 6,",
                'code: "4.1", quarter: 4': 'code: "4.2", quarter: 4',
            },
        )
    )
    classes = ("one", "two", "three")
    members = {
        code: list(ClassMember.objects.filter(unit_class__code=code).values_list("unit__code", flat=True))
        for code in classes
    }
    assert members == {"one": ["a1", "a2", "a3", "d1"], "two": ["b1", "b2", "c3"], "three": ["c1", "c2"]}
    assert UnitEvaluation.objects.get(evaluation__quarter=3, unit__code="c3").unit_class.code == "two"
    assert Duty.objects.get(code="1.2").points == 6
    assert list(Evaluation.objects.get(quarter=4).duties.values_list("code", flat=True)) == ["4.2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"points: 10, due_on: 2023-03-20": "points: 12, due_on: 2023-03-20"},
        {"due_on: 2023-03-20": "due_on: 2023-03-21"},
        {
            "classes: [one, two, three], name: 议事": "classes: [one], name: 议事",
            "classes: [one, two], name: 计划": "classes: [one, two, three], name: 计划",
        },
        {"units: [a1, a2, a3]}": "units: [a2, a3]}", "units: [b1, b2]}": "units: [a1, b1, b2]}"},
        {"units: [a1, a2, a3]}": "units: [a2, a3]}"},
        {'code: "1.1"': 'code: "1.3"'},
        {"  evaluation:\n    article": "  evaluation_gone:\n    article"},
    ],
    ids=["points", "due day", "classes", "class of a unit", "unit left out", "duty left out", "all left out"],
)  # fmt: skip
def test_what_points_rest_on_stays(office, changed_file, changes):
    give(office)
    path = changed_file(SMALL, changes)
    if "  evaluation_gone" in path.read_text(encoding="utf-8"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("  evaluation_gone")], encoding="utf-8")
    before = list(Duty.objects.order_by("pk").values()) + list(UnitEvaluation.objects.order_by("pk").values())
    with pytest.raises(ProgrammeFrozen):
        load(path)
    after = list(Duty.objects.order_by("pk").values()) + list(UnitEvaluation.objects.order_by("pk").values())
    assert after == before


def test_a_closed_quarter_keeps_its_sums_when_the_rules_of_later_ones_change(office, changed_file):
    for code, units in (
        ("1.1", ("a1", "a2", "a3", "b1", "b2", "c1", "c2", "c3")),
        ("1.2", ("a1", "a2", "a3", "b1", "b2")),
    ):
        for unit in units:
            give(office, code, unit)
    clock.set_today(datetime.date(2023, 4, 3))
    services.send_quarter(actor=office, evaluation=Evaluation.objects.get(quarter=1))
    clock.set_today(datetime.date(2023, 4, 10))
    talks.close_quarter(actor=office, evaluation=Evaluation.objects.get(quarter=1))
    before = list(UnitEvaluation.objects.filter(evaluation__quarter=1).order_by("pk").values())
    load(
        changed_file(
            SMALL,
            {"bonus_cap: 1.5": "bonus_cap: 5", "days_early: 5, points: 1}": "days_early: 5, points: 3}"},
        )
    )
    assert Cycle.objects.get().evaluation["bonus_cap"] == "5"
    assert list(UnitEvaluation.objects.filter(evaluation__quarter=1).order_by("pk").values()) == before
    assert recompute(Evaluation.objects.get(quarter=1)) == []
    assert DutyPoints.objects.count() == 13


# --- bad files ------------------------------------------------------------------------------------------------

#: What is replaced by what, the words of the refusal, and what stands in the line that is named.
CASES = {
    "unknown unit": ("units: [b1, b2]}", "units: [b1, b9]}", "“b9” is no unit below", "b9"),
    "the owner itself": ("units: [b1, b2]}", "units: [b1, smallcounty]}", "no unit below", "b1, smallcounty"),
    "a unit above": ("units: [b1, b2]}", "units: [b1, bigcity]}", "no unit below", "b1, bigcity"),
    "unit in two classes": ("units: [b1, b2]}", "units: [b1, a1]}", "“a1” is in a class already", "b1, a1"),
    "class twice": ("code: two,", "code: one,", "“one” is used twice", "Ⅱ类"),
    "everybody last": ("bottom: 1,", "bottom: 2,", "class “two”: the last places", "Ⅱ类"),
    "unknown class": (
        "classes: [one, two], name",
        "classes: [one, nine], name",
        "“nine” is not defined",
        "nine",
    ),
    "duty twice": ('code: "1.2"', 'code: "1.1"', "“1.1” is used twice", "计划"),
    "outside its quarter": (
        "due_on: 2023-06-20",
        "due_on: 2023-07-01",
        "outside quarter 2 of 2023",
        "2023-07-01",
    ),
    "outside its year": (
        "due_on: 2023-12-20",
        "due_on: 2024-12-20",
        "outside quarter 4 of 2023",
        "2024-12-20",
    ),
    "class without a duty": (
        'code: "3.1", quarter: 3, classes: [one, two, three]',
        'code: "3.1", quarter: 3, classes: [one, two]',
        "class “three” has no duty in quarter 3",
        "    duties:",
    ),
    "fifth quarter": ("quarter: 4,", "quarter: 5,", "5 is more than 4", "quarter: 5"),
    "no points": ("points: 5,", "points: 0,", "0 is not more than 0", "points: 0,"),
    "three decimals": ("points: 5,", "points: 5.125,", "at most two decimals", "5.125"),
    "steps out of order": (
        "days_early: 5, points: 1}",
        "days_early: 0, points: 1}",
        "from few days to many",
        "days_early: 0, points: 1}",
    ),
    "earlier gives less": (
        "days_early: 5, points: 1}",
        "days_early: 5, points: 0.25}",
        "must give more",
        "points: 0.25",
    ),
    "no days to answer": (
        "confirm_working_days: 3",
        "confirm_working_days: 0",
        "0 is less than 1",
        "days: 0",
    ),
    "unknown article": ("article: duty}", "article: mood}", "“mood” is not defined", "mood"),
    "unknown article of all": (
        "    article: evaluation",
        "    article: mood",
        "“mood” is not defined",
        "mood",
    ),
    "unknown method": ("method: sum", "method: best", "“best” is none of", "best"),
    "empty class": ("units: [b1, b2]}", "units: []}", "fewer than 1", "units: []"),
    "unknown key": ("bonus_cap: 1.5", "bonus_top: 1.5", "“bonus_top” is not known", "bonus_top"),
    "a person": (
        "confirm_working_days: 3",
        "confirm_working_days: 3\n    person: 主任",
        "“person” is not known",
        "person",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_its_line(case, changed_file):
    old, new, words, line = CASES[case]
    path = changed_file(SMALL, {old: new})
    with pytest.raises(ProgrammeFileError) as caught:
        read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, text in enumerate(lines, start=1) if line in text)
    assert [(problem.line, words in problem.text) for problem in caught.value.problems][:1] == [(at, True)]
