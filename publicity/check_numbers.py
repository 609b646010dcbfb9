"""The number of a plaque as people type it, and as it may stand in the ledger."""

import unicodedata

#: Pairs of brackets that stand for one another in numbers of documents; the first is that of GB/T 9704-2012.
_PAIRS = ("〔〕", "[]", "()", "【】", "（）", "［］", "{}", "<>", "《》", "「」", "﹝﹞")
_PLAIN = str.maketrans("".join(_PAIRS[1:]), "〔〕" * (len(_PAIRS) - 1))
#: How the ledger may have them: as typed where an earlier plaque was registered.
_KEPT = ("〔〕", "[]", "()", "【】", "（）", "［］")


#: What people leave out or put in between, beside spaces: a number without these still says which it is.
_BESIDE = set("".join(_PAIRS)) | set("号第字-‐–—_/.·")


def bare(number: str) -> str:
    """A number by its letters and digits, without brackets, spaces, dashes and the words 第, 字, 号."""
    plain = unicodedata.normalize("NFKC", number).casefold()
    return "".join(one for one in plain if not one.isspace() and one not in _BESIDE)


def spellings(typed: str) -> set[str]:
    """What a number may be written like in the ledger: full-width letters and digits become plain ones, spaces go,
    brackets of any kind and capital or small letters are tried."""
    whole = " ".join(typed.split())
    plain = "".join(unicodedata.normalize("NFKC", whole).split()).translate(_PLAIN)
    found = {plain, plain.upper(), plain.lower()}
    found |= {one.translate(str.maketrans("〔〕", pair)) for one in found for pair in _KEPT}
    return found | {whole, "".join(whole.split())}
