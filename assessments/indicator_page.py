"""What the pages of indicator sets show: versions by category, the lines with sums, and what speaks against it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts.enums import Role
from accounts.scope import units_with_role
from assessments.enums import IndicatorKind, IndicatorSetState
from assessments.indicator_content import compare, content_of, shape_of
from assessments.indicator_rules import contradictions, counted, first_free_year, may_edit_indicators
from assessments.models import Indicator, IndicatorSet
from assessments.scoring import Tree, most_points
from sites.models import Category


@dataclass(frozen=True)
class Row:
    """One line of the table: its depth, what a section comes to, and what is wrong with it."""

    line: Indicator
    depth: int
    most: Decimal | None
    first: bool
    last: bool
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class CategoryRow:
    """One category with its versions, newest first; `first_year` is for the next version, None with a draft."""

    category: Category
    versions: list[IndicatorSet]
    draft: IndicatorSet | None
    first_year: int | None
    may_edit: bool


def categories_shown(user) -> list[CategoryRow]:
    """The categories of the programmes a person runs or leads."""
    reach = Q(pk__in=[])
    for unit in units_with_role(user, (Role.OFFICE, Role.LEADER)):
        reach |= Q(programme__owner__path__startswith=unit.path)
    categories = Category.objects.filter(reach).select_related("programme__owner")
    sets = IndicatorSet.objects.visible_to(user).select_related("published_by")
    versions: dict[int, list[IndicatorSet]] = {}
    for found in sets.order_by("-from_year", "-id"):
        versions.setdefault(found.category_id, []).append(found)
    return [
        _category(user, category, versions.get(category.pk, []))
        for category in categories.order_by("programme", "order")
    ]


def _category(user, category: Category, versions: list[IndicatorSet]) -> CategoryRow:
    draft = next((found for found in versions if found.state == IndicatorSetState.DRAFT), None)
    published = [found for found in versions if found.state == IndicatorSetState.PUBLISHED]
    may_edit = may_edit_indicators(user, category.programme)
    ready = may_edit and published and not draft
    return CategoryRow(category, versions, draft, first_free_year(category) if ready else None, may_edit)


def expected_total(indicator_set: IndicatorSet) -> Decimal | None:
    """What all points of a draft are expected to come to: as many as in the version it was made from."""
    return indicator_set.based_on and most_points(indicator_set.based_on)


def table(indicator_set: IndicatorSet) -> dict:
    """The lines in order with sums, and everything that speaks against publishing them now."""
    lines = list(indicator_set.indicators.all())
    tree, shape = Tree(lines), shape_of(indicator_set, lines, expected_total(indicator_set))
    draft = indicator_set.state == IndicatorSetState.DRAFT
    findings = list(contradictions(shape)) if draft else []
    wrong: dict[int | None, list[str]] = {}
    for key, _name, words in findings:
        wrong.setdefault(key, []).append(words)
    return {
        "rows": [_row(line, tree, wrong) for line in tree.lines],
        "findings": [{"line": key, "words": words} for key, _name, words in findings],
        "sum": counted(shape.lines),
        "bonus": counted(shape.lines, (IndicatorKind.BONUS,)),
        "vetoes": sum(line.is_veto for line in lines),
        "expected": shape.total,
        "visits": sum(line.is_visit for line in lines if not line.is_heading),
    }


def _row(line: Indicator, tree: Tree, wrong: dict) -> Row:
    siblings = tree.children(tree.parent(line))
    return Row(
        line=line,
        depth=tree.depth(line),
        most=tree.most(line) if line.is_heading else line.points,
        first=siblings[0].pk == line.pk,
        last=siblings[-1].pk == line.pk,
        wrong=tuple(wrong.get(line.pk, ())),
    )


def changes_between(older: IndicatorSet, newer: IndicatorSet):
    """What stands otherwise in the newer version, line by line."""
    return compare(content_of(older), content_of(newer))


def what_if(
    indicator_set: IndicatorSet, line_id: int | None, parent_id: int | None, kind: str, points
) -> dict:
    """What the section and the whole set come to with a line as it is being typed."""
    lines = [line for line in indicator_set.indicators.all() if line.pk != line_id]
    counts = kind in (IndicatorKind.SCORED, IndicatorKind.YES_NO)
    tree = Tree(lines)
    section = next((line for line in lines if line.pk == parent_id), None)
    typed = points if counts and points else Decimal(0)
    everything = counted(shape_of(indicator_set, lines, None).lines) + typed
    below = tree.below(section) if section else []
    here = sum((line.points for line in below if line.kind in ("scored", "yes_no")), typed)
    return {"section": section, "here": here, "sum": everything, "expected": expected_total(indicator_set)}
