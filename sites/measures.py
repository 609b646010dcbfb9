"""What is counted in the journal of figures: each app says here how its measures follow from its rows.

The journal is written with every change; from the rows it is only written anew by a recount, after an upgrade that
brought a measure in or after rows were written past the services.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone

from sites.models import Programme
from sites.tallies import Change


@dataclass(frozen=True)
class Measure:
    """A measure, or with a colon at its end a family of them (“figure:”), and the changes of its whole history."""

    name: str
    #: Every change of a programme's rows, each with its day; reads only.
    changes: Callable[[Programme], Iterable[Change]]

    @property
    def is_family(self) -> bool:
        return self.name.endswith(":")


_MEASURES: dict[str, Measure] = {}


def add_measure(name: str, changes: Callable[[Programme], Iterable[Change]]) -> None:
    """Let a measure be recounted; apps do so when they start."""
    _MEASURES[name] = Measure(name, changes)


def known_measures(names: Iterable[str] | None = None) -> list[Measure]:
    """The measures of these names (None: all), in the order in which the apps added them."""
    wanted = None if names is None else set(names)
    if wanted and (unknown := wanted - _MEASURES.keys()):
        raise ValueError(f"no measure of the name {sorted(unknown)[0]!r}; there are {sorted(_MEASURES)}")
    return [one for one in _MEASURES.values() if wanted is None or one.name in wanted]


def day_of(moment: datetime.datetime | None) -> datetime.date | None:
    """The office's day of a moment."""
    return None if moment is None else timezone.localdate(moment)
