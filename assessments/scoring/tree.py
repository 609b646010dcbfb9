"""An indicator set as a tree: how deep each line lies, and which lines lie below a heading."""

from collections.abc import Iterable
from decimal import Decimal

from assessments.enums import IndicatorKind
from assessments.models import Indicator

#: Kinds whose points make up the total of a set; bonus points come on top of it.
COUNTED = (IndicatorKind.SCORED, IndicatorKind.YES_NO)


class Tree:
    """The lines of one set in order. Takes them as read, so it asks the database nothing."""

    def __init__(self, indicators: Iterable[Indicator]):
        self.lines = sorted(indicators, key=lambda line: line.order)
        self._by_id = {line.pk: line for line in self.lines}
        self._below: dict[int | None, list[Indicator]] = {}
        for line in self.lines:
            self._below.setdefault(line.parent_id, []).append(line)

    def children(self, parent: Indicator | None) -> list[Indicator]:
        """The lines and headings right below one; None: the first level."""
        return self._below.get(parent and parent.pk, [])

    def parent(self, line: Indicator) -> Indicator | None:
        """The section a line stands in."""
        return self._by_id.get(line.parent_id)

    def depth(self, line: Indicator) -> int:
        """0 for the first level."""
        depth = 0
        while line.parent_id:
            line, depth = self._by_id[line.parent_id], depth + 1
        return depth

    def below(self, heading: Indicator) -> list[Indicator]:
        """All lines that are judged below a heading, at any depth."""
        found = []
        for line in self.children(heading):
            found += self.below(line) if line.is_heading else [line]
        return found

    def summed(self, heading: Indicator) -> list[Indicator]:
        """The lines a heading's points add up from: the counted ones, or the bonus ones where it has no others.

        Bonus points never help a section over its minimum.
        """
        lines = self.below(heading)
        counted = [line for line in lines if line.kind in COUNTED]
        return counted or [line for line in lines if line.kind == IndicatorKind.BONUS]

    def most(self, heading: Indicator) -> Decimal | None:
        """The points that can be reached below a heading; None where it has only vetoes."""
        lines = self.summed(heading)
        return sum((line.points for line in lines), Decimal(0)) if lines else None
