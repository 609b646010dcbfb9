"""The rows behind a number of the dashboard, where no list of another app shows them as of the day asked about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from dashboard.question import Question


@dataclass(frozen=True)
class Column:
    """A column: its heading, the value of a row (text, number or day), and where it leads, if anywhere."""

    head: str | Promise
    value: Callable[[object], object]
    url: Callable[[object], str] | None = None
    is_number: bool = False


@dataclass(frozen=True)
class RowSet:
    """Rows under a code of the address. `rows` takes the question and the set's own parameters as typed,
    and raises ValueError for what it cannot read."""

    code: str
    title: str | Promise
    rows: Callable[[Question, dict[str, str]], QuerySet]
    columns: tuple[Column, ...]
    #: Names of the parameters beside those of the question.
    params: tuple[str, ...] = ()
    #: The field (or annotation) whose sum is the number on the dashboard, where that is not the count of rows.
    amount: str = ""
    #: What its own parameters narrow the rows to, in words for the head of the list.
    words: Callable[[Question, dict[str, str]], Iterable[str]] | None = None
