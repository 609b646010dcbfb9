"""Lists as Excel workbooks that can be printed as they are."""

import io
import math
import re

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

#: Excel takes neither these in a sheet's name nor more than 31 characters.
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
#: Widths in Excel's unit, about one digit.
_NARROW, _WIDE, _WIDEST, _MARGIN = 1.1, 2.1, 40, 2
#: Height of a line in points.
_LINE = 15
_TEXT = Alignment(wrap_text=True, vertical="top")
_BOLD = Font(bold=True)


def workbook(dataset, title: str) -> bytes:
    """An Excel workbook of a tablib dataset: texts as texts and never as formulas, numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:31])
    _lay_out(sheet, title)
    widths = [
        min(_WIDEST, max(map(_width, column)) + _MARGIN)
        for column in zip(dataset.headers, *dataset[:200], strict=True)
    ]
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for number, row in enumerate([dataset.headers, *dataset], start=1):
        # Excel finds the height of wrapped text by itself, LibreOffice does not.
        sheet.row_dimensions[number].height = _LINE * max(map(_lines, row, widths))
        sheet.append([_cell(sheet, value, bold=number == 1) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _lay_out(sheet, title: str) -> None:
    """A4 across, as wide as the paper, with the head in sight on screen and on every page."""
    sheet.print_options.gridLines = True
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddHeader.center.text = title.replace("&", "&&")
    sheet.oddFooter.center.text = "&P / &N"


def _width(value) -> float:
    """How wide a value stands when only its own line breaks are kept; Chinese characters are twice as wide."""
    return max(map(_length, str(value).split("\n")))


def _lines(value, width: float) -> int:
    """How many lines a value takes in a column."""
    return sum(max(1, math.ceil(_length(line) / (width - _MARGIN))) for line in str(value).split("\n"))


def _length(line: str) -> float:
    return sum(_NARROW if character.isascii() else _WIDE for character in line)


def _cell(sheet, value, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A name that begins with = would otherwise be stored, and run, as a formula.
        cell.data_type = "s"
    cell.alignment = _TEXT
    if bold:
        cell.font = _BOLD
    return cell
