"""In which cells of the journal coverage counts."""

from collections.abc import Iterator

from publicity.models import CountedCoverage
from sites.measures import add_measure, day_of
from sites.models import Programme
from sites.tallies import Cell, Change, stay

#: The family of measures of coverage; a medium's code stands behind the colon.
COVERAGE = "coverage:"


def add_measures() -> None:
    """Let coverage be recounted."""
    add_measure(COVERAGE, _changes)


def measure_of(medium: str) -> str:
    """What the journal calls coverage in a medium."""
    return f"{COVERAGE}{medium}"


def cell_of(row: CountedCoverage) -> Cell:
    """Where an original counts: with its area, under its site's category, the level of its outlet and its year."""
    return Cell(
        measure=measure_of(row.medium),
        programme_id=row.programme_id,
        area_id=row.area_id,
        unit_id=row.area_id,
        category_id=row.category_id,
        state=row.outlet_level,
        year=row.year,
    )


def _changes(programme: Programme) -> Iterator[Change]:
    rows = CountedCoverage.objects.filter(programme=programme).order_by("pk")
    for row in rows.iterator(chunk_size=5_000):
        yield from stay(cell_of(row), day_of(row.counted_from), day_of(row.counted_until))
