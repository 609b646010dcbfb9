"""What one sheet comes to: points, bonus up to its cap, vetoes; and which set an application is assessed by."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.errors import Reason
from applications.models import Application
from assessments.enums import IndicatorKind, IndicatorSetState
from assessments.models import Assessment, Indicator, IndicatorSet, Score, ScoreSheet
from assessments.scoring.tree import COUNTED

NOUGHT = Decimal(0)


@dataclass(frozen=True)
class SheetSum:
    """One sheet added up. `bonus` is what the assessor gave, `bonus_counted` what the cap leaves of it."""

    points: Decimal
    bonus: Decimal
    bonus_counted: Decimal
    vetoed: bool

    @property
    def total(self) -> Decimal:
        return self.points + self.bonus_counted


def add_up(indicator_set: IndicatorSet, scores: Iterable[Score], kinds: dict[int, str]) -> SheetSum:
    """Add up the scores of one sheet; `kinds` are the kinds of the set's lines by id."""
    points = bonus = NOUGHT
    vetoed = False
    for score in scores:
        kind = kinds.get(score.indicator_id)
        if kind in COUNTED:
            points += score.points or NOUGHT
        elif kind == IndicatorKind.BONUS:
            bonus += score.points or NOUGHT
        elif kind == IndicatorKind.VETO:
            vetoed = vetoed or score.veto
    cap = indicator_set.bonus_cap
    return SheetSum(points, bonus, bonus if cap is None else min(bonus, cap), vetoed)


def sheet_sum(sheet: ScoreSheet) -> SheetSum:
    """What stands on a sheet now, handed in or not."""
    indicator_set = sheet.assessment.indicator_set
    return add_up(indicator_set, sheet.scores.all(), dict(indicator_set.indicators.values_list("pk", "kind")))


def sheet_total(sheet: ScoreSheet) -> tuple[Decimal, bool]:
    """A sheet's total (points and yes/no lines, bonus up to the cap), and whether a veto was ticked."""
    found = sheet_sum(sheet)
    return found.total, found.vetoed


def most_points(indicator_set: IndicatorSet) -> Decimal:
    """The points a site can reach at most by this set, without bonus."""
    counted = indicator_set.indicators.filter(kind__in=COUNTED)
    return counted.aggregate(sum=Sum("points"))["sum"] or NOUGHT


def missing_lines(sheet: ScoreSheet) -> list[str]:
    """Codes of the lines that have no points (or no yes or no) on the sheet yet; a bonus may stay empty."""
    scored = set(sheet.scores.exclude(points=None).values_list("indicator_id", flat=True))
    lines = sheet.assessment.indicator_set.indicators.filter(kind__in=COUNTED).order_by("order")
    return [indicator.code for indicator in lines if indicator.pk not in scored]


def why_not_points(indicator: Indicator, points: Decimal | None) -> Reason | None:
    """Why these points cannot stand in this line: outside its range, or part of a yes-or-no line."""
    if points is None:
        return None
    if indicator.points is None or not 0 <= points <= indicator.points:
        return Reason(
            text=_("%(code)s: points must lie between 0 and %(most)s.")
            % {"code": indicator.code, "most": indicator.points or 0}
        )
    if indicator.kind == IndicatorKind.YES_NO and points not in (0, indicator.points):
        return Reason(
            text=_("%(code)s is answered yes or no: either %(most)s points or 0.")
            % {"code": indicator.code, "most": indicator.points}
        )
    return None


def indicator_set_for(application: Application) -> IndicatorSet | None:
    """The set an application is assessed by: its category's newest published one up to its cycle's year.

    A set holds from its own year until a later version comes, and is never changed for the years before.
    """
    sets = IndicatorSet.objects.filter(
        state=IndicatorSetState.PUBLISHED,
        from_year__lte=application.cycle.year,
        category_id=application.site.category_id,
    )
    return sets.order_by("-from_year").first()


def sheets_progress(assessment: Assessment) -> tuple[int, int]:
    """How many sheets were handed in, of how many."""
    counts = assessment.sheets.aggregate(all=Count("id"), handed_in=Count("handed_in_at"))
    return counts["handed_in"], counts["all"]
