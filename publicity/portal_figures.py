"""The public statistics: sites that hold plaques, awards and revocations by year. From the journal of figures alone."""

from collections import defaultdict
from dataclasses import dataclass

from accounts import clock
from publicity.portal import programmes
from sites.enums import IN_FORCE_STATES, PlaqueState
from sites.ledger_measures import AWARDED
from sites.models import Programme
from sites.selectors import areas_of
from sites.tallies import PLAQUES, counted


@dataclass(frozen=True)
class Grid:
    """A table of counts with its sums: `rows` are (label, counts, sum of the row)."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[int], int]]

    @property
    def sums(self) -> list[int]:
        return [sum(row[1][place] for row in self.rows) for place in range(len(self.columns))]

    @property
    def total(self) -> int:
        return sum(row[2] for row in self.rows)


@dataclass(frozen=True)
class YearRow:
    """Plaques of all levels awarded and revoked in a year; `awarded` by level, in the order of the levels."""

    year: int
    awarded: list[int]
    total: int
    revoked: int


@dataclass(frozen=True)
class Figures:
    """One programme: sites with a valid plaque by level (area × category each), and its years, the latest first."""

    programme: str
    owner: str
    levels: list[Grid]
    years: list[YearRow]

    @property
    def level_names(self) -> list[str]:
        return [grid.title for grid in self.levels]


def figures() -> list[Figures]:
    """The figures of every programme that has begun; four queries for each."""
    return [_figures(programme) for programme in programmes()]


def _figures(programme: Programme) -> Figures:
    areas = list(areas_of(programme))
    categories, levels = list(programme.categories.all()), list(programme.levels.all())
    held, awarded, revoked = defaultdict(int), defaultdict(int), defaultdict(int)
    for cell in counted(programme, areas, [PLAQUES, AWARDED], clock.today()):
        if cell.measure == AWARDED:
            awarded[cell.year, cell.level_id] += cell.count
        elif cell.state in IN_FORCE_STATES:
            held[cell.level_id, cell.area_id, cell.category_id] += cell.count
        elif cell.state == PlaqueState.REVOKED:
            revoked[cell.year] += cell.count
    grids = [_grid(level, areas, categories, held) for level in levels]
    years = sorted({year for year, _level in awarded} | set(revoked), reverse=True)
    rows = [_year(year, [awarded[year, level.pk] for level in levels], revoked[year]) for year in years]
    return Figures(str(programme), str(programme.owner), grids, rows)


def _grid(level, areas, categories, held) -> Grid:
    rows = []
    for area in areas:
        counts = [held[level.pk, area.pk, category.pk] for category in categories]
        rows.append((str(area), counts, sum(counts)))
    return Grid(str(level), [str(category) for category in categories], rows)


def _year(year: int, awarded: list[int], revoked: int) -> YearRow:
    return YearRow(year, awarded, sum(awarded), revoked)
