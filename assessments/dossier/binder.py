"""One PDF out of many, page by page onto the disk: whatever its size, only one paper of it is in memory.

Papers come as small PDFs (`prepare_pdf`, `prepare_picture`); `Binder` adds them with continuous page numbers in the
upper right corner, where Chinese archives stamp them, and closes with bookmarks. Nothing in it depends on the time.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from accounts.uploads import MOST_PIXELS, UNREADABLE

#: What reading a damaged PDF ends in, depending on where it is damaged.
DAMAGED = (
    PyPdfError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError,
    NotImplementedError, RecursionError, struct.error, zlib.error,
)  # fmt: skip
#: A4 in points, the margin around a picture, and the most pixels on its longer side (about 200 dpi).
_WIDTH, _HEIGHT, _BORDER, _PIXELS = 595.28, 841.89, 36, 2_400
_MOST_UNPACKED = 40_000_000
#: Object numbers every part knows; those of the papers follow.
_CATALOG, _PAGES, _INFO, _FONT, _OUTLINES = 1, 2, 3, 4, 5
_FIRST_FREE = 6
#: The number stands 28 points below and left of the upper right corner, in Helvetica of 9 points.
_CORNER, _SIZE = 28, 9
_DIGIT, _SLASH = 0.556, 0.278
_STAMP_FONT = "/DossierNumber"


class Unusable(Exception):
    """A file that cannot be bound into a PDF; the message says why, in the dossier's words."""


def prepare_pdf(source: BinaryIO, target: Path) -> int:
    """Write the pages of an uploaded PDF to `target`, form fields and seals drawn in. Returns how many.

    Raises Unusable for an encrypted or damaged one.
    """
    try:
        reader = PdfReader(source)
        if reader.is_encrypted:
            raise Unusable("文件已加密，无法并入")
        writer = PdfWriter()
        for page in reader.pages:
            added = writer.add_page(page, excluded_keys=("/AA", "/StructParents"))
            _draw_fields(added, writer)
            # What the page's number will need later: a page that lacks it is damaged now, not then.
            _add_resources(added, "/Font", {})
            _surround(added, writer, "")
            _upper_right(added, 0)
        if not writer.pages:
            raise Unusable("文件没有页面，无法并入")
        writer.write(target)
        return len(writer.pages)
    except DAMAGED as error:
        raise Unusable("文件损坏，无法并入") from error


def prepare_picture(source: BinaryIO, target: Path) -> int:
    """Write a picture upright on a page of A4, lying where it is wider than high. Returns 1; raises Unusable."""
    try:
        with Image.open(source) as picture:
            # A JPEG is read at a fraction of its size; anything else stands in memory whole.
            if picture.width * picture.height > (MOST_PIXELS if picture.format == "JPEG" else _MOST_UNPACKED):
                raise Unusable("图片过大，无法并入")
            picture.draft("RGB", (_PIXELS, _PIXELS))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_PIXELS, _PIXELS))
            data = io.BytesIO()
            _on_white(upright).save(data, "JPEG", quality=85)
            size = upright.size
    except UNREADABLE as error:
        raise Unusable("图片损坏，无法并入") from error
    writer = PdfWriter()
    _picture_page(writer, data.getvalue(), size)
    writer.write(target)
    return 1


def _on_white(picture: Image.Image) -> Image.Image:
    """A picture without transparency or palette: what was transparent is paper."""
    if picture.mode in ("RGB", "L"):
        return picture
    if "A" in picture.getbands() or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


