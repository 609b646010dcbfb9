"""The journal behind the figures of the dashboards: what is counted goes in with every change, in the transaction that
makes it, under the day of the office's clock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db.models import F

from accounts import clock
from sites.models import TallyBalance, TallyCell, TallyMovement


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
        return "/".join("" if part is None else str(part) for part in astuple(self))


@dataclass(frozen=True)
class Change:
    """By how much a cell changes; `amount` is in the measure's own unit (yuan, persons)."""

    cell: Cell
    count: int
    amount: Decimal = Decimal(0)


def count(changes: Iterable[Change]) -> None:
    """Write changes into the journal under today; those of one cell are joined, those that cancel out left out."""
    counts, amounts = defaultdict(int), defaultdict(Decimal)
    for change in changes:
        counts[change.cell] += change.count
        amounts[change.cell] += change.amount
    moved = [cell for cell in counts if counts[cell] or amounts[cell]]
    if not moved:
        return
    ids, today = cell_ids(moved), clock.today()
    TallyMovement.objects.bulk_create(
        TallyMovement(cell_id=ids[cell.key], day=today, count=counts[cell], amount=amounts[cell])
        for cell in moved
    )
    for cell in moved:
        _into_later_balances(ids[cell.key], today, counts[cell], amounts[cell])


def cell_ids(cells: Iterable[Cell]) -> dict[str, int]:
    """The ids of cells by key; those not known yet are written."""
    wanted = {cell.key: cell for cell in cells}
    known = dict(TallyCell.objects.filter(key__in=wanted).values_list("key", "pk"))
    missing = [cell for key, cell in wanted.items() if key not in known]
    if missing:
        rows = [TallyCell(key=cell.key, **vars(cell)) for cell in missing]
        TallyCell.objects.bulk_create(rows, ignore_conflicts=True)
        known = dict(TallyCell.objects.filter(key__in=wanted).values_list("key", "pk"))
    return known


def _into_later_balances(cell_id: int, day, counted: int, amount: Decimal) -> None:
    """Balances of later days know what came after them only where a demonstration's clock went back."""
    later = TallyBalance.objects.filter(cell=cell_id, day__gte=day)
    later.update(count=F("count") + counted, amount=F("amount") + amount)
