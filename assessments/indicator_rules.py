"""What an indicator set must be like, for the programme file and for the editor alike; and who may change it when.

`contradictions` says what makes no sense in a set, whoever wrote it. The file and the editor each translate
their own form into `SetShape`, and its answers back to a line of the file or a field of a page.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from applications.models import Application
from assessments.enums import IndicatorKind, IndicatorSetState
from assessments.models import Indicator, IndicatorSet
from assessments.scoring.tree import COUNTED
from assessments.words import plain
from sites.models import Category

NOUGHT = Decimal(0)
OFFICE = (Role.OFFICE,)
#: The most points a line, a section or a set may carry: what four digits hold.
MOST = Decimal(9999)
#: Headings within headings, the judged lines included: deeper is no table any more.
DEEPEST = 4


@dataclass
class LineShape:
    """One heading or line. `key` is how the writer of the set finds it again."""

    key: Hashable
    code: str
    kind: str
    points: Decimal | None = None
    minimum: Decimal | None = None
    children: list["LineShape"] = field(default_factory=list)


@dataclass
class SetShape:
    """A set to be checked. `total` is what the points shall add up to; None: nobody has said it."""

    total: Decimal | None
    pass_mark: Decimal
    lines: list[LineShape]
    spread_limit: Decimal | None = None
    bonus_cap: Decimal | None = None


#: (key of the line or None for the set itself, the field or "", the words)
Finding = tuple[Hashable | None, str, str]


def contradictions(shape: SetShape) -> Iterator[Finding]:
    """Everything in a set that makes no sense together."""
    yield from _codes(shape.lines, set())
    for line in shape.lines:
        yield from _line(line, 1)
    yield from _sums(shape)


def counted(lines: list[LineShape], kinds=COUNTED) -> Decimal:
    """The sum of the points of certain kinds, at any depth."""
    return sum(
        (counted(line.children, kinds) + (line.points or NOUGHT if line.kind in kinds else NOUGHT))
        for line in lines
    ) or Decimal(0)


def _codes(lines: list[LineShape], seen: set[str]) -> Iterator[Finding]:
    for line in lines:
        if line.code in seen:
            yield (
                line.key,
                "code",
                _("%(key)s “%(value)s” is used twice") % {"key": "code", "value": line.code},
            )
        seen.add(line.code)
        yield from _codes(line.children, seen)


def _line(line: LineShape, depth: int) -> Iterator[Finding]:
    if line.kind == IndicatorKind.HEADING:
        yield from _heading(line, depth)
        return
    if (line.points is None) != (line.kind == IndicatorKind.VETO):
        yield line.key, "", _("“%(code)s” needs either points or a veto") % {"code": line.code}
    if line.children:
        yield line.key, "", _("“%(code)s” is judged itself, so no lines stand below it") % {"code": line.code}
    for name in ("points", "minimum"):
        yield from _amount(line.key, name, getattr(line, name))
    if line.minimum is not None:
        yield line.key, "minimum", _("only a section has a minimum")


def _heading(line: LineShape, depth: int) -> Iterator[Finding]:
    if not line.children:
        yield line.key, "", _("section “%(code)s” has no lines") % {"code": line.code}
    if depth >= DEEPEST:
        yield line.key, "", _("sections lie at most %(count)s deep") % {"count": DEEPEST - 1}
    yield from _amount(line.key, "minimum", line.minimum)
    reachable = counted(line.children)
    if line.minimum is not None and line.minimum > reachable:
        yield (
            line.key,
            "minimum",
            _("the minimum %(minimum)s is more than the section's %(sum)s points; bonus does not count")
            % {"minimum": plain(line.minimum), "sum": plain(reachable)},
        )
    for child in line.children:
        yield from _line(child, depth + 1)


def _amount(key: Hashable | None, name: str, value: Decimal | None) -> Iterator[Finding]:
    """Points as the ledger can hold them."""
    if value is None:
        return
    if Decimal(value) != round(Decimal(value), 2):
        yield key, name, _("points have at most two decimals")
    if not 0 < value <= MOST:
        yield key, name, _("points lie above 0 and up to %(most)s") % {"most": MOST}


def _sums(shape: SetShape) -> Iterator[Finding]:
    total, bonus = counted(shape.lines), counted(shape.lines, (IndicatorKind.BONUS,))
    if shape.total is not None and total != shape.total:
        yield (
            None,
            "total",
            _("the points add up to %(sum)s, not to %(total)s")
            % {"sum": plain(total), "total": plain(shape.total)},
        )
    if shape.pass_mark > (total if shape.total is None else shape.total):
        yield None, "pass_mark", _("the pass mark is higher than all points together")
    if round(Decimal(shape.pass_mark), 2) != shape.pass_mark:
        yield None, "pass_mark", _("points have at most two decimals")
    for name in ("spread_limit", "bonus_cap"):
        yield from _amount(None, name, getattr(shape, name))
    if shape.spread_limit is not None and shape.spread_limit > total:
        yield (
            None,
            "spread_limit",
            _("the spread can never be as wide as this: all points are %(sum)s") % {"sum": plain(total)},
        )
    if shape.bonus_cap is not None and shape.bonus_cap > bonus:
        yield (
            None,
            "bonus_cap",
            _("the bonus lines come to %(sum)s, so a cap of %(cap)s says nothing")
            % {"sum": plain(bonus), "cap": plain(shape.bonus_cap)},
        )


def why_not_lines(row: Indicator, others: list[Indicator]) -> Reason | None:
    """Why a line makes no sense where it stands: its number, kind and points, its section, what lies below it.
    `others` are the lines of the set, the row itself among them or not."""
    findings = [words for _key, _name, words in _line_findings(row, others)]
    return Reason(text=_("%(findings)s.") % {"findings": _("; ").join(findings)}) if findings else None


def _line_findings(row: Indicator, others: list[Indicator]) -> Iterator[Finding]:
    above = {other.pk: other for other in others}
    others = [other for other in others if other.pk != row.pk]
    if any(other.code == row.code for other in others):
        yield row.pk, "code", _("%(key)s “%(value)s” is used twice") % {"key": _("number"), "value": row.code}
    sections, section = 0, row.parent
    while section is not None:
        if not section.is_heading or section.pk == row.pk:
            yield row.pk, "parent", _("“%(code)s” cannot lie there") % {"code": row.code}
            return
        sections, section = sections + 1, above.get(section.parent_id)
    if row.kind != IndicatorKind.HEADING:
        children = [other for other in others if row.pk and other.parent_id == row.pk]
        below = [LineShape(other.pk, other.code, other.kind) for other in children]
        if sections == 0:
            yield row.pk, "parent", _("“%(code)s” needs a section to stand in") % {"code": row.code}
        yield from _line(LineShape(row.pk, row.code, row.kind, row.points, row.minimum, below), sections + 1)
        return
    yield from _amount(row.pk, "minimum", row.minimum)
    if sections + 1 >= DEEPEST:
        yield row.pk, "parent", _("sections lie at most %(count)s deep") % {"count": DEEPEST - 1}


# --- who, and when ----------------------------------------------------------------------------------------


def may_edit_indicators(user, programme) -> bool:
    """The leadership office of the programme writes indicator sets."""
    return has_role(user, Role.OFFICE, programme.owner)


def why_not_edit(user, indicator_set: IndicatorSet) -> Reason | None:
    """Why a person may not change a set or its lines: not of the office, or published and so frozen."""
    refusal = why_not_role(user, OFFICE, indicator_set.programme.owner)
    if refusal or indicator_set.state == IndicatorSetState.DRAFT:
        return refusal
    return Reason(
        text=_("Version %(version)s is published and stays as it is.") % {"version": indicator_set.version},
        remedy=_("Make the next version: it holds for a coming year."),
    )


def last_year_begun(programme) -> int | None:
    """The latest year of a programme in which an application was begun."""
    years = Application.objects.filter(cycle__programme=programme).order_by("-cycle__year")
    return years.values_list("cycle__year", flat=True).first()


def first_free_year(category: Category) -> int:
    """The first year a new version of a category's set may hold for: later than every year in which an
    application was begun, and later than its newest published version."""
    published = IndicatorSet.objects.filter(category=category, state=IndicatorSetState.PUBLISHED)
    newest = published.order_by("-from_year").values_list("from_year", flat=True).first()
    return max(newest or 0, last_year_begun(category.programme) or 0) + 1


def why_not_from_year(category: Category, year: int) -> Reason | None:
    """Why a new version may not hold from a year."""
    begun, first = last_year_begun(category.programme) or 0, first_free_year(category)
    if year <= begun:
        return Reason(
            text=_("Applications of %(year)s were begun already: their indicators stay.") % {"year": begun},
            remedy=_("The earliest possible year is %(year)s.") % {"year": first},
        )
    if year < first:
        return Reason(
            text=_("A published version holds from %(year)s already.") % {"year": first - 1},
            remedy=_("The earliest possible year is %(year)s.") % {"year": first},
        )
    if year > first + 20:
        return Reason(text=_("The year %(year)s lies too far ahead.") % {"year": year})
    return None


def why_not_publish(user, indicator_set: IndicatorSet, action: str, reason: str) -> Reason | None:
    """Why a draft may not be published: who, and from which year. What it says is checked by its content."""
    refusal = why_not_role(user, OFFICE, indicator_set.programme.owner)
    return refusal or why_not_from_year(indicator_set.category, indicator_set.from_year)
