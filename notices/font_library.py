"""The machine's font libraries, called directly: Fontconfig to find a font, HarfBuzz to cut one down.

Both libraries are there wherever WeasyPrint works at all. Cutting a face of 65,535 glyphs takes HarfBuzz
0.2 seconds and fontTools ten, so the prepared fonts can be made on the spot instead of in a set-up step
that somebody might forget.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_void_p
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")
_HARFBUZZ = ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")
_HARFBUZZ_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")
_PANGO = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib", "libpangoft2-1.0-0.dll")

# hb-subset.h
_NO_HINTING, _DESUBROUTINIZE, _NOTDEF_OUTLINE = 0x1, 0x4, 0x40
_DROP_TABLES, _LAYOUT_FEATURES = 3, 6
# They serve vertical text and typographic extras, none of which a form uses; shaping is quicker without.
_USELESS_TABLES = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")

_LAST_CODE_POINT = 0x10FFFF


class LibraryMissing(Exception):
    """A shared library that printing needs is not installed; the message is its file name."""


@dataclass(frozen=True)
class FontFile:
    """One face inside a font file: where it lies and which face of a collection it is."""

    path: Path
    index: int


def _function(library, name: str, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


def _open(names: tuple[str, ...]):
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise LibraryMissing(names[0])


def missing_libraries() -> list[str]:
    """Name the shared libraries printing needs and this machine lacks; an empty list when all are there."""
    missing = []
    for names in (_FONTCONFIG, _HARFBUZZ, _HARFBUZZ_SUBSET, _PANGO):
        try:
            _open(names)
        except LibraryMissing as error:
            missing.append(str(error))
    return missing


# ---- Fontconfig ----


@lru_cache(maxsize=4)
def _configuration(folders: tuple[Path, ...]) -> tuple:
    """Return (library, configuration) that knows the system's fonts and those in `folders`."""
    library = _open(_FONTCONFIG)
    configuration = _function(library, "FcInitLoadConfigAndFonts", c_void_p)()
    add_folder = _function(library, "FcConfigAppFontAddDir", c_int, c_void_p, c_char_p)
    for folder in folders:
        if folder.is_dir():
            add_folder(configuration, str(folder).encode())
    return library, configuration


def find_font(family: str, *, bold: bool = False, folders: tuple[Path, ...] = ()) -> FontFile | None:
    """Find the file of a font family.

    Args:
        family: the family's name in any of the languages the font gives it, e.g. "Noto Serif CJK SC".
        bold: ask for the bold face instead of the regular one.
        folders: folders to search besides those the system knows.

    Returns: the file and face; None when the family is not installed (substitutes do not count).

    Raises: LibraryMissing when Fontconfig itself is absent.
    """
    library, configuration = _configuration(tuple(folders))
    wanted = family.replace("-", r"\-") + (":bold" if bold else ":regular")
    pattern = _function(library, "FcNameParse", c_void_p, c_char_p)(wanted.encode())
    _function(library, "FcConfigSubstitute", c_int, c_void_p, c_void_p, c_int)(configuration, pattern, 0)
    _function(library, "FcDefaultSubstitute", None, c_void_p)(pattern)
    match = _function(library, "FcFontMatch", c_void_p, c_void_p, c_void_p, POINTER(c_int))
    found = match(configuration, pattern, byref(c_int()))
    if not found or family not in _strings(library, found, b"family"):
        return None
    index = c_int()
    get_integer = _function(library, "FcPatternGetInteger", c_int, c_void_p, c_char_p, c_int, POINTER(c_int))
    get_integer(found, b"index", 0, byref(index))
    # The upper half of the number says which instance of a variable font it is: not a face of the file.
    return FontFile(Path(_strings(library, found, b"file")[0]), index.value & 0xFFFF)


def _strings(library, pattern, key: bytes) -> list[str]:
    get_string = _function(library, "FcPatternGetString", c_int, c_void_p, c_char_p, c_int, POINTER(c_char_p))
    values, value = [], c_char_p()
    while get_string(pattern, key, len(values), byref(value)) == 0:
        values.append(value.value.decode())
    return values


