"""What is kept of a page behind a link: its text as it came, in UTF-8, or the PDF; never run, never believed."""

import contextlib
import re
from dataclasses import dataclass

import filetype

from publicity.links import Answer

_HTML, _TEXT = ("text/html", "application/xhtml+xml"), "text/plain"
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
#: A page says within its first bytes how it is written.
_HEAD = 4096
#: How pages may be written, by the name they give; the page names it, so no other codec is ever called. The old names
#: of Chinese pages mean their largest successor.
_CHARSETS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8-sig"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-big5"), "big5hkscs"),
    **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1"), "cp1252"),
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 5, 7, 9, 15)},
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
}


@dataclass(frozen=True)
class KeptPage:
    """`name` ends as its kind does: .html, .txt or .pdf."""

    name: str
    content: bytes


def kept_page(answer: Answer) -> KeptPage | None:
    """What can be kept of an answer; None for no page, one too large, or of a kind that does not open by itself."""
    if answer.status is None or not 200 <= answer.status < 300 or not answer.content.strip():
        return None
    kind = answer.content_type.partition(";")[0].strip().lower()
    if filetype.guess_mime(answer.content[:8192]) == "application/pdf":
        return KeptPage("page.pdf", answer.content)
    if kind in _HTML or (not kind and answer.content.lstrip()[:1] == b"<"):
        return KeptPage("page.html", _in_utf8(answer).encode())
    return KeptPage("page.txt", _in_utf8(answer).encode()) if kind == _TEXT else None


def _in_utf8(answer: Answer) -> str:
    """The text of a page, by the charset of its answer, that of its own head, or the one it can be read by."""
    for found in (
        _CHARSET.search(answer.content_type.encode()),
        _CHARSET.search(answer.content[:_HEAD]),
    ):
        codec = _CHARSETS.get(found.group(1).decode().lower()) if found else None
        if codec is None:
            continue
        with contextlib.suppress(UnicodeError, LookupError):
            return answer.content.decode(codec)
    return _by_trying(answer.content)


def _by_trying(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
