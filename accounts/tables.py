"""Official tables an office hands up: title, who fills it in and when, ruled rows by group, totals, signatures.

They are drawn as Excel workbooks that print on A4 across as they are; what stands in them is each app's affair.
"""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import FileResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from accounts.lists import XLSX_TYPE
from accounts.workbook import like_formula, lines_of, plain_text, sheet_name

_A4 = 9
#: Fonts of official papers, as offices have them; where they are missing the program takes others.
_TITLE_FONT, _HEAD_FONT, _TEXT_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
#: Heights in points: title, line below it, a line of text, a group's line, the line for signatures.
_TITLE, _LINE, _TEXT, _GROUP, _SIGNATURES = 36, 20, 16, 22, 32
_HEAD_ROW = 2


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in digits, and whether its values stand in the middle."""

    title: str
    width: float
    centred: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own, e.g. those of one level."""

    title: str
    rows: Sequence[Sequence]


@dataclass(frozen=True)
class OfficialTable:
    """Everything on one table. The serial number is its first column and counts through all groups.

    filled_by: the unit that hands it up (填报单位). made_on: the day it was drawn up (制表日期). total: what all rows
    come to, in words. remarks: further lines below, e.g. what is counted and in which unit. row_height: the least of a
    row in points, more where something is written by hand.
    """

    title: str
    filled_by: str
    made_on: datetime.date
    columns: Sequence[Column]
    groups: Sequence[Group]
    total: str
    remarks: Sequence[str] = field(default_factory=tuple)
    row_height: float = _GROUP


def table_response(table: OfficialTable) -> FileResponse:
    """A download of the table, named after its title."""
    return FileResponse(
        io.BytesIO(official_workbook(table)),
        as_attachment=True,
        filename=f"{table.title}.xlsx",
        content_type=XLSX_TYPE,
    )


def official_workbook(table: OfficialTable) -> bytes:
    """The table as an Excel workbook: texts stay texts, numbers numbers, and an empty cell has room for a pen."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # The day on the paper, not the moment: the same table is the same file.
    book.set_properties({"created": datetime.datetime.combine(table.made_on, datetime.time())})
    sheet = book.add_worksheet(sheet_name(table.title))
    styles = _styles(book)
    last = len(table.columns)
    _head(sheet, table, styles, last)
    row = _body(sheet, table, styles, last)
    row = _foot(sheet, table, styles, row, last)
    _lay_out(sheet, row, last)
    book.close()
    return stream.getvalue()


def _styles(book: Workbook) -> dict:
    ruled = {"border": 1, "text_wrap": True, "valign": "vcenter", "font_name": _TEXT_FONT, "font_size": 11}
    middle = ruled | {"align": "center"}
    bare = {"valign": "vcenter", "font_name": _TEXT_FONT, "font_size": 11}
    made = {
        "title": {"font_name": _TITLE_FONT, "font_size": 20, "align": "center", "valign": "vcenter"},
        "left": bare,
        "right": bare | {"align": "right"},
        "note": bare | {"text_wrap": True, "valign": "top"},
        "head": middle | {"font_name": _HEAD_FONT},
        "group": ruled | {"font_name": _HEAD_FONT},
        "text": ruled | {"num_format": "@"},
        "guarded text": ruled | {"num_format": "@", "quote_prefix": True},
        "middle": middle | {"num_format": "@"},
        "guarded middle": middle | {"num_format": "@", "quote_prefix": True},
        "number": middle,
    }
    return {name: book.add_format(looks) for name, looks in made.items()}


def _head(sheet, table: OfficialTable, styles: dict, last: int) -> None:
    """Title; who filled it in and when; the heads of the columns."""
    sheet.set_row(0, _TITLE)
    sheet.merge_range(0, 0, 0, last, plain_text(table.title), styles["title"])
    sheet.set_row(1, _LINE)
    half = last // 2
    unit = _("Filled in by: %(unit)s") % {"unit": table.filled_by}
    sheet.merge_range(1, 0, 1, half, plain_text(unit), styles["left"])
    day = _("Drawn up on: %(day)s") % {"day": date_format(table.made_on, "DATE_FORMAT")}
    sheet.merge_range(1, half + 1, 1, last, day, styles["right"])
    columns = [Column(_("No."), 6, centred=True), *table.columns]
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(_HEAD_ROW, index, str(column.title), styles["head"])
    sheet.set_row(_HEAD_ROW, _TEXT * max(lines_of(column.title, column.width) for column in columns) + 6)


def _body(sheet, table: OfficialTable, styles: dict, last: int) -> int:
    """The groups with their rows and the total; returns the row below."""
    row, serial = _HEAD_ROW + 1, 0
    for group in table.groups:
        sheet.set_row(row, _GROUP)
        sheet.merge_range(row, 0, row, last, plain_text(group.title), styles["group"])
        row += 1
        for values in group.rows:
            serial += 1
            sheet.write_number(row, 0, serial, styles["number"])
            lines = _row(sheet, row, values, table.columns, styles)
            sheet.set_row(row, max(table.row_height, _TEXT * lines + 4))
            row += 1
    sheet.set_row(row, _GROUP)
    sheet.merge_range(row, 0, row, last, plain_text(table.total), styles["group"])
    return row + 1


def _row(sheet, row: int, values: Sequence, columns: Sequence[Column], styles: dict) -> int:
    """Write a row's cells; returns the lines of the longest."""
    lines = 1
    for index, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
        if isinstance(value, int | Decimal):
            sheet.write_number(row, index, float(value), styles["number"])
            continue
        text = plain_text(value)
        style = "middle" if column.centred else "text"
        sheet.write_string(row, index, text, styles[f"guarded {style}" if like_formula(text) else style])
        lines = max(lines, lines_of(text, column.width))
    return lines


def _foot(sheet, table: OfficialTable, styles: dict, row: int, last: int) -> int:
    """Remarks, and the empty places for signatures; returns the last row used."""
    for remark in table.remarks:
        sheet.set_row(row, _TEXT + 2)
        sheet.merge_range(row, 0, row, last, plain_text(remark), styles["note"])
        row += 1
    sheet.set_row(row, _SIGNATURES)
    third = (last + 1) // 3
    places = [(0, third - 1), (third, 2 * third - 1), (2 * third, last)]
    words = [_("Person in charge of the unit:"), _("Checked by:"), _("Filled in by (person):")]
    for (first, until), text in zip(places, words, strict=True):
        sheet.merge_range(row, first, row, until, text, styles["left"])
    return row


def _lay_out(sheet, row: int, last: int) -> None:
    """A4 across, as wide as the paper, the heads in sight on screen and on every page, page x of y."""
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.print_area(0, 0, row, last)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    page = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
    sheet.set_footer(f"&C{page}")
