"""Indicator sets of programme files: lists of other cities, sections within sections, versions over the years."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application, Cycle
from assessments.enums import IndicatorSetState
from assessments.models import Indicator, IndicatorSet
from programmes.files import ProgrammeFileError, read
from programmes.services import ProgrammeFrozen, load
from tests.programmes.conftest import TINY
from tests.programmes.test_loading import _draft

DATA = Path(__file__).parents[1] / "data"
LOUDI, DANJIANGKOU = DATA / "loudi-lists.yaml", DATA / "danjiangkou-lists.yaml"
YEAR_AFTER = {"year: 2023": "year: 2024", "due_on: 2023-09-30": "due_on: 2024-09-30"}


def _lines(category: str, kind: str) -> list[str]:
    rows = Indicator.objects.filter(indicator_set__category__code=category, kind=kind)
    return [line.name for line in rows]


def test_the_lists_of_loudi_are_yes_or_no_lines(db):
    load(LOUDI)
    assert _lines("community", "yes_no") == [
        "有工作台账", "有办公场地", "有志愿队伍", "有宣传阵地", "有常态活动", "有载体平台",
    ]  # fmt: skip
    assert _lines("roots", "yes_no") == [
        "有组织机构", "有活动场地", "有专（兼）职人员", "有专门经费", "有工作台账",
    ]  # fmt: skip
    found = IndicatorSet.objects.get(category__code="community")
    assert (found.aggregate, found.spread_limit, found.bonus_cap, found.assessors) == (
        "median", Decimal(15), None, 3,
    )  # fmt: skip


def test_the_lists_of_danjiangkou_with_bonus_up_to_a_cap(db):
    load(DANJIANGKOU)
    assert _lines("area", "yes_no") == [
        "有活动场所", "有统战标识", "有活动平台", "有基本台账", "有活动记录", "有宣传专栏", "有讲解人员",
        "有目标", "有载体", "有成效", "有特色",
    ]  # fmt: skip
    assert _lines("area", "bonus") == ["省级以上媒体报道", "经验被推广"]
    assert IndicatorSet.objects.get().bonus_cap == Decimal(5)


def test_sections_within_sections_keep_order_and_place(db):
    load(LOUDI)
    lines = Indicator.objects.filter(indicator_set__category__code="community").select_related("parent")
    found = [(line.order, line.code, line.parent and line.parent.code, line.minimum) for line in lines]
    assert found[:4] == [(1, "1", None, None), (2, "1.1", "1", Decimal(50)), (3, "1.1.1", "1.1", None), (4, "1.1.2", "1.1", None)]  # fmt: skip  # noqa: E501
    assert found[8:] == [(9, "1.2", "1", None), (10, "1.2.1", "1.2", None), (11, "1.2.2", "1.2", None), (12, "V", None, None), (13, "V1", "V", None)]  # fmt: skip  # noqa: E501
    first = lines.get(code="1.1.1")
    assert (first.method, first.evidence_wanted) == ("papers", "台账原件")


def test_sets_are_written_by_a_few_statements_and_a_second_load_writes_nothing(db, count_rows):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(LOUDI)
    written = [q["sql"] for q in queries if q["sql"].startswith('INSERT INTO "assessments_')]
    # Both sets at once, then their lines of each depth: first level, sections or lines below, lines below those.
    assert len(written) == 4
    assert (report.created["indicatorset"], report.created["indicator"]) == (2, 19)
    before = count_rows()
    again = load(LOUDI)
    assert count_rows() == before
    assert (again.wrote, again.unchanged["indicatorset"], again.unchanged["indicator"]) == (False, 2, 19)


BAD = {
    "minimum above its section": ("minimum: 50", "minimum: 60.5", "more than the section's 60 points", "60.5"),
    "minimum of nothing but vetoes": (
        "name: 一票否决\n", "name: 一票否决\n          minimum: 1\n", "more than the section's 0 points", "minimum: 1",
    ),
    "two kinds at once": (
        "points: 10, yes_no: true, method: data", "points: 10, yes_no: true, bonus: true",
        "cannot be all of these at once: bonus, yes_no", "1.1.3",
    ),
    "sum with yes or no lines": ("total: 5", "total: 6", "add up to 5, not to 6", "total: 6"),
    "cap without bonus": ("total: 5\n", "total: 5\n      bonus_cap: 2\n", "a cap of 2 says nothing", "bonus_cap"),
    "spread wider than all": ("spread_limit: 15", "spread_limit: 101", "can never be as wide", "101"),
    "unknown method": ("method: data", "method: guess", "“guess” is none of", "1.1.3"),
    "points on a section": (
        "name: 六有\n", "name: 六有\n              points: 3\n", "“points” is not known", "points: 3",
    ),
    "minimum on a line": ("name: 居民评价, ", "name: 居民评价, minimum: 3, ", "“minimum” is not known", "居民评价"),
    "a section without lines": (
        '            - code: "1.2"\n',
        '            - {code: "1.3", name: 空, indicators: []}\n            - code: "1.2"\n',
        "fewer than 1 entries", "name: 空",
    ),
    "twice at different depths": ('code: "1.2.2"', 'code: "1.1"', "“1.1” is used twice", "居民评价"),
    "unknown aggregate": ("aggregate: median", "aggregate: best", "“best” is none of", "best"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_set_is_refused_with_its_line(case, changed_file):
    old, new, words, marker = BAD[case]
    path = changed_file(LOUDI, {old: new})
    with pytest.raises(ProgrammeFileError) as refused:
        read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if marker in text)
    found = [(problem.line, problem.text) for problem in refused.value.problems]
    assert any(at == line and words in text for at, text in found), found


def test_sections_lie_three_deep_at_most(changed_file):
    deep = (
        "- {code: '1.2.1', name: 甲, indicators: [{code: d, name: 乙, indicators: "
        "[{code: e, name: 丙, points: 25}]}]}"
    )
    with pytest.raises(ProgrammeFileError) as refused:
        read(changed_file(LOUDI, {'- {code: "1.2.1", name: 服务成员, points: 25}': deep}))
    assert "sections lie at most 3 deep" in str(refused.value)


# --- versions over the years ------------------------------------------------------------------------------


def test_the_same_version_in_a_later_year_is_the_same_row(tiny, changed_file):
    report = load(changed_file(TINY, YEAR_AFTER))
    assert (report.created["indicatorset"], report.created["indicator"]) == (0, 0)
    assert IndicatorSet.objects.get().from_year == 2023
    assert Cycle.objects.count() == 2


def test_the_same_version_with_other_words_is_refused(tiny, changed_file, count_rows):
    before = count_rows()
    with pytest.raises(ProgrammeFrozen) as refused:
        load(changed_file(TINY, {**YEAR_AFTER, "points: 7.5": "points: 7", "points: 2.5": "points: 3"}))
    assert "version 1 holds from 2023 with other content (A1" in str(refused.value)
    assert count_rows() == before


def test_a_new_version_of_a_later_year_leaves_the_earlier_one(tiny, changed_file):
    load(changed_file(TINY, {**YEAR_AFTER, 'version: "1"': 'version: "2"', "points: 7.5": "points: 7", "points: 2.5": "points: 3"}))  # fmt: skip  # noqa: E501
    points = {
        found.from_year: list(found.indicators.exclude(points=None).values_list("points", flat=True))
        for found in IndicatorSet.objects.all()
    }
    assert points == {2023: [Decimal("7.5"), Decimal("2.5")], 2024: [Decimal(7), Decimal(3)]}


def test_the_earlier_years_file_may_come_after_the_later_ones(db, changed_file):
    load(changed_file(TINY, YEAR_AFTER))
    load(TINY)
    assert IndicatorSet.objects.get().from_year == 2023


def test_a_version_the_office_published_itself_is_not_the_files_to_change(tiny, changed_file, people_of_tiny):
    own = IndicatorSet.objects.get()
    IndicatorSet.objects.filter(pk=own.pk).update(published_by=people_of_tiny)
    assert not load(TINY).wrote
    with pytest.raises(ProgrammeFrozen) as refused:
        load(changed_file(TINY, {"pass_mark: 6.5": "pass_mark: 6"}))
    assert "with other content" in str(refused.value)
    own.refresh_from_db()
    assert own.pass_mark == Decimal("6.5")


def test_a_draft_of_the_same_name_stands_in_the_way(tiny, changed_file):
    own = IndicatorSet.objects.get()
    IndicatorSet.objects.create(
        programme=own.programme, category=own.category, from_year=2024, version="2", name="x",
        pass_mark=1, state=IndicatorSetState.DRAFT,
    )  # fmt: skip
    with pytest.raises(ProgrammeFrozen) as refused:
        load(changed_file(TINY, {**YEAR_AFTER, 'version: "1"': 'version: "2"'}))
    assert "publish or delete it first" in str(refused.value)


def test_a_new_version_never_slips_under_a_later_year_that_has_begun(tiny, changed_file):
    """2025 is judged by the version of 2023; a file for 2024 that comes late may not change that."""
    load(changed_file(TINY, {"year: 2023": "year: 2025", "due_on: 2023-09-30": "due_on: 2025-09-30"}))
    later = Cycle.objects.get(year=2025)
    application = _draft(tiny)
    Application.objects.filter(pk=application.pk).update(cycle=later)
    with pytest.raises(ProgrammeFrozen) as refused:
        load(changed_file(TINY, {**YEAR_AFTER, 'version: "1"': 'version: "2"', "pass_mark: 6.5": "pass_mark: 6"}))  # fmt: skip  # noqa: E501
    assert "is new" in str(refused.value)


@pytest.fixture
def people_of_tiny(tiny):
    return tiny.clerk
