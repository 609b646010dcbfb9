"""The records behind every list “as of” a day: written with each change, in the transaction that makes it.

Where nothing shown changed nothing is written. A programme file that renames a unit, level or category rewrites no
record: the new words come in with the next change of the site or plaque.
"""

from collections.abc import Iterable

from accounts import clock
from sites.models import Plaque, PlaqueRecord, Site, SiteRecord
from sites.selectors import plaques_with_shown, valid_plaques
from sites.shown import plaque_shown, site_shown

BATCH = 500


def keep_records(site_ids: Iterable[int]) -> None:
    """Write down what lists show of these sites and their plaques now, as far as it changed.

    The caller holds the sites' rows. Six queries for some hundreds of sites.
    """
    ids = list(site_ids)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        sites = Site.objects.filter(pk__in=batch).select_related("category", "area", "unit").order_by()
        _write(SiteRecord, "site_id", [site_record(site) for site in sites.prefetch_related(valid_plaques())])
        plaques = plaques_with_shown(Plaque.objects.filter(site__in=batch).order_by())
        _write(PlaqueRecord, "plaque_id", [plaque_record(plaque) for plaque in plaques])


def first_records(sites: Iterable[Site]) -> None:
    """The first records of sites just written in bulk, which hold no plaque and have their units at hand."""
    for site in sites:
        site.plaques_in_force = []
    SiteRecord.objects.bulk_create([site_record(site) for site in sites], batch_size=BATCH)


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


def _write(model, key: str, rows: list) -> None:
    """Write the rows that differ from the standing record of their site or plaque, which ends with them."""
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


def _differs(row, standing) -> bool:
    if standing is None:
        return True
    fields = ("area_id", "unit_id", "category_id", "state", "shown")
    return any(getattr(row, name) != getattr(standing, name) for name in fields)
