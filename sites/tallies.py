"""Reading the journal of figures: what cells came to at the end of any day."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Subquery, Sum

from accounts import clock
from sites.models import TallyBalance, TallyCell, TallyMovement

#: The measures of the ledger; one with a colon at its end is a family, here by the code of the figure.
SITES, FLAGSHIPS, PLAQUES, FIGURE, FUNDS = "sites", "flagships", "plaques", "figure:", "funds"


@dataclass(frozen=True)
class Cell:
    """What is counted together; the fields are those of TallyCell."""

    measure: str
    programme_id: int
    area_id: int
    unit_id: int
    category_id: int | None = None
    level_id: int | None = None
    state: str = ""
    year: int | None = None

    @property
    def key(self) -> str:
        return "/".join(["" if part is None else str(part) for part in vars(self).values()])


@dataclass(frozen=True)
class Change:
    """By how much a cell changes; `amount` is in the measure's own unit (yuan, persons).

    `day` is the day under which it goes into the journal; None is the day of the office's clock.
    """

    cell: Cell
    count: int
    amount: Decimal = Decimal(0)
    day: datetime.date | None = None


def stay(
    cell: Cell, begins: datetime.date, ends: datetime.date | None, amount: Decimal = Decimal(0)
) -> Iterator[Change]:
    """What a row adds that stood from one moment of writing to another (None: it stands); for recounting."""
    yield Change(cell, 1, amount, begins)
    if ends is not None:
        # A demonstration's clock may have gone back in between: then it never stood.
        yield Change(cell, -1, -amount, max(begins, ends))


@dataclass(frozen=True)
class Counted:
    """One cell as it stood: its ids, how many, and the amount in the measure's unit; without a unit the sum over an
    area."""

    measure: str
    area_id: int
    unit_id: int | None
    category_id: int | None
    level_id: int | None
    state: str
    year: int | None
    count: int
    amount: Decimal


_CENT = Decimal("0.01")
_FIELDS = ("measure", "area_id", "unit_id", "category_id", "level_id", "state", "year")


def counted(programme, areas: Iterable, measures, day: datetime.date, **cells) -> list[Counted]:
    """The cells of some measures in some areas at the end of `day` that are not empty; one query.

    `cells` narrows them further (category=…, level=…, year=…). Reads the last balance of each cell and what came
    into the journal after it, so it takes as long for a million sites as for a hundred. Of today (and of any day to
    come) it says what stands now, as the lists do, whatever day a demonstration's clock showed when it was written.
    """
    wanted = {"programme": programme, "measure__in": measures, "area__in": areas, **cells}
    sums = _sums(wanted, _until(day), _FIELDS)
    return [Counted(*cell, count, amount) for cell, (count, amount) in sums.items() if count or amount]


def counted_by_area(programme, areas: Iterable, measures, day: datetime.date, **cells) -> list[Counted]:
    """The same with the townships of each area taken together by the database: some hundreds of rows, not thousands."""
    wanted = {"programme": programme, "measure__in": measures, "area__in": areas, **cells}
    sums = _sums(wanted, _until(day), [name for name in _FIELDS if name != "unit_id"])
    return [
        Counted(measure, area, None, *cell, count, amount)
        for (measure, area, *cell), (count, amount) in sums.items()
        if count or amount
    ]


def _until(day: datetime.date) -> datetime.date:
    return day if day < clock.today() else datetime.date.max


def _sums(wanted: dict, until: datetime.date, fields) -> dict[tuple, tuple[int, Decimal]]:
    """Counts and amounts of what `wanted` narrows the cells to, by some of their fields; one query."""
    names = [f"cell__{name}" for name in fields]
    balances, movements = (
        rows.order_by().values_list(*names).annotate(Sum("count"), Sum("amount"))
        for rows in (_balances(wanted, until), _movements(wanted, until))
    )
    sums: dict[tuple, tuple[int, Decimal]] = {}
    for *cell, count, amount in balances.union(movements, all=True):
        before = sums.get(tuple(cell), (0, Decimal(0)))
        # SQLite adds amounts up as floating numbers.
        sums[tuple(cell)] = (before[0] + count, before[1] + amount.quantize(_CENT))
    return sums


def _balances(wanted: dict, until: datetime.date):
    """The last balance of each cell up to a day."""
    last = TallyBalance.objects.filter(cell=OuterRef("pk"), day__lte=until).order_by("-day").values("pk")[:1]
    cells = TallyCell.objects.filter(**wanted).order_by()
    return TallyBalance.objects.filter(pk__in=cells.annotate(last=Subquery(last)).values("last"))


def _movements(wanted: dict, until: datetime.date):
    """What is in no balance yet, up to a day."""
    balanced = TallyBalance.objects.filter(
        cell=OuterRef("cell"), day__gte=OuterRef("day"), day__lte=until
    ).order_by()
    return TallyMovement.objects.filter(
        ~Exists(balanced), day__lte=until, **{f"cell__{name}": value for name, value in wanted.items()}
    )
