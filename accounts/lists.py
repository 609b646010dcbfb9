"""Lists: filter, sort, page and export the same way everywhere, all of it in the database."""

import datetime
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.forms import ChoiceField, ModelChoiceField
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from accounts import clock
from accounts.services import record
from accounts.workbook import MOST_ROWS, write_workbook

PER_PAGE = 25
#: Rows of a list that stands above another one.
PER_SHORT_PAGE = 10
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DeepPaginator(Paginator):
    """Pages of which a late one costs little more than the first: what lies before is passed over by its keys alone,
    and only the rows shown are read whole."""

    #: Rows before a page from which on that is quicker.
    DEEP = 20 * PER_PAGE

    def page(self, number) -> Page:
        first = (self.validate_number(number) - 1) * self.per_page
        if first < self.DEEP or not _is_plain(self.object_list):
            return super().page(number)
        keys = self.object_list.values("pk")[first : first + self.per_page]
        return self._get_page(self.object_list.filter(pk__in=keys), int(number), self)


def _is_plain(rows) -> bool:
    """Whether each row is one object of its own."""
    if not isinstance(rows, QuerySet) or rows._iterable_class is not ModelIterable:
        return False
    return not (rows.query.distinct or rows.query.combinator or rows.query.group_by)


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
    request,
    queryset,
    *,
    filterset,
    orderings: dict[str, tuple[str, ...]],
    exportable: bool = False,
    rows_of: Callable = lambda rows, filtered: rows,
) -> Listing:
    """Filter by the address, sort by one of `orderings` (key to fields) and cut out the page asked for.

    `rows_of` makes of the sorted rows and the filter set what is paged, where that is not the rows themselves.
    """
    filtered = filterset(request.GET, queryset=queryset, request=request)
    sort = request.GET.get("sort", "")
    rows = rows_of(sorted_by(filtered.qs, sort, orderings), filtered)
    page = DeepPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return Listing(
        page=page,
        filter=filtered,
        sort=sort if sort.lstrip("-") in orderings else "",
        query=_query(request, without=("page", "export")),
        query_unsorted=_query(request, without=("page", "export", "sort")),
        exportable=exportable,
        filtered=_is_filtered(filtered.form),
    )


@dataclass(frozen=True)
class ShortList:
    """One page of a list that shares its page with others; `key` is its parameter in the address."""

    page: Page
    key: str
    query: str

    def __iter__(self) -> Iterator:
        return iter(self.page)

    def __len__(self) -> int:
        """How many rows there are on all pages."""
        return self.page.paginator.count


def short_list(request, rows, key: str, per_page: int = PER_SHORT_PAGE) -> ShortList:
    """The page of some rows that ?<key>= asks for, the first where it asks for none."""
    page = Paginator(rows, per_page).get_page(request.GET.get(key))
    return ShortList(page=page, key=key, query=_query(request, without=(key, "export")))


def _is_filtered(form) -> bool:
    """Whether the list shows less than everything, or would if the entry were in order."""
    return not form.is_valid() or any(value not in (None, "") for value in form.cleaned_data.values())


def sorted_by(rows, sort: str, orderings: dict[str, tuple[str, ...]]):
    """Order by a key of `orderings`, "-key" the other way round; an unknown key keeps the model's order."""
    fields = orderings.get(sort.lstrip("-"))
    if not fields:
        return rows
    # Records of a past day are many to one thing: they go by its key, as the list of that day did.
    last = getattr(rows.model, "listed_by", "pk")
    return rows.order_by(*(f"-{field}" if sort.startswith("-") else field for field in fields), f"-{last}")