@cache
def system_has(character: str) -> bool:
    """Say whether any font installed on this machine can draw `character` (one code point)."""
    library, configuration = _configuration(())
    charset = c_void_p()
    create = _function(library, "FcPatternCreate", c_void_p)
    sort = _function(
        library, "FcFontSort", c_void_p, c_void_p, c_void_p, c_int, POINTER(c_void_p), POINTER(c_int)
    )
    sort(configuration, create(), 1, byref(charset), byref(c_int()))
    return bool(_function(library, "FcCharSetHasChar", c_int, c_void_p, c_uint)(charset, ord(character)))


# ---- HarfBuzz ----


def _face(font: FontFile):
    library = _open(_HARFBUZZ)
    blob = _function(library, "hb_blob_create_from_file", c_void_p, c_char_p)(str(font.path).encode())
    return _function(library, "hb_face_create", c_void_p, c_void_p, c_uint)(blob, font.index)


def coverage(font: FontFile) -> frozenset[int]:
    """Return the code points for which `font` has a glyph; empty when the file is not a font."""
    library = _open(_HARFBUZZ)
    found = _function(library, "hb_set_create", c_void_p)()
    _function(library, "hb_face_collect_unicodes", None, c_void_p, c_void_p)(_face(font), found)
    step = _function(library, "hb_set_next", c_int, c_void_p, POINTER(c_uint))
    point, points = c_uint(0xFFFFFFFF), []
    while step(found, byref(point)):
        points.append(point.value)
    _function(library, "hb_set_destroy", None, c_void_p)(found)
    return frozenset(value for value in points if value <= _LAST_CODE_POINT)


def subset(font: FontFile, code_points: frozenset[int]) -> bytes:
    """Cut `font` down to the glyphs of `code_points`, without hints and layout tables.

    Returns: the bytes of a single static font; the same arguments give the same bytes.

    Raises: LibraryMissing without libharfbuzz-subset, ValueError when the file cannot be cut.
    """
    harfbuzz, subsetting = _open(_HARFBUZZ), _open(_HARFBUZZ_SUBSET)
    add = _function(harfbuzz, "hb_set_add", None, c_void_p, c_uint)
    request = _function(subsetting, "hb_subset_input_create_or_fail", c_void_p)()
    wanted = _function(subsetting, "hb_subset_input_unicode_set", c_void_p, c_void_p)(request)
    for point in code_points:
        add(wanted, point)
    part = _function(subsetting, "hb_subset_input_set", c_void_p, c_void_p, c_int)
    _function(harfbuzz, "hb_set_clear", None, c_void_p)(part(request, _LAYOUT_FEATURES))
    for table in _USELESS_TABLES:
        add(part(request, _DROP_TABLES), int.from_bytes(table.encode(), "big"))
    set_flags = _function(subsetting, "hb_subset_input_set_flags", None, c_void_p, c_uint)
    set_flags(request, _NO_HINTING | _DESUBROUTINIZE | _NOTDEF_OUTLINE)
    face = _function(subsetting, "hb_subset_or_fail", c_void_p, c_void_p, c_void_p)(_face(font), request)
    _function(subsetting, "hb_subset_input_destroy", None, c_void_p)(request)
    if not face:
        raise ValueError(f"{font.path.name} cannot be cut down")
    blob = _function(harfbuzz, "hb_face_reference_blob", c_void_p, c_void_p)(face)
    length = c_uint()
    data = _function(harfbuzz, "hb_blob_get_data", c_void_p, c_void_p, POINTER(c_uint))(blob, byref(length))
    cut = ctypes.string_at(data, length.value)
    _function(harfbuzz, "hb_blob_destroy", None, c_void_p)(blob)
    _function(harfbuzz, "hb_face_destroy", None, c_void_p)(face)
    return cut
