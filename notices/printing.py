"""Printing: HTML to PDF, keeping between documents what can be kept: fonts, style sheet, warm caches.

The look of documents follows GB/T 9704-2012 and is the style sheets' affair (static/print).
"""

import atexit
import gc
import os
import threading
import zlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pydyf
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
        """Render `html`, which must escape whatever people typed.

        Args:
            html: the whole document; its <title> and lang become the PDF's.
            identifier: a text that names this content; the same arguments give the same bytes.
        """
        from weasyprint import HTML

        # WeasyPrint's very many objects live until the end: looking for garbage meanwhile is in vain.
        # Pango's font maps are not safe to share between threads at work.
        with self._lock, _CollectorPaused():
            document = HTML(string=html, url_fetcher=self._fetcher)
            return document.write_pdf(
                stylesheets=self._styles,
                font_config=self._fonts,
                pdf_identifier=identifier.encode(),
                pdf_variant="pdf/ua-1",
                finisher=_compress,
            )


def _compress(_document, pdf) -> None:
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
