"""What a cell means in its column: text, code, number, date … as a clerk wrote it, or why it cannot be read.

Each kind of value reads the raw value of a cell (text, number, bool, datetime, Fault) and returns what the record
keeps; it raises Unfit with the reason. An empty cell never gets here.
"""

import calendar
import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accounts.errors import Reason
from accounts.hidden import HIDDEN
from accounts.sheet_parts import Fault

_SPACES = re.compile(r"\s+")
_NUMBER_CUT = re.compile(r"\d(\.\d+)?[Ee]\+\d+")
_DAY = re.compile(
    r"(?P<year>\d{4})(?:年|[-./])(?P<month>\d{1,2})(?:(?:月|[-./])(?P<day>\d{1,2})日?)?月?"
    r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_PACKED_DAY = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_SHORT_YEAR = re.compile(r"\d{2}(年|[-./])\d{1,2}(月|[-./]).*")
_YES = frozenset(["是", "有", "对", "y", "yes", "true", "1", "√", "✓", "✔"])
_NO = frozenset(["否", "无", "没有", "不是", "n", "no", "false", "0", "×", "✗"])
#: Categories of Unicode: control characters and halves of characters.
_UNWRITABLE = ("Cc", "Cs")
#: Excel keeps fifteen digits of a number.
_EXACT_DIGITS = 15


class Unfit(Exception):
    """A cell that cannot be read as its column wants it; `reason` says why and what would help."""

    def __init__(self, text: str, remedy: str = ""):
        self.reason = Reason(text=text, remedy=remedy)
        super().__init__(text)


def is_blank(raw) -> bool:
    """Whether a cell holds nothing, or only what nobody sees."""
    return raw is None or (isinstance(raw, str) and not raw.translate(HIDDEN).strip())


def printable(text: str) -> str:
    """A text as it may stand in a message: what no database and no file can hold is shown as a replacement."""
    if text.isprintable():
        return text
    return "".join(
        "\ufffd" if character not in "\n\t" and unicodedata.category(character) in _UNWRITABLE else character
        for character in text
    )


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones, no spaces at the ends."""
    return unicodedata.normalize("NFKC", text.translate(HIDDEN)).strip()


def squeezed(text: str) -> str:
    """One line without spaces at the ends and with single ones inside; the characters stay as they are."""
    if text.isalnum():
        return text
    return _SPACES.sub(" ", text.translate(HIDDEN)).strip()


def name_key(text: str) -> str:
    """By what two spellings of a name in a list are the same: width, case and spaces do not count."""
    return _SPACES.sub("", half_width(text)).casefold()


def _as_text(raw) -> str:
    """A raw value as the text its cell shows."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return _("yes") if raw else _("no")
    if isinstance(raw, Fault):
        raise Unfit(
            _("The cell shows the error “%(error)s”.") % {"error": raw}, _("Write the value into the cell.")
        )
    if isinstance(raw, datetime.datetime):
        return raw.date().isoformat()
    if abs(raw) >= 10**_EXACT_DIGITS:
        raise Unfit(
            _("Excel keeps only the first 15 digits of a number."),
            _("Set the cell's format to “text” and type the number again."),
        )
    return str(raw) if isinstance(raw, int) else f"{raw:.15g}"


def _refuse_unwritable(text: str) -> None:
    """Control characters and halves of characters cannot be stored, printed or sent on."""
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) in _UNWRITABLE:
            raise Unfit(
                _("There is a character in the cell that cannot be stored (U+%(code)s).")
                % {"code": f"{ord(character):04X}"},
                _("Delete the text and type it again instead of pasting it."),
            )


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        raise Unfit(
            _("The text has %(count)d characters; at most %(most)d fit.")
            % {"count": len(text), "most": most},
            _("Shorten it."),
        )
    if not text.isprintable():
        _refuse_unwritable(text)
    return text


