"""By what two entries of the register are the same: the same page, or the same article in another outlet."""

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

#: What outlets put before a title: a column or a place, in brackets. Full-width ones have become half-width by then.
_PREFIX = re.compile(r"^\s*(?:【[^】]*】|\[[^\]]*\]|\([^)]*\)|〔[^〕]*〕)\s*")
_PORTS = {"http": 80, "https": 443}
#: Told to those who count visitors; the page is the same without it.
_COUNTING = re.compile(r"^utm_", re.IGNORECASE)


def fingerprint(title: str) -> str:
    """A hash (hex) of the title without what reprints change: width, case, spaces, punctuation, bracketed prefixes."""
    text = unicodedata.normalize("NFKC", title)
    rest = text
    while found := _PREFIX.match(rest):
        rest = rest[found.end() :]
    letters = _letters(rest) or _letters(text) or text.strip()
    return hashlib.sha256(letters.casefold().encode()).hexdigest()


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def link_key(url: str) -> str:
    """A hash (hex) of an address by which the same page is known again; empty for an empty address.

    Scheme, "www.", the usual port, a slash at the end, a place in the page and utm_… parameters do not count. What
    stands behind “#/” or “#!” does: some pages are told apart by it alone.
    """
    if not url.strip():
        return ""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = parts.port if parts.port not in (None, _PORTS.get(parts.scheme.lower())) else None
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _COUNTING.match(pair[0])]
    place = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    same = "\n".join(
        [host, str(port or ""), unquote(parts.path).rstrip("/"), urlencode(sorted(query)), place.rstrip("/")]
    )
    return hashlib.sha256(same.encode()).hexdigest()