def respond(
    request,
    rows,
    *,
    template: str,
    filterset,
    orderings: dict[str, tuple[str, ...]],
    resource,
    title: str,
    action: str = "",
    context: Callable[[Listing], dict] | None = None,
    day: datetime.date | None = None,
) -> HttpResponse:
    """Answer for a list: its page, or with ?export=xlsx exactly the rows its filters show, as an Excel workbook.

    Args:
        resource: class of the export's columns.
        title: what the list is called, for the workbook's name.
        action: code under which an export is put on the audit trail; empty where nobody needs to know.
        context: what the page needs beside `listing`.
        day: the day the list is of, where not today; it stands in the workbook's name.
    """
    shown = {"filterset": filterset, "orderings": orderings}
    if request.GET.get("export") == "xlsx":
        filtered = filterset(request.GET, queryset=rows, request=request)
        chosen = sorted_by(filtered.qs, request.GET.get("sort", ""), orderings)
        if (count := chosen.count()) <= MOST_ROWS:
            if action:
                record(action=action, actor=request.user)
            shown_day = day or clock.today()
            about = about_list(
                request.user,
                title=title,
                day=shown_day,
                said=filter_words(filtered.form),
                count=count,
            )
            return export(chosen, resource=resource(), title=f"{title} {shown_day.isoformat()}", about=about)
        too_long = _("An Excel sheet holds %(most)s rows. Filter the list first.") % {"most": MOST_ROWS}
        messages.error(request, too_long)
    page = listing(request, rows, exportable=True, **shown)
    return render(request, template, {"listing": page} | (context(page) if context else {}))


def about_list(
    user, *, title: str, day: datetime.date, said: Iterable[tuple[str, str]], count: int
) -> list[tuple[str, str]]:
    """What a workbook says of itself on its second sheet; `said` is what narrows the list, as labels and words."""
    return [
        (_("Name of the list"), title),
        *said,
        (_("As of"), day.isoformat()),
        (_("Entries"), str(count)),
        (_("Exported by"), str(user)),
        (_("Exported at"), timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M")),
    ]


def filter_words(form) -> list[tuple[str, str]]:
    """The filters that are set, as their labels and what was chosen."""
    given = getattr(form, "cleaned_data", {})
    return [
        (str(form.fields[name].label or name), _chosen_words(form.fields[name], value))
        for name, value in given.items()
        if value not in (None, "", [])
    ]


def _chosen_words(field, value) -> str:
    if isinstance(value, slice):
        return " – ".join("" if end is None else str(end) for end in (value.start, value.stop))
    if isinstance(value, QuerySet | list | tuple):
        return "、".join(str(one) for one in value)
    if isinstance(field, ChoiceField) and not isinstance(field, ModelChoiceField):
        return str(dict(field.choices).get(value, value))
    return str(_("Yes") if value is True else _("No") if value is False else value)


def export(queryset, *, resource, title: str, about: Sequence[tuple[str, object]] = ()) -> FileResponse:
    """A download of the rows as an Excel workbook, written row by row into a temporary file."""
    headers = resource.get_export_headers()
    return download(headers=headers, rows=exported_rows(resource, queryset), title=title, about=about)


def download(
    *,
    headers: Sequence[str],
    rows: Iterable[Sequence],
    title: str,
    about: Sequence[tuple[str, object]] = (),
) -> FileResponse:
    """A download of rows of cells as an Excel workbook."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_workbook(file, headers=headers, rows=rows, title=title, about=about)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX_TYPE)


def exported_rows(resource, queryset) -> Iterator[list]:
    """The rows of a resource, some thousands in memory at a time; what to call for each column is found once."""
    cells = [_cell_maker(resource, field) for field in resource.get_export_fields()]
    for obj in resource.iter_queryset(queryset):
        yield [cell(obj) for cell in cells]


def _cell_maker(resource, field) -> Callable:
    """What makes the value of a column: the resource's own method, else the field's attribute."""
    method = field.get_dehydrate_method(resource.get_field_name(field))
    made = method if callable(method) else getattr(resource, method, None)
    return made or (_reader(field.attribute) if type(field.widget) is Widget else field.export)


def _reader(attribute: str) -> Callable:
    """Reads an attribute as an import-export field does, some times as quickly; numbers stay numbers."""
    names = attribute.split("__")

    def read(obj):
        for name in names:
            obj = getattr(obj, name, None)
            if obj is None:
                return ""
        value = obj() if callable(obj) else obj
        return value if isinstance(value, str | int | float | Decimal) else str(value)

    return read


def _query(request, without: tuple[str, ...]) -> str:
    """The present query string without some keys, ready to be followed by another key."""
    kept = request.GET.copy()
    for key in without:
        kept.pop(key, None)
    return f"{kept.urlencode()}&" if kept else ""
