"""Versions of indicator sets: drafts, what the office may write in them, publishing, and what never changes."""

import itertools
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent
from accounts.staircase import broken_rows
from applications.services import start_application
from assessments.enums import INDICATOR_SET_TRANSITIONS, IndicatorSetAction, IndicatorSetState
from assessments.indicator_content import LINE_FIELDS, SET_FIELDS, compare, content_hash, content_of
from assessments.indicator_rules import first_free_year
from assessments.models import Indicator, IndicatorSet, IndicatorSetLog
from assessments.services.indicators import (
    delete_line,
    delete_version,
    move_line,
    publish_version,
    save_line,
    save_version,
    start_version,
    transition,
)

D = Decimal


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def community(xiangtan):
    return IndicatorSet.objects.get(category=xiangtan.categories["community"])


@pytest.fixture
def draft(people, community):
    return start_version(actor=people.office, category=community.category, from_year=2018, version="2018.1")


@pytest.fixture
def write(people):
    """write(draft, "1.1", points=8): a line of a draft with some values changed; without a line there: a new one."""

    def do(draft, code, *, new_code=None, actor=None, revision=None, **values):
        line = draft.indicators.filter(code=code).first()
        stored = {name: getattr(line, name) for name in LINE_FIELDS} if line else _blank()
        stored["parent"] = line and line.parent
        row = save_line(
            actor=actor or people.office,
            indicator_set=draft,
            revision=IndicatorSet.objects.get(pk=draft.pk).revision if revision is None else revision,
            line=line,
            code=new_code or code,
            **stored | values,
        )
        draft.refresh_from_db()
        return row

    return do


def _blank() -> dict:
    texts = {"name": "新指标", "name_en": "", "standard": "", "evidence_wanted": ""}
    return {**texts, "kind": "scored", "method": "papers", "points": None, "minimum": None}


def _publish(people, draft, total="100", **more):
    draft.refresh_from_db()
    return publish_version(
        actor=people.office, indicator_set=draft, revision=draft.revision, total=D(total), **more
    )


def _refused(words, call, *arguments, **more) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        call(*arguments, **more)
    assert words in str(refusal.value)
    return refusal.value


# --- the next version -------------------------------------------------------------------------------------


def test_the_next_version_begins_as_a_copy(draft, community):
    assert (draft.state, draft.based_on, draft.from_year) == ("draft", community, 2018)
    before, after = content_of(community), content_of(draft)
    assert compare(before, after) == []
    assert {**before, "version": "2018.1"} == after
    assert [line.parent and line.parent.indicator_set_id for line in draft.indicators.all()][1] == draft.pk


def test_one_draft_a_category_and_no_name_twice(people, community, draft):
    start = {"actor": people.office, "category": community.category}
    _refused("has a draft already", start_version, **start, from_year=2018, version="2018.2")
    delete_version(actor=people.office, indicator_set=draft, revision=1)
    _refused("“2017.1” is there already", start_version, **start, from_year=2018, version="2017.1")
    assert start_version(**start, from_year=2020, version="2020").from_year == 2020


def test_a_version_is_for_a_coming_year(people, community):
    for year, words in (
        (2016, "A published version holds from 2017 already. The earliest possible year is 2018."),
        (2017, "A published version holds from 2017 already."),
        (2050, "lies too far ahead"),
    ):
        _refused(
            words, start_version,
            actor=people.office, category=community.category, from_year=year, version="x",
        )  # fmt: skip


def test_a_year_with_an_application_has_begun(people, xiangtan, community, draft, with_county_plaque, write):
    """The cycle is 2017; an application begun in it closes that year. A draft for it cannot be published."""
    assert first_free_year(community.category) == 2018
    start_application(actor=people.county, site=with_county_plaque(), rule=xiangtan.rules["city"])
    IndicatorSet.objects.filter(pk=draft.pk).update(from_year=2017)
    draft.refresh_from_db()
    _refused("Applications of 2017 were begun already", _publish, people, draft)
    assert IndicatorSet.objects.get(pk=draft.pk).state == "draft"


def test_a_category_without_a_version_waits_for_its_file(people, community):
    community.delete()
    _refused(
        "comes with its programme file", start_version,
        actor=people.office, category=community.category, from_year=2018, version="x",
    )  # fmt: skip


