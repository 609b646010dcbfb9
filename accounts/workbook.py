"""Lists as Excel workbooks that can be printed as they are, written row by row however long they are.

XlsxWriter makes the workbook with its styles, head and page set-up and one model row; our rows take the place of
the model row as they come. A library's cell takes five microseconds, a piece of XML a third of one, and no row
stays in memory.
"""

import io
import itertools
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

#: What a sheet of Excel holds below its head.
MOST_ROWS = 1_048_575
#: Column widths are taken from so many rows.
_ROWS_MEASURED = 200
#: Excel takes neither these in a sheet's name, nor ' at its ends, nor more than 31 characters.
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
#: Characters XML does not know.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What makes a cell need a closer look; the cells of a row are joined with \x1f to be looked at together.
_SPECIAL = re.compile("[&<>\x00-\x1e\ud800-\udfff\ufffe\uffff]|_x|(?:^|\x1f)[-=+@＝＋－＠]|[^\x1f]{8000}")
#: Excel reads _x0041_ as an A: the first underscore has to be written so as well.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
#: More makes Excel call the file damaged.
_MOST_CHARACTERS = 32_767
#: What begins like this is taken for a formula once somebody types it again; full-width signs too, in Chinese Excel.
_FORMULA_LIKE = tuple("=+-@\t＝＋－＠")
#: Widths in Excel's unit, about one digit; a Chinese character takes two columns.
_COLUMN, _WIDEST, _MARGIN = 1.05, 40, 2
#: Height of a line in points.
_LINE = 15
_SHEET = "xl/worksheets/sheet1.xml"
_A4 = 9


class _Styles(NamedTuple):
    """Numbers of the cell styles in the workbook's style sheet."""

    text: str
    guarded: str
    number: str


def write_workbook(
    target: BinaryIO,
    *,
    headers: Sequence[str],
    rows: Iterable[Sequence],
    title: str,
    about: Sequence[tuple[str, object]] = (),
) -> None:
    """Write an Excel workbook of one list: texts as texts and never as formulas, numbers as numbers.

    Args:
        target: a file open for writing that can be sought.
        rows: at most MOST_ROWS, taken one by one.
        title: the sheet's name and what stands above each printed page.
        about: labels and values of a second sheet: what was asked, by whom and when. None where it is empty.
    """
    headers = [plain_text(header) for header in headers]
    rows = iter(rows)
    first = list(itertools.islice(rows, _ROWS_MEASURED))
    widths = [
        min(_WIDEST, max(map(_width, column)) + _MARGIN) for column in zip(headers, *first, strict=True)
    ]
    with (
        zipfile.ZipFile(_model(title, headers, widths, about)) as model,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as book,
    ):
        for name in model.namelist():
            if name != _SHEET:
                book.writestr(name, model.read(name))
        before, styles, after = _cut(model.read(_SHEET).decode())
        with book.open(_SHEET, "w") as sheet:
            sheet.write(before.encode())
            for piece in _pieces(itertools.chain(first, rows), widths, styles):
                sheet.write(piece)
            sheet.write(after.encode())


def sheet_name(title: str) -> str:
    """A title as Excel takes it for a sheet's name."""
    return _NOT_IN_TITLES.sub(" ", title).strip("'")[:31]


def plain_text(value) -> str:
    """A value as text without the characters no workbook holds."""
    text = str(value)
    if not text.isprintable():
        text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def like_formula(text: str) -> bool:
    """Whether Excel takes a text for a formula once somebody types it again."""
    return text.startswith(_FORMULA_LIKE)


def lines_of(value, width: float) -> int:
    """How many lines a value takes in a column of this width."""
    text = str(value)
    if len(text) * 2 * _COLUMN < width - _MARGIN and "\n" not in text:
        return 1
    room = width - _MARGIN
    return sum(max(1, math.ceil(_columns(line) * _COLUMN / room)) for line in text.split("\n"))


