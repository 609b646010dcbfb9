"""The parts of an .xlsx file as events of an XML parser: nothing is held in memory that was not asked for.

Element names and meanings after ECMA-376 part 1 (SpreadsheetML). Names may carry a prefix; DTDs are refused, since
entities can swell without end and no office program writes them.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from openpyxl.styles.numbers import is_date_format

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_COLUMN = re.compile("[A-Z]{1,3}")
#: Number formats with a date that files name without spelling them out; 27–36 and 50–58 are the East Asian ones.
_BUILTIN_DATES = frozenset([14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)])
_BUILTIN_TIMES = frozenset([18, 19, 20, 21, 45, 46, 47])
#: Day 0 of the two calendars a workbook may count by.
_EPOCHS = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}  # noqa: DTZ001
#: Excel holds no more in one cell.
LONGEST_TEXT = 32_767
#: So many formulas or merged ranges are noted; who has more has the same mistake many times.
MOST_NAMED = 10_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Damaged(Exception):
    """A part that is not what it should be; its text is for developers, never for the page."""


@dataclass(frozen=True)
class Fault:
    """An error value as a cell shows it, e.g. #N/A."""

    text: str

    def __str__(self) -> str:
        return self.text


def parse(stream, handler) -> None:
    """Feed a stream to `handler.start(name, attributes)`, `handler.end(name)` and `handler.text(data)`.

    Raises Damaged for what is no XML or carries a DTD.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise Damaged(str(error)) from error


def _refuse_dtd(*_declaration) -> None:
    raise Damaged("DTD")


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def unescaped(text: str) -> str:
    """A text with the escapes of the format (_x000D_) turned into characters."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True)
class SheetEntry:
    name: str
    relation: str
    hidden: bool


class WorkbookPart:
    """xl/workbook.xml: the sheets in their order, and which calendar their dates count by."""

    def __init__(self):
        self.sheets: list[SheetEntry] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict) -> None:
        bare = _bare(name)
        if bare == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(SheetEntry(attributes.get("name", ""), relation, hidden))
        elif bare == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class RelationsPart(WorkbookPart):
    """xl/_rels/workbook.xml.rels: where each part lies, by relation id, with its kind."""

    def __init__(self):
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def start(self, name: str, attributes: dict) -> None:
        if _bare(name) == "Relationship" and attributes.get("TargetMode") != "External":
            relation, target = attributes.get("Id", ""), attributes.get("Target", "")
            self.targets[relation] = target[1:] if target.startswith("/") else f"xl/{target}"
            self.kinds[relation] = attributes.get("Type", "").rpartition("/")[2]


class StylesPart(WorkbookPart):
    """xl/styles.xml: the styles whose cells hold dates, and those that hold times of day."""

    def __init__(self):
        self._own: dict[str, str] = {}
        self._inside = False
        self.formats: list[str] = []

    def start(self, name: str, attributes: dict) -> None:
        bare = _bare(name)
        if bare == "numFmt":
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif bare == "cellXfs":
            self._inside = True
        elif bare == "xf" and self._inside:
            self.formats.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if _bare(name) == "cellXfs":
            self._inside = False

    def date_styles(self) -> frozenset[str]:
        """Numbers of the styles, as cells name them, that show a number as a date."""
        return frozenset(str(index) for index, known in enumerate(self.formats) if self._is_date(known))

    def _is_date(self, known: str) -> bool:
        if known in self._own:
            return bool(is_date_format(self._own[known]))
        return known.isdigit() and int(known) in _BUILTIN_DATES | _BUILTIN_TIMES


class StringsPart:
    """xl/sharedStrings.xml: the texts cells refer to by number; readings above characters are left out."""

    def __init__(self, most: int):
        self.strings: list[str] = []
        self._most = most
        self._parts: list[str] = []
        self._collecting = self._reading = False

    def start(self, name: str, attributes: dict) -> None:
        bare = _bare(name)
        if bare == "t":
            self._collecting = not self._reading
        elif bare == "si":
            self._parts = []
        elif bare == "rPh":
            self._reading = True

    def text(self, data: str) -> None:
        if self._collecting:
            self._parts.append(data)

    def end(self, name: str) -> None:
        bare = _bare(name)
        if bare == "t":
            self._collecting = False
        elif bare == "rPh":
            self._reading = False
        elif bare == "si":
            self.strings.append(unescaped("".join(self._parts))[: LONGEST_TEXT + 1])
            if len(self.strings) > self._most:
                raise Damaged("too many strings")


