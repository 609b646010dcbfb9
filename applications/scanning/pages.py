"""A scan as pictures, page by page: PDF, JPEG or PNG. One page is in memory at a time."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageOps
from pypdfium2 import raw

from accounts.errors import DomainError, Reason
from accounts.uploads import PDF, UNREADABLE
from applications.scanning.drawing import NotDrawn, drawing

#: Pages one file may hold; a batch of a whole city's forms stays far below.
MOST_PAGES = 120
#: Pixels of the longer side when a page is first looked at (A4 at about 205 dpi), and when its code was not found.
LOOK, LOOK_CLOSER = 2400, 3600
#: A picture is unpacked whole unless it is a JPEG, which can be read smaller: about A4 at 700 dpi.
MOST_PIXELS = 50_000_000

_PDF_TYPE = PDF["pdf"]


class PageDamaged(Exception):
    """This page cannot be shown; the others of its file may."""


class Sheet:
    """One page of a file. `picture` makes it as large as asked for, as far as the file goes."""

    def __init__(self, draw):
        self._draw = draw

    def picture(self, long_side: int = LOOK) -> Image.Image:
        """The page as an RGB picture whose longer side has about `long_side` pixels, or fewer if there are no more.

        Raises PageDamaged.
        """
        try:
            return self._draw(long_side)
        except (*UNREADABLE, NotDrawn, MemoryError) as error:
            raise PageDamaged from error


def count_pages(file, content_type: str, name: str) -> int:
    """How many pages a checked upload holds.

    Raises DomainError in words when a PDF is damaged, locked by a password, empty or too long, or a picture too large.
    """
    if content_type != _PDF_TYPE:
        _check_pixels(file, name)
        return 1
    with _pdf(file, name) as document:
        pages = len(document)
    if pages == 0:
        raise DomainError(Reason(text=_("“%(name)s” holds no pages.") % {"name": name}))
    if pages > MOST_PAGES:
        text = ngettext(
            "“%(name)s” has %(pages)s page; at most %(most)s are read in one go.",
            "“%(name)s” has %(pages)s pages; at most %(most)s are read in one go.",
            pages,
        )
        raise DomainError(
            Reason(
                text=text % {"name": name, "pages": pages, "most": MOST_PAGES},
                remedy=_("Split the file, and leave out what is no stamped form."),
            )
        )
    return pages


def sheets(file, content_type: str, name: str) -> Iterator[Sheet]:
    """The pages of a file in their order; each is good until the next is asked for. Raises DomainError."""
    if content_type != _PDF_TYPE:
        file.seek(0)
        yield Sheet(lambda long_side: _picture(file, long_side))
        return
    with _pdf(file, name) as document:
        pages = len(document)
    # By path for the process that draws: the upload may be in memory, or in a store elsewhere.
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        with drawing(copy.name) as drawer:
            for index in range(pages):
                yield Sheet(lambda long_side, index=index: drawer.page(index, long_side))


@contextmanager
def _pdf(file, name: str):
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise _why_not_open(error, name) from error
    try:
        yield document
    finally:
        document.close()


def _why_not_open(error: pypdfium2.PdfiumError, name: str) -> DomainError:
    if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        return DomainError(
            Reason(
                text=_("The PDF “%(name)s” is locked with a password.") % {"name": name},
                remedy=_("Save it without a password and add it again."),
            )
        )
    return DomainError(
        Reason(
            text=_("The PDF “%(name)s” cannot be read.") % {"name": name},
            remedy=_("Save or scan it again and add the new file."),
        )
    )


def _picture(file, long_side: int) -> Image.Image:
    file.seek(0)
    with Image.open(file) as picture:
        # A JPEG is unpacked at an eighth, a quarter or half its size when that is enough.
        picture.draft("RGB", (long_side, long_side))
        if picture.width * picture.height > MOST_PIXELS:
            raise PageDamaged
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((long_side, long_side), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency and palettes; what shines through is paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    if picture.mode.startswith("I"):
        # 16-bit greys: Pillow would cut them off instead of scaling them.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("RGB")


def _check_pixels(file, name: str) -> None:
    file.seek(0)
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (LOOK_CLOSER, LOOK_CLOSER))
            pixels = picture.width * picture.height
    except UNREADABLE as error:
        text = _("The picture “%(name)s” cannot be read.") % {"name": name}
        raise DomainError(Reason(text=text)) from error
    finally:
        file.seek(0)
    if pixels > MOST_PIXELS:
        raise DomainError(
            Reason(
                text=_("The picture “%(name)s” has too many pixels.") % {"name": name},
                remedy=_("Scan with 200–300 dpi."),
            )
        )
