"""What the sections on the ledger share: cells of the journal added up, and the addresses of the lists behind them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from dashboard.question import Question
from dashboard.tables import Table
from sites.tallies import Counted

#: What is taken for a year.
_FIRST_YEAR, _LAST_YEAR = 1980, 2999


@dataclass(frozen=True)
class Choice:
    """A row or column that is no object of its own: a state, a year, a figure."""

    value: object
    label: str

    def __str__(self) -> str:
        return self.label


def year_of(words: str) -> int:
    """The year typed into an address. Raises ValueError for what is none."""
    return number_of(words, _FIRST_YEAR, _LAST_YEAR)


def year_rows(question: Question, years: Iterable[int]) -> list[Choice]:
    """Years as rows of a table; of the one that still runs it is said."""
    running = question.day.year
    so_far = {running: _("%(year)s so far") % {"year": running}}
    return [Choice(year, so_far.get(year, str(year))) for year in years]


def is_over(question: Question) -> Callable[[Choice], bool]:
    """Tells of the row of a year whether a line has a point for it: half a year beside whole ones looks like a fall."""
    return lambda year: year.value < question.day.year


def running_year_hint(*tables: Table) -> str:
    """Why a line ends before its table does, where one does."""
    for table in tables:
        shown = {
            row.is_drawn for row in table.rows if any(cell.count for cell in row.numbers) or not row.is_drawn
        }
        if shown == {True, False}:
            return _("The line ends with the last full year; the running year stands in the table only.")
    return ""


def number_of(words: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """A number typed into an address, by itself one a database column holds. Raises ValueError for what is none."""
    number = int(words)
    if not least <= number <= most:
        raise ValueError(words)
    return number


@dataclass
class Sum:
    """How many rows, and what they come to."""

    count: int = 0
    amount: Decimal = Decimal(0)


def sums(cells: Iterable[Counted], *fields: str) -> dict[tuple, Sum]:
    """Cells added up by some of their fields; what is in no cell is nothing."""
    found: dict[tuple, Sum] = defaultdict(Sum)
    for cell in cells:
        one = found[tuple(getattr(cell, field) for field in fields)]
        one.count += cell.count
        one.amount += cell.amount
    return found


def category_cells(question: Question) -> dict[str, object]:
    """Narrows cells to the category asked about, if any."""
    return {"category": question.category.pk} if question.category else {}


def area_of(question: Question, area=None) -> int | None:
    """The area for an address: the row's, the one asked about, or the only one the person reaches."""
    if area is None and len(question.shown_areas) == 1:
        area = question.shown_areas[0]
    return area and area.pk


def site_list(question: Question, area=None, category=None, **query) -> str:
    """The list of the programme's sites in an area and category, None standing for all that were asked about."""
    return question.list_address("sites:list", **_narrowed(question, area, category), **query)


def plaque_list(question: Question, area=None, category=None, **query) -> str:
    """The list of the programme's plaques in an area and category, None standing for all that were asked about."""
    return question.list_address("sites:plaques", **_narrowed(question, area, category), **query)


def _narrowed(question: Question, area, category) -> dict[str, object]:
    category = category or question.category
    return {
        "programme": question.programme.pk,
        "area": area_of(question, area),
        "category": category and category.pk,
    }


def standing(rows, question: Question):
    """Dated rows (recorded, superseded) as they stood at the end of the day asked about, or stand today."""
    return rows.at(question.moment) if question.is_past else rows.filter(superseded_at=None)