# --- writing ----------------------------------------------------------------------------------------------


def test_lines_are_changed_added_moved_and_deleted(people, draft, write):
    write(draft, "1.1", points=D(7))
    write(draft, "1.5", parent=draft.indicators.get(code="1"), points=D(3), name="新增")
    write(draft, "5", minimum=D(15))
    write(draft, "1.2", parent=draft.indicators.get(code="2"), new_code="2.4")
    third = draft.indicators.get(code="1.3")
    move_line(actor=people.office, indicator_set=draft, revision=draft.revision, line=third, up=True)
    draft.refresh_from_db()
    fourth = draft.indicators.get(code="1.4")
    delete_line(actor=people.office, indicator_set=draft, revision=draft.revision, line=fourth)
    rows = list(draft.indicators.values_list("order", "code", "points"))
    assert rows[:9] == [
        (1, "1", None), (2, "1.3", D(5)), (3, "1.1", D(7)), (4, "1.5", D(3)),
        (5, "2", None), (6, "2.1", D(7)), (7, "2.2", D(7)), (8, "2.3", D(6)), (9, "2.4", D(5)),
    ]  # fmt: skip
    assert [order for order, _code, _points in rows] == list(range(1, len(rows) + 1))
    assert draft.indicators.get(code="5").minimum == D(15)


def test_moving_beyond_the_end_of_a_section_changes_nothing(people, draft):
    first = draft.indicators.get(code="1.1")
    move_line(actor=people.office, indicator_set=draft, revision=1, line=first, up=True)
    assert IndicatorSet.objects.get(pk=draft.pk).revision == 1
    assert draft.indicators.get(code="1.1").order == 2


def test_a_section_moves_with_its_lines(people, draft):
    second = draft.indicators.get(code="2")
    move_line(actor=people.office, indicator_set=draft, revision=1, line=second, up=True)
    assert list(draft.indicators.values_list("code", flat=True))[:6] == ["2", "2.1", "2.2", "2.3", "1", "1.1"]


def test_sections_within_sections_are_written(draft, write):
    write(draft, "2.9", kind="heading", parent=draft.indicators.get(code="2"), name="六有", minimum=D(2))
    write(draft, "2.9.1", kind="yes_no", parent=draft.indicators.get(code="2.9"), points=D(2))
    tail = draft.indicators.filter(code__startswith="2.").values_list("code", "parent__code")
    assert list(tail)[-2:] == [("2.9", "2"), ("2.9.1", "2.9")]


NONSENSE = [
    ("1.1", {"points": None}, "needs either points or a veto"),
    ("1.1", {"points": D(0)}, "points lie above 0"),
    ("1.1", {"points": D("6.001")}, "at most two decimals"),
    ("1.1", {"new_code": "1.2"}, "“1.2” is used twice"),
    ("1.1", {"parent": None}, "needs a section to stand in"),
    ("1", {"kind": "scored", "points": D(1)}, "no lines stand below it"),
    ("1.1", {"parent": "2.1"}, "cannot lie there"),
    ("1", {"parent": "1"}, "cannot lie there"),
    ("9.9", {"points": D(1)}, "needs a section to stand in"),
]


def test_a_line_that_makes_no_sense_is_refused(draft, write):
    before = content_of(draft)
    for code, values, words in NONSENSE:
        if values.get("parent"):
            values = {**values, "parent": draft.indicators.get(code=values["parent"])}
        _refused(words, write, draft, code, **values)
    assert content_of(draft) == before


def test_a_section_is_not_put_below_itself(draft, write):
    write(draft, "1.9", kind="heading", parent=draft.indicators.get(code="1"))
    _refused("cannot lie there", write, draft, "1", parent=draft.indicators.get(code="1.9"))


def test_what_does_not_fit_the_kind_is_dropped(draft, write):
    """A section keeps no points, a line no minimum, a veto neither: the form may still carry what stood there."""
    assert write(draft, "1.1", minimum=D(3)).minimum is None
    assert write(draft, "V1", points=D(3)).points is None
    assert write(draft, "1", points=D(3)).points is None
    assert write(draft, "1.1", kind="veto").points is None


def test_a_section_with_lines_is_not_deleted(people, draft):
    section = draft.indicators.get(code="1")
    _refused(
        "Section 1 still has 4 lines", delete_line,
        actor=people.office, indicator_set=draft, revision=1, line=section,
    )  # fmt: skip


