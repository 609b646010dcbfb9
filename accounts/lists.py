"""Lists: filter, sort, page and export the same way everywhere, all of it in the database."""

import io
from dataclasses import dataclass
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

PER_PAGE = 25
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Listing:
    """One page of a filtered, sorted list with what its template needs to link on."""

    page: Page
    filter: object
    sort: str
    query: str
    query_unsorted: str
    exportable: bool


def listing(
    request, queryset, *, filterset, orderings: dict[str, tuple[str, ...]], exportable: bool = False
) -> Listing:
    """Filter by the address, sort by one of `orderings` (key to fields) and cut out the page asked for."""
    filtered = filterset(request.GET, queryset=queryset, request=request)
    sort = request.GET.get("sort", "")
    rows = sorted_by(filtered.qs, sort, orderings)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return Listing(
        page=page,
        filter=filtered,
        sort=sort if sort.lstrip("-") in orderings else "",
        query=_query(request, without=("page", "export")),
        query_unsorted=_query(request, without=("page", "export", "sort")),
        exportable=exportable,
    )


def sorted_by(rows, sort: str, orderings: dict[str, tuple[str, ...]]):
    """Order by a key of `orderings`, "-key" the other way round; an unknown key keeps the model's order."""
    fields = orderings.get(sort.lstrip("-"))
    if not fields:
        return rows
    return rows.order_by(*(f"-{field}" if sort.startswith("-") else field for field in fields), "-pk")


def export_xlsx(request, queryset, *, filterset, orderings, resource, filename: str) -> HttpResponse:
    """The whole list as filtered and sorted now, as an Excel workbook; texts that look like formulas stay texts."""
    filtered = filterset(request.GET, queryset=queryset, request=request)
    rows = sorted_by(filtered.qs, request.GET.get("sort", ""), orderings)
    response = HttpResponse(workbook(resource.export(rows)), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}.xlsx"
    return response


def workbook(dataset) -> bytes:
    """An Excel workbook of a tablib dataset: bold head that stays in sight, every text as text, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for index, header in enumerate(dataset.headers):
        widest = max([len(str(header)), *(len(str(row[index])) for row in dataset[:200])])
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(60, widest * 1.8 + 2)
    sheet.append([_cell(sheet, header, bold=True) for header in dataset.headers])
    for row in dataset:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet, value, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A name that begins with = would otherwise be stored, and run, as a formula.
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _query(request, without: tuple[str, ...]) -> str:
    """The present query string without some keys, ready to be followed by another key."""
    kept = request.GET.copy()
    for key in without:
        kept.pop(key, None)
    return f"{kept.urlencode()}&" if kept else ""
