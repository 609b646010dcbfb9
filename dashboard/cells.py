"""The cells of the dashboard's tables as people read them: as text on paper, as a link on the page."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dashboard.tables import Number, Row, Table, Words


def number_words(value) -> str:
    """A number as tables write it: in groups of three digits, whole ones without decimals, others with two."""
    return f"{value:,.{0 if value == int(value) else 2}f}"


def words_of(value) -> str:
    """Any value of a list as text: a day in the reader's language, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return number_words(value) if isinstance(value, Decimal | float) else str(value)


def sentences(said: Iterable[str]) -> str:
    """Sentences one after the other, as the language sets them: Chinese leaves no space between them."""
    return reduce(lambda first, then: _("%(first)s %(then)s") % {"first": first, "then": then}, said)


def value_of(cell: Number | Words):
    """What a cell comes to: the amount of a sum, the count, the percentage; None for mere words."""
    if isinstance(cell, Words):
        return cell.share
    return cell.count if cell.amount is None else cell.amount


def cell_words(cell: Number | Words) -> str:
    """A cell as text."""
    return cell.text if isinstance(cell, Words) else number_words(value_of(cell))


def says_nothing(table: Table) -> bool:
    """Whether every number of a table is zero, and nothing but a dash stands beside them."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    cells = [cell for row in rows for cell in row.numbers]
    numbers = [cell for cell in cells if isinstance(cell, Number)]
    words = [cell.text for cell in cells if isinstance(cell, Words)]
    return not any(cell.count for cell in numbers) and bool(numbers) and not set(words) - {"", "–"}


def number_columns(table: Table) -> list[bool]:
    """Which columns are set to the right: those with a number, or a number with its unit, in some row."""
    return [any(_is_numeric(row.numbers[place]) for row in table.rows) for place in range(len(table.columns))]


def _is_numeric(cell: Number | Words) -> bool:
    return isinstance(cell, Number) or cell.is_measure


def rows_html(table: Table) -> SafeString:
    """The body and the totals of a table as HTML, made here and not in a template: there are thousands of cells."""
    numeric = number_columns(table)
    body = "".join(_row(row, numeric) for row in table.rows)
    foot = f"<tfoot>{_row(table.total, numeric)}</tfoot>" if table.total else ""
    return mark_safe(f"<tbody>{body}</tbody>{foot}")  # noqa: S308 - every part below is escaped


def _row(row: Row, numeric: list[bool]) -> str:
    label = _link(row.url, escape(row.label)) if row.url else escape(row.label)
    cells = map(_cell, row.numbers, numeric)
    return f'<tr><th scope="row">{label}</th>{"".join(cells)}</tr>'


def _cell(cell: Number | Words, among_numbers: bool) -> str:
    if isinstance(cell, Words):
        return _words(cell, among_numbers)
    if not cell.count:
        return '<td class="number"><span class="zero">0</span></td>'
    text = number_words(value_of(cell))
    if cell.amount is None:
        return f'<td class="number">{_link(cell.url, text)}</td>'
    sums = f' data-count="{cell.count}" data-amount="{cell.amount}"'
    return f'<td class="number"><a href="{escape(cell.url)}"{sums}>{text}</a></td>'


def _words(cell: Words, among_numbers: bool) -> str:
    """Words, with the percentage drawn beside them; the bar says nothing the words do not."""
    text = _link(cell.url, escape(cell.text)) if cell.url else escape(cell.text)
    if cell.share is None:
        return f'<td class="words{" number" if among_numbers else ""}">{text}</td>'
    bar = format_html('<progress max="100" value="{}" aria-hidden="true"></progress>', cell.share)
    return f'<td class="share">{bar}&nbsp;{text}</td>'


def _link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{text}</a>'
