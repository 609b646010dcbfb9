"""What somebody looks for, as typed, and how it is held against names, their initials, and numbers.

The same on the search page and in every list, so that a list opened from the search holds what was counted there.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from accounts.written_numbers import LEAST, bare, in_both_widths, pattern

#: Characters and words that are looked at; nobody types more, and long patterns are slow.
MOST_CHARACTERS, MOST_WORDS = 60, 5
#: Brackets people type for the 〔〕 of document numbers, after full-width ones have become plain.
_BRACKETS = str.maketrans("[]【】()《》<>{}", "〔〕" * 6)
_FULL_WIDTH = str.maketrans("()", "（）")
_LETTERS = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")


@dataclass(frozen=True)
class Word:
    """One word in the spellings it may have in a text, and as initials where it can be some."""

    spellings: tuple[str, ...]
    letters: str


@dataclass(frozen=True)
class Wanted:
    """`text` is what is looked for, without needless spaces; `numbers` is all of it as a number may be written, and
    `letters` are its letters and digits alone where they may say which number it is."""

    text: str
    words: tuple[Word, ...]
    numbers: tuple[str, ...]
    letters: str = ""
    was_cut: bool = False

    @property
    def is_enough(self) -> bool:
        """One Chinese character says something, one letter or digit does not."""
        return len(self.text) > 1 or (bool(self.text) and not self.text.isascii())

    def matching(
        self,
        *,
        texts: Iterable[str] = (),
        initials: Iterable[str] = (),
        numbers: Iterable[str] = (),
        bare: dict[str, str] | None = None,
    ) -> Q:
        """Rows in which every word is in one of the texts or the initials of one of them, or which have the number.

        `bare` names for fields of `numbers` the field that keeps their letters and digits alone, where there is one.
        """
        texts, initials = list(texts), list(initials)
        found = [_any(self._ways(word, texts, initials)) for word in self.words]
        ways = [reduce(and_, found)] if found else []
        for field in numbers:
            ways += self._ways_of_number(field, (bare or {}).get(field))
        return _any(ways)

    def _ways_of_number(self, field: str, bare_field: str | None) -> list[Q]:
        if not self.letters:
            return [Q(**{f"{field}__icontains": number}) for number in self.numbers]
        if bare_field:
            return [Q(**{f"{bare_field}__contains": self.letters})]
        # Numbers without the last character need no look at the pattern, which takes much longer.
        last = _any([Q(**{f"{field}__icontains": each}) for each in in_both_widths(self.letters[-1])])
        return [last & Q(**{f"{field}__iregex": pattern(self.letters)})]

    def _ways(self, word: Word, texts: list[str], initials: list[str]) -> list[Q]:
        ways = [Q(**{f"{field}__icontains": each}) for field in texts for each in word.spellings]
        if word.letters:
            ways += [Q(**{f"{field}__contains": word.letters}) for field in initials]
        return ways

    def place_in(self, text: str) -> tuple[int, int] | None:
        """Where in a text the first word found stands (from, to), or the number; None where nothing does."""
        lower = text.lower()
        spelled = [each for word in self.words for each in word.spellings]
        for each in dict.fromkeys([*self.numbers, *spelled]):
            start = lower.find(each.lower())
            if start >= 0:
                return start, start + len(each)
        found = re.search(pattern(self.letters), lower) if self.letters else None
        return found and found.span()

    def place_in_initials(self, initials: str) -> tuple[int, int] | None:
        """Where in the initials of a text the first word found stands."""
        for word in self.words:
            start = initials.find(word.letters) if word.letters else -1
            if start >= 0:
                return start, start + len(word.letters)
        return None


def wanted(typed: str) -> Wanted:
    """What somebody typed, made ready: plain digits for full-width ones, no control characters, not too long."""
    visible = "".join(" " if unicodedata.category(each).startswith("C") else each for each in typed)
    text = " ".join(visible.split())
    was_cut = len(text) > MOST_CHARACTERS
    text = text[:MOST_CHARACTERS].strip()
    words = tuple(_word(each) for each in text.split()[:MOST_WORDS])
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    spelled = (plain.translate(_BRACKETS), plain, plain.translate(_FULL_WIDTH))
    numbers = tuple(dict.fromkeys(spelled)) if plain else ()
    was_cut = was_cut or len(text.split()) > MOST_WORDS
    return Wanted(text, words, numbers, _letters_of_number(plain), was_cut)


def _letters_of_number(plain: str) -> str:
    """The letters and digits of what may be a number: digits alone could begin and end anywhere."""
    letters = bare(plain)
    is_number = len(letters) >= LEAST and any(each.isdigit() for each in letters)
    return letters if is_number and not plain.isdigit() else ""


def _word(typed: str) -> Word:
    plain = unicodedata.normalize("NFKC", typed)
    letters = plain.lower() if _LETTERS.fullmatch(plain.lower()) else ""
    return Word(tuple(dict.fromkeys([typed, plain, plain.translate(_FULL_WIDTH)])), letters)


def _any(ways: list[Q]) -> Q:
    return reduce(or_, ways, Q()) if ways else Q(pk__in=[])