def _picture_page(writer: PdfWriter, jpeg: bytes, size: tuple[int, int]) -> None:
    lies = size[0] > size[1]
    width, height = (_HEIGHT, _WIDTH) if lies else (_WIDTH, _HEIGHT)
    page = writer.add_blank_page(width, height)
    scale = min((width - 2 * _BORDER) / size[0], (height - 2 * _BORDER) / size[1])
    drawn = size[0] * scale, size[1] * scale
    left, bottom = (width - drawn[0]) / 2, (height - drawn[1]) / 2
    image = StreamObject()
    image.set_data(jpeg)
    with Image.open(io.BytesIO(jpeg)) as read:
        space = "/DeviceGray" if read.mode == "L" else "/DeviceRGB"
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size[0]),
            NameObject("/Height"): NumberObject(size[1]),
            NameObject("/ColorSpace"): NameObject(space),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    pictures = DictionaryObject({NameObject("/Picture"): writer._add_object(image)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    draw = f"q {drawn[0]:.2f} 0 0 {drawn[1]:.2f} {left:.2f} {bottom:.2f} cm /Picture Do Q"
    page[NameObject("/Contents")] = writer._add_object(_stream(draw))


def _draw_fields(page: PageObject, writer: PdfWriter) -> None:
    """Draw what form fields and seals look like into the page itself: as fields they mean nothing any more.

    Links lead out of the paper and go; comments and the like stay.
    """
    kept, drawn = ArrayObject(), []
    for reference in page.get("/Annots", ArrayObject()).get_object() or []:
        annotation = reference.get_object()
        kind = annotation.get("/Subtype")
        if kind == "/Widget":
            drawn += _appearance(annotation)
        elif kind != "/Link":
            kept.append(reference)
    page.pop("/Annots", None)
    if kept:
        page[NameObject("/Annots")] = kept
    if not drawn:
        return
    names = {NameObject(f"/DossierField{number}"): look for number, (look, _matrix) in enumerate(drawn)}
    _add_resources(page, "/XObject", names)
    matrices = [" ".join(f"{value:.4f}" for value in matrix) for _look, matrix in drawn]
    words = "".join(f"q {matrix} cm /DossierField{n} Do Q\n" for n, matrix in enumerate(matrices))
    _surround(page, writer, words)


def _appearance(annotation: DictionaryObject) -> list[tuple[IndirectObject, tuple]]:
    """The drawing of a visible field with the matrix that puts it into its rectangle (ISO 32000-1, 12.5.5)."""
    hidden = int(annotation.get("/F", 0)) & 2
    raw = (
        annotation.get("/AP", DictionaryObject()).get_object().raw_get("/N") if "/AP" in annotation else None
    )
    look = raw.get_object() if raw is not None else None
    if hidden or not isinstance(look, StreamObject) or not isinstance(raw, IndirectObject):
        return []
    left, bottom, right, top = _box(annotation["/Rect"])
    x0, y0, x1, y1 = _box(look["/BBox"], look.get("/Matrix"))
    if not (x1 - x0 and y1 - y0 and right - left and top - bottom):
        return []
    across, up = (right - left) / (x1 - x0), (top - bottom) / (y1 - y0)
    return [(raw, (across, 0, 0, up, left - x0 * across, bottom - y0 * up))]


def _box(corners: ArrayObject, matrix: ArrayObject | None = None) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a rectangle, whose corners may be written in any order and be turned."""
    x0, y0, x1, y1 = (float(value) for value in corners)
    a, b, c, d, e, f = (float(value) for value in matrix or (1, 0, 0, 1, 0, 0))
    points = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


def _stream(words: str) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(words.encode())
    return stream


def _add_resources(page: PageObject, kind: str, names: dict) -> None:
    """Add named resources to a page without touching what it shares with others."""
    resources = DictionaryObject(page.get("/Resources", DictionaryObject()).get_object())
    known = DictionaryObject(resources.get(kind, DictionaryObject()).get_object())
    known.update(names)
    resources[NameObject(kind)] = known
    page[NameObject("/Resources")] = resources


def _surround(page: PageObject, writer: PdfWriter, words: str) -> None:
    """Draw on top of a page whatever state its own drawing leaves behind."""
    contents = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
    inner = contents.get_object()
    parts = list(inner) if isinstance(inner, ArrayObject) else [contents]
    before, after = writer._add_object(_stream("q\n")), writer._add_object(_stream(f"\nQ\n{words}"))
    page[NameObject("/Contents")] = ArrayObject([before, *parts, after])


@dataclass(frozen=True)
class Bookmark:
    """A title that leads to a page (from 1), with those below it."""

    title: str
    page: int
    children: tuple["Bookmark", ...] = ()


class Binder:
    """Writes one PDF, paper by paper; `total` is the number of pages it will have."""

    def __init__(self, stream: BinaryIO, total: int):
        self._stream = stream
        self._total = total
        self._offsets: dict[int, int] = {}
        self._next = _FIRST_FREE
        self._pages: list[int] = []
        stream.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, paper: Path) -> None:
        """Add the pages of a prepared PDF, each with its number."""
        reader = PdfReader(paper)
        writer = PdfWriter()
        # Its objects take the numbers that follow those written so far.
        writer._objects.extend([None] * (self._next - 1 - len(writer._objects)))
        for page in reader.pages:
            added = writer.add_page(page, excluded_keys=("/StructParents",))
            added[NameObject("/Parent")] = IndirectObject(_PAGES, 0, writer)
            self._pages.append(added.indirect_reference.idnum)
            self._stamp(added, writer)
        for number in range(self._next, len(writer._objects) + 1):
            if (found := writer._objects[number - 1]) is not None:
                self._begin(number)
                found.write_to_stream(self._stream)
                self._stream.write(b"\nendobj\n")
        self._next = len(writer._objects) + 1

    def close(self, *, title: str, bookmarks: list[Bookmark]) -> None:
        """Write what holds the papers together."""
        identity = hashlib.sha256(f"{title} {self._total} {self._offsets}".encode()).hexdigest()[:32]
        outlines = self._write_bookmarks(_OUTLINES, bookmarks)
        self._object(_OUTLINES, f"<< /Type /Outlines {outlines} >>")
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._object(_PAGES, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>")
        self._object(_FONT, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        self._object(_INFO, f"<< /Title {_text(title)} >>")
        self._object(
            _CATALOG,
            f"<< /Type /Catalog /Pages {_PAGES} 0 R /Outlines {_OUTLINES} 0 R /PageMode /UseOutlines"
            " /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>",
        )
        place = self._stream.tell()
        self._stream.write(f"xref\n0 {self._next}\n0000000000 65535 f \n".encode())
        for number in range(1, self._next):
            offset = self._offsets.get(number)
            line = f"{offset:010d} 00000 n \n" if offset is not None else "0000000000 00001 f \n"
            self._stream.write(line.encode())
        self._stream.write(
            f"trailer\n<< /Size {self._next} /Root {_CATALOG} 0 R /Info {_INFO} 0 R"
            f" /ID [<{identity}> <{identity}>] >>\nstartxref\n{place}\n%%EOF\n".encode()
        )

    def _stamp(self, page: PageObject, writer: PdfWriter) -> None:
        words = f"{len(self._pages)} / {self._total}"
        width = sum(_DIGIT if letter.isdigit() else _SLASH for letter in words) * _SIZE
        matrix = " ".join(f"{value:.2f}" for value in _upper_right(page, width))
        _add_resources(page, "/Font", {NameObject(_STAMP_FONT): IndirectObject(_FONT, 0, writer)})
        _surround(page, writer, f"q 0 g BT {_STAMP_FONT} {_SIZE} Tf {matrix} Tm ({words}) Tj ET Q\n")

    def _write_bookmarks(self, parent: int, bookmarks: list[Bookmark] | tuple[Bookmark, ...]) -> str:
        """Write bookmarks below `parent`; returns what the parent says of them."""
        if not bookmarks:
            return ""
        numbers = [self._next + place for place in range(len(bookmarks))]
        self._next += len(bookmarks)
        for place, (number, bookmark) in enumerate(zip(numbers, bookmarks, strict=True)):
            below = self._write_bookmarks(number, bookmark.children)
            before = f" /Prev {numbers[place - 1]} 0 R" if place else ""
            after = f" /Next {numbers[place + 1]} 0 R" if place + 1 < len(numbers) else ""
            page = self._pages[bookmark.page - 1]
            self._object(
                number,
                f"<< /Title {_text(bookmark.title)} /Parent {parent} 0 R{before}{after} {below}"
                f" /Dest [{page} 0 R /Fit] >>",
            )
        return f"/First {numbers[0]} 0 R /Last {numbers[-1]} 0 R /Count {len(numbers)}"

    def _object(self, number: int, words: str) -> None:
        self._begin(number)
        self._stream.write(f"{words}\nendobj\n".encode())

    def _begin(self, number: int) -> None:
        self._offsets[number] = self._stream.tell()
        self._stream.write(f"{number} 0 obj\n".encode())


def _upper_right(page: PageObject, width: float) -> tuple[float, ...]:
    """The matrix that writes a line so wide into the upper right corner as the page is seen, turned or not."""
    box = page.cropbox
    left, bottom, across, up = float(box.left), float(box.bottom), float(box.width), float(box.height)
    turned = page.rotation % 360
    seen = (up, across) if turned in (90, 270) else (across, up)
    x, y = seen[0] - _CORNER - width, seen[1] - _CORNER
    return {
        90: (0, 1, -1, 0, left + across - y, bottom + x),
        180: (-1, 0, 0, -1, left + across - x, bottom + up - y),
        270: (0, -1, 1, 0, left + y, bottom + up - x),
    }.get(turned, (1, 0, 0, 1, left + x, bottom + y))


def _text(words: str) -> str:
    """A text as PDF writes one: UTF-16 in hexadecimal digits."""
    return f"<FEFF{words.encode('utf-16-be', 'replace').hex().upper()}>"
