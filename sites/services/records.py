"""The records behind every list “as of” a day, and with them the journal of figures: written with each change, in the
transaction that makes it.

Where nothing shown changed nothing is written. A programme file that renames a unit, level or category rewrites no
record: the new words come in with the next change of the site or plaque.
"""

import datetime
from collections.abc import Iterable, Iterator
from itertools import chain

from accounts import clock
from sites.following import follow_sites
from sites.ledger_measures import figure_cell, fund_cell, places_of, plaque_cells, site_cells
from sites.measures import day_of
from sites.models import FigureRecord, Fund, Plaque, PlaqueRecord, Site, SiteFigure, SiteRecord
from sites.selectors import plaques_with_shown, valid_plaques
from sites.services.tallies import count
from sites.shown import plaque_shown, site_shown
from sites.tallies import Change

BATCH = 500
_PLACE = ("area_id", "category_id")


def keep_records(site_ids: Iterable[int], *, new: Iterable[Site] = ()) -> None:
    """Write down what lists show of these sites and their plaques now, as far as it changed, and count it.

    The caller holds the sites' rows. Nine queries for some hundreds of sites; what a site reports and receives,
    and what other apps count by site, follows it to another area or category. `new` are sites just written in bulk,
    which hold no plaque and have their units at hand.
    """
    changes = _first_records(list(new))
    changed: list[tuple] = []
    programmes: dict[int, int] = {}
    for batch in _batches(site_ids):
        sites = Site.objects.filter(pk__in=batch).select_related("category", "area", "unit").order_by()
        sites = list(sites.prefetch_related(valid_plaques()))
        programmes |= {site.pk: site.programme_id for site in sites}
        newly = _write(SiteRecord, "site_id", [site_record(site) for site in sites])
        plaques = list(plaques_with_shown(Plaque.objects.filter(site__in=batch).order_by()))
        owners = {plaque.pk: programmes[plaque.site_id] for plaque in plaques}
        worn = _write(PlaqueRecord, "plaque_id", [plaque_record(plaque) for plaque in plaques])
        changes += _moves(newly, "site_id", programmes, site_cells)
        changes += _moves(worn, "plaque_id", owners, plaque_cells)
        changed += newly
    # All at once: two that counted the same cells in another order would wait for each other for ever.
    count([*changes, *_followed(changed, programmes)])


def keep_figures(site_ids: Iterable[int]) -> None:
    """Write down the counts of these sites by year as they stand now, as far as they changed, and count them.

    The caller holds the sites' rows.
    """
    count(_figures_kept(site_ids))


def _first_records(sites: list[Site]) -> list[Change]:
    """Write the first records of new sites; what that changes of the journal."""
    for site in sites:
        site.plaques_in_force = []
    rows = SiteRecord.objects.bulk_create([site_record(site) for site in sites], batch_size=BATCH)
    return [
        Change(cell, 1, day=day_of(row.recorded_at))
        for site, row in zip(sites, rows, strict=True)
        for cell in site_cells(row, site.programme_id)
    ]


def _figures_kept(site_ids: Iterable[int]) -> list[Change]:
    """Write the records of counts that differ; what that changes of the journal."""
    changes: list[Change] = []
    for batch in _batches(site_ids):
        moment = clock.now()
        figures = SiteFigure.objects.filter(site__in=batch).select_related("site").order_by("id")
        rows = {(f.site_id, f.year, f.code): _figure_record(f, moment) for f in figures}
        standing = {
            (row.site_id, row.year, row.code): row
            for row in FigureRecord.objects.filter(site__in=batch, superseded_at=None).select_related("site")
        }
        programmes = {row.site_id: row.site.programme_id for row in (*figures, *standing.values())}
        changes += _replace_figures(rows, standing, programmes, moment)
    return changes


def site_record(site: Site) -> SiteRecord:
    """The unsaved record of a site as it stands."""
    return SiteRecord(
        site_id=site.pk,
        area_id=site.area_id,
        unit_id=site.unit_id,
        category_id=site.category_id,
        state=site.state,
        shown=site_shown(site),
        recorded_at=clock.now(),
    )


def plaque_record(plaque: Plaque) -> PlaqueRecord:
    """The unsaved record of a plaque as it stands."""
    return PlaqueRecord(
        plaque_id=plaque.pk,
        area_id=plaque.site.area_id,
        unit_id=plaque.site.unit_id,
        category_id=plaque.site.category_id,
        level_id=plaque.level_id,
        state=plaque.state,
        shown=plaque_shown(plaque),
        recorded_at=clock.now(),
    )


