"""Fonts and pictures as objects of a PDF that is being sealed."""

import io
import zlib
from functools import lru_cache

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from applications.sealing.lettering import Cut


def font_object(writer, cut: Cut) -> generic.IndirectObject:
    """Embed a cut face; its characters are shown by their two-byte CIDs. Returns the font's reference."""
    shared = {"/BaseFont": pdf_name(f"/{cut.name}")}
    system = {"/Registry": "Adobe", "/Ordering": "Identity", "/Supplement": 0}
    program = generic.StreamObject(
        _dictionary({"/Subtype": pdf_name("/CIDFontType0C")}), stream_data=cut.program
    )
    program.compress()
    description = _dictionary(
        {
            "/Type": pdf_name("/FontDescriptor"),
            "/FontName": shared["/BaseFont"],
            "/Flags": 4,
            "/ItalicAngle": 0,
        }
        | {"/Ascent": 880, "/Descent": -120, "/CapHeight": 700, "/StemV": 50}
        | {"/FontBBox": _array([-200, -300, 1200, 1200]), "/FontFile3": writer.add_object(program)}
    )
    widths = [item for character, cid in cut.cids.items() for item in (cid, _array([cut.widths[character]]))]
    descendant = _dictionary(
        {"/Type": pdf_name("/Font"), "/Subtype": pdf_name("/CIDFontType0"), **shared, "/DW": 1000}
        | {"/CIDSystemInfo": _dictionary(system), "/W": _array(widths)}
        | {"/FontDescriptor": writer.add_object(description)}
    )
    readable = generic.StreamObject(stream_data=_to_unicode(cut))
    readable.compress()
    return writer.add_object(
        _dictionary(
            {"/Type": pdf_name("/Font"), "/Subtype": pdf_name("/Type0"), **shared}
            | {"/Encoding": pdf_name("/Identity-H"), "/ToUnicode": writer.add_object(readable)}
            | {"/DescendantFonts": _array([writer.add_object(descendant)])}
        )
    )


def _to_unicode(cut: Cut) -> bytes:
    """The table by which a reader copies and searches the text (ISO 32000-1, 9.10.3)."""
    rows = [f"<{cid:04x}> <{character.encode('utf-16-be').hex()}>" for character, cid in cut.cids.items()]
    # A block holds at most 100 rows.
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _dictionary(entries: dict) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): _value(value) for key, value in entries.items()})


def _array(values: list) -> generic.ArrayObject:
    return generic.ArrayObject([_value(value) for value in values])


def _value(value):
    if isinstance(value, int):
        return generic.NumberObject(value)
    return generic.pdf_string(value) if type(value) is str else value


def picture_object(writer, png: bytes) -> generic.IndirectObject:
    """Embed a PNG with its transparency. Returns the image's reference."""
    size, colours, mask = _streams(png)
    alpha = writer.add_object(_image(size, mask, "/DeviceGray", {}))
    return writer.add_object(_image(size, colours, "/DeviceRGB", {pdf_name("/SMask"): alpha}))


def _image(size, encoded: bytes, space: str, more: dict) -> generic.StreamObject:
    entries = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Image"),
        pdf_name("/Width"): generic.NumberObject(size[0]),
        pdf_name("/Height"): generic.NumberObject(size[1]),
        pdf_name("/ColorSpace"): pdf_name(space),
        pdf_name("/BitsPerComponent"): generic.NumberObject(8),
        pdf_name("/Filter"): pdf_name("/FlateDecode"),
        **more,
    }
    return generic.StreamObject(generic.DictionaryObject(entries), encoded_data=encoded)


@lru_cache(maxsize=32)
def _streams(png: bytes) -> tuple[tuple[int, int], bytes, bytes]:
    """Size, compressed colours and compressed mask of a picture; once for all papers a seal is put on."""
    with Image.open(io.BytesIO(png)) as picture:
        picture = picture.convert("RGBA")
        colours, mask = picture.convert("RGB").tobytes(), picture.getchannel("A").tobytes()
        return picture.size, zlib.compress(colours), zlib.compress(mask)
