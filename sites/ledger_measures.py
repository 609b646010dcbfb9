"""In which cells of the journal the rows of the ledger count: sites, flagships, plaques, figures and funds."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import QuerySet

from accounts import clock
from sites.enums import GIVEN_STATES, PlaqueState, SiteState
from sites.life_enums import EntryState
from sites.measures import add_measure, day_of
from sites.models import FigureRecord, Fund, PlaqueRecord, Programme, SiteRecord
from sites.models.life import FundLog
from sites.tallies import FIGURE, FLAGSHIPS, FUNDS, PLAQUES, SITES, Cell, Change, stay

#: Sites by the year they were registered in and plaques by the year of the award, whatever became of them.
REGISTERED, AWARDED = "registered", "awarded"
_CHUNK = 5_000


def add_measures() -> None:
    """Let the measures of the ledger be recounted."""
    add_measure(SITES, _sites)
    add_measure(FLAGSHIPS, _flagships)
    add_measure(REGISTERED, _registered)
    add_measure(PLAQUES, _plaques)
    add_measure(AWARDED, _awarded)
    add_measure(FIGURE, _figures)
    add_measure(FUNDS, _funds)


# --- the cells ------------------------------------------------------------------------------------------------


def site_cells(row: SiteRecord, programme_id: int) -> list[Cell]:
    """Where a site counts: among the sites of its state and of its year, an active flagship also among those."""
    place = (programme_id, row.area_id, row.unit_id, row.category_id)
    cells = [Cell(SITES, *place, state=str(row.state)), registered_cell(row, programme_id)]
    if is_flagship(row):
        cells.append(Cell(FLAGSHIPS, *place))
    return cells


def registered_cell(row: SiteRecord, programme_id: int) -> Cell:
    """Where a site counts among those of its year."""
    place = (programme_id, row.area_id, row.unit_id, row.category_id)
    return Cell(REGISTERED, *place, year=int(row.shown["registered"][:4]))


def is_flagship(row: SiteRecord) -> bool:
    """Whether a record says that the site counts as a flagship."""
    return row.state == SiteState.ACTIVE and bool(row.shown.get("flagship"))


def plaque_cells(row: PlaqueRecord, programme_id: int) -> list[Cell]:
    """Where a plaque counts; one that has ended under the year of its end. A claim that was refused never was one."""
    if row.state == PlaqueState.REFUSED:
        return []
    place = (programme_id, row.area_id, row.unit_id, row.category_id, row.level_id)
    ended_on = row.shown.get("ended_on")
    cells = [Cell(PLAQUES, *place, state=str(row.state), year=int(ended_on[:4]) if ended_on else None)]
    if is_award(row):
        cells.append(Cell(AWARDED, *place, year=int(row.shown["awarded_on"][:4])))
    return cells


def is_award(row: PlaqueRecord) -> bool:
    """Whether a record is of a plaque that was given, and not in place of another."""
    return row.state in GIVEN_STATES and not row.shown.get("held_since")


def figure_cell(row: FigureRecord, programme_id: int) -> Cell:
    """Where a site's count of a year counts: with its area, for every site that reported it."""
    return Cell(
        FIGURE + row.code, programme_id, row.area_id, row.area_id, category_id=row.category_id, year=row.year
    )


def fund_cell(programme_id: int, area_id: int, category_id: int, year: int) -> Cell:
    """Where a confirmed fund counts: with the area of its site."""
    return Cell(FUNDS, programme_id, area_id, area_id, category_id=category_id, year=year)


# --- their history from the rows ------------------------------------------------------------------------------


def _sites(programme: Programme) -> Iterator[Change]:
    rows = SiteRecord.objects.filter(site__programme=programme).defer("shown")
    for row in rows.order_by().iterator(_CHUNK):
        place = (programme.pk, row.area_id, row.unit_id, row.category_id)
        yield from stay(
            Cell(SITES, *place, state=row.state), day_of(row.recorded_at), day_of(row.superseded_at)
        )


def _registered(programme: Programme) -> Iterator[Change]:
    rows = SiteRecord.objects.filter(site__programme=programme)
    for row in rows.order_by().iterator(_CHUNK):
        yield from stay(
            registered_cell(row, programme.pk), day_of(row.recorded_at), day_of(row.superseded_at)
        )


