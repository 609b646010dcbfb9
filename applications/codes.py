"""The code on each page of a printed form: which application, which content, which page of how many.

Written in capitals because a QR code holds those in fewer, larger dots, so that poor scans can be read.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Side of the printed code in millimetres.
CODE_SIZE = 20.0
#: Hexadecimal digits of the content's hash in the code: 64 bits cannot be guessed.
DIGEST_DIGITS = 16
#: Distance from the page's upper left corner to the code's, in millimetres: (left, top) on odd and on even pages.
_ODD, _EVEN = (28.0, 265.0), (112.0, 265.0)

# Whatever host stands before it: a new address of the installation does not spoil the papers.
_CODE = re.compile(
    r"^https?://[^/]+(?:/.*)?/p/([\w-]{1,60})/([0-9a-f]{16})/(?:([0-9]{1,3})-([0-9]{1,3})|w)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageCode:
    """What a page's code says. `page` counts from 1; 0 of 0 is a page of the editable Word copy."""

    number: str
    digest: str
    page: int
    pages: int

    @property
    def is_word_copy(self) -> bool:
        return self.page == 0


def code_place(page: int) -> tuple[float, float]:
    """Where the code stands on a page (from 1): millimetres from the left and from the top of the paper."""
    return _ODD if page % 2 else _EVEN


def check_address(public_address: str, number: str, content_hash: str) -> str:
    """The first part of every code of a form; `/1-3` for page 1 of 3 or `/W` for the Word copy follows."""
    parts = urlsplit(public_address)
    host = f"{parts.scheme}://{parts.netloc}".upper()
    return f"{host}{parts.path}/P/{number.upper()}/{content_hash[:DIGEST_DIGITS].upper()}"


def read_code(text: str) -> PageCode | None:
    """What a QR code's text says of a page, or None when it is none of ours. Number as printed, digest in small
    letters."""
    found = _CODE.match(text.strip())
    if found is None:
        return None
    number, digest, page, pages = found.groups()
    if page is None:
        return PageCode(number, digest.lower(), 0, 0)
    if not 1 <= int(page) <= int(pages):
        return None
    return PageCode(number, digest.lower(), int(page), int(pages))
