"""What is refused in the groups' work in a programme file, each with its place and reason."""

import copy

import pytest
from django.utils import translation

from programmes.checks import _below_owner, contradictions
from programmes.supervision_checks import supervision_contradictions
from tests.conftest import xiangtan_file


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


def found(change) -> list[tuple[tuple, str]]:
    data = copy.deepcopy(xiangtan_file().data)
    change(data["cycle"])
    return list(supervision_contradictions(data, _below_owner(data)))


AT = ("cycle", "supervision")
ITEM = (*AT, "checklists", 0, "items")


def of(cycle, *keys):
    row = cycle["supervision"]
    for key in keys:
        row = row[key]
    return row


def test_the_shipped_file_is_in_order():
    assert found(lambda cycle: None) == []


def test_a_file_without_any_of_it_is_in_order():
    assert found(lambda cycle: [cycle.pop(key) for key in ("supervision", "tasks", "reminders")]) == []


def test_a_bad_file_is_refused_by_the_checks_of_the_whole_file():
    data = copy.deepcopy(xiangtan_file().data)
    data["cycle"]["supervision"]["article"] = "nowhere"
    assert list(contradictions(data)) == [((*AT, "article"), "“nowhere” is not defined in this file")]


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (
            lambda cycle: of(cycle, "checklists", 1).update(code="site_visit"),
            (*AT, "checklists", 1, "code"),
            "code “site_visit” is used twice",
        ),
        (
            lambda cycle: of(cycle, "checklists", 0).update(categories=["park", "harbour"]),
            (*AT, "checklists", 0, "categories", 1),
            "“harbour” is not defined in this file",
        ),
        (
            lambda cycle: of(cycle, "checklists", 1).update(categories=["park"]),
            (*AT, "checklists", 1, "categories"),
            "only a checklist for sites may name categories",
        ),
        (
            lambda cycle: of(cycle, "checklists", 0, "items", 1).update(code="plan"),
            (*ITEM, 1, "code"),
            "code “plan” is used twice",
        ),
        (
            lambda cycle: of(cycle, "checklists", 0, "items", 0).update(article="nowhere"),
            (*ITEM, 0, "article"),
            "“nowhere” is not defined in this file",
        ),
        (
            lambda cycle: of(cycle, "checklists", 0, "items", 2).pop("choices"),
            (*ITEM, 2),
            "a choice needs “choices”",
        ),
        (
            lambda cycle: of(cycle, "checklists", 0, "items", 0).update(choices=["是", "否"]),
            (*ITEM, 0, "choices"),
            "only a choice has “choices”",
        ),
        (
            lambda cycle: of(cycle, "findings", "severities", 2).update(code="minor"),
            (*AT, "findings", "severities", 2, "code"),
            "code “minor” is used twice",
        ),
        (
            lambda cycle: of(cycle, "findings", "ladder").update(talk=3),
            (*AT, "findings", "ladder", "talk"),
            "“talk” must come later than “letter”",
        ),
        (
            lambda cycle: of(cycle, "findings", "letter").update(number="提〔{year}〕号"),
            (*AT, "findings", "letter", "number"),
            "{number} is missing",
        ),
        (
            lambda cycle: of(cycle, "findings", "letter").update(addressee="{area}"),
            (*AT, "findings", "letter", "addressee"),
            "{area} is not known; possible are {unit}",
        ),
        (
            lambda cycle: of(cycle, "findings", "letter").update(number="提{year〕{number}号"),
            (*AT, "findings", "letter", "number"),
            "a bracket { or } is left open",
        ),
        (
            lambda cycle: of(cycle, "meetings", 1).update(code="joint_conference"),
            (*AT, "meetings", 1, "code"),
            "code “joint_conference” is used twice",
        ),
        (
            lambda cycle: of(cycle, "meetings", 1).update(due_on="2018-06-30"),
            (*AT, "meetings", 1, "due_on"),
            "2018-06-30 lies outside the year 2017",
        ),
        (
            lambda cycle: of(cycle, "meetings", 1).update(starts_on="2017-07-01"),
            (*AT, "meetings", 1, "starts_on"),
            "begins after it is due",
        ),
        (
            lambda cycle: of(cycle, "phases", 2).update(code="plan"),
            (*AT, "phases", 2, "code"),
            "code “plan” is used twice",
        ),
        (
            lambda cycle: cycle["tasks"][2].update(code="plan"),
            ("cycle", "tasks", 2, "code"),
            "code “plan” is used twice",
        ),
        (
            lambda cycle: cycle["tasks"][0].update(phase="spring"),
            ("cycle", "tasks", 0, "phase"),
            "“spring” is not defined in this file",
        ),
        (
            lambda cycle: cycle["tasks"][0].update(due_on="2016-12-31"),
            ("cycle", "tasks", 0, "due_on"),
            "2016-12-31 lies outside the year 2017",
        ),
        (
            lambda cycle: cycle["tasks"][0].update(units=["xiangxiang", "nowhere"]),
            ("cycle", "tasks", 0, "units", 1),
            "“nowhere” is no unit of this programme",
        ),
        (
            lambda cycle: cycle["tasks"][0].update(article="nowhere"),
            ("cycle", "tasks", 0, "article"),
            "“nowhere” is not defined in this file",
        ),
        (
            lambda cycle: cycle["reminders"].update(escalate_after_weeks=5),
            ("cycle", "reminders", "escalate_after_weeks"),
            "nobody is reminded any more after 4 weeks",
        ),
    ],
)
def test_what_makes_no_sense_is_named(change, place, reason):
    assert found(change) == [(place, reason)]


def test_a_bad_file_is_named_with_its_line(tmp_path):
    from programmes.files import ProgrammeFileError, read
    from tests.conftest import XIANGTAN

    text = XIANGTAN.read_text(encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        text.replace("ladder: {remind: 1, letter: 3", "ladder: {remind: 4, letter: 3"), encoding="utf-8"
    )
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "ladder: {" in row)
    with pytest.raises(ProgrammeFileError) as caught:
        read(bad)
    assert f"{line}" in str(caught.value)
    assert "“letter” must come later than “remind”" in str(caught.value)
