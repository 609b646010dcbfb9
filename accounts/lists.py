"""Lists: filter, sort, page and export the same way everywhere, all of it in the database."""

from dataclasses import dataclass
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.http import HttpResponse

from accounts.workbook import workbook

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
    filtered: bool


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
        filtered=_is_filtered(filtered.form),
    )


def _is_filtered(form) -> bool:
    """Whether the list shows less than everything, or would if the entry were in order."""
    return not form.is_valid() or any(value not in (None, "") for value in form.cleaned_data.values())


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
    response = HttpResponse(workbook(resource.export(rows), title=filename), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}.xlsx"
    return response


def _query(request, without: tuple[str, ...]) -> str:
    """The present query string without some keys, ready to be followed by another key."""
    kept = request.GET.copy()
    for key in without:
        kept.pop(key, None)
    return f"{kept.urlencode()}&" if kept else ""
