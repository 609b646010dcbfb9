"""How numbers of the assessment are written."""

from decimal import Decimal


def plain(points: Decimal | None) -> str:
    """Points without the zeros nobody writes: 6.00 as 6, 6.50 as 6.5."""
    return "" if points is None else f"{points.normalize():f}"
