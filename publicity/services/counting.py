"""What counts: originals on record, under their area, category, medium, level of outlet and year.

The rows (`CountedCoverage`) and the journal are written together, so that the figure of any day has its rows. A piece
counts under the category its site has: it follows a site that gets another one from the day of the change.
"""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from accounts import clock
from publicity.coverage_measures import cell_of
from publicity.enums import CoverageState
from publicity.models import CountedCoverage, Coverage
from sites.measures import day_of
from sites.models import Site
from sites.services.tallies import count
from sites.tallies import Change

BATCH = 500


def keep_count(entries: Iterable[Coverage]) -> None:
    """Bring what counts in line with these entries, inside the caller's transaction; nine queries for some hundreds.

    The sites they count under are held, as whoever moves one does: neither counts past the other.
    """
    entries = list(entries)
    sites = sites_held([*_counted_under(entries), *(entry.site_id for entry in entries)])
    changes: list[Change] = []
    for batch in _batches(entries):
        running = {row.coverage_id: row for row in _running(batch)}
        ended, begun = [], []
        for entry in batch:
            before, after = running.get(entry.pk), _wanted(entry, sites)
            if before and after and _under(before) == _under(after):
                continue
            ended += [before] if before else []
            begun += [after] if after else []
        changes += _replace(ended, begun)
    count(changes)


def follow_their_sites(site_ids: list[int]) -> list[Change]:
    """Let what counts under these sites, which the caller holds, count under the categories they have now; the area
    stays that of the register it is in. Four queries; returns what changes of the journal."""
    categories = dict(Site.objects.filter(pk__in=site_ids).order_by().values_list("pk", "category"))
    running = CountedCoverage.objects.filter(site__in=site_ids, counted_until=None)
    ended = [row for row in running if row.category_id != categories[row.site_id]]
    return _replace(ended, [_again(row, categories[row.site_id]) for row in ended])


def sites_held(site_ids: Iterable[int | None]) -> dict[int, Site]:
    """Sites by id as they stand, held until the end of the transaction: in the order of their ids, so that two who
    hold several never wait for each other."""
    wanted = sorted({pk for pk in site_ids if pk is not None})
    rows = Site.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {site.pk: site for batch in _batches(wanted) for site in rows.filter(pk__in=batch)}


def _counted_under(entries: list[Coverage]) -> list[int | None]:
    return [site for batch in _batches(entries) for site in _running(batch).values_list("site", flat=True)]


def _running(entries: list[Coverage]) -> QuerySet:
    return CountedCoverage.objects.filter(coverage__in=[entry.pk for entry in entries], counted_until=None)


def _batches(rows: list) -> Iterator[list]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _replace(ended: list[CountedCoverage], begun: list[CountedCoverage]) -> list[Change]:
    """End some rows and write others; what that changes of the journal."""
    moment = clock.now()
    CountedCoverage.objects.filter(pk__in=[row.pk for row in ended]).update(counted_until=moment)
    for row in begun:
        row.counted_from = moment
    CountedCoverage.objects.bulk_create(begun, batch_size=BATCH)
    today = clock.today()
    return [
        # A demonstration's clock may have gone back in between: then it never counted.
        *(Change(cell_of(row), -1, day=max(today, day_of(row.counted_from))) for row in ended),
        *(Change(cell_of(row), 1, day=today) for row in begun),
    ]


def _wanted(entry: Coverage, sites: dict[int, Site]) -> CountedCoverage | None:
    if entry.state != CoverageState.RECORDED or entry.same_as_id is not None:
        return None
    return CountedCoverage(
        coverage=entry,
        programme_id=entry.programme_id,
        area_id=entry.area_id,
        site_id=entry.site_id,
        category_id=sites[entry.site_id].category_id if entry.site_id else None,
        medium=entry.medium,
        outlet_level=entry.outlet_level,
        year=entry.published_on.year,
    )


def _again(row: CountedCoverage, category: int) -> CountedCoverage:
    kept = ("coverage_id", "programme_id", "area_id", "site_id", "medium", "outlet_level", "year")
    return CountedCoverage(category_id=category, **{name: getattr(row, name) for name in kept})


def _under(row: CountedCoverage) -> tuple:
    return (row.area_id, row.site_id, row.category_id, row.medium, row.outlet_level, row.year)
