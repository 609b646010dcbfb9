"""The briefing of what is on screen: the same words for the PDF and the Word file, laid out for A4."""

import datetime
import math
import re
import unicodedata
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock
from dashboard.cells import cell_words, number_columns, says_nothing
from dashboard.page import asked_words, headlines_of, key_table
from dashboard.question import Question
from dashboard.tables import Row, Section, Table

#: Millimetres between the margins, and what the labels of the rows may take of them.
PAPER, LABEL_LEAST, LABEL_MOST = 166, 20, 48
#: Tables of more columns are set smaller; those of so few rows are not broken over pages.
SMALL_FROM, SHORT = 7, 10
#: Millimetres a half-width character takes in either size, and what a cell has beside its text.
_NORMAL, _SMALL, _PADDING = 2.3, 2.0, 2.4
#: A longer text is broken into lines before its column grows.
_LONGEST = 24
#: What is not broken: runs of other than Chinese characters, and each of these for itself.
_PIECES = re.compile(r"[^\s\u2e80-\uffff]+|[\u2e80-\uffff]")


@dataclass(frozen=True)
class Strip:
    """As much of a table as fits across the paper: widths in millimetres, the first for the labels of the rows."""

    widths: tuple[float, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None
    is_small: bool
    #: Which columns are numbers, set to the right; the first is that of the labels.
    numeric: tuple[bool, ...]

    def marked(self, line: tuple[str, ...] | None) -> list[tuple[str, bool]]:
        """The cells of a line, each with whether it stands in a column of numbers."""
        return list(zip(line, self.numeric, strict=True)) if line else []

    @property
    def marked_head(self) -> list[tuple[str, bool]]:
        return self.marked(self.head)

    @property
    def marked_rows(self) -> list[list[tuple[str, bool]]]:
        return [self.marked(row) for row in self.rows]

    @property
    def marked_total(self) -> list[tuple[str, bool]]:
        return self.marked(self.total)

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page."""
        return len(self.rows) <= SHORT


@dataclass(frozen=True)
class Sheet:
    """One table: what it shows, and its strips; none where `words` say it all."""

    caption: str
    strips: tuple[Strip, ...]
    words: str = ""


@dataclass(frozen=True)
class Part:
    title: str
    lead: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Briefing:
    """Everything on the paper, in its order. `facts` are pairs of label and value below the title."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    source: str
    note: str = ""


def briefing_of(question: Question, sections: list[Section], note: str = "") -> Briefing:
    """What the page shows for a question, as words; `note` says why it may be nothing. Made now, by the clock of the
    office."""
    made = timezone.localtime(clock.now())
    facts = (
        (_("Scope"), " · ".join(asked_words(question))),
        (_("As of"), _as_of(question)),
        (_("Made on"), f"{date_format(made, 'DATE_FORMAT')} {made:%H:%M}"),
        (_("Made for"), str(question.user.unit or "")),
    )
    return Briefing(
        title=_("%(cycle)s: briefing") % {"cycle": question.cycle},
        facts=tuple((label, words) for label, words in facts if words),
        note=note,
        parts=(*_key_figures(sections), *(_part(section) for section in sections)),
        source=_("Source: the ledgers of this system, as far as the roles of whoever made this reach."),
    )


def file_name(question: Question) -> str:
    """What the file is called, without its ending."""
    return _("Briefing %(year)s, as of %(day)s") % {
        "year": question.cycle.year,
        "day": question.day.isoformat(),
    }


def _as_of(question: Question) -> str:
    day: datetime.date = question.day
    words = date_format(day, "DATE_FORMAT")
    return (
        _("%(day)s (a past day, as the system knew it at its end)") % {"day": words}
        if question.is_past
        else words
    )


def _part(section: Section) -> Part:
    tables = section.tables
    if tables and all(says_nothing(table) for table in tables):
        return Part(section.title, section.lead, (Sheet("", (), _("None as of this day.")),))
    return Part(
        title=section.title,
        lead=section.lead,
        sheets=tuple(_sheet(table, table.caption if len(tables) > 1 else "") for table in tables),
    )


def _sheet(table: Table, caption: str) -> Sheet:
    if says_nothing(table):
        return Sheet(caption, (), _("None as of this day."))
    return Sheet(caption, strips_of(table))


def _key_figures(sections: list[Section]) -> tuple[Part, ...]:
    """The tiles of the page as the first part."""
    headlines = headlines_of(sections)
    if not headlines:
        return ()
    return (Part(_("Key figures"), "", (Sheet("", strips_of(key_table(headlines))),)),)


def strips_of(table: Table) -> tuple[Strip, ...]:
    """A table cut into strips of as many columns as fit across the paper without breaking a word or a number."""
    lines = [_line(table.corner, table.columns), *(_line(row.label, _texts(row)) for row in table.rows)]
    if table.total:
        lines.append(_line(table.total.label, _texts(table.total)))
    columns = list(zip(*lines, strict=True))
    if len(table.columns) <= SMALL_FROM:
        strips = _strips(table, lines, columns, _NORMAL)
        if len(strips) == 1:
            return strips
    return _strips(table, lines, columns, _SMALL)


def _strips(table: Table, lines: list, columns: list[tuple[str, ...]], size: float) -> tuple[Strip, ...]:
    label = min(max(LABEL_LEAST, max(map(_width, columns[0])) * size + _PADDING), LABEL_MOST)
    strips = len(_cut(columns, PAPER - label, size, len(columns)))
    # As many columns on each strip, not one left over on the last.
    cut = _cut(columns, PAPER - label, size, math.ceil((len(columns) - 1) / strips))
    return tuple(
        _strip(table, lines, chosen, _widths(label, [columns[place] for place in chosen], size), size)
        for chosen in cut
    )


def _line(label: str, texts) -> tuple[str, ...]:
    return (label, *texts)


def _texts(row: Row) -> list[str]:
    return [cell_words(cell) for cell in row.numbers]


def _cut(columns: list[tuple[str, ...]], room: float, size: float, most: int) -> list[list[int]]:
    """The places of the columns after the first, strip by strip, on each at most so many."""
    strips, left = [[]], room
    for place, column in enumerate(columns[1:], start=1):
        least = _least(column, size)
        if strips[-1] and (least > left or len(strips[-1]) == most):
            strips.append([])
            left = room
        strips[-1].append(place)
        left -= least
    return strips


def _strip(table: Table, lines: list, places: list[int], widths: tuple[float, ...], size: float) -> Strip:
    chosen = [(line[0], *(line[place] for place in places)) for line in lines]
    numeric = number_columns(table)
    return Strip(
        widths=widths,
        head=chosen[0],
        rows=tuple(chosen[1 : 1 + len(table.rows)]),
        total=chosen[-1] if table.total else None,
        is_small=size == _SMALL,
        numeric=(False, *(numeric[place - 1] for place in places)),
    )


def _widths(label: float, columns: list[tuple[str, ...]], size: float) -> tuple[float, ...]:
    """Columns that fill the paper: each what its longest word needs, the rest by what would spare it line breaks."""
    least = [_least(column, size) for column in columns]
    wanted = [
        max(need, min(max(map(_width, column)), _LONGEST) * size + _PADDING)
        for need, column in zip(least, columns, strict=True)
    ]
    room = PAPER - label
    spare, wish = room - sum(least), sum(wanted) - sum(least)
    if wish > spare:
        share = spare / wish
        filled = [need + (want - need) * share for need, want in zip(least, wanted, strict=True)]
    else:
        filled = [want * room / sum(wanted) for want in wanted]
    return (round(label, 1), *(round(width, 1) for width in filled))


def _least(column: tuple[str, ...], size: float) -> float:
    """What the longest word or number of a column needs; Chinese may break after any character."""
    words = (word for text in column for word in _PIECES.findall(text))
    return max([_width(word) for word in words] + [4]) * size + _PADDING


def _width(text: str) -> int:
    """Half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
