"""Cross tables whose every number is a link to the list it counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.urls import reverse


@dataclass(frozen=True)
class Number:
    """A count and the address of the list of what was counted. Of a sum, `amount` is what is shown, `count` the number
    of rows that were added up."""

    count: int
    url: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Words:
    """A cell that is no number: a state, a day, what is still missing; `share` is a percentage to draw beside it.
    `is_measure`: a number with its unit, set to the right as numbers are."""

    text: str
    url: str = ""
    share: int | None = None
    is_measure: bool = False


@dataclass(frozen=True)
class Row:
    label: str
    numbers: tuple[Number | Words, ...]
    url: str = ""
    #: Whether a chart has it too: a year that still runs would look like a fall.
    is_drawn: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of numbers under column heads, with a row of totals (None where sums would say nothing)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None
    #: What it shows, in full, for those who hear the page; `corner` stands above the labels of the rows.
    caption: str = ""
    corner: str = ""
    #: How it is drawn beside the table: "stacked", "bars", "lines", or not at all.
    chart: str = ""
    #: Heads of the columns that are drawn; all of them where none is named.
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headline:
    """The one number of a section that stands above them all, and what it counts."""

    number: Number
    label: str


@dataclass(frozen=True)
class Section:
    """One part of the dashboard: tables under a heading. `code` is its anchor."""

    code: str
    title: str
    tables: tuple[Table, ...]
    #: What it says, what it counts and where that is written, in a sentence or two.
    lead: str = ""
    #: How to read it on the screen: not for paper.
    hint: str = ""
    headline: Headline | None = None


def percent(part, whole) -> int | None:
    """The share of a part in the whole in percent, halves up (275 of 297: 93); None of nothing."""
    if not whole:
        return None
    share = Decimal(part) * 100 / Decimal(whole)
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def address(name: str, args=(), **query) -> str:
    """The address of a list with those filters that are set."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    path = reverse(name, args=args)
    return f"{path}?{urlencode(given)}" if given else path


def cross(
    *,
    rows: Iterable,
    columns: Iterable,
    count: Callable[[object, object], int],
    url: Callable[..., str],
    total: str,
    amount: Callable[[object, object], Decimal] | None = None,
    sum_rows: bool = True,
    is_drawn: Callable[[object], bool] = lambda row: True,
    **shown: str | tuple[str, ...],
) -> Table:
    """Cross `rows` with `columns`; `count` and `url` take one of each, None standing for all of them.

    `amount` is what a sum shows, `count` then the rows that were added up. `total` heads the sums. `sum_rows` False
    leaves out the sum along a row, for columns that overlap. `is_drawn` tells which rows a chart has. `shown` are
    caption, corner, chart and drawn of the table.
    """
    rows, columns = list(rows), list(columns)
    heads = [*columns, None] if sum_rows else columns

    def number(row, column) -> Number:
        pairs = [
            (one_row, one_column)
            for one_row in (rows if row is None else [row])
            for one_column in (columns if column is None else [column])
        ]
        return Number(
            count=sum(count(*pair) for pair in pairs),
            url=url(row, column),
            amount=sum((amount(*pair) for pair in pairs), Decimal(0)) if amount else None,
        )

    def line(label: str, row) -> Row:
        numbers = tuple(number(row, column) for column in heads)
        return Row(label=label, numbers=numbers, is_drawn=row is None or is_drawn(row))

    return Table(
        columns=tuple(total if column is None else str(column) for column in heads),
        rows=tuple(line(str(row), row) for row in rows),
        total=line(total, None),
        **shown,
    )
