"""An indicator set of a programme file held against the rules that the editor of the web page asks too."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.words import lazy_list
from assessments.enums import IndicatorKind
from assessments.indicator_rules import LineShape, SetShape, contradictions

#: The keys of a file that make a line something else than scored points.
KINDS = (IndicatorKind.VETO, IndicatorKind.BONUS, IndicatorKind.YES_NO)


def kind_of(line: dict) -> str:
    """What kind of line a file describes."""
    if "indicators" in line:
        return IndicatorKind.HEADING
    return next((kind for kind in KINDS if line.get(kind.value)), IndicatorKind.SCORED)


def set_contradictions(found: dict, place: tuple) -> Iterator[tuple[tuple, str]]:
    """What makes no sense in one set, as (place in the file, reason)."""
    yield from _kinds(found["indicators"], (*place, "indicators"))
    shape = SetShape(
        total=Decimal(found["total"]),
        pass_mark=Decimal(found["pass_mark"]),
        lines=_shapes(found["indicators"], (*place, "indicators")),
        spread_limit=amount(found, "spread_limit"),
        bonus_cap=amount(found, "bonus_cap"),
    )
    for key, name, words in contradictions(shape):
        at = place if key is None else key
        yield (*at, name) if name else at, words


def _shapes(lines: list[dict], place: tuple) -> list[LineShape]:
    return [
        LineShape(
            key=(*place, number),
            code=line["code"],
            kind=kind_of(line),
            points=amount(line, "points"),
            minimum=amount(line, "minimum"),
            children=_shapes(line.get("indicators", []), (*place, number, "indicators")),
        )
        for number, line in enumerate(lines)
    ]


def _kinds(lines: list[dict], place: tuple) -> Iterator[tuple[tuple, str]]:
    """A line is of one kind only."""
    for number, line in enumerate(lines):
        named = [kind.value for kind in KINDS if line.get(kind.value)]
        if len(named) > 1:
            yield (
                (*place, number, named[1]),
                _("“%(code)s” cannot be all of these at once: %(kinds)s")
                % {"code": line["code"], "kinds": lazy_list(named)},
            )
        yield from _kinds(line.get("indicators", []), (*place, number, "indicators"))


def amount(found: dict, key: str) -> Decimal | None:
    """Points a file gives, None where it gives none."""
    return Decimal(found[key]) if key in found else None
