"""The journal behind the figures of the dashboards: what is counted goes in with every change, in the transaction that
makes it, under the day of the office's clock."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum

from accounts import clock
from sites.measures import Measure, known_measures
from sites.models import Programme, TallyBalance, TallyCell, TallyMovement
from sites.tallies import Cell, Change

#: Rows of one statement, and cells of one transaction of a closing.
_BATCH, _CELLS = 5_000, 500

__all__ = ["Cell", "Change", "close_tallies", "count", "recount"]


@transaction.atomic(savepoint=False)
def count(changes: Iterable[Change]) -> None:
    """Write changes into the journal; those of one cell and day are joined, those that cancel out left out.

    Three queries where the cells are known, whatever their number; only who counts a cell for the first time waits for
    others who do. Within one call cells are taken in one order, so nobody waits crosswise: a service therefore gathers
    what it changes and counts once. Where steps of several services are one transaction, each has measures of its own
    and all take the steps in one order.
    """
    sums = joined(changes)
    if not sums:
        return
    ids = cell_ids({cell for cell, _day in sums})
    TallyMovement.objects.bulk_create(
        TallyMovement(cell_id=ids[cell.key], day=day, count=counts, amount=amount)
        for (cell, day), (counts, amount) in sums.items()
    )
    # After the movements are there: whoever closes days in between takes them in or is seen here.
    _into_later_balances(
        {(ids[cell.key], day): moved for (cell, day), moved in sums.items()}, min(day for _cell, day in sums)
    )


Sums = dict[tuple[Cell, datetime.date], tuple[int, Decimal]]


def joined(changes: Iterable[Change]) -> Sums:
    """What changes come to by cell and day, without those that come to nothing."""
    counts, amounts = defaultdict(int), defaultdict(Decimal)
    today = clock.today()
    for change in changes:
        key = (change.cell, change.day or today)
        counts[key] += change.count
        amounts[key] += change.amount
    return {key: (counts[key], amounts[key]) for key in counts if counts[key] or amounts[key]}


def cell_ids(cells: Iterable[Cell]) -> dict[str, int]:
    """The ids of cells by key; those not known yet are written."""
    wanted = {cell.key: cell for cell in cells}
    known = _known(wanted)
    missing = [wanted[key] for key in sorted(wanted.keys() - known.keys())]
    if missing:
        rows = [TallyCell(key=cell.key, **vars(cell)) for cell in missing]
        TallyCell.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _known([cell.key for cell in missing])
    return known


def _known(keys: Iterable[str]) -> dict[str, int]:
    return dict(TallyCell.objects.filter(key__in=list(keys)).order_by().values_list("key", "pk"))


def _into_later_balances(moved: dict[tuple[int, datetime.date], tuple[int, Decimal]], first) -> None:
    """Balances of the day and later ones are there after a recount, and where a demonstration's clock went back."""
    later = TallyBalance.objects.filter(cell__in={cell for cell, _day in moved}, day__gte=first)
    # In one order, whoever counts: each update holds its row until the end.
    for balance in list(later.order_by("pk")):
        before = [
            sums for (cell, day), sums in moved.items() if cell == balance.cell_id and day <= balance.day
        ]
        if before:
            TallyBalance.objects.filter(pk=balance.pk).update(
                count=F("count") + sum(count for count, _amount in before),
                amount=F("amount") + sum(amount for _count, amount in before),
            )


def recount(*, programme: Programme, measures: Iterable[str] | None = None) -> int:
    """Write the journal of some measures of a programme (None: all) anew from its rows, under the days on which they
    were written; returns the number of cells that are not empty now.

    A name with a colon at its end (“figure:”) stands for the whole family. Whoever would count meanwhile waits.
    Raises ValueError for a measure nobody counts.
    """
    return sum(_recount(programme, measure) for measure in known_measures(measures))


def is_counted(programme: Programme, measure: Measure) -> bool:
    """Whether anything of a measure was ever counted in a programme."""
    return _cells_of(programme, measure).exists()


