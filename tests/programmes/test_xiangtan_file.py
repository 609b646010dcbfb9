"""What the shipped file says, held against the scheme 潭市统通〔2017〕5号 with values worked out by hand."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Unit
from applications.deadlines import filing_deadline
from applications.enums import CycleState
from applications.models import QuotaPlace
from assessments.models import IndicatorSet
from assessments.scoring import most_points
from notices.workdays import is_working_day, year_is_known
from sites.models import Site
from sites.selectors import areas_of
from sites.services.numbers import next_plaque_number
from supervision.models import SupervisionGroup

AREAS = ["湘潭县", "湘乡市", "韶山市", "雨湖区", "岳塘区", "高新区", "经开区", "昭山示范区"]


def test_eight_areas_in_the_order_of_the_scheme(xiangtan):
    assert [area.name for area in areas_of(xiangtan.programme)] == AREAS


def test_parks_have_no_townships_and_counties_do(xiangtan):
    children = {area.name: area.children.count() for area in areas_of(xiangtan.programme)}
    assert [children[park] for park in ("高新区", "经开区", "昭山示范区")] == [0, 0, 0]
    assert all(3 <= children[county] <= 6 for county in AREAS[:5])


def test_party_organisations_stand_beside_the_areas(xiangtan):
    names = set(Unit.objects.filter(kind="organisation").values_list("name", flat=True))
    assert {"市工商联", "市侨联", "干部科", "机关党委"} <= names


def test_five_groups_with_leader_sections_and_areas(xiangtan):
    found = {
        tuple(group.areas.filter(valid_to=None).values_list("area__name", flat=True)): (
            group.leader,
            group.sections,
        )
        for group in SupervisionGroup.objects.all()
    }
    assert found == {
        ("湘潭县",): ("常务副部长", ["干部科"]),
        ("湘乡市",): ("副部长（联系湘乡市）", ["党派科", "知工科", "新阶层科"]),
        ("韶山市",): ("副部长（联系韶山市）", ["办公室"]),
        ("雨湖区", "经开区"): ("副部长（联系雨湖区、经开区）", ["经联科"]),
        ("岳塘区", "高新区", "昭山示范区"): ("纪检组长", ["研究室", "机关党委"]),
    }


def test_milestones(xiangtan):
    day = datetime.date
    found = [
        (milestone.kind, milestone.starts_on, milestone.due_on, milestone.rolls_forward)
        for milestone in xiangtan.cycle.milestones.all()
    ]
    assert found == [
        ("applications_due", None, day(2017, 5, 31), False),
        ("promotion_meeting", day(2017, 6, 1), day(2017, 6, 30), False),
        ("review", day(2017, 8, 1), day(2017, 8, 31), False),
        ("acceptance_due", None, day(2017, 11, 30), False),
    ]


def test_reminders_before_31_may_and_the_end_of_november(xiangtan):
    found = {milestone.kind: milestone.remind_before for milestone in xiangtan.cycle.milestones.all()}
    assert found == {
        "applications_due": [10, 3, 1, 0],
        "promotion_meeting": [],
        "review": [],
        "acceptance_due": [20, 10, 3, 1, 0],
    }


def test_filing_ends_on_31_may(xiangtan):
    assert filing_deadline(xiangtan.cycle, xiangtan.areas["湘潭县"]) == datetime.date(2017, 5, 31)


def test_one_place_for_city_and_one_for_province_in_each_area(xiangtan):
    places = {
        (place.area.name, place.level.code): place.ordinal
        for place in QuotaPlace.objects.select_related("area", "level")
    }
    assert places == {(area, level): 1 for area in AREAS for level in ("city", "province")}
    assert QuotaPlace.objects.count() == 16


def test_the_ladder(xiangtan):
    rules = {
        code: (rule.quota, rule.required_level and rule.required_level.code, rule.required_months, rule.steps)
        for code, rule in xiangtan.rules.items()
    }
    assert rules == {
        "county": (None, None, 0, []),
        "city": (1, "county", 0, ["acceptance", "deliberation", "notice"]),
        "province": (1, "city", 12, ["acceptance", "deliberation", "recommendation", "answer"]),
    }
    assert [(level.code, level.awarded_by) for level in xiangtan.programme.levels.all()] == [
        ("county", "area"),
        ("city", "owner"),
        ("province", "above"),
    ]


def test_all_four_categories_at_every_level(xiangtan):
    names = ["同心园区", "同心项目", "同心社区", "同心乡村"]
    for rule in xiangtan.rules.values():
        assert [category.name for category in rule.categories.all()] == names


@pytest.mark.parametrize(
    ("level", "category", "number"),
    [
        ("city", "community", "潭同社〔2017〕1号"),
        ("city", "park", "潭同园〔2017〕1号"),
        ("city", "project", "潭同项〔2017〕1号"),
        ("county", "village", "潭县同村〔2017〕1号"),
    ],
)
def test_first_plaque_number(xiangtan, level, category, number):
    site = Site(category=xiangtan.categories[category], area=xiangtan.areas["湘潭县"])
    assert next_plaque_number(xiangtan.levels[level], site, 2017) == number


def test_the_scheme_and_its_approval(xiangtan):
    cycle = xiangtan.cycle
    assert (cycle.scheme_number, cycle.scheme_issued_on) == (
        "潭市统通〔2017〕5号",
        datetime.date(2017, 5, 15),
    )
    assert cycle.state == CycleState.OPEN
    assert cycle.approved_by == "中共湘潭市委统战工作领导小组"
    assert (cycle.correction_working_days, cycle.notice_working_days, cycle.review["years_before"]) == (
        10,
        5,
        2,
    )


def test_the_articles_the_code_asks_for(xiangtan):
    wanted = {
        "ladder",
        "quota",
        "deadline",
        "seal",
        "notice",
        "acceptance",
        "review",
        "deliberation",
        "extra",
    }
    assert wanted <= set(xiangtan.cycle.articles)
    assert xiangtan.cycle.articles["ladder"] == "潭市统通〔2017〕5号 第六部分第4点"
    assert xiangtan.cycle.milestones.get(code="applications").article == "潭市统通〔2017〕5号 第六部分第3点"


def test_four_indicator_sets_of_one_hundred_points(xiangtan):
    sets = IndicatorSet.objects.all()
    assert {found.category.code for found in sets} == {"park", "project", "community", "village"}
    assert {most_points(found) for found in sets} == {Decimal(100)}
    assert {found.pass_mark for found in sets} == {Decimal(80)}
    for found in sets:
        lines = found.indicators.exclude(parent=None)
        assert lines.filter(kind="veto").count() == 3
        assert not lines.filter(standard="").exists()
        assert list(found.indicators.exclude(minimum=None).values_list("code", "minimum")) == [("2", 12)]
        assert lines.filter(method="visit").exists()
        assert not lines.exclude(kind="veto").filter(evidence_wanted="").exists()
    assert {(found.spread_limit, found.bonus_cap, found.aggregate, found.assessors) for found in sets} == {
        (10, None, "mean", 2)
    }


def test_four_media_are_scored_everywhere(xiangtan):
    media = ["电视有影像", "报刊有文字", "广播有声音", "网络有报道"]
    for found in IndicatorSet.objects.all():
        names = list(found.indicators.filter(parent__name="宣传推介").values_list("name", flat=True))
        assert names[:4] == media


def test_form_and_its_opinion_boxes(xiangtan):
    form = xiangtan.cycle.form
    assert form["title"] == "“四同创建”示范点申报表"
    assert [section["title"] for section in form["sections"]] == [
        "创建情况",
        "特色与成效",
        "保障条件",
        "下一步计划",
    ]
    conditions = [field["code"] for field in form["sections"][2]["fields"]]
    assert conditions == ["organisation", "rules", "people", "place", "funds"]
    assert max(field["max_chars"] for section in form["sections"] for field in section["fields"]) == 1500
    boxes = {level: [box["code"] for box in found] for level, found in form["opinions"].items()}
    assert boxes == {"city": ["county", "city"], "province": ["county", "city", "province"]}


def test_the_working_calendar_comes_with_it(xiangtan):
    assert [year_is_known(year) for year in (2014, 2015, 2017, 2019, 2020)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not is_working_day(datetime.date(2017, 5, 30))  # Dragon Boat Festival
    assert is_working_day(datetime.date(2017, 5, 27))  # the Saturday worked for it


def test_what_people_see_is_there_in_english_too(xiangtan):
    shown = [*xiangtan.programme.levels.all(), *xiangtan.programme.categories.all(), *Unit.objects.all()]
    shown += [*xiangtan.cycle.milestones.all(), *SupervisionGroup.objects.all()]
    for found in IndicatorSet.objects.all():
        shown += [found, *found.indicators.all()]
    assert [row.name for row in shown if not row.name_en] == []
    fields = [field for section in xiangtan.cycle.form["sections"] for field in section["fields"]]
    assert [field["code"] for field in fields if not field.get("label_en")] == []
