"""What nearly every test begins with is left standing from one test to the next.

The programme and its people are written into a transaction that is never committed, a savepoint for each; a test that
begins with them runs in a savepoint of its own and finds them there. Before a test that begins with less, or with an
empty database and transactions of its own, they are taken away.
"""

import pickle
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts import clock
from tests import emptying

#: The fixtures whose rows may be left standing, in the order in which they build on each other.
LAYERS = ("xiangtan", "people", "demonstration")
#: What writes the rows of each.
_makers: dict[str, Callable[[], object]] = {}
#: The fixtures with which a test has transactions of its own.
TRANSACTIONAL = {"transactional_db", "live_server"}

_open: list[tuple[str, transaction.Atomic]] = []
#: pytest-django's guard of the database, as soon as there is one.
_guards: list = []
#: What the fixtures return, by name.
_known: dict[str, bytes] = {}


def begin(guard) -> None:
    """The database is there; whatever ran before made its rows by itself."""
    _guards.append(guard)


def end() -> None:
    """Leave the database as empty as it was."""
    with _guards.pop().unblock():
        if _open and connection.in_atomic_block:
            _take_away(0)


def layer(make: Callable[[], object], name: str) -> None:
    """Leave standing what `make()` writes for the fixture of that name; it returns what the fixture does."""
    _makers[name] = make


def begins_with(item: pytest.Item) -> list[str]:
    """The layers a test begins with; none for tests with transactions of their own."""
    if _is_transactional(item):
        return []
    return [name for name in LAYERS if name in item.fixturenames and name in _makers]


def stands(name: str) -> bool:
    """Whether the rows of a fixture are there already."""
    return any(name == known for known, _block in _open)


def recalled(name: str):
    """A copy of its own of what the fixture returns: the rows left standing are the same every time."""
    return pickle.loads(_known[name])


def prepare(item: pytest.Item) -> None:
    """Let exactly those layers stand that a test begins with."""
    if not _guards or not _uses_database(item):
        return
    with _guards[0].unblock():
        if connection.closed_in_transaction:
            _take_away(0)  # a test lost the connection
        elif _open and not connection.in_atomic_block:
            _forget()
        wanted = begins_with(item)
        while [name for name, _block in _open] != wanted[: len(_open)]:
            _take_away(len(_open) - 1)
        for name in wanted[len(_open) :]:
            _add(name)


def _add(name: str) -> None:
    block = transaction.atomic()
    block._from_testcase = True  # like the block around a test, it does not count for what must be outermost
    block.__enter__()
    _open.append((name, block))
    _known[name] = pickle.dumps(_makers[name]())
    clock.set_today(None)
    # What a database checks at the end of a transaction it checks now, not after every test again.
    connection.check_constraints()


def _take_away(left: int) -> None:
    while len(_open) > left:
        _name, block = _open.pop()
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


def _forget() -> None:
    """A test ended the transaction that the layers stood in: whatever it left is taken away row by row."""
    _open.clear()
    emptying.empty()


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction", False)
    return asked or not TRANSACTIONAL.isdisjoint(item.fixturenames)


def _uses_database(item: pytest.Item) -> bool:
    has_marker = item.get_closest_marker("django_db") is not None
    return has_marker or not (TRANSACTIONAL | {"db"}).isdisjoint(item.fixturenames)