@dataclass(frozen=True)
class Value:
    """A kind of value. `as_text`: the template formats its cells as text, so that Excel changes nothing in them."""

    as_text: bool = True

    def read(self, raw):
        raise NotImplementedError

    def choices(self) -> list[str]:
        return []

    def shown(self, value) -> str:
        """How a value reads in a comparison of before and after."""
        return str(value) if value is not None else ""


@dataclass(frozen=True)
class Text(Value):
    """A name or other line of text, its characters kept; `lines`: line breaks are kept as well."""

    most: int = 100
    lines: bool = False

    def read(self, raw) -> str:
        text = _as_text(raw)
        if not self.lines:
            return _fitting(squeezed(text), self.most)
        text = text.translate(HIDDEN).replace("\r\n", "\n").replace("\r", "\n").strip()
        return _fitting(text, self.most)


@dataclass(frozen=True)
class Code(Value):
    """A number on paper or a telephone number: half-width, leading zeros kept, never a quantity."""

    most: int = 100

    def read(self, raw) -> str:
        if isinstance(raw, datetime.datetime):
            raise Unfit(
                _("Excel has turned the number into a date."),
                _("Set the cell's format to “text” and type the number again."),
            )
        text = squeezed(half_width(_as_text(raw)))
        if _NUMBER_CUT.fullmatch(text):
            raise Unfit(
                _("Excel has shortened the number to %(text)s.") % {"text": text},
                _("Set the cell's format to “text” and type the number again."),
            )
        whole, point, rest = text.partition(".")
        if point and rest.strip("0") == "" and whole.isdigit():
            text = whole
        return _fitting(text, self.most)


@dataclass(frozen=True)
class Number(Value):
    """A number of at least `least`; `places` decimal places at most."""

    places: int = 0
    digits: int = 16
    least: int = 0
    most: int | None = None
    as_text: bool = False

    def read(self, raw) -> Decimal:
        value = self._decimal(raw)
        if value < self.least:
            raise Unfit(_("The number must not be less than %(least)s.") % {"least": self.least})
        if self.most is not None and value > self.most:
            raise Unfit(_("The number must not be greater than %(most)s.") % {"most": self.most})
        if value.adjusted() >= self.digits - self.places:
            raise Unfit(_("The number is too large."))
        if value != round(value, self.places):
            if self.places:
                raise Unfit(_("At most %(places)d decimal places are kept.") % {"places": self.places})
            raise Unfit(_("A whole number is wanted here."))
        return round(value, self.places)

    def shown(self, value) -> str:
        return f"{value.normalize():f}" if value is not None else ""

    def _decimal(self, raw) -> Decimal:
        if isinstance(raw, float) and math.isfinite(raw):
            return Decimal(f"{raw:.15g}")
        if isinstance(raw, int) and not isinstance(raw, bool):
            return Decimal(raw)
        if isinstance(raw, bool | datetime.datetime):
            raise self._no_number(_as_text(raw))
        text = _SPACES.sub("", half_width(_as_text(raw)))
        try:
            value = Decimal(text.replace(",", "")) if len(text) <= 40 and "_" not in text else None
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite() or abs(value.adjusted()) > 40:
            raise self._no_number(text)
        return value

    def _no_number(self, text: str) -> Unfit:
        return Unfit(
            _("“%(text)s” is no number.") % {"text": text[:20]},
            _("Write digits only, without a unit: 507, not 507 persons."),
        )


@dataclass(frozen=True)
class Whole(Number):
    """A whole number that fits a database integer."""

    digits: int = 10
    most: int | None = 2_000_000_000

    def read(self, raw) -> int:
        return int(super().read(raw))

    def shown(self, value) -> str:
        return Value.shown(self, value)


