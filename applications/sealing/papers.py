"""Sealed papers of the apps above, for the page that checks any PDF: they may not be imported from here."""

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SealedPaper:
    """A paper that was sealed here: SHA-256 of its file, when, what it is, and its page ("" if not open to the person
    who asks)."""

    sha256: str
    sealed_at: datetime.datetime
    label: str
    url: str


Finder = Callable[[object, Collection[str]], Iterable[SealedPaper]]
_FINDERS: list[Finder] = []


def add_finder(finder: Finder) -> None:
    """Let `finder(user, hashes)` name the papers it keeps with one of these SHA-256; apps do so when they start."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def sealed_papers(user, hashes: Collection[str]) -> list[SealedPaper]:
    """The papers of all apps above with one of these SHA-256."""
    return [paper for finder in _FINDERS for paper in finder(user, hashes)]
