"""What the sheets of an assessment come to: mean or median, sections and their minimum, vetoes, spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from accounts.words import lazy_list
from assessments.enums import Aggregate
from assessments.models import Assessment, Indicator, IndicatorSet, Score, ScoreSheet
from assessments.scoring.sheets import NOUGHT, SheetSum, add_up
from assessments.scoring.tree import Tree

CENT = Decimal("0.01")


@dataclass(frozen=True)
class SheetResult:
    """One sheet handed in; `total` is what it was handed in with."""

    sheet: ScoreSheet
    sum: SheetSum
    total: Decimal


@dataclass(frozen=True)
class Section:
    """One heading: its points on each sheet in the order of the sheets, and what they come to together."""

    indicator: Indicator
    depth: int
    most: Decimal | None
    by_sheet: tuple[Decimal, ...]
    points: Decimal
    minimum: Decimal | None

    @property
    def met(self) -> bool:
        return self.minimum is None or self.points >= self.minimum


@dataclass(frozen=True)
class Veto:
    """A veto line that was ticked, and the sheets it was ticked on."""

    indicator: Indicator
    sheets: tuple[ScoreSheet, ...]


@dataclass(frozen=True)
class Result:
    """What the handed-in sheets of an assessment come to."""

    indicator_set: IndicatorSet
    sheets: tuple[SheetResult, ...]
    sections: tuple[Section, ...]
    vetoes: tuple[Veto, ...]
    score: Decimal

    @property
    def totals(self) -> tuple[Decimal, ...]:
        return tuple(found.total for found in self.sheets)

    @property
    def pass_mark(self) -> Decimal:
        return self.indicator_set.pass_mark

    @property
    def vetoed(self) -> bool:
        return any(found.sheet.vetoed for found in self.sheets)

    @property
    def spread(self) -> Decimal:
        """Points between the highest and the lowest total."""
        return max(self.totals) - min(self.totals) if self.sheets else NOUGHT

    @property
    def discussion_required(self) -> bool:
        limit = self.indicator_set.spread_limit
        return limit is not None and self.spread > limit

    @property
    def missed(self) -> tuple[Section, ...]:
        """The sections below their minimum."""
        return tuple(section for section in self.sections if not section.met)

    @property
    def passed(self) -> bool:
        return not self.vetoed and not self.missed and self.score >= self.pass_mark

    @property
    def why_not_passed(self) -> list[str]:
        """Every reason why the site does not pass, in words; empty when it does."""
        return in_words(
            [
                (veto.indicator.code, veto.indicator, [s.assessor for s in veto.sheets])
                for veto in self.vetoes
            ],
            [(each.indicator.code, each.indicator, each.points, each.minimum) for each in self.missed],
            self.score,
            self.pass_mark,
        )


def in_words(vetoes: Sequence, missed: Sequence, score, pass_mark) -> list[str]:
    """Why a site does not pass. `vetoes` are (code, name, who ticked), `missed` (code, name, points, minimum)."""
    found = [
        _("Veto %(code)s %(name)s, ticked by %(who)s.")
        % {"code": code, "name": name, "who": lazy_list([str(person) for person in who])}
        for code, name, who in vetoes
    ]
    found += [
        _("Section %(code)s %(name)s: %(points)s points, at least %(minimum)s are needed.")
        % {"code": code, "name": name, "points": points, "minimum": minimum}
        for code, name, points, minimum in missed
    ]
    if Decimal(score) < Decimal(pass_mark):
        found.append(_("%(score)s points, the pass mark is %(mark)s.") % {"score": score, "mark": pass_mark})
    return found


def together(values: Sequence[Decimal], aggregate: str) -> Decimal:
    """Mean or median of the assessors' points, rounded half up to a hundredth; 0 of none."""
    return exactly(values, aggregate).quantize(CENT, rounding=ROUND_HALF_UP)


def exactly(values: Sequence[Decimal], aggregate: str) -> Decimal:
    """Mean or median before it is rounded."""
    chosen = middle(values) if aggregate == Aggregate.MEDIAN else list(values)
    return sum(chosen, NOUGHT) / len(chosen) if chosen else NOUGHT


def middle(values: Sequence[Decimal]) -> list[Decimal]:
    """The one value in the middle, or the two where their number is even."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half : half + 1] if len(ordered) % 2 else ordered[max(half - 1, 0) : half + 1]


@dataclass(frozen=True)
class Marks:
    """The handed-in sheets of an assessment with all their scores and the set they stand on; three queries."""

    indicator_set: IndicatorSet
    tree: Tree
    sheets: list[ScoreSheet]
    scores: dict[tuple[int, int], Score]

    def points(self, sheet: ScoreSheet, line: Indicator) -> Decimal | None:
        score = self.scores.get((sheet.pk, line.pk))
        return score and score.points

    def veto(self, sheet: ScoreSheet, line: Indicator) -> bool:
        score = self.scores.get((sheet.pk, line.pk))
        return bool(score and score.veto)

    def subtotal(self, sheet: ScoreSheet, heading: Indicator) -> Decimal:
        lines = self.tree.summed(heading)
        return sum((self.points(sheet, line) or NOUGHT for line in lines), NOUGHT)


def marks_of(assessment: Assessment, sheets: list[ScoreSheet] | None = None) -> Marks:
    """Everything the arithmetic needs; `sheets` None: all that were handed in."""
    if sheets is None:
        handed_in = assessment.sheets.exclude(handed_in_at=None)
        sheets = list(handed_in.select_related("assessor").order_by("id"))
    scores = Score.objects.filter(sheet__in=sheets)
    return Marks(
        assessment.indicator_set,
        Tree(assessment.indicator_set.indicators.all()),
        sheets,
        {(score.sheet_id, score.indicator_id): score for score in scores},
    )


def result_of(assessment: Assessment) -> Result:
    """What the sheets handed in come to; one veto on any sheet fails the site, so does a section below its
    minimum. Sections are held against the same mean or median as the total, bonus left out."""
    return weigh(marks_of(assessment))


def weigh(marks: Marks) -> Result:
    aggregate = marks.indicator_set.aggregate
    sheets = tuple(_sheet(marks, sheet) for sheet in marks.sheets)
    return Result(
        indicator_set=marks.indicator_set,
        sheets=sheets,
        sections=tuple(_sections(marks)),
        vetoes=tuple(_vetoes(marks)),
        score=together([found.total for found in sheets], aggregate),
    )


def _sheet(marks: Marks, sheet: ScoreSheet) -> SheetResult:
    kinds = {line.pk: line.kind for line in marks.tree.lines}
    scores = [score for (sheet_id, _line), score in marks.scores.items() if sheet_id == sheet.pk]
    found = add_up(marks.indicator_set, scores, kinds)
    return SheetResult(sheet, found, found.total if sheet.total is None else sheet.total)


def _sections(marks: Marks):
    for heading in marks.tree.lines:
        if not heading.is_heading:
            continue
        by_sheet = tuple(marks.subtotal(sheet, heading) for sheet in marks.sheets)
        yield Section(
            indicator=heading,
            depth=marks.tree.depth(heading),
            most=marks.tree.most(heading),
            by_sheet=by_sheet,
            points=together(by_sheet, marks.indicator_set.aggregate),
            minimum=heading.minimum,
        )


def _vetoes(marks: Marks):
    for line in marks.tree.lines:
        ticked = tuple(sheet for sheet in marks.sheets if line.is_veto and marks.veto(sheet, line))
        if ticked:
            yield Veto(line, ticked)
