"""What early warnings put into the journal of figures: each factor, and the sites with one and with several of them,
by area and category."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.warnings.facts import Place
from sites.tallies import Cell, Change

#: What all measures begin with; sites with at least one factor, and with at least two.
FAMILY = "warnings:"
SITES, SEVERAL = FAMILY + "sites", FAMILY + "several"
_LEAST = {SITES: 1, SEVERAL: 2}


def measure_of(factor: str) -> str:
    return FAMILY + factor


MEASURES = (*(measure_of(factor.value) for factor in Factor), SITES, SEVERAL)


def _cell(measure: str, programme_id: int, area_id: int, category_id: int) -> Cell:
    return Cell(
        measure=measure,
        programme_id=programme_id,
        area_id=area_id,
        unit_id=area_id,
        category_id=category_id,
    )


def changes_of(
    places: dict[int, Place],
    standing: Iterable[EarlyWarning],
    ended: Iterable[EarlyWarning],
    begun: Iterable[EarlyWarning],
) -> Iterator[Change]:
    """How cells change when of the rows standing at some sites some end and others begin; `places` by site."""
    before, after = Counter(), Counter()
    for row in standing:
        before[_key(row)] += 1
    after.update(before)
    for rows, step in ((ended, -1), (begun, 1)):
        for row in rows:
            after[_key(row)] += step
            programme = places[row.site_id].programme_id
            yield Change(_cell(measure_of(row.factor), programme, row.area_id, row.category_id), step)
    for key in after:
        site_id, area, category = key
        for measure, least in _LEAST.items():
            moved = int(after[key] >= least) - int(before[key] >= least)
            yield Change(_cell(measure, places[site_id].programme_id, area, category), moved)


def _key(row: EarlyWarning) -> tuple[int, int, int]:
    return row.site_id, row.area_id, row.category_id


def all_changes(programme) -> Iterator[Change]:
    """Everything the warnings of a programme ever moved, day by day, for recounting the journal; one query."""
    rows = EarlyWarning.objects.filter(site__programme=programme).order_by("site_id", "pk")
    days = defaultdict(Counter)
    fields = ("site_id", "area_id", "category_id", "factor", "since", "until")
    for site, area, category, factor, since, until in rows.values_list(*fields).iterator():
        cell = _cell(measure_of(factor), programme.pk, area, category)
        for day, step in _stretch(since, until):
            yield Change(cell, step, day=day)
            days[site, area, category][day] += step
    for (_site, area, category), moves in days.items():
        yield from _of_site(programme.pk, area, category, moves)


def _stretch(since: datetime.date, until: datetime.date | None) -> list[tuple[datetime.date, int]]:
    return [(since, 1)] + ([(until, -1)] if until else [])


def _of_site(programme_id: int, area: int, category: int, moves: Counter) -> Iterator[Change]:
    """When a site came to have one factor, or several, and when no longer."""
    held = 0
    for day in sorted(moves):
        before, held = held, held + moves[day]
        for measure, least in _LEAST.items():
            moved = int(held >= least) - int(before >= least)
            if moved:
                yield Change(_cell(measure, programme_id, area, category), moved, day=day)