def _flagships(programme: Programme) -> Iterator[Change]:
    rows = SiteRecord.objects.filter(site__programme=programme, shown__flagship=True, state=SiteState.ACTIVE)
    for row in rows.order_by().iterator(_CHUNK):
        cell = Cell(FLAGSHIPS, programme.pk, row.area_id, row.unit_id, row.category_id)
        yield from stay(cell, day_of(row.recorded_at), day_of(row.superseded_at))


def _plaques(programme: Programme) -> Iterator[Change]:
    return _of_plaques(programme, PLAQUES)


def _awarded(programme: Programme) -> Iterator[Change]:
    return _of_plaques(programme, AWARDED)


def _of_plaques(programme: Programme, measure: str) -> Iterator[Change]:
    rows = PlaqueRecord.objects.filter(level__programme=programme)
    for row in rows.order_by().iterator(_CHUNK):
        for cell in plaque_cells(row, programme.pk):
            if cell.measure == measure:
                yield from stay(cell, day_of(row.recorded_at), day_of(row.superseded_at))


def _figures(programme: Programme) -> Iterator[Change]:
    rows = FigureRecord.objects.filter(site__programme=programme)
    for row in rows.order_by().iterator(_CHUNK):
        cell = figure_cell(row, programme.pk)
        yield from stay(cell, day_of(row.recorded_at), day_of(row.superseded_at), row.value)


def _funds(programme: Programme) -> Iterator[Change]:
    """Each fund from its confirmation to its end, in the places its site had meanwhile."""
    funds = Fund.objects.filter(site__programme=programme).order_by()
    confirmed, ended = {}, {}
    for row in FundLog.objects.filter(subject__in=funds).order_by("id"):
        if row.to_state == EntryState.CONFIRMED:
            confirmed[row.subject_id] = row.at
        elif row.from_state == EntryState.CONFIRMED:
            ended[row.subject_id] = row.at
    counted = [fund for fund in funds if fund.state == EntryState.CONFIRMED or fund.pk in ended]
    records = SiteRecord.objects.filter(site__programme=programme)
    places = places_of({fund.site_id for fund in counted}, records)
    for fund in counted:
        begins = day_of(confirmed.get(fund.pk, fund.recorded_at))
        ends = day_of(ended.get(fund.pk))
        yield from _in_places(fund, begins, ends, places[fund.site_id], programme.pk)


def fund_step(fund: Fund, step: int) -> list[Change]:
    """What it changes that a fund was confirmed (1) or is confirmed no more (-1) just now; two queries.

    In the ordinary run of days that is one cell. Where a demonstration's clock went back it is the difference between
    what a recount says before and after.
    """
    site, steps = fund.site, FundLog.objects.filter(subject=fund, to_state=EntryState.CONFIRMED)
    begins = day_of(steps.order_by("-id").values_list("at", flat=True).first() or fund.recorded_at)
    rows = SiteRecord.objects.filter(site=site).order_by("id").values_list("area", "category", "recorded_at")
    places = list(_stations(rows)) or [(site.area_id, site.category_id, begins)]
    standing = list(_in_places(fund, begins, None, places, site.programme_id))
    if step > 0:
        return standing
    ended = _in_places(fund, begins, clock.today(), places, site.programme_id)
    return [*ended, *(Change(one.cell, -one.count, -one.amount, one.day) for one in standing)]


def places_of(sites: Iterable[int], records: QuerySet) -> dict[int, list[tuple]]:
    """The areas and categories these sites had by their records, each with the day from which, first to last."""
    found: dict[int, list] = {site: [] for site in sites}
    rows = records.order_by("id").values_list("site", "area", "category", "recorded_at")
    for site, *row in rows.iterator(_CHUNK):
        if site in found:
            found[site].append(row)
    return {site: list(_stations(of_site)) for site, of_site in found.items()}


def _stations(rows: Iterable) -> Iterator[tuple]:
    """The places among a site's records (area, category, moment), each with the day from which."""
    place = None
    for area, category, since in rows:
        if (area, category) != place:
            place = (area, category)
            yield area, category, day_of(since)


def _in_places(fund: Fund, begins, ends, places: list, programme_id: int) -> Iterator[Change]:
    amount = Decimal(fund.amount)
    for (area, category, since), until in zip(places, [*(p[2] for p in places[1:]), None], strict=True):
        cell = fund_cell(programme_id, area, category, fund.year)
        first = begins if (area, category, since) == places[0] else max(begins, since)
        last = min((day for day in (until, ends) if day is not None), default=None)
        if last is None or first <= last:
            yield from stay(cell, first, last, amount)
