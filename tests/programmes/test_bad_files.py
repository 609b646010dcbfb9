"""A bad file is refused whole: nothing is written, and each problem is named with its line."""

import pytest

from programmes.files import ProgrammeFileError, read
from programmes.services import load
from tests.programmes.conftest import TINY


def _line_of(path, text: str) -> int:
    """The number of the first line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


#: What is replaced by what, the words of the refusal, and what stands in the line that is named.
CASES = {
    "31 February": ("due_on: 2023-09-30", "due_on: 2023-02-31", "not a day of the calendar", "2023-02-31"),
    "not a date": ("due_on: 2023-09-30", "due_on: 20230930", "must be a text", "due_on: 20230930"),
    "another year": ("due_on: 2023-09-30", "due_on: 2024-09-30", "outside the year 2023", "2024-09-30"),
    "begins after its end": (
        "due_on: 2023-09-30",
        "starts_on: 2023-10-01, due_on: 2023-09-30",
        "begins after it is due",
        "2023-10-01",
    ),
    "key twice": (
        "  code: tiny-halls\n",
        "  code: tiny-halls\n  code: other\n",
        "a second time",
        "code: other",
    ),
    "unknown key": (
        "  owner: tinycity\n",
        "  owner: tinycity\n  colour: red\n",
        "“colour” is not known",
        "colour",
    ),
    "missing key": ("rank: 5, ", "", "“rank” is missing", "code: star"),
    "wrong kind": ("quota: 2", "quota: two", "must be a whole number", "quota: two"),
    "quota below nothing": ("quota: 2", "quota: -1", "-1 is less than 0", "quota: -1"),
    "unknown word": ("awarded_by: owner", "awarded_by: mayor", "“mayor” is none of", "mayor"),
    "empty name": ("name: 同心驿站\n", 'name: " "\n', "must not be empty", 'name: " "'),
    "bad code": ("code: hall,", "code: The Hall,", "not written as it must be", "The Hall"),
    "too long a field": ("max_chars: 300", "max_chars: 3000", "3000 is more than 2000", "3000"),
    "unknown level": ("- {level: star,", "- {level: gold,", "“gold” is not defined", "level: gold"),
    "unknown category": ("categories: [hall]}", "categories: [shed]}", "“shed” is not defined", "shed"),
    "unknown owner": ("owner: tinycity", "owner: nowhere", "“nowhere” is not defined", "owner: nowhere"),
    "unknown area": ("areas: [east, west]", "areas: [east, north]", "“north” is no county or park", "north"),
    "unknown article": ("article: deadline", "article: mood", "“mood” is not defined", "article: mood"),
    "unit twice": ("code: west,", "code: east,", "“east” is used twice", "西园"),
    "rank twice": ("rank: 5", "rank: 1", "rank “1” is used twice", "code: star"),
    "ladder upside down": (
        "required_level: base",
        "required_level: star",
        "“star” does not stand below",
        "required_level: star",
    ),
    "county level asks for another": (
        "- {level: base, ",
        "- {level: base, required_level: star, ",
        "awards itself has no “required_level”",
        "level: base, required_level",
    ),
    "months without a level": (
        "required_level: base, ",
        "",
        "nothing to hold",
        "required_months: 6",
    ),
    "placeholder": ("星{category}", "星{colour}", "{colour} is not known", "星{colour}"),
    "no number": ("{year}-{number}", "{year}", "{number} is missing", "星{category}{year}"),
    "open bracket": ("{year}-{number}", "{year-{number", "left open", "{year-{number"),
    "format behind a placeholder": ("{year}-{number}", "{year}-{number:03d}", "nothing may follow", "03d"),
    "areas that share a name": ("short_name: 西", "short_name: 东", "short_name", "{area}字"),
    "categories that share a mark": ("mark: 花", "mark: 驿", "mark", "星{category}"),
    "pattern left out": ('"星{category}{year}-{number}"', '""', "only the department above", "code: star"),
    "answer left out": (
        'awarded_by: owner, plaque_number: "星{category}{year}-{number}"',
        'awarded_by: above, plaque_number: ""',
        "“answer” is needed",
        "level: star",
    ),
    "unknown step": ("steps: [acceptance, notice]", "steps: [dance]", "“dance” is none of", "dance"),
    "steps out of order": (
        "steps: [acceptance, notice]",
        "steps: [notice, acceptance]",
        "cannot lead to a plaque",
        "[notice, acceptance]",
    ),
    "recommended without an answer": (
        "steps: [acceptance, notice]",
        "steps: [acceptance, deliberation, recommendation]",
        "cannot lead to a plaque",
        "recommendation]",
    ),
    "nothing to assess by": ("- category: hall\n", "- category: garden\n", "no indicator set", "level: star"),
    "points do not add up": ("points: 2.5", "points: 2.4", "add up to 9.9, not to 10", "total: 10"),
    "three decimals": ("points: 2.5", "points: 2.501", "at most two decimals", "2.501"),
    "neither points nor veto": (", veto: true", "", "either points or a veto", "code: A3"),
    "pass mark out of reach": ("pass_mark: 6.5", "pass_mark: 11", "higher than all points", "pass_mark: 11"),
    "indicator twice": ("code: A2", "code: A1", "“A1” is used twice", "活动"),
    "field that hides another": ("code: story", "code: address", "“address” is used twice", "code: address"),
    "two days for filing": (
        "  form:\n",
        "    - {code: again, kind: applications_due, name: 再报, due_on: 2023-10-31}\n  form:\n",
        "one day for filing",
        "code: again",
    ),
    "anchor": ("sections:\n      - code", "sections: *all\n      - code", "", "sections: *all"),
    "not YAML": ("levels:\n", "levels: [\n", "", "{code: base,"),
    "a tag": ("name: 同心驿站\n", "name: !!python/object:os.system x\n", "unknown kind of value", "!!python"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_with_its_line(case, changed_file, count_rows, db):
    old, new, words, marker = CASES[case]
    path = changed_file(TINY, {old: new})
    before = count_rows()
    with pytest.raises(ProgrammeFileError) as refused:
        load(path)
    assert count_rows() == before
    line = _line_of(path, marker)
    found = [problem for problem in refused.value.problems if problem.line == line and words in problem.text]
    assert found, [str(problem) for problem in refused.value.problems]


def test_all_problems_are_named_in_order(changed_file):
    path = changed_file(TINY, {"quota: 2": "quota: -1", "rank: 5, ": "", "code: hall,": "code: HALL,"})
    with pytest.raises(ProgrammeFileError) as refused:
        read(path)
    problems = refused.value.problems
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert len(problems) == 3
    assert f"line {problems[0].line}: “rank” is missing" in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"- a\n- b\n", b"a: 1\n--- \nb: 2\n", b"a: \x07\n"]
)
def test_what_is_no_programme_file_at_all(content, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(ProgrammeFileError):
        read(path)