@transaction.atomic
def _recount(programme: Programme, measure: Measure) -> int:
    _hold_journal()
    cells = _cells_of(programme, measure)
    TallyMovement.objects.filter(cell__in=cells).delete()
    TallyBalance.objects.filter(cell__in=cells).delete()
    sums = joined(measure.changes(programme))
    ids = cell_ids({cell for cell, _day in sums})
    balances: list[TallyBalance] = []
    standing: dict[int, tuple[int, Decimal]] = {}
    for (cell, day), (counts, amount) in sorted(sums.items(), key=lambda item: item[0][1]):
        pk = ids[cell.key]
        before = standing.get(pk, (0, Decimal(0)))
        standing[pk] = (before[0] + counts, before[1] + amount)
        balances.append(TallyBalance(cell_id=pk, day=day, count=standing[pk][0], amount=standing[pk][1]))
    TallyBalance.objects.bulk_create(balances, batch_size=_BATCH)
    return sum(1 for counts, amount in standing.values() if counts or amount)


def _cells_of(programme: Programme, measure: Measure):
    cells = TallyCell.objects.filter(programme=programme).order_by()
    if measure.is_family:
        return cells.filter(measure__startswith=measure.name)
    return cells.filter(measure=measure.name)


def close_tallies(*, at_once: int = _CELLS) -> int:
    """Carry the movements of past days into balances, up to the day before yesterday: what began before midnight may
    be written after it; `at_once` cells a transaction. Returns how many movements went.

    A movement that is in a balance of its day says nothing more and is deleted, so that the journal holds one row for
    each cell and day, however much was done. Safe to run twice or by two workers; killed midway, some days are
    closed and the others not yet.
    """
    last = clock.today() - datetime.timedelta(days=2)
    closed = 0
    while cells := list(
        TallyMovement.objects.filter(day__lte=last)
        .order_by()
        .values_list("cell", flat=True)
        .distinct()[:at_once]
    ):
        closed += _close(cells, last)
    return closed


def _balances_from(cells: list[int], first: datetime.date):
    """The balances of cells from a day on, and of each the last one before it."""
    last = TallyBalance.objects.filter(cell=OuterRef("pk"), day__lt=first).order_by("-day").values("pk")[:1]
    before = TallyCell.objects.filter(pk__in=cells).order_by().annotate(last=Subquery(last)).values("last")
    return TallyBalance.objects.filter(Q(day__gte=first) | Q(pk__in=before), cell__in=cells).order_by()


@transaction.atomic
def _close(cells: list[int], last: datetime.date) -> int:
    _hold_journal()
    movements = TallyMovement.objects.filter(cell__in=cells, day__lte=last)
    moved: dict[int, dict[datetime.date, tuple[int, Decimal]]] = defaultdict(dict)
    rows = movements.order_by().values_list("cell", "day")
    for cell, day, counts, amount in rows.annotate(Sum("count"), Sum("amount")):
        moved[cell][day] = (counts, amount)
    if not moved:
        return 0  # another worker was here in between
    known: dict[int, dict[datetime.date, TallyBalance]] = defaultdict(dict)
    for balance in _balances_from(cells, min(day for days in moved.values() for day in days)):
        known[balance.cell_id][balance.day] = balance
    TallyBalance.objects.bulk_create(
        (
            TallyBalance(cell_id=cell, day=day, count=counts, amount=amount)
            for cell, days in moved.items()
            for day, (counts, amount) in _new_balances(days, known[cell])
        ),
        batch_size=_BATCH,
    )
    return movements.delete()[0]


def _new_balances(days: dict, known: dict[datetime.date, TallyBalance]) -> Iterator[tuple]:
    """The balances of days that have none yet. A known one holds all that moved up to its day, late entries too."""
    counts, amount = 0, Decimal(0)
    for day in sorted({*days, *known}):
        if day in known:
            counts, amount = known[day].count, known[day].amount
        else:
            counts, amount = counts + days[day][0], amount + days[day][1]
            yield day, (counts, amount)


def _hold_journal() -> None:
    """Let nobody else write into the journal until the end of the transaction; reading goes on.

    SQLite has one writer at a time anyhow.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TallyMovement._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
