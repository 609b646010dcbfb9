"""Versions of indicator sets: the next one copied from the newest, its lines written, published, then frozen.

Nothing here touches a published version: `_draft` refuses it, and every write goes through `_draft`.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.rules import why_not_role
from accounts.services import record
from assessments.enums import IndicatorKind, IndicatorSetAction, IndicatorSetState
from assessments.indicator_content import LINE_FIELDS, SET_FIELDS, content_hash, content_of, shape_of
from assessments.indicator_rules import (
    OFFICE,
    contradictions,
    why_not_edit,
    why_not_from_year,
    why_not_lines,
)
from assessments.models import Indicator, IndicatorSet
from assessments.scoring.tree import Tree
from assessments.services.staircase import transition
from sites.models import Category


@transaction.atomic
def start_version(*, actor, category: Category, from_year: int, version: str) -> IndicatorSet:
    """Make the next version of a category's set: a draft with everything the newest published one says.

    Raises DomainError when there is a draft already, no version to start from, the version's name is taken, or
    the year has begun.
    """
    require(why_not_role(actor, OFFICE, category.programme.owner))
    Category.objects.select_for_update(of=("self",), no_key=True).get(pk=category.pk)
    base = _base(category)
    require(why_not_from_year(category, from_year) or _why_not_name(category, version))
    draft = IndicatorSet.objects.create(
        programme=category.programme,
        category=category,
        from_year=from_year,
        version=version,
        based_on=base,
        **{name: getattr(base, name) for name in SET_FIELDS},
    )
    _copy_lines(base, draft)
    _audit("start", actor, draft)
    return draft


@transaction.atomic
def save_version(*, actor, indicator_set: IndicatorSet, revision: int, **values) -> IndicatorSet:
    """Change what a draft says apart from its lines: `version`, `from_year` and indicator_content.SET_FIELDS."""
    draft = _draft(actor, indicator_set, revision)
    if values["version"] != draft.version:
        require(_why_not_name(draft.category, values["version"]))
    if values["from_year"] != draft.from_year:
        require(why_not_from_year(draft.category, values["from_year"]))
    for name in ("version", "from_year", *SET_FIELDS):
        setattr(draft, name, values[name])
    return _saved(draft, actor, "save")


@transaction.atomic
def save_line(
    *,
    actor,
    indicator_set: IndicatorSet,
    revision: int,
    line: Indicator | None = None,
    parent: Indicator | None,
    code: str,
    **values,
) -> Indicator:
    """Change a line of a draft, or add one (`line` None) at the end of its section.

    `values` are indicator_content.LINE_FIELDS. A section has no points and a line no minimum, a veto neither.
    Raises DomainError when the line makes no sense by itself; what the set comes to as a whole is asked when it
    is published. Raises StaleForm when another window saved in between.
    """
    draft = _draft(actor, indicator_set, revision)
    lines = {row.pk: row for row in draft.indicators.all()}
    row = Indicator(indicator_set=draft, order=len(lines) + 1) if line is None else _line_of(lines, line)
    section = parent and _line_of(lines, parent)
    moved = row.parent_id != (section and section.pk)
    row.code, row.parent = code, section
    for name in LINE_FIELDS:
        setattr(row, name, values[name])
    _drop_what_does_not_fit(row)
    if moved:
        row.order = len(lines) + 1
    require(why_not_lines(row, list(lines.values())))
    row.save()
    _renumber(draft)
    _saved(draft, actor, "save", line=row.code)
    return row


@transaction.atomic
def move_line(*, actor, indicator_set: IndicatorSet, revision: int, line: Indicator, up: bool) -> None:
    """Change places with the line before or after in the same section; at the end of it nothing happens."""
    draft = _draft(actor, indicator_set, revision)
    tree = Tree(draft.indicators.all())
    row = _line_of({each.pk: each for each in tree.lines}, line)
    siblings = [each for each in tree.lines if each.parent_id == row.parent_id]
    place = siblings.index(row)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(siblings):
        return
    row.order, siblings[other].order = siblings[other].order, row.order
    Indicator.objects.bulk_update([row, siblings[other]], ["order"])
    _renumber(draft)
    _saved(draft, actor, "save", line=row.code)


@transaction.atomic
def delete_line(*, actor, indicator_set: IndicatorSet, revision: int, line: Indicator) -> None:
    """Take a line out of a draft; a section goes only when it is empty."""
    draft = _draft(actor, indicator_set, revision)
    row = _line_of({each.pk: each for each in draft.indicators.all()}, line)
    below = row.children.count()
    if below:
        raise DomainError(
            Reason(
                text=_("Section %(code)s still has %(count)s lines.") % {"code": row.code, "count": below},
                remedy=_("Delete them first, or move them to another section."),
            )
        )
    code = row.code
    row.delete()
    _renumber(draft)
    _saved(draft, actor, "save", line=code)


@transaction.atomic
def publish_version(
    *, actor, indicator_set: IndicatorSet, revision: int, total: Decimal, reason: str = ""
) -> IndicatorSet:
    """Publish a draft: it holds from its year on and is frozen.

    `total` is what the office says the points come to; like the `total` of a programme file it must fit what
    they add up to. Raises DomainError with everything that speaks against it.
    """
    draft = _draft(actor, indicator_set, revision)
    lines = list(draft.indicators.all())
    found = [words for _key, _name, words in contradictions(shape_of(draft, lines, total))]
    if found:
        raise DomainError(
            Reason(
                text=_("The version was not published: %(findings)s.") % {"findings": _("; ").join(found)},
                remedy=_("Correct the lines, or the figure for all points together."),
            )
        )
    transition(
        obj=draft,
        action=IndicatorSetAction.PUBLISH,
        actor=actor,
        reason=reason,
        content_hash=content_hash(content_of(draft, lines)),
        published_at=clock.now(),
        published_by=actor,
    )
    return draft


@transaction.atomic
def delete_version(*, actor, indicator_set: IndicatorSet, revision: int) -> None:
    """Throw a draft away; what is published stays for good."""
    draft = _draft(actor, indicator_set, revision)
    _audit("delete", actor, draft)
    draft.delete()


def _draft(actor, indicator_set: IndicatorSet, revision: int) -> IndicatorSet:
    """The set, locked, if this person may change it and has looked at what stands there now."""
    rows = IndicatorSet.objects.select_for_update(of=("self",)).select_related("category", "programme__owner")
    draft = rows.filter(pk=indicator_set.pk).first()
    if draft is None:
        raise DomainError(Reason(text=_("This draft was deleted in between.")))
    require(why_not_edit(actor, draft))
    if draft.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This version was changed in another window after you opened it here."),
                remedy=_("What you typed is kept: look at the version as it is now, then save again."),
            )
        )
    return draft


def _saved(draft: IndicatorSet, actor, what: str, **detail) -> IndicatorSet:
    draft.revision += 1
    draft.save()
    _audit(what, actor, draft, **detail)
    return draft


def _audit(what: str, actor, draft: IndicatorSet, **detail) -> None:
    record(
        action=f"indicatorset.{what}",
        actor=actor,
        obj=draft,
        unit=draft.programme.owner,
        version=draft.version,
        **detail,
    )


def _base(category: Category) -> IndicatorSet:
    sets = IndicatorSet.objects.filter(category=category)
    if sets.filter(state=IndicatorSetState.DRAFT).exists():
        raise DomainError(
            Reason(
                text=_("%(category)s has a draft already.") % {"category": category},
                remedy=_("Publish or delete it first."),
            )
        )
    base = sets.filter(state=IndicatorSetState.PUBLISHED).order_by("-from_year").first()
    if base is None:
        raise DomainError(Reason(text=_("The first version of a category comes with its programme file.")))
    return base


def _why_not_name(category: Category, version: str) -> Reason | None:
    if not IndicatorSet.objects.filter(category=category, version=version).exists():
        return None
    return Reason(text=_("A version “%(version)s” is there already.") % {"version": version})


def _copy_lines(base: IndicatorSet, draft: IndicatorSet) -> None:
    """The lines of one set written for another, a section before what lies in it."""
    copies: dict[int, Indicator] = {}
    tree = Tree(base.indicators.all())
    ready = tree.children(None)
    while ready:
        made = [
            Indicator(
                indicator_set=draft,
                parent=copies.get(line.parent_id),
                code=line.code,
                order=line.order,
                **{name: getattr(line, name) for name in LINE_FIELDS},
            )
            for line in ready
        ]
        Indicator.objects.bulk_create(made)
        copies |= {line.pk: copy for line, copy in zip(ready, made, strict=True)}
        ready = [child for line in ready for child in tree.children(line)]


def _line_of(lines: dict[int, Indicator], line: Indicator) -> Indicator:
    if line.pk not in lines:
        raise DomainError(
            Reason(
                text=_("This line is not there any more."),
                remedy=_("Look at the version as it is now."),
            )
        )
    return lines[line.pk]


def _drop_what_does_not_fit(row: Indicator) -> None:
    if row.kind == IndicatorKind.HEADING:
        row.points, row.standard, row.evidence_wanted = None, "", ""
    else:
        row.minimum = None
    if row.kind == IndicatorKind.VETO:
        row.points = None


def _renumber(draft: IndicatorSet) -> None:
    """Order counts through the set from the top down, each section followed by what lies in it."""
    tree = Tree(draft.indicators.all())

    def walk(parent):
        for line in tree.children(parent):
            yield line
            yield from walk(line)

    changed = []
    for number, line in enumerate(walk(None), start=1):
        if line.order != number:
            line.order = number
            changed.append(line)
    Indicator.objects.bulk_update(changed, ["order"])
