"""What a dossier (卷宗) is made of: chapters of papers, printed here or kept as they came in, and what is missing.

A dossier is a Chinese office paper like the application form: its words and the names of its files are Chinese
whatever language its reader's pages have.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

#: What Windows, Linux or a zip program does not take in a file's name.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]')
#: Characters of a name; with its folders it stays below what Windows takes (260).
_LONGEST_NAME = 40

ONLY_IN_ZIP = "仅存压缩包内"
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


@dataclass
class Sheet:
    """A paper printed for the dossier: a template and what stands in it."""

    template: str
    context: dict


@dataclass
class Stored:
    """A file as it came in or was printed before: a FieldFile and what it is."""

    file: object
    content_type: str


@dataclass
class Piece:
    """One paper: its name in the index, where it comes from, and a remark for who reads it."""

    title: str
    source: Sheet | Stored
    remark: str = ""
    #: Whether it goes into the PDF too, if it can.
    bound: bool = True
    #: Set while it is built: its path in the ZIP, and the pages it takes in the PDF (0: it is not in it).
    path: str = ""
    pages: int = 0
    first_page: int = 0

    @property
    def own_name(self) -> str:
        """Its name in its folder of the ZIP."""
        return self.path.rpartition("/")[2]

    @property
    def last_page(self) -> int:
        return self.first_page + self.pages - 1

    @property
    def extension(self) -> str:
        if isinstance(self.source, Sheet):
            return ".pdf"
        return PurePosixPath(self.source.file.name).suffix.lower()[:10]


@dataclass
class Chapter:
    """Papers that belong together: a folder of the ZIP, a bookmark of the PDF."""

    title: str
    items: list["Chapter | Piece"] = field(default_factory=list)
    path: str = ""

    @property
    def own_name(self) -> str:
        """Its name in the folder above it."""
        return f"{self.path.rstrip('/').rpartition('/')[2]}/"

    @property
    def first_page(self) -> int:
        """The page on which the first of its papers in the PDF begins; 0 when none is."""
        return next((piece.first_page for piece in self.pieces() if piece.pages), 0)

    def pieces(self) -> Iterator[Piece]:
        """All papers, in order, those of chapters within too."""
        for item in self.items:
            if isinstance(item, Chapter):
                yield from item.pieces()
            else:
                yield item


@dataclass
class Dossier:
    """A whole dossier: what it is about, what is missing, and its chapters. `name` is what its file is called."""

    name: str
    subject: str
    facts: list[tuple[str, str]]
    missing: list[str]
    chapters: list[Chapter | Piece]

    def pieces(self) -> Iterator[Piece]:
        return Chapter("", self.chapters).pieces()


def number_paths(items: list[Chapter | Piece], folder: str = "", first: int = 1) -> None:
    """Give every chapter and paper its path: numbered in order, named as in the index."""
    for number, item in enumerate(items, start=first):
        name = f"{folder}{number:02d}-{safe_name(item.title)}"
        if isinstance(item, Chapter):
            item.path = f"{name}/"
            number_paths(item.items, item.path)
        else:
            item.path = f"{name}{item.extension}"


def safe_name(text: str) -> str:
    """A title as a file's name every system takes, cut to forty characters."""
    name = unicodedata.normalize("NFC", _UNSAFE.sub("", text)).strip(" .")
    return name[:_LONGEST_NAME].strip(" .") or "未命名"
