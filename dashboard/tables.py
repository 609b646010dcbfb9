"""Cross tables whose every number is a link to the list it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse


@dataclass(frozen=True)
class Number:
    """A count and the address of the list of what was counted."""

    count: int
    url: str


@dataclass(frozen=True)
class Row:
    label: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Table:
    """Rows of numbers under column heads, with a row of totals."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row


def address(name: str, **query) -> str:
    """The address of a list with those filters that are set."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{reverse(name)}?{urlencode(given)}" if given else reverse(name)


def cross(
    *,
    rows: Iterable,
    columns: Iterable,
    count: Callable[[object, object], int],
    url: Callable[..., str],
    total: str,
    sum_rows: bool = True,
) -> Table:
    """Cross `rows` with `columns`; `count` and `url` take one of each, None standing for all of them.

    `total` heads the sums. `sum_rows` False leaves out the sum along a row, for columns that overlap.
    """
    rows, columns = list(rows), list(columns)
    heads = [*columns, None] if sum_rows else columns

    def number(row, column) -> Number:
        counted = sum(
            count(one_row, one_column)
            for one_row in (rows if row is None else [row])
            for one_column in (columns if column is None else [column])
        )
        return Number(count=counted, url=url(row, column))

    def line(label: str, row) -> Row:
        return Row(label=label, numbers=tuple(number(row, column) for column in heads))

    return Table(
        columns=tuple(total if column is None else str(column) for column in heads),
        rows=tuple(line(str(row), row) for row in rows),
        total=line(total, None),
    )
