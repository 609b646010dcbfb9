"""What counts: originals on record, under their area, category, medium, level of outlet and year.

The rows (`CountedCoverage`) and the journal are written together, so that the figure of any day has its rows.
"""

from collections.abc import Iterable

from accounts import clock
from publicity.coverage_measures import cell_of
from publicity.enums import CoverageState
from publicity.models import CountedCoverage, Coverage
from sites.services.tallies import count
from sites.tallies import Change


def keep_count(entries: Iterable[Coverage]) -> None:
    """Bring what counts in line with these entries, inside the caller's transaction; a fixed number of queries."""
    entries = list(entries)
    counted = CountedCoverage.objects.filter(coverage__in=[entry.pk for entry in entries], counted_until=None)
    running = {row.coverage_id: row for row in counted}
    ended, begun, moment = [], [], clock.now()
    for entry in entries:
        before, after = running.get(entry.pk), _wanted(entry)
        if before and after and _under(before) == _under(after):
            continue
        ended += [before] if before else []
        begun += [after] if after else []
    CountedCoverage.objects.filter(pk__in=[row.pk for row in ended]).update(counted_until=moment)
    for row in begun:
        row.counted_from = moment
    CountedCoverage.objects.bulk_create(begun, batch_size=500)
    count([*(Change(cell_of(row), -1) for row in ended), *(Change(cell_of(row), 1) for row in begun)])


def _wanted(entry: Coverage) -> CountedCoverage | None:
    if entry.state != CoverageState.RECORDED or entry.same_as_id is not None:
        return None
    return CountedCoverage(
        coverage=entry,
        programme_id=entry.programme_id,
        area_id=entry.area_id,
        site_id=entry.site_id,
        category_id=entry.site.category_id if entry.site_id else None,
        medium=entry.medium,
        outlet_level=entry.outlet_level,
        year=entry.published_on.year,
    )


def _under(row: CountedCoverage) -> tuple:
    return (row.area_id, row.site_id, row.category_id, row.medium, row.outlet_level, row.year)