def test_a_line_of_another_set_is_not_taken(people, draft, xiangtan):
    foreign = IndicatorSet.objects.get(category=xiangtan.categories["village"]).indicators.get(code="1.1")
    _refused(
        "not there any more", delete_line, actor=people.office, indicator_set=draft, revision=1, line=foreign
    )
    assert Indicator.objects.filter(pk=foreign.pk).exists()


def test_a_second_window_is_noticed_by_every_write(people, draft, write):
    write(draft, "1.1", points=D(7))
    line = draft.indicators.get(code="1.2")
    stale = {"actor": people.office, "indicator_set": draft, "revision": 1}
    for call in (
        lambda: write(draft, "1.2", points=D(9), revision=1),
        lambda: move_line(**stale, line=line, up=True),
        lambda: delete_line(**stale, line=line),
        lambda: publish_version(**stale, total=D(100)),
        lambda: delete_version(**stale),
        lambda: save_version(**stale, **_head(draft)),
    ):
        with pytest.raises(StaleForm):
            call()


def _head(found, **values) -> dict:
    return {name: getattr(found, name) for name in ("version", "from_year", *SET_FIELDS)} | values


def test_the_head_of_a_draft_is_written(people, draft):
    values = _head(draft, pass_mark=D(85), aggregate="median", spread_limit=None, assessors=3, from_year=2019)
    saved = save_version(actor=people.office, indicator_set=draft, revision=1, **values)
    assert (saved.pass_mark, saved.aggregate, saved.spread_limit, saved.from_year, saved.revision) == (
        85, "median", None, 2019, 2,
    )  # fmt: skip
    for values, words in (({"version": "2017.1"}, "is there already"), ({"from_year": 2017}, "already")):
        _refused(
            words, save_version,
            actor=people.office, indicator_set=draft, revision=2, **_head(saved, **values),
        )  # fmt: skip


# --- publishing -------------------------------------------------------------------------------------------


def test_publishing_is_logged_with_the_hash_of_what_it_says(people, draft, write):
    write(draft, "1.1", points=D(7))
    write(draft, "1.2", points=D(4))
    published = _publish(people, draft, reason="部务会纪要〔2017〕30号")
    assert (published.state, published.published_by) == ("published", people.office)
    row = IndicatorSetLog.objects.get()
    assert (row.from_state, row.to_state, row.reason) == ("draft", "published", "部务会纪要〔2017〕30号")
    assert row.content_hash == content_hash(content_of(IndicatorSet.objects.get(pk=draft.pk)))
    assert broken_rows(IndicatorSetLog, draft) == []
    assert AuditEvent.objects.filter(action="indicatorset.publish").count() == 1


@pytest.mark.parametrize(
    ("code", "values", "total", "words"),
    [
        ("1.1", {"points": D(7)}, "100", "the points add up to 101, not to 100"),
        ("2", {"minimum": D(21)}, "100", "the minimum 21 is more than the section's 20 points"),
        ("6", {"kind": "heading"}, "100", "section “6” has no lines"),
    ],
)
def test_a_set_that_makes_no_sense_is_not_published(people, draft, write, code, values, total, words):
    write(draft, code, **values)
    _refused(words, _publish, people, draft, total)
    assert IndicatorSet.objects.get(pk=draft.pk).state == "draft"
    assert not IndicatorSetLog.objects.exists()


def test_another_sum_is_published_when_a_person_says_so(people, draft, write):
    write(draft, "1.1", points=D(26))
    assert _publish(people, draft, "120").state == "published"


def test_a_published_version_is_frozen(people, community, draft):
    """The file's and the office's own: every service refuses, and nothing of it changes."""
    for frozen in (community, _publish(people, draft)):
        before = content_of(frozen)
        line = frozen.indicators.get(code="1.1")
        given = {"actor": people.office, "indicator_set": frozen, "revision": frozen.revision}
        for call in (
            lambda given=given, line=line: save_line(
                **given, line=line, parent=line.parent, code="1.1", **_blank() | {"points": D(1)}
            ),
            lambda given=given, line=line: save_line(**given, parent=line.parent, code="1.9", **_blank()),
            lambda given=given, line=line: move_line(**given, line=line, up=False),
            lambda given=given, line=line: delete_line(**given, line=line),
            lambda given=given: delete_version(**given),
            lambda given=given: publish_version(**given, total=D(100)),
            lambda given=given, frozen=frozen: save_version(**given, **_head(frozen, pass_mark=D(1))),
        ):
            _refused("is published and stays as it is", call)
        assert content_of(IndicatorSet.objects.get(pk=frozen.pk)) == before


