"""Reading the journal of figures: what cells came to at the end of any day."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from sites.models import TallyBalance, TallyCell, TallyMovement

_BEFORE_ALL = datetime.date(1900, 1, 1)


@dataclass(frozen=True)
class Counted:
    """One cell as it stood: its ids, how many, and the amount in the measure's unit."""

    measure: str
    area_id: int
    unit_id: int
    category_id: int | None
    level_id: int | None
    state: str
    year: int | None
    count: int
    amount: Decimal


def counted(programme, areas, measures, day: datetime.date, **cells) -> list[Counted]:
    """The cells of some measures in some areas at the end of `day` that are not empty; one query.

    `cells` narrows them further (category=…, level=…, year=…). Reads the last balance of each cell and what came
    into the journal after it, so it takes as long for a million sites as for a hundred.
    """
    balance = TallyBalance.objects.filter(cell=OuterRef("pk"), day__lte=day).order_by("-day")
    movements = (
        TallyMovement.objects.filter(cell=OuterRef("pk"), day__lte=day, day__gt=OuterRef("balanced_on"))
        .order_by()
        .values("cell")
    )
    rows = (
        TallyCell.objects.filter(programme=programme, measure__in=measures, area__in=areas, **cells)
        .annotate(balanced_on=Coalesce(Subquery(balance.values("day")[:1]), _BEFORE_ALL))
        .annotate(
            counted=Coalesce(Subquery(balance.values("count")[:1]), 0)
            + Coalesce(Subquery(movements.annotate(moved=Sum("count")).values("moved")), 0),
            total=Coalesce(Subquery(balance.values("amount")[:1]), Decimal(0))
            + Coalesce(Subquery(movements.annotate(moved=Sum("amount")).values("moved")), Decimal(0)),
        )
        .order_by("pk")
        .values_list(
            *("measure", "area_id", "unit_id", "category_id", "level_id", "state", "year", "counted", "total")
        )
    )
    return [Counted(*row) for row in rows if row[7] or row[8]]
