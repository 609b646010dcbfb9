"""Printing: HTML to PDF, keeping between documents what can be kept: fonts, style sheet, warm caches.

The look of documents follows GB/T 9704-2012 and is the style sheets' affair (static/print).
"""

import atexit
import gc
import os
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pydyf
import zxingcpp
from django.conf import settings

from notices.print_fonts import FACES, fonts_folder, fonts_prepared, prepare_fonts, read_manifest


def font_faces_css() -> str:
    """Return the @font-face rules of the faces that lie ready in the fonts folder."""
    ready = [face for face in FACES if face.file in read_manifest().get("files", {})]
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; src: url("{(fonts_folder() / face.file).as_uri()}") }}'
        for face in ready
    )


def project_files_only():
    """Return a URL fetcher that knows data inside the document and the project's own files, nothing else."""
    from weasyprint.urls import URLFetcher

    allowed = (fonts_folder().resolve(), (Path(settings.BASE_DIR) / "static").resolve())

    class ProjectFiles(URLFetcher):
        def fetch(self, url, headers=None):
            parts = urlsplit(url)
            if parts.scheme == "file":
                path = Path(url2pathname(parts.path)).resolve()
                if parts.netloc or not any(path.is_relative_to(folder) for folder in allowed):
                    raise ValueError(f"Not a file of the project: {url}")
            elif parts.scheme != "data":
                raise ValueError(f"Documents load nothing from outside: {url}")
            return super().fetch(url, headers)

    return ProjectFiles(allowed_protocols=("file", "data"))


_POINTS_PER_MM = 72 / 25.4
_PIXELS_PER_MM = 96 / 25.4


@dataclass(frozen=True)
class Place:
    """Where something stands on a printed document: page from 1, millimetres from the page's upper left corner."""

    page: int
    left: float
    top: float


@dataclass(frozen=True)
class Code:
    """A QR code to be drawn on a page: its text, its upper left corner and its side in millimetres."""

    text: str
    left: float
    top: float
    size: float


@dataclass(frozen=True)
class Printed:
    """A printed document: its PDF, how many pages it has, and where each element with an id begins."""

    pdf: bytes
    pages: int
    places: dict[str, Place]


class Printer:
    """Turns HTML into PDF with one style sheet, parsed once, and one set of loaded fonts.

    Not meant to cross a fork: ask `printer()` in the process that prints.
    """

    def __init__(self, stylesheet: Path):
        # Half a second of import that pages which print nothing need not wait for.
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        if not fonts_prepared():
            prepare_fonts()
        self._lock = threading.Lock()
        self._fetcher = project_files_only()
        self._fonts = FontConfiguration()
        common = {"font_config": self._fonts, "url_fetcher": self._fetcher}
        self._styles = [CSS(string=font_faces_css(), **common), CSS(filename=stylesheet, **common)]

    def pdf(self, html: str, *, identifier: str) -> bytes:
        """Render `html`, which must escape whatever people typed, as PDF: see `print`."""
        return self.print(html, identifier=identifier).pdf

    def print(self, html: str, *, identifier: str, code: Callable[[int, int], Code] | None = None) -> Printed:
        """Render `html`, which must escape whatever people typed.

        Args:
            html: the whole document; its <title> and lang become the PDF's.
            identifier: a text that names this content; the same arguments give the same bytes.
            code: the QR code of a page, asked with the page (from 1) and how many there are.
        """
        from weasyprint import HTML

        options = {"pdf_variant": "pdf/ua-1", "pdf_identifier": identifier.encode()}
        # WeasyPrint's very many objects live until the end: looking for garbage meanwhile is in vain.
        # Pango's font maps are not safe to share between threads at work.
        with self._lock, _CollectorPaused():
            source = HTML(string=html, url_fetcher=self._fetcher)
            document = source.render(font_config=self._fonts, stylesheets=self._styles, **options)
            pdf = document.write_pdf(finisher=partial(_finish, code=code), **options)
            return Printed(pdf=pdf, pages=len(document.pages), places=_places(document))


