"""Builds a dossier: a ZIP of its papers with a SHA-256 manifest, and one PDF of all that can be bound.

The same records give the same bytes: no name, date or number in them comes from the clock or from chance.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.template.loader import render_to_string

from accounts.errors import DomainError, Reason
from assessments.dossier.binder import Binder, Bookmark, Unusable, prepare_pdf, prepare_picture
from assessments.dossier.parts import (
    JPEG,
    ONLY_IN_ZIP,
    PDF,
    PNG,
    Chapter,
    Dossier,
    Piece,
    Sheet,
    number_paths,
)
from notices.print_fonts import PrintingUnavailable, printable
from notices.printing import Printed, printer

STYLESHEET = "dossier.css"
MANIFEST = "manifest.sha256"
INDEX, WHOLE = "01-目录.pdf", "卷宗.pdf"
#: The one date in the ZIP: the first it can write.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1024 * 1024


class Building:
    """A dossier being built in a folder of its own, which the caller removes afterwards."""

    def __init__(self, dossier: Dossier, folder: Path, *, scope: str, step: Callable[[int, int], None]):
        """`scope` says for whom it is; `step` is told how far the work is."""
        self._dossier = dossier
        self._folder = folder
        self._scope = scope
        self._step = step
        self._ticks = 0
        self._pieces = list(dossier.pieces())
        #: By path in the ZIP: the file it is copied from.
        self._files: dict[str, object] = {}
        #: By path: the PDF its pages are bound from.
        self._papers: dict[str, Path] = {}

    def pdf(self) -> Path:
        """The paginated PDF. Raises DomainError where this machine cannot print."""
        number_paths(self._dossier.chapters, first=2)
        try:
            for number, piece in enumerate(self._pieces):
                self._tick()
                self._prepare(piece, number)
            index = self._print_index()
        except PrintingUnavailable as error:
            raise DomainError(Reason(text=str(error))) from error
        target = self._folder / "whole.pdf"
        with target.open("wb") as stream:
            binder = Binder(stream, index.pages + sum(piece.pages for piece in self._pieces))
            binder.add(self._folder / "index.pdf")
            for piece in self._pieces:
                self._tick()
                if piece.pages:
                    binder.add(self._papers[piece.path])
            binder.close(
                title=f"{self._dossier.subject} {self._dossier.facts[0][1]}",
                bookmarks=[Bookmark("目录", 1), *_bookmarks(self._dossier.chapters)],
            )
        return target

    def zip(self) -> Path:
        """The ZIP of everything: index, papers, the PDF and the manifest."""
        self._files |= {WHOLE: self.pdf(), INDEX: self._folder / "index.pdf"}
        target, sums = self._folder / "dossier.zip", []
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as book:
            for path in sorted(self._files):
                self._tick()
                sums.append((self._put(book, path), path))
            manifest = "".join(f"{digest}  {path}\n" for digest, path in sums)
            book.writestr(_entry(MANIFEST), manifest.encode())
        return target

    def _tick(self) -> None:
        """Each paper is made ready, bound and packed."""
        self._ticks += 1
        total = 3 * len(self._pieces) + 2
        self._step(min(self._ticks, total), total)

    def _prepare(self, piece: Piece, number: int) -> None:
        """Print the paper, or take it from the store and see whether it can be bound."""
        paper = self._folder / f"{number:04d}.pdf"
        if isinstance(piece.source, Sheet):
            made = _print(piece.source.template, piece.source.context)
            paper.write_bytes(made.pdf)
            piece.pages = made.pages
            self._files[piece.path] = self._papers[piece.path] = paper
            return
        try:
            with piece.source.file.open("rb") as source:
                self._files[piece.path] = piece.source.file
                if piece.bound:
                    piece.pages = _bind(source, piece.source.content_type, paper)
                    self._papers[piece.path] = paper
        except OSError:
            self._dossier.missing.append(f"{piece.title}：文件丢失，无法读取")
            piece.path, piece.remark = "", "文件丢失"
        except Unusable as reason:
            piece.remark = "；".join(filter(None, (piece.remark, f"{ONLY_IN_ZIP}（{reason}）")))

    def _print_index(self) -> Printed:
        """The index; how many pages it takes moves all others, so it is printed until that is known."""
        pages = 1
        while True:
            self._set_first_pages(pages + 1)
            total = pages + sum(piece.pages for piece in self._pieces)
            context = {
                "dossier": self._dossier,
                "rows": list(_rows(self._dossier.chapters)),
                "scope": self._scope,
            }
            made = _print("assessments/dossier/index.html", context | {"total": total})
            if made.pages == pages:
                break
            pages = made.pages
        (self._folder / "index.pdf").write_bytes(made.pdf)
        return made

    def _set_first_pages(self, page: int) -> None:
        for piece in self._pieces:
            piece.first_page = page if piece.pages else 0
            page += piece.pages

    def _put(self, book: zipfile.ZipFile, path: str) -> str:
        """Copy a file into the ZIP chunk by chunk; returns its SHA-256."""
        source, digest, entry = self._files[path], hashlib.sha256(), _entry(path)
        entry.file_size = source.stat().st_size if isinstance(source, Path) else source.size
        with source.open("rb") as read, book.open(entry, "w") as write:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                write.write(chunk)
        return digest.hexdigest()


def _print(template: str, context: dict) -> Printed:
    html = printable(render_to_string(template, context))
    return printer(STYLESHEET).print(html, identifier=hashlib.sha256(html.encode()).hexdigest())


def _bind(source, content_type: str, paper: Path) -> int:
    """Make a file's pages ready; returns their number. Raises Unusable for what has none or cannot be read."""
    if content_type == PDF:
        return prepare_pdf(source, paper)
    if content_type in (JPEG, PNG):
        return prepare_picture(source, paper)
    raise Unusable("办公软件文件，不并入")


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.create_system = 3  # Unix, whatever this machine is
    entry.external_attr = 0o644 << 16
    return entry


def _rows(items: list[Chapter | Piece], depth: int = 0) -> Iterator[tuple[int, Chapter | Piece, bool]]:
    """The lines of the index: how deep, what, and whether it is a chapter."""
    for item in items:
        is_chapter = isinstance(item, Chapter)
        yield depth, item, is_chapter
        if is_chapter:
            yield from _rows(item.items, depth + 1)


def _bookmarks(items: list[Chapter | Piece]) -> tuple[Bookmark, ...]:
    return tuple(
        Bookmark(item.title, item.first_page, _bookmarks(item.items) if isinstance(item, Chapter) else ())
        for item in items
        if item.first_page
    )
