"""The number of a plaque or paper as people type it, and as it may stand in the ledger.

The public check and the search inside the office go by the same rule: what counts are letters and digits.
"""

import re
import unicodedata

#: Pairs of brackets that stand for one another in numbers of documents; the first is that of GB/T 9704-2012.
_PAIRS = ("〔〕", "[]", "()", "【】", "（）", "［］", "{}", "<>", "《》", "「」", "﹝﹞")
_PLAIN = str.maketrans("".join(_PAIRS[1:]), "〔〕" * (len(_PAIRS) - 1))
#: Letters and digits a number needs to be looked for by them alone.
LEAST = 4
#: Of how many letters and digits a column of them has room: full-width ligatures may become many.
MOST = 100
#: How the ledger may have them: as typed where an earlier plaque was registered.
_KEPT = ("〔〕", "[]", "()", "【】", "（）", "［］")
_BRACKETS = set("".join(_PAIRS))
#: What people leave out or put in between, beside spaces: a number without these still says which it is.
_BESIDE = _BRACKETS | set("号第字-‐–—_/.·")


def bare(number: str) -> str:
    """A number by its letters and digits, without brackets, spaces, dashes and the words 第, 字, 号, the first hundred.

    Kept in columns (BareNumberField): whoever changes the rule fills these anew in a migration.
    """
    plain = unicodedata.normalize("NFKC", number).casefold()
    return "".join(one for one in plain if not one.isspace() and one not in _BESIDE)[:MOST]


def is_grouped_alike(typed: str, number: str) -> bool:
    """Whether what was typed parts the digits of a number as the number does, or not at all: a bracket moved by a digit
    makes another number of the same letters and digits."""
    groups = _groups(typed)
    is_unparted = len(groups) < 2 and not _BRACKETS & set(typed)
    return is_unparted or groups == _groups(number)


def _groups(number: str) -> list[str]:
    return re.findall(r"\d+", unicodedata.normalize("NFKC", number))


def pattern(number: str) -> str:
    """A regular expression, for Python and the databases alike, that finds a number by its letters and digits, plain
    or full-width, whatever stands between them. Letters are written small: to be used without regard to case."""
    return _BETWEEN.join(_either(one) for one in bare(number))


def spellings(typed: str) -> set[str]:
    """What a number may be written like in the ledger: full-width letters and digits become plain ones, spaces go,
    brackets of any kind and capital or small letters are tried."""
    whole = " ".join(typed.split())
    plain = "".join(unicodedata.normalize("NFKC", whole).split()).translate(_PLAIN)
    found = {plain, plain.upper(), plain.lower()}
    found |= {one.translate(str.maketrans("〔〕", pair)) for one in found for pair in _KEPT}
    return found | {whole, "".join(whole.split())}


def in_both_widths(character: str) -> tuple[str, ...]:
    """A character, and the full-width one where there is one."""
    return (character, chr(ord(character) + _TO_FULL_WIDTH)) if "!" <= character <= "~" else (character,)


def _either(character: str) -> str:
    """A character as a pattern, in both widths and, full-width, in both cases: not every database knows these."""
    ways = dict.fromkeys((*in_both_widths(character), *in_both_widths(character.upper())[1:]))
    return f"[{''.join(re.escape(one) for one in ways)}]" if len(ways) > 1 else re.escape(character)


#: From a plain character of ASCII to the full-width one.
_TO_FULL_WIDTH = 0xFEE0
_BETWEEN = f"[{''.join(re.escape(one) for each in sorted(_BESIDE) for one in in_both_widths(each))}\\s]*"