class SheetPart:
    """A worksheet: each row with a value goes to `on_row(number, {column: value})`, both counted from 1 and 0.

    `on_row` refuses a row with a value in column `widest` or beyond, and gets it before its end.
    Afterwards `formulas` and `merged` hold (row, name) of cells and ranges as a person reads them (C5, A1:C1); of a
    range the last row.
    """

    def __init__(
        self, *, strings: list[str], dates: frozenset[str], since_1904: bool, widest: int, on_row: Callable
    ):
        self.formulas: list[tuple[int, str]] = []
        self.merged: list[tuple[int, str]] = []
        self._strings, self._dates, self._epoch, self._on_row = strings, dates, _EPOCHS[since_1904], on_row
        self._widest = widest
        self._columns: dict[str, int] = {}
        self._row = 0
        self._column = -1
        self._cells: dict[int, object] = {}
        self._parts: list[str] = []
        self._kind = self._style = None
        self._collecting = self._reading = self._formula = False

    def start(self, name: str, attributes: dict) -> None:
        if ":" in name:
            name = _bare(name)
        if name == "c":
            self._open_cell(attributes)
        elif name == "v" or (name == "t" and not self._reading):
            self._collecting = True
        elif name == "row":
            self._row = _whole(attributes.get("r")) or self._row + 1
            self._column, self._cells = -1, {}
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._reading = True
        elif name == "mergeCell" and len(self.merged) < MOST_NAMED:
            ref = attributes.get("ref", "")[:40]
            self.merged.append((_whole(ref.rpartition(":")[2].lstrip(LETTERS)) or 0, ref))

    def text(self, data: str) -> None:
        if self._collecting:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if ":" in name:
            name = _bare(name)
        if name == "c":
            self._close_cell()
        elif name in ("v", "t"):
            self._collecting = False
        elif name == "rPh":
            self._reading = False
        elif name == "row" and self._cells:
            self._on_row(self._row, self._cells)

    def _open_cell(self, attributes: dict) -> None:
        self._kind, self._style = attributes.get("t"), attributes.get("s")
        self._parts, self._formula = [], False
        letters = attributes.get("r", "").rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None and (known := column_index(letters)) is not None:
            self._columns[letters] = known
        self._column = self._column + 1 if known is None else known

    def _close_cell(self) -> None:
        if self._formula and len(self.formulas) < MOST_NAMED:
            self.formulas.append((self._row, f"{column_letters(self._column)}{self._row}"))
        value = self._value("".join(self._parts))
        if value is not None and value != "":
            self._cells[self._column] = value
            if self._column >= self._widest:
                # Refused at once: a row may hold millions of cells before it ends.
                self._on_row(self._row, self._cells)

    def _value(self, text: str):
        kind = self._kind
        if kind == "s":
            return self._shared(text)
        if kind in ("inlineStr", "str"):
            return unescaped(text)[: LONGEST_TEXT + 1]
        if not text:
            return None
        if kind == "b":
            return text.strip() == "1"
        if kind == "e":
            return Fault(text[:20])
        return self._iso(text) if kind == "d" else self._number(text)

    def _shared(self, text: str) -> str | None:
        if not text:
            return None
        place = _whole(text)
        if place is None or place >= len(self._strings):
            raise Damaged("string out of range")
        return self._strings[place]

    def _iso(self, text: str):
        try:
            return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            return text[:40]

    def _number(self, text: str):
        try:
            value = float(text)
        except ValueError:
            return Fault(text[:20])
        if value != value or value in (float("inf"), float("-inf")):
            return Fault(text[:20])
        if self._style in self._dates:
            return self._date(value)
        return int(value) if value.is_integer() and abs(value) < 10**15 else value

    def _date(self, days: float):
        """A date as Excel counts it; days 0 to 60 of the calendar of 1900 are off by one and nobody's dates."""
        try:
            # Rounded to the second: times are fractions that seldom fit.
            moment = self._epoch + datetime.timedelta(seconds=round(days * 86_400))
        except OverflowError:
            return Fault("#####")
        return moment if moment.year >= 1901 else Fault(f"{days:g}")


def _whole(text: str | None) -> int | None:
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else None


def column_index(letters: str) -> int | None:
    """The place of a column from 0: A -> 0, AA -> 26; None for what is no column."""
    if not _COLUMN.fullmatch(letters):
        return None
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def column_letters(index: int) -> str:
    """The other way round: 26 -> AA."""
    letters, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