def _model(
    title: str, headers: list[str], widths: list[float], about: Sequence[tuple[str, object]]
) -> io.BytesIO:
    """The workbook with its head and one row of a text, a text like a formula and a number."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(sheet_name(title))
    _lay_out(sheet, title)
    cell = {"text_wrap": True, "valign": "top"}
    # "@" is Excel's format for text: 0731 or =1 typed again stays what it is.
    styles = [
        book.add_format(cell | {"num_format": "@"}),
        book.add_format(cell | {"num_format": "@", "quote_prefix": True}),
        book.add_format(cell),
    ]
    bold = book.add_format(cell | {"bold": True})
    for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    sheet.set_row(0, _LINE * max(map(lines_of, headers, widths)))
    for column, style in enumerate(styles):
        sheet.write_blank(1, column, None, style)
    if about:
        _tell_about(book, about, bold, styles)
    book.close()
    stream.seek(0)
    return stream


def _tell_about(book: Workbook, about: Sequence[tuple[str, object]], bold, styles: list) -> None:
    """The second sheet: a label and a text a line."""
    sheet = book.add_worksheet(sheet_name(_("About this list")))
    sheet.set_column(0, 0, max(_width(label) for label, _value in about) + _MARGIN)
    sheet.set_column(1, 1, 2 * _WIDEST)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    for row, (label, value) in enumerate(about):
        text = plain_text(value)
        sheet.write_string(row, 0, plain_text(label), bold)
        sheet.write_string(row, 1, text, styles[1] if like_formula(text) else styles[0])


def _lay_out(sheet, title: str) -> None:
    """A4 across, as wide as the paper, with the head in sight on screen and on every page."""
    sheet.hide_gridlines(0)  # 0: none is hidden, on paper either
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{title[:200].replace('&', '&&')}")
    sheet.set_footer("&C&P / &N")


def _cut(sheet: str) -> tuple[str, _Styles, str]:
    """The sheet's XML before and after the model row, and the styles of its cells.

    What the sheet says of its extent goes: nobody knows it before the last row.
    """
    sheet = re.sub(r"<dimension [^>]*/>", "", sheet)
    row = re.search(r'<row r="2".*?</row>', sheet)
    styles = _Styles(*re.findall(r' s="(\d+)"', row.group()))
    return sheet[: row.start()], styles, sheet[row.end() :]


def _pieces(rows: Iterable[Sequence], widths: list[float], styles: _Styles) -> Iterator[bytes]:
    """The rows as XML, one after the other, from the second of the sheet on."""
    # So many characters stand on one line whatever they are.
    short = [int((width - _MARGIN) / (2 * _COLUMN)) for width in widths]
    for number, row in enumerate(rows, start=2):
        plain = _is_plain([value for value in row if value.__class__ is str])
        cells = _plain_cells(row, styles) if plain else [_cell(value, styles) for value in row]
        # Excel finds the height of wrapped text by itself, LibreOffice does not.
        lines = _most_lines(row, widths, short) if plain else max(map(lines_of, row, widths))
        height = f' ht="{_LINE * lines}" customHeight="1"' if lines > 1 else ""
        yield f'<row r="{number}"{height}>{"".join(cells)}</row>'.encode()


def _is_plain(texts: list[str]) -> bool:
    """Whether texts stand in XML as they are; looked at all at once."""
    joined = "\x1f".join(texts)
    return _SPECIAL.search(joined) is None and joined.count("\x1f") == max(0, len(texts) - 1)


def _plain_cells(row: Sequence, styles: _Styles) -> list[str]:
    """The cells of a row whose texts stand in XML as they are: most rows are such."""
    start = f'<c t="inlineStr" s="{styles.text}"><is><t xml:space="preserve">'
    return [
        f"{start}{value}</t></is></c>" if value and value.__class__ is str else _cell(value, styles)
        for value in row
    ]


def _most_lines(row: Sequence, widths: list[float], short: list[int]) -> int:
    """The lines of the row's longest text; only those are measured that might not stand on one."""
    long = [
        lines_of(value, width)
        for value, width, most in zip(row, widths, short, strict=True)
        if value.__class__ is str and len(value) > (most if not value.isascii() else 2 * most)
    ]
    return max(long, default=1)


def _cell(value, styles: _Styles) -> str:
    if value is None or value == "":
        return f'<c s="{styles.text}"/>'
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and abs(value) < 10**15:
        return f'<c s="{styles.number}"><v>{value}</v></c>'
    text = plain_text(value)
    style = styles.guarded if like_formula(text) else styles.text
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _width(value) -> float:
    """How wide a value stands when only its own line breaks are kept."""
    return max(_columns(line) for line in str(value).split("\n")) * _COLUMN


def _columns(line: str) -> int:
    """Columns of a digit's width: GB 18030 writes Latin in one byte and Chinese in two (rare ones in four)."""
    return len(line.encode("gb18030", "replace"))