def test_after_publishing_the_next_one_is_for_a_later_year(people, community, draft):
    _publish(people, draft)
    assert first_free_year(community.category) == 2019
    _refused(
        "The earliest possible year is 2019", start_version,
        actor=people.office, category=community.category, from_year=2018, version="2018.2",
    )  # fmt: skip
    later = start_version(actor=people.office, category=community.category, from_year=2019, version="2019")
    assert later.based_on == draft


def test_two_versions_line_by_line(people, community, draft, write):
    write(draft, "1.1", points=D(9), name="纳入全局工作")
    write(draft, "1.5", parent=draft.indicators.get(code="1"), points=D(2), name="新增")
    draft.refresh_from_db()
    last = draft.indicators.get(code="5.3")
    delete_line(actor=people.office, indicator_set=draft, revision=draft.revision, line=last)
    draft.refresh_from_db()
    save_version(
        actor=people.office, indicator_set=draft, revision=draft.revision, **_head(draft, pass_mark=D(75))
    )
    found = compare(content_of(community), content_of(IndicatorSet.objects.get(pk=draft.pk)))
    assert [(change.how, change.code, change.fields) for change in found] == [
        ("changed", "", (("pass mark", "80", "75"),)),
        ("changed", "1.1", (("name", "纳入重点工作", "纳入全局工作"), ("points", "6", "9"))),
        ("added", "1.5", (("points", "", "2"),)),
        ("removed", "5.3", (("points", "7", ""),)),
    ]


# --- state × action × role --------------------------------------------------------------------------------

#: For every state and action: who may take it. A state or action more fails the test until it has its rows.
MAY = {
    ("draft", "publish"): {"office"},
    ("published", "publish"): set(),
}
KINDS = (
    "office",
    "leader",
    "county",
    "assessor",
    "auditor",
    "system_admin",
    "security_admin",
    "other_city",
    "nobody",
)


def test_the_table_names_every_state_and_action():
    assert set(MAY) == set(itertools.product(IndicatorSetState.values, IndicatorSetAction.values))
    assert set(INDICATOR_SET_TRANSITIONS) == {move for move, who in MAY.items() if who}


def test_state_by_action_by_role(people, community, draft):
    for (state, action), who in MAY.items():
        found = draft if state == "draft" else community
        for kind in [kind for kind in KINDS if kind not in who]:
            with pytest.raises(DomainError):
                transition(obj=found, action=action, actor=getattr(people, kind))
    assert not IndicatorSetLog.objects.exists()
    for kind in MAY["draft", "publish"]:
        transition(obj=draft, action="publish", actor=getattr(people, kind))
        assert IndicatorSet.objects.get(pk=draft.pk).state == "published"


def test_nobody_but_the_office_writes(people, community, draft):
    line = draft.indicators.get(code="1.1")
    for kind in [kind for kind in KINDS if kind != "office"]:
        given = {"actor": getattr(people, kind), "indicator_set": draft, "revision": 1}
        start = {"category": community.category, "from_year": 2018, "version": "x"}
        for call in (
            lambda given=given, start=start: start_version(actor=given["actor"], **start),
            lambda given=given: save_version(**given, **_head(draft)),
            lambda given=given: save_line(
                **given, line=line, parent=line.parent, code="1.1", **_blank() | {"points": D(1)}
            ),
            lambda given=given: move_line(**given, line=line, up=False),
            lambda given=given: delete_line(**given, line=line),
            lambda given=given: publish_version(**given, total=D(100)),
            lambda given=given: delete_version(**given),
        ):
            _refused("may do this", call)


def test_who_sees_them(people):
    seen = {name: IndicatorSet.objects.visible_to(person).count() for name, person in vars(people).items()}
    assert {name for name, count in seen.items() if count} == {"office", "leader"}
    assert seen["office"] == 4
