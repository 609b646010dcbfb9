"""The journal of figures beside what the rows say."""

from collections import Counter

from accounts.models import Unit
from sites.measures import known_measures
from sites.models import TallyBalance, TallyMovement
from sites.selectors import tally
from sites.services.tallies import joined


def kept(programme) -> dict[tuple, int]:
    """Active sites and plaques in force by area, category and level, as the journal has them."""
    return {key: count for key, count in tally(programme, Unit.objects.all()).items() if count}


def journal(programme) -> dict[tuple, tuple]:
    """(count, amount) by (cell, day): how every cell changed on every day, as the journal has it."""
    moved: Counter = Counter()
    amounts: Counter = Counter()
    for row in TallyMovement.objects.filter(cell__programme=programme).select_related("cell"):
        if not TallyBalance.objects.filter(cell=row.cell_id, day__gte=row.day).exists():
            moved[row.cell.key, row.day] += row.count
            amounts[row.cell.key, row.day] += row.amount
    standing: dict[str, tuple] = {}
    balances = TallyBalance.objects.filter(cell__programme=programme).select_related("cell")
    for row in balances.order_by("day"):
        before = standing.get(row.cell.key, (0, 0))
        moved[row.cell.key, row.day] += row.count - before[0]
        amounts[row.cell.key, row.day] += row.amount - before[1]
        standing[row.cell.key] = (row.count, row.amount)
    return {key: (moved[key], amounts[key]) for key in moved if moved[key] or amounts[key]}


def journal_of_rows(programme) -> dict[tuple, tuple]:
    """The same from the rows, measure by measure."""
    return {
        (cell.key, day): sums
        for measure in known_measures()
        for (cell, day), sums in joined(measure.changes(programme)).items()
    }
