"""The rows behind a number of the dashboard, as of the day asked about, and the same rows as a workbook."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.lists import PER_PAGE, about_list, download
from accounts.services import record
from accounts.workbook import MOST_ROWS
from dashboard.cells import words_of
from dashboard.page import asked_words
from dashboard.page_head import heading_of, question_of
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections import ROW_SETS


def rows(request, code: str):
    """One row set. An unknown one, or parameters it cannot read, is not there."""
    question, found = question_of(request), ROW_SETS.get(code)
    if question is None or found is None:
        raise Http404
    given = {name: request.GET.get(name, "") for name in found.params}
    try:
        chosen = found.rows(question, given)
    except ValueError as error:
        raise Http404 from error
    if request.GET.get("export") == "xlsx":
        if (count := chosen.count()) <= MOST_ROWS:
            return _workbook(request, question, found, given, chosen, count)
        too_long = _("An Excel sheet holds %(most)s rows. Filter the list first.") % {"most": MOST_ROWS}
        messages.error(request, too_long)
    return render(request, "dashboard/rows.html", _context(request, question, found, given, chosen))


def _context(request, question: Question, found: RowSet, given: dict, chosen) -> dict:
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    amount = (chosen.aggregate(total=Sum(found.amount))["total"] or Decimal(0)) if found.amount else None
    kept = request.GET.copy()
    for key in ("page", "export"):
        kept.pop(key, None)
    return heading_of(question) | {
        "found": found,
        "page": page,
        "lines": [_line(found, row) for row in page],
        "amount": amount,
        "amount_words": words_of(amount),
        "narrowed": _narrowed(question, found, given),
        "page_query": f"{kept.urlencode()}&" if kept else "",
    }


def _narrowed(question: Question, found: RowSet, given: dict) -> list[str]:
    return list(found.words(question, given)) if found.words else []


def _line(found: RowSet, row) -> list[tuple[str, str, str, str]]:
    """A row as (text, address, how it is set, heading)."""
    values = [(column, column.value(row)) for column in found.columns]
    return [
        (words_of(value), column.url(row) if column.url else "", _setting(column, value), str(column.head))
        for column, value in values
    ]


def _setting(column: Column, value) -> str:
    """The class of a cell: numbers to the right, days on one line."""
    if column.is_number:
        return "number"
    return "text-nowrap" if isinstance(value, datetime.date) else ""


def _workbook(request, question: Question, found: RowSet, given: dict, chosen, count: int):
    """Exactly the rows of the list; who took them stands in the audit trail."""
    title = str(found.title)
    record(action="dashboard.export", actor=request.user, obj=question.cycle, reason=title, count=count)
    asked = " · ".join([*asked_words(question), *_narrowed(question, found, given)])
    said = [(_("Year"), str(question.cycle)), (_("Narrowed to"), asked)]
    return download(
        headers=[str(column.head) for column in found.columns],
        rows=_cells(found, chosen),
        title=f"{title} {question.day.isoformat()}",
        about=about_list(request.user, title=title, day=question.day, said=said, count=count),
    )


def _cells(found: RowSet, chosen) -> Iterable[list]:
    for row in chosen:
        yield [_cell(column.value(row)) for column in found.columns]


def _cell(value):
    """Numbers stay numbers; days and moments are written so that they sort, by the clock of the office."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, datetime.date) else words_of(value)
