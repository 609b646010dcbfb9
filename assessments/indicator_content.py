"""What an indicator set says, as plain data: to check it, to hash it, to compare two versions line by line."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.names import in_language
from assessments.enums import Aggregate, IndicatorKind, Method
from assessments.indicator_rules import LineShape, SetShape
from assessments.models import Indicator, IndicatorSet
from assessments.scoring.tree import Tree
from assessments.words import plain

#: What a version says apart from its lines. Its year and state say when it holds, not what.
SET_FIELDS = ("name", "name_en", "pass_mark", "aggregate", "spread_limit", "bonus_cap", "assessors")
LINE_FIELDS = ("name", "name_en", "kind", "standard", "method", "evidence_wanted", "points", "minimum")


def content_of(indicator_set: IndicatorSet, lines: Iterable[Indicator] | None = None) -> dict:
    """The set with its lines in order; a line names its section by number. One query unless `lines` are given."""
    lines = list(indicator_set.indicators.all()) if lines is None else list(lines)
    codes = {line.pk: line.code for line in lines}
    return {
        "version": indicator_set.version,
        **_values(indicator_set, SET_FIELDS),
        "lines": [
            {"code": line.code, "section": codes.get(line.parent_id, ""), **_values(line, LINE_FIELDS)}
            for line in sorted(lines, key=lambda line: line.order)
        ],
    }


def content_hash(content: dict) -> str:
    """SHA-256 (hex) of what a version says."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def shape_of(indicator_set: IndicatorSet, lines: Iterable[Indicator], total: Decimal | None) -> SetShape:
    """A stored set as `indicator_rules.contradictions` takes it; the keys are the ids of the lines."""
    tree = Tree(lines)

    def shape(line: Indicator) -> LineShape:
        children = [shape(child) for child in tree.children(line)]
        return LineShape(line.pk, line.code, line.kind, line.points, line.minimum, children)

    return SetShape(
        total=total,
        pass_mark=indicator_set.pass_mark,
        lines=[shape(line) for line in tree.children(None)],
        spread_limit=indicator_set.spread_limit,
        bonus_cap=indicator_set.bonus_cap,
    )


@dataclass(frozen=True)
class Change:
    """One line (or the set itself) in two versions. `how` is added, removed or changed; `fields` are
    (label, from, to) of a changed one."""

    how: str
    code: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


def compare(old: dict, new: dict) -> list[Change]:
    """What stands otherwise in `new` than in `old`, line by line in the order of the new version; lines that
    went come last. A line is known by its number."""
    changes = []
    head = _differing(old, new, SET_FIELDS)
    if head:
        changes.append(Change("changed", "", _("The version as a whole"), head))
    before = {line["code"]: line for line in old["lines"]}
    after = {line["code"] for line in new["lines"]}
    for line in new["lines"]:
        known = before.get(line["code"])
        if known is None:
            changes.append(
                Change("added", line["code"], in_language(line, "name"), _told("", line["points"]))
            )
        elif fields := _differing(known, line, (*LINE_FIELDS, "section")):
            changes.append(Change("changed", line["code"], in_language(line, "name"), fields))
    changes += [
        Change("removed", line["code"], in_language(line, "name"), _told(line["points"], ""))
        for line in old["lines"]
        if line["code"] not in after
    ]
    return changes


def _values(row, names: tuple[str, ...]) -> dict:
    return {name: _value(getattr(row, name)) for name in names}


def _value(value):
    return plain(value) if isinstance(value, Decimal) else "" if value is None else value


def _differing(old: dict, new: dict, names: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    labels = _labels()
    return tuple(
        (labels[name], _shown(name, old[name]), _shown(name, new[name]))
        for name in names
        if old[name] != new[name]
    )


def _told(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    """The points of a line that came or went, to read the sums without opening the version."""
    return ((_labels()["points"], before, after),) if before or after else ()


def _shown(name: str, value) -> str:
    choices = {"kind": IndicatorKind, "method": Method, "aggregate": Aggregate}
    return str(choices[name](value).label) if name in choices else str(value)


def _labels() -> dict[str, str]:
    return {
        "name": _("name"),
        "name_en": _("English name"),
        "pass_mark": _("pass mark"),
        "aggregate": _("several assessors"),
        "spread_limit": _("discussion above a spread of"),
        "bonus_cap": _("most bonus points"),
        "assessors": _("assessors per application"),
        "kind": _("kind"),
        "standard": _("standard"),
        "method": _("method"),
        "evidence_wanted": _("evidence wanted"),
        "points": _("points"),
        "minimum": _("minimum"),
        "section": _("section"),
    }
