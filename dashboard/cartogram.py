"""A map where no geometry is known: every area a block of tiles, one per township, laid out from the unit tree alone.

The same units always give the same drawing. No borders of counties ship with any package this product uses; should
one ever be at hand, it can take the place of `laid_out` and keep all that comes after.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Unit

#: Side lengths of a tile in the drawing's own units, with the gap between two.
WIDTH, HEIGHT, GAP = 80, 64, 4
#: Tiles beside one another in a block: what a telephone shows at full size.
MOST_ACROSS = 4
#: Darker from so many sites on; step 0 are places without any.
STEPS = 5


@dataclass(frozen=True)
class Tile:
    """One place on the drawing: its unit, how many sites stand there, where it lies in its block, how dark it is."""

    unit: Unit
    count: int
    column: int
    line: int
    step: int
    is_area_itself: bool = False

    @property
    def left(self) -> int:
        return self.column * (WIDTH + GAP) + GAP

    @property
    def top(self) -> int:
        return self.line * (HEIGHT + GAP) + GAP


@dataclass(frozen=True)
class Block:
    """An area with its tiles, `across` beside and `down` below one another."""

    area: Unit
    tiles: tuple[Tile, ...]
    across: int
    down: int

    @property
    def count(self) -> int:
        return sum(tile.count for tile in self.tiles)

    @property
    def width(self) -> int:
        return self.across * (WIDTH + GAP) + GAP

    @property
    def height(self) -> int:
        return self.down * (HEIGHT + GAP) + GAP


def laid_out(areas: Sequence[Unit], townships: Iterable[Unit], counts: dict[int, int]) -> list[Block]:
    """The blocks of some areas in their order.

    Args:
        areas: county-level units.
        townships: the units right below them that have a tile, in any order.
        counts: sites by the id of a township, or of the area for those that belong to no township.
    """
    below: dict[int, list[Unit]] = {area.pk: [] for area in areas}
    for unit in sorted(townships, key=lambda unit: unit.pk):
        below[unit.parent_id].append(unit)
    limits = limits_of(counts.values())
    return [_block(area, below[area.pk], counts, limits) for area in areas]


def _block(area: Unit, townships: list[Unit], counts: dict[int, int], limits: tuple[int, ...]) -> Block:
    """Townships from left to right and line by line; the area itself first where sites stand at it or it has none."""
    own = [area] if counts.get(area.pk) or not townships else []
    units = own + townships
    across = min(MOST_ACROSS, math.ceil(math.sqrt(len(units))))
    tiles = tuple(
        Tile(
            unit=unit,
            count=counts.get(unit.pk, 0),
            column=place % across,
            line=place // across,
            step=step_of(counts.get(unit.pk, 0), limits),
            is_area_itself=unit is area,
        )
        for place, unit in enumerate(units)
    )
    return Block(area=area, tiles=tiles, across=across, down=math.ceil(len(units) / across))


def limits_of(counts: Iterable[int]) -> tuple[int, ...]:
    """The least numbers of the steps above 0: even parts of the highest number, one apart where that is small."""
    most = max(counts, default=0)
    width = max(1, math.ceil(most / STEPS))
    return tuple(1 + width * step for step in range(STEPS) if 1 + width * step <= max(most, 1))


def step_of(count: int, limits: tuple[int, ...]) -> int:
    """0 for none, else the place of the highest limit that is reached."""
    return sum(count >= limit for limit in limits)


def legend(counts: Iterable[int]) -> list[tuple[int, str]]:
    """The steps with the numbers they stand for, up to the highest there is."""
    counts = list(counts)
    limits, most = limits_of(counts), max(counts, default=0)
    upper = [*(limit - 1 for limit in limits[1:]), most]
    words = [str(low) if low == high else f"{low}–{high}" for low, high in zip(limits, upper, strict=False)]
    return list(enumerate(["0", *(words if most else [])]))
