"""The workbooks that go out: the template to fill in, and the refused rows with the reasons beside them."""

import datetime
import io
import math

import xlsxwriter
from django.utils.translation import gettext as _

from accounts.sheet_parts import Fault, column_letters
from accounts.sheets import MOST_ROWS
from sites.imports.kind import CODES_NAME, EXAMPLE_NAME, REASON_LABEL, SHEET_NAME, Column, Draft, Kind
from sites.imports.table import Table
from sites.imports.values import printable

#: Widths in Excel's unit, about one digit; a Chinese character takes two.
_NARROWEST, _WIDEST, _REASON = 12, 32, 70
#: Height of a line in points.
_LINE = 16
#: Excel takes no longer texts in the note of a cell.
_NOTE = 255


class _Book:
    """A workbook under way, with the formats both kinds share."""

    def __init__(self):
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        line = {"border": 1, "border_color": "#B8B2A6", "valign": "top", "text_wrap": True}
        head = {**line, "bold": True, "valign": "vcenter", "bg_color": "#EFEBE3"}
        top = {"valign": "top"}
        make = self.book.add_format
        self.head, self.required = make(head), make({**head, "font_color": "#9B2226"})
        self.text, self.number = make({**top, "num_format": "@"}), make({**top, "num_format": "General"})
        self.cell = make({**line, "num_format": "@"})
        self.day = make({**top, "num_format": "yyyy-mm-dd"})
        wrong = {**top, "bg_color": "#FBE6E6"}
        self.wrong, self.wrong_day = (
            make({**wrong, "num_format": "@"}),
            make({**wrong, "num_format": "yyyy-mm-dd"}),
        )
        self.wrong_number = make(wrong)
        self.reason = make({"text_wrap": True, "valign": "top", "font_color": "#9B2226"})
        self.title = make({"bold": True, "font_size": 14})
        self.note = make({"text_wrap": True, "valign": "top"})

    def sheet(self, name: str):
        """A sheet that prints on A4 across, as wide as the paper, its head on every page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def bytes(self) -> bytes:
        self.book.close()
        return self.stream.getvalue()


def template(kind: Kind) -> bytes:
    """An empty table with drop-downs, beside it an example with explanations and the lists of codes."""
    book = _Book()
    sheet = book.sheet(str(SHEET_NAME))
    example = book.sheet(str(EXAMPLE_NAME))
    codes = _write_codes(book, kind)
    _write_head(book, sheet, dict(enumerate(kind.columns)))
    for place, column in enumerate(kind.columns):
        _offer(sheet, place, column, codes)
    _write_example(book, example, kind)
    sheet.activate()
    return book.bytes()


def error_workbook(kind: Kind, table: Table, refused: list[Draft]) -> bytes:
    """The refused rows as they came, all their cells, with the reasons in a last column; imports as it is.

    Cells that were refused are marked.
    """
    book = _Book()
    sheet = book.sheet(str(SHEET_NAME))
    codes = _write_codes(book, kind)
    kept = [place for place in table.heads if place in table.columns]
    columns = {index: table.columns[place] for index, place in enumerate(kept)}
    _write_head(book, sheet, columns)
    for index, column in columns.items():
        _offer(sheet, index, column, codes)
    last = len(kept)
    sheet.write_string(0, last, str(REASON_LABEL), book.head)
    sheet.set_column(last, last, _REASON)
    for line, draft in enumerate(refused, start=1):
        wrong = {key for key, _reason in draft.reasons}
        for index, place in enumerate(kept):
            _write_raw(book, sheet, (line, index), draft.row.cells.get(place), columns[index].key in wrong)
        reasons = reason_lines(kind, draft)
        sheet.write_string(line, last, "\n".join(reasons), book.reason)
        # Excel finds the height of wrapped text by itself, LibreOffice does not.
        sheet.set_row(line, _LINE * sum(math.ceil(_width(reason) / _REASON) for reason in reasons))
    return book.bytes()


def reason_lines(kind: Kind, draft: Draft) -> list[str]:
    """A row's reasons, each after the name of its column."""
    labels = {column.key: str(column.label) for column in kind.columns}
    return [
        printable(
            _("%(column)s: %(reason)s") % {"column": labels[key], "reason": reason} if key else str(reason)
        )
        for key, reason in draft.reasons
    ]


