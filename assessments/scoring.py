"""The arithmetic of acceptance: a sheet's total, the mean of the sheets, pass mark and vetoes."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Sum

from applications.models import Application
from assessments.enums import IndicatorSetState
from assessments.models import Assessment, IndicatorSet, ScoreSheet

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Result:
    """What the handed-in sheets of an assessment come to."""

    totals: tuple[Decimal, ...]
    score: Decimal
    vetoed: bool
    pass_mark: Decimal

    @property
    def passed(self) -> bool:
        return not self.vetoed and self.score >= self.pass_mark


def most_points(indicator_set: IndicatorSet) -> Decimal:
    """The points a site can reach at most by this set."""
    return indicator_set.indicators.aggregate(sum=Sum("points"))["sum"] or Decimal(0)


def indicator_set_for(application: Application) -> IndicatorSet | None:
    """The set an application is assessed by: its category's newest one up to its cycle's year.

    A set holds from its own year until a later programme file brings another, and is never changed for the
    years before.
    """
    cycle = application.cycle
    sets = IndicatorSet.objects.filter(
        state=IndicatorSetState.PUBLISHED,
        from_year__lte=cycle.year,
        category_id=application.site.category_id,
    )
    return sets.order_by("-from_year").first()


def sheet_total(sheet: ScoreSheet) -> tuple[Decimal, bool]:
    """The sum of a sheet's points, and whether one of its vetoes was ticked."""
    scores = sheet.scores.all()
    return sum((score.points or Decimal(0) for score in scores), Decimal(0)), any(
        score.veto for score in scores
    )


def missing_lines(sheet: ScoreSheet) -> list[str]:
    """Codes of the scored indicators that have no points on the sheet yet."""
    scored = set(sheet.scores.exclude(points=None).values_list("indicator_id", flat=True))
    lines = sheet.assessment.indicator_set.indicators.exclude(points=None).order_by("order")
    return [indicator.code for indicator in lines if indicator.pk not in scored]


def result_of(assessment: Assessment) -> Result:
    """Mean of the handed-in totals, rounded half up to a hundredth; one veto on any sheet fails the site."""
    sheets = list(assessment.sheets.exclude(handed_in_at=None).order_by("id"))
    totals = tuple(sheet.total for sheet in sheets)
    mean = sum(totals, Decimal(0)) / len(totals) if totals else Decimal(0)
    return Result(
        totals=totals,
        score=mean.quantize(CENT, rounding=ROUND_HALF_UP),
        vetoed=any(sheet.vetoed for sheet in sheets),
        pass_mark=assessment.indicator_set.pass_mark,
    )


def sheets_progress(assessment: Assessment) -> tuple[int, int]:
    """How many sheets were handed in, of how many."""
    counts = assessment.sheets.aggregate(all=Count("id"), handed_in=Count("handed_in_at"))
    return counts["handed_in"], counts["all"]