def _places(document) -> dict[str, Place]:
    """Where each element with an id begins, in a laid out weasyprint Document."""
    return {
        name: Place(number, round(box[0] / _PIXELS_PER_MM, 2), round(box[1] / _PIXELS_PER_MM, 2))
        for number, page in enumerate(document.pages, start=1)
        for name, box in page.anchors.items()
    }


def _finish(_document, pdf, *, code: Callable[[int, int], Code] | None) -> None:
    if code is not None:
        _draw_codes(pdf, code)
    _compress(pdf)


def _draw_codes(pdf, code: Callable[[int, int], Code]) -> None:
    """Put each page's QR code under its content, as rectangles: sharp at any size, and no picture to decode.

    Only now is it known how many pages there are. Marked as an artifact: a screen reader passes it over.
    """
    pages = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]
    for number, page in enumerate(pages, start=1):
        drawing = pydyf.Stream(
            _squares(code(number, len(pages)), height=float(page["MediaBox"][3])), compress=True
        )
        pdf.add_object(drawing)
        page["Contents"] = pydyf.Array([drawing.reference, page["Contents"]])


def code_dots(text: str) -> list[list[bool]]:
    """The dots of a text's QR code, row by row, dark ones true; without the white border it needs around it."""
    # M: it survives a fold, a stain, the edge of a stamp.
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = memoryview(made.to_image(scale=1, add_quiet_zones=False))
    return [[dot == 0 for dot in row] for row in picture.tolist()]


def _squares(code: Code, height: float) -> list[bytes]:
    """PDF operators that draw a QR code on a page of a height in points; runs of dark dots are one rectangle each."""
    matrix = code_dots(code.text)
    dot = code.size / len(matrix) * _POINTS_PER_MM
    left, top = code.left * _POINTS_PER_MM, height - code.top * _POINTS_PER_MM
    lines = [b"/Artifact BMC q 0 g"]
    for row, dots in enumerate(matrix):
        column = 0
        while column < len(dots):
            end = column
            while end < len(dots) and dots[end]:
                end += 1
            if end > column:
                x, y = left + column * dot, top - (row + 1) * dot
                lines.append(f"{x:.3f} {y:.3f} {(end - column) * dot:.3f} {dot:.3f} re".encode())
            column = end + 1
    return [*lines, b"f Q EMC"]


def _compress(pdf) -> None:
    """Compress the streams of a pydyf.PDF at zlib's level 4: a tenth of all time less, for 1 % more bytes."""
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and stream.compress:
            stream.compress = False
            _dictionary, content = stream.data.split(b"\nstream\n", 1)
            stream.stream = [zlib.compress(content.removesuffix(b"\nendstream"), 4)]
            stream.extra["Filter"] = "/FlateDecode"


class _CollectorPaused:
    def __enter__(self):
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exception):
        if self._was_enabled:
            gc.enable()


@lru_cache(maxsize=16)
def _printer(stylesheet: str, folder: Path, process: int) -> Printer:
    return Printer(Path(settings.BASE_DIR) / "static" / "print" / stylesheet)


# WeasyPrint removes its copies of the fonts when a printer goes; too late once Python is shutting down.
atexit.register(_printer.cache_clear)


def printer(stylesheet: str) -> Printer:
    """Return this process's printer for a style sheet of static/print, e.g. "form.css"; made once.

    Raises: PrintingUnavailable when fonts or libraries are missing.
    """
    return _printer(stylesheet, fonts_folder(), os.getpid())


def warm_up(stylesheet: str) -> None:
    """Load fonts and style sheet now, so that the first document of this process is as quick as the next.

    Call it when a worker process has started (after the fork). What is loaded stays for good, so the garbage
    collector is told not to look at it again.
    """
    printer(stylesheet).pdf("<!DOCTYPE html><html lang=zh><title>·</title><p>示范点 1", identifier="warm-up")
    gc.collect()
    gc.freeze()
