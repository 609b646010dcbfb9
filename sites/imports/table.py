"""The table in a sheet: where its head is, which column is which, and what is wrong with it as a whole."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.sheet_parts import column_letters
from accounts.sheets import MOST_ROWS, Row, Sheet, too_many_rows
from accounts.words import lazy_list
from sites.imports.kind import REASON_LABEL, Column, in_all_languages
from sites.imports.values import is_blank, name_key, printable

#: The head is looked for in the first rows: a title may stand above it.
_HEAD_WITHIN = 10
_BRACKETS = re.compile(r"\([^)]*\)$")


@dataclass
class Table:
    """`columns` maps places to columns of the kind, `heads` places to the words in the head row."""

    sheet: Sheet
    head: Row
    columns: dict[int, Column]
    heads: dict[int, str]
    rows: list[Row]


def find_table(sheet: Sheet, columns: list[Column]) -> Table:
    """Find the table of a sheet and hold it against the columns wanted.

    Raises DomainError naming merged cells, formulas, and columns that are missing, unknown or there twice.
    """
    known = _known_heads(columns)
    ignored = {_head_key(word) for word in in_all_languages(REASON_LABEL)}
    head = _head_row(sheet, known)
    if head is None:
        sheet.refuse_merged()
        raise _no_head(columns, sheet)
    sheet.refuse_merged(head.number)
    sheet.refuse_formulas(head.number)
    heads = {
        place: printable(str(value).strip())
        for place, value in sorted(head.cells.items())
        if not is_blank(value)
    }
    kept = {place: word for place, word in heads.items() if _head_key(word) not in ignored}
    found = {place: known[_head_key(word)] for place, word in kept.items() if _head_key(word) in known}
    rows = [row for row in sheet.rows if row.number > head.number and _is_filled(row, kept, heads)]
    require_heads(kept, found, columns)
    _require_rows(rows, heads)
    return Table(sheet, head, found, heads, rows)


def require_heads(heads: dict[int, str], found: dict[int, Column], columns: list[Column]) -> None:
    """Every column known, none twice, no required one missing."""
    faults = []
    for column in columns:
        places = [place for place, known in found.items() if known is column]
        if len(places) > 1:
            cells = lazy_list([column_letters(place) for place in places])
            faults.append(
                _("The column “%(column)s” is there twice: %(cells)s.")
                % {"column": column.label, "cells": cells}
            )
    missing = [str(column.label) for column in columns if column.required and column not in found.values()]
    if missing:
        faults.append(_("Columns missing: %(columns)s.") % {"columns": lazy_list(missing)})
    unknown = [
        f"{word[:40]} ({column_letters(place)})" for place, word in heads.items() if place not in found
    ]
    if unknown:
        faults.append(_("Columns not known here: %(columns)s.") % {"columns": lazy_list(unknown[:10])})
    if faults:
        raise DomainError(
            Reason(
                text=" ".join(faults),
                remedy=_("Name the columns as in the template, and delete those it does not have."),
            )
        )


def _known_heads(columns: list[Column]) -> dict[str, Column]:
    """Columns by the words they may be headed with: in each language, with and without what stands in brackets."""
    words = [(word, column) for column in columns for word in in_all_languages(column.label)]
    short = {_head_key(_BRACKETS.sub("", _head_key(word))): column for word, column in reversed(words)}
    return short | {_head_key(word): column for word, column in words}


def _head_key(word) -> str:
    """A head without what marks a required column."""
    return name_key(str(word)).rstrip("*")


def _head_row(sheet: Sheet, known: dict[str, Column]) -> Row | None:
    """The row that names most columns; one name may be a value by chance, unless it is all there is."""
    best, most = None, 0
    for row in sheet.rows[:_HEAD_WITHIN]:
        count = sum(isinstance(value, str) and _head_key(value) in known for value in row.cells.values())
        if count > most:
            best, most = row, count
    return best


def _is_filled(row: Row, kept: dict[int, str], heads: dict[int, str]) -> bool:
    """Whether a row holds anything besides the reason a former import gave."""
    return any(
        (place in kept or place not in heads) and not is_blank(value) for place, value in row.cells.items()
    )


def _require_rows(rows: list[Row], heads: dict[int, str]) -> None:
    if not rows:
        raise DomainError(
            Reason(text=_("The table has no rows."), remedy=_("Fill in at least one row below the head."))
        )
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    for row in rows:
        for place, value in row.cells.items():
            if place not in heads and not is_blank(value):
                raise DomainError(
                    Reason(
                        text=_("Cell %(cell)s stands in a column without a name.")
                        % {"cell": f"{column_letters(place)}{row.number}"},
                        remedy=_("Name the column as in the template, or delete it."),
                    )
                )


def _no_head(columns: list[Column], sheet: Sheet) -> DomainError:
    required = [str(column.label) for column in columns if column.required]
    return DomainError(
        Reason(
            text=_("The sheet “%(sheet)s” has no row with the names of the columns: %(columns)s.")
            % {"sheet": sheet.name, "columns": lazy_list(required)},
            remedy=_("Download the template and copy the table into it."),
        )
    )
