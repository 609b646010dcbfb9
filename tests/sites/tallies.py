"""The journal of figures beside what the rows say."""

from collections import Counter

from accounts import clock
from accounts.models import Unit
from sites.enums import IN_FORCE_STATES, SiteState
from sites.measures import known_measures
from sites.models import Plaque, Site, TallyBalance, TallyMovement
from sites.services.tallies import joined
from sites.tallies import PLAQUES, SITES, counted


def kept(programme) -> dict[tuple, int]:
    """Active sites and plaques in force by (area id, category id, level id or None for the sites), as the journal has
    them."""
    found: Counter = Counter()
    shown = (SiteState.ACTIVE, *IN_FORCE_STATES)
    for cell in counted(programme, Unit.objects.all(), [SITES, PLAQUES], clock.today(), state__in=shown):
        found[cell.area_id, cell.category_id, cell.level_id] += cell.count
    return {key: count for key, count in found.items() if count}


def counted_tally(programme) -> dict[tuple, int]:
    """The same from the sites and plaques themselves."""
    active = Site.objects.filter(programme=programme, state=SiteState.ACTIVE)
    found = Counter((area, category, None) for area, category in active.values_list("area", "category"))
    # By the state alone: the summary changes with the states.
    held = Plaque.objects.filter(state__in=IN_FORCE_STATES, site__in=active)
    found.update(held.values_list("site__area", "site__category", "level"))
    return dict(found)


def times_counted(queries) -> int:
    """How often something was written into the journal, among queries caught."""
    return sum('INSERT INTO "sites_tallymovement"' in query["sql"] for query in queries)


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
