"""The arithmetic of a result line by line, as plain data a person can follow with pencil and paper.

It is stored on the assessment when the office closes it; what is shown of a closed assessment later is that
stored arithmetic and nothing computed anew. Points are texts with two decimals.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from accounts.names import in_language
from assessments.enums import Aggregate
from assessments.models import Assessment, Indicator
from assessments.scoring.result import (
    CENT,
    Marks,
    Result,
    Section,
    SheetResult,
    exactly,
    in_words,
    marks_of,
    middle,
    together,
    weigh,
)

#: Raised when the structure changes, so that a page can still read what an earlier version stored.
FORMAT = 1


def arithmetic_of(assessment: Assessment) -> dict:
    """The stored arithmetic of a closed assessment; of an open one what its sheets come to now."""
    return assessment.arithmetic or arithmetic(assessment)


def arithmetic(assessment: Assessment) -> dict:
    """How the result comes about: every line with the points of each sheet, every section with its sum, every
    sheet with sum, bonus and total, then mean or median, spread, vetoes, and what it was held against."""
    marks = marks_of(assessment)
    result = weigh(marks)
    found = marks.indicator_set
    return {
        "format": FORMAT,
        "set": {
            "id": found.pk,
            "name": found.name,
            "name_en": found.name_en,
            "version": found.version,
            "from_year": found.from_year,
        },
        "aggregate": str(found.aggregate),
        "pass_mark": _text(found.pass_mark),
        "bonus_cap": _text(found.bonus_cap),
        "spread_limit": _text(found.spread_limit),
        "lines": _lines(marks, result),
        "sheets": [_sheet(each) for each in result.sheets],
        "formula": formula(result.totals, found.aggregate),
        "score": _text(result.score),
        "spread": _text(result.spread),
        "spread_formula": _spread(result),
        "discussion_required": result.discussion_required,
        "vetoes": [
            {**_named(veto.indicator), "by": [str(sheet.assessor) for sheet in veto.sheets]}
            for veto in result.vetoes
        ],
        "vetoed": result.vetoed,
        "passed": result.passed,
    }


def reasons(stored: dict) -> list[str]:
    """Why an assessment with this arithmetic did not pass, in the words of `Result.why_not_passed`."""
    return in_words(
        [(veto["code"], in_language(veto, "name"), veto["by"]) for veto in stored["vetoes"]],
        [
            (line["code"], in_language(line, "name"), line["result"], line["minimum"])
            for line in stored["lines"]
            if line["met"] is False
        ],
        stored["score"],
        stored["pass_mark"],
    )


def formula(values: Sequence[Decimal], aggregate: str) -> str:
    """Mean or median written out with its numbers: “(85.24 + 85.25) ÷ 2 = 85.245 ≈ 85.25”.

    A median shows the values in order, the middle in brackets: “79.00 ≤ [81.00] ≤ 90.00 → 81.00”.
    """
    if len(values) < 2:
        return _text(together(values, aggregate))
    if aggregate != Aggregate.MEDIAN:
        return _mean(values)
    chosen = middle(values)
    ordered = [_text(value) for value in sorted(values)]
    first = (len(ordered) - len(chosen)) // 2
    inside = " ≤ ".join(ordered[first : first + len(chosen)])
    row = " ≤ ".join([*ordered[:first], f"[{inside}]", *ordered[first + len(chosen) :]])
    return f"{row} → {_mean(chosen)}"


def _mean(values: Sequence[Decimal]) -> str:
    if len(values) == 1:
        return _text(values[0])
    exact, rounded = exactly(values, Aggregate.MEAN), together(values, Aggregate.MEAN)
    added = " + ".join(_text(value) for value in values)
    shown = f"({added}) ÷ {len(values)} = "
    return shown + (_text(rounded) if exact == rounded else f"{_long(exact)} ≈ {_text(rounded)}")


def _long(exact: Decimal) -> str:
    """A quotient to the fourth decimal, with dots where it goes on."""
    cut = exact.quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
    return f"{cut.normalize():f}" if cut == exact else f"{cut}…"


def _spread(result: Result) -> str:
    totals = result.totals
    if len(totals) < 2:
        return ""
    return f"{_text(max(totals))} − {_text(min(totals))} = {_text(result.spread)}"


def _lines(marks: Marks, result: Result) -> list[dict]:
    sections = {section.indicator.pk: section for section in result.sections}
    return [
        _section(sections[line.pk], marks) if line.is_heading else _line(line, marks)
        for line in marks.tree.lines
    ]


def _line(line: Indicator, marks: Marks) -> dict:
    return {
        **_named(line),
        "kind": str(line.kind),
        "method": str(line.method),
        "depth": marks.tree.depth(line),
        "most": _text(line.points),
        "minimum": None,
        "points": [_text(marks.points(sheet, line)) for sheet in marks.sheets],
        "vetoes": [marks.veto(sheet, line) for sheet in marks.sheets] if line.is_veto else [],
        "result": None,
        "formula": "",
        "met": None,
    }


def _section(section: Section, marks: Marks) -> dict:
    line, empty = section.indicator, section.most is None
    return {
        **_named(line),
        "kind": str(line.kind),
        "method": "",
        "depth": section.depth,
        "most": _text(section.most),
        "minimum": _text(section.minimum),
        "points": [None if empty else _text(points) for points in section.by_sheet],
        "vetoes": [],
        "result": None if empty else _text(section.points),
        "formula": "" if empty else formula(section.by_sheet, marks.indicator_set.aggregate),
        "met": None if section.minimum is None else section.met,
    }


def _sheet(found: SheetResult) -> dict:
    added = found.sum
    bonus = f"{_text(added.points)} + {_text(added.bonus_counted)} = {_text(found.total)}"
    return {
        "sheet": found.sheet.pk,
        "assessor": str(found.sheet.assessor),
        "points": _text(added.points),
        "bonus": _text(added.bonus),
        "bonus_counted": _text(added.bonus_counted),
        "total": _text(found.total),
        "formula": bonus if added.bonus else _text(found.total),
        "vetoed": found.sheet.vetoed,
    }


def _named(line: Indicator) -> dict:
    return {"code": line.code, "name": line.name, "name_en": line.name_en}


def _text(points: Decimal | None) -> str | None:
    return None if points is None else str(points.quantize(CENT))