def _write_head(book: _Book, sheet, columns: dict[int, Column]) -> None:
    """The head row stays in sight; a star and a colour mark what has to be filled in."""
    for place, column in columns.items():
        label = str(column.label)
        width = min(_WIDEST, max(_NARROWEST, _width(label) + 3, _width(column.example) + 2))
        sheet.set_column(place, place, width, book.text if column.value.as_text else book.number)
        if column.required:
            sheet.write_string(0, place, f"{label}*", book.required)
        else:
            sheet.write_string(0, place, label, book.head)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)


def _offer(sheet, place: int, column: Column, codes: dict[str, str]) -> None:
    """A drop-down where the column has a list, and what the column wants as a note beside its cells."""
    note = str(column.help)[:_NOTE]
    options = {"ignore_blank": True, "error_type": "warning"}
    if column.key in codes:
        options |= {"validate": "list", "source": codes[column.key]}
    elif note:
        options |= {"validate": "any"}
    else:
        return
    if note:
        options |= {"input_title": str(column.label)[:32], "input_message": note}
    sheet.data_validation(1, place, MOST_ROWS, place, options)


def _write_codes(book: _Book, kind: Kind) -> dict[str, str]:
    """The sheet with the lists; returns the range of each list by column key."""
    sheet = book.sheet(str(CODES_NAME))
    ranges: dict[str, str] = {}
    place = 0
    for column in kind.columns:
        if not (words := list(dict.fromkeys(column.value.choices()))):
            continue
        codes = _codes_of(column)
        sheet.write_string(0, place, str(column.label), book.head)
        sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, *map(_width, words)) + 2))
        for line, word in enumerate(words, start=1):
            sheet.write_string(line, place, word, book.text)
        letters = column_letters(place)
        ranges[column.key] = f"='{sheet.get_name()}'!${letters}$2:${letters}${len(words) + 1}"
        if codes:
            sheet.write_string(0, place + 1, _("Code"), book.head)
            sheet.set_column(place + 1, place + 1, 20)
            for line, code in enumerate(codes, start=1):
                sheet.write_string(line, place + 1, code, book.text)
        place += 3 if codes else 2
    sheet.freeze_panes(1, 0)
    return ranges


def _codes_of(column: Column) -> list[str]:
    """The code of each option, in the order of the words; none for a list without codes."""
    by_word = {names[0]: names[-1] for _object, names in getattr(column.value, "options", ())}
    return list(by_word.values())


def _write_example(book: _Book, sheet, kind: Kind) -> None:
    """A filled row, and below it what each column wants."""
    sheet.write_string(0, 0, _("Example: %(table)s") % {"table": kind.title}, book.title)
    sheet.write_string(
        1, 0, _("This sheet is not imported. Fill in the sheet “%(sheet)s”.") % {"sheet": SHEET_NAME}
    )
    heads = (_("Column"), _("Required"), _("Example"), _("What it holds"))
    for place, (word, width) in enumerate(zip(heads, (24, 10, 28, 60), strict=True)):
        sheet.write_string(3, place, word, book.head)
        sheet.set_column(place, place, width)
    for line, column in enumerate(kind.columns, start=4):
        required = _("yes") if column.required else ""
        words = (str(column.label), required, str(column.example), str(column.help))
        for place, word in enumerate(words):
            sheet.write_string(line, place, word, book.cell)
    sheet.freeze_panes(4, 0)


def _write_raw(book: _Book, sheet, place: tuple[int, int], value, wrong: bool) -> None:
    """A cell as it came: a text stays a text, a date a date."""
    if value is None:
        if wrong:
            sheet.write_blank(*place, None, book.wrong)
    elif isinstance(value, datetime.datetime):
        sheet.write_datetime(*place, value, book.wrong_day if wrong else book.day)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, book.wrong if wrong else None)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value, book.wrong_number if wrong else book.number)
    else:
        text = str(value) if isinstance(value, Fault) else _writable(value)
        sheet.write_string(*place, text, book.wrong if wrong else book.text)


def _writable(text: str) -> str:
    """Without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _width(text: str) -> float:
    return sum(1.1 if character.isascii() else 2.1 for character in str(text))