def _write(model, key: str, rows: list) -> list[tuple]:
    """Write the rows that differ from the standing record of their site or plaque, which ends with them. Returns
    those that ended and began (None before the first)."""
    standing = {
        getattr(row, key): row
        for row in model.objects.filter(superseded_at=None, **{f"{key}__in": [getattr(r, key) for r in rows]})
    }
    new = [row for row in rows if _differs(row, standing.get(getattr(row, key)))]
    old = [standing[getattr(row, key)].pk for row in new if getattr(row, key) in standing]
    moment = clock.now()
    if old:
        model.objects.filter(pk__in=old).update(superseded_at=moment)
    for row in new:
        row.recorded_at = moment
    model.objects.bulk_create(new)
    return [(standing.get(getattr(row, key)), row) for row in new]


def _differs(row, standing) -> bool:
    if standing is None:
        return True
    fields = ("area_id", "unit_id", "category_id", "state", "shown")
    return any(getattr(row, name) != getattr(standing, name) for name in fields)


def _batches(site_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = list(site_ids)
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _moves(changed: list[tuple], key: str, programmes: dict[int, int], cells_of) -> Iterator[Change]:
    """What the change of records changes of the journal: out of the cells of the old one, into those of the new."""
    for old, new in changed:
        programme, day = programmes[getattr(new, key)], day_of(new.recorded_at)
        if old is not None:
            for cell in cells_of(old, programme):
                yield Change(cell, -1, day=max(day, day_of(old.recorded_at)))
        for cell in cells_of(new, programme):
            yield Change(cell, 1, day=day)


def _followed(changed: list[tuple], programmes: dict[int, int]) -> list[Change]:
    """Let figures, funds and what other apps count by site follow it to where it belongs now; what that changes of
    the journal. Those of a site that closes stay as they were reported and received."""
    moved = [(old, new) for old, new in changed if old is not None and _place(old) != _place(new)]
    sites = [new.site_id for _old, new in moved]
    if not sites:
        return []
    return [*_figures_kept(sites), *follow_sites(sites), *_moved_funds(moved, sites, programmes)]


def _moved_funds(moved: list[tuple], sites: list[int], programmes: dict[int, int]) -> Iterator[Change]:
    by_site: dict[int, list[Fund]] = {}
    for fund in Fund.objects.confirmed().filter(site__in=sites):
        by_site.setdefault(fund.site_id, []).append(fund)
    since = _in_place_since(sites) if by_site else {}
    for old, new in moved:
        for fund in by_site.get(new.site_id, ()):
            yield from _moved_fund(fund, old, new, programmes[new.site_id], since[new.site_id])


def _moved_fund(fund: Fund, old, new, programme: int, since) -> Iterator[Change]:
    """A fund out of the cell of the old place, where it counted from `since` or its confirmation on, into the new."""
    begins = max(day_of(new.recorded_at), day_of(fund.decided_at or fund.recorded_at))
    left = fund_cell(programme, *_place(old), fund.year)
    yield Change(left, -1, -fund.amount, max(begins, since))
    yield Change(fund_cell(programme, *_place(new), fund.year), 1, fund.amount, begins)


def _in_place_since(site_ids: list[int]) -> dict[int, datetime.date]:
    """Since when each site had been in the place it has just left; in its first it counts from any day on."""
    places = places_of(site_ids, SiteRecord.objects.filter(site__in=site_ids))
    first = datetime.date.min
    return {site: stations[-2][2] if len(stations) > 2 else first for site, stations in places.items()}


def _place(row) -> tuple[int, int]:
    return row.area_id, row.category_id


def _figure_record(figure: SiteFigure, moment) -> FigureRecord:
    return FigureRecord(
        site_id=figure.site_id,
        area_id=figure.site.area_id,
        category_id=figure.site.category_id,
        year=figure.year,
        code=figure.code,
        value=figure.value,
        recorded_at=moment,
    )


def _replace_figures(rows: dict, standing: dict, programmes: dict[int, int], moment) -> Iterator[Change]:
    """End the records that do not stand any more and write those that now do; returns what that changes of the
    journal."""
    new = {key: row for key, row in rows.items() if _figure_differs(row, standing.get(key))}
    gone = {key: row for key, row in standing.items() if key not in rows or key in new}
    if gone:
        FigureRecord.objects.filter(pk__in=[row.pk for row in gone.values()]).update(superseded_at=moment)
    FigureRecord.objects.bulk_create(new.values())
    day = day_of(moment)
    ended = (
        Change(figure_cell(row, programmes[row.site_id]), -1, -row.value, max(day, day_of(row.recorded_at)))
        for row in gone.values()
    )
    begun = (Change(figure_cell(row, programmes[row.site_id]), 1, row.value, day) for row in new.values())
    return chain(ended, begun)


def _figure_differs(row: FigureRecord, standing: FigureRecord | None) -> bool:
    fields = (*_PLACE, "value")
    return standing is None or any(getattr(row, name) != getattr(standing, name) for name in fields)