@dataclass(frozen=True)
class Day(Value):
    """A date as offices write it: 2017年5月31日, 2017.5.31, 2017/5/31, 2017-05-31, 20170531 or a date of Excel.

    Of a month without a day (2017年5月) it is the last day where `month_ends`, else the first.
    """

    month_ends: bool = False

    def read(self, raw) -> datetime.date:
        if isinstance(raw, datetime.datetime):
            return raw.date()
        if isinstance(raw, float):
            self._refuse_cut_month(raw)
        text = _SPACES.sub(" ", half_width(_as_text(raw))) if not isinstance(raw, bool) else str(raw)
        found = _DAY.fullmatch(text) or _DAY.fullmatch(text.replace(" ", "")) or _PACKED_DAY.fullmatch(text)
        if found is None:
            raise self._no_date(text)
        return self._day(text, int(found["year"]), int(found["month"]), found["day"])

    def _day(self, text: str, year: int, month: int, day: str | None) -> datetime.date:
        try:
            if day:
                return datetime.date(year, month, int(day))
            last = calendar.monthrange(year, month)[1] if self.month_ends else 1
            return datetime.date(year, month, last)
        except ValueError as error:
            raise Unfit(_("There is no such day: %(text)s.") % {"text": text}) from error

    def _refuse_cut_month(self, raw: float) -> None:
        """A number format makes October out of nothing: 2017.10 is kept as 2017.1."""
        text = f"{raw:.15g}"
        if re.fullmatch(r"\d{4}\.1", text):
            raise Unfit(
                _("%(text)s may be January or October: Excel drops the last nought.") % {"text": text},
                _("Write it as 2017-10 or 2017年10月."),
            )

    def _no_date(self, text: str) -> Unfit:
        if _SHORT_YEAR.fullmatch(text):
            return Unfit(
                _("“%(text)s”: the year wants four digits.") % {"text": text[:20]},
                _("Write it like 2016-09-30."),
            )
        return Unfit(_("“%(text)s” is no date.") % {"text": text[:20]}, _("Write it like 2016-09-30."))


@dataclass(frozen=True)
class YesNo(Value):
    as_text: bool = True

    def read(self, raw) -> bool:
        if isinstance(raw, bool):
            return raw
        text = name_key(_as_text(raw))
        if text in _YES or text == name_key(_("yes")):
            return True
        if text in _NO or text == name_key(_("no")):
            return False
        raise Unfit(_("“%(text)s” is neither yes nor no.") % {"text": text[:20]})

    def choices(self) -> list[str]:
        return [_("yes"), _("no")]

    def shown(self, value) -> str:
        return (_("yes") if value else _("no")) if value is not None else ""


def ambiguous(text: str) -> Unfit:
    return Unfit(
        _("“%(text)s” means more than one thing here.") % {"text": squeezed(text)[:40]},
        _("Write the code from the code list instead."),
    )


@dataclass(frozen=True)
class Choice(Value):
    """One of a list the programme knows, by any of its names; `options` are (object, its names) that the template
    offers, the first name shown."""

    options: tuple = ()
    known: dict | None = None
    #: Read all objects of a name, as a list; the row's other values tell which is meant.
    several: bool = False

    @classmethod
    def of(
        cls,
        objects: Iterable,
        names: Callable,
        *,
        several: bool = False,
        offered: Callable = lambda each: True,
    ) -> "Choice":
        """A choice among objects; `names(object)` are the names it answers to, the one to show first and the code
        last. Those not `offered` are known all the same, so that a row can be told what is wrong with them."""
        options = []
        known: dict[str, list] = {}
        for each in objects:
            its_names = tuple(filter(None, names(each)))
            if offered(each):
                options.append((each, its_names))
            for key in {name_key(name) for name in its_names}:
                known.setdefault(key, []).append(each)
        return cls(options=tuple(options), known=known, several=several)

    def read(self, raw):
        text = _as_text(raw)
        found = self.known.get(text) or self.known.get(name_key(text), [])
        if found and self.several:
            return found
        if len(found) == 1:
            return found[0]
        if found:
            raise ambiguous(text)
        raise Unfit(
            _("“%(text)s” is not in the list.") % {"text": squeezed(text)[:40]},
            self._known_words(),
        )

    def choices(self) -> list[str]:
        return [names[0] for _object, names in self.options]

    def _known_words(self) -> str:
        words = self.choices()
        if len(words) > 12:
            return _("See the code list in the template.")
        return _("Possible: %(words)s.") % {"words": _(", ").join(words)}
