"""Text inside a signature's appearance: the prepared fonts, cut down to the characters it needs and embedded.

The faces are those of the form's style sheet, tried in the same order, so that a rare character is drawn too.
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from notices import font_library
from notices.font_library import FontFile
from notices.print_fonts import fonts_folder, fonts_prepared, prepare_fonts

#: What 仿宋 lacks comes from 宋体, then from the faces of rare characters.
FACES = (
    "fangsong.otf",
    "fangsong-names.otf",
    "song.otf",
    "song-names.otf",
    "han.otf",
    "hangul.otf",
    "rest.otf",
)
#: In every cut, so that most opinions and all dates find one made before.
_USUAL = "0123456789年月日同意申报推荐。"


@dataclass(frozen=True)
class Cut:
    """A face cut down. program: bare CFF outlines. cids, widths: by character; widths in 1/1000 em."""

    name: str
    program: bytes
    cids: dict[str, int]
    widths: dict[str, int]


def undrawable(text: str) -> str:
    """The characters of `text`, each once and in order, that none of the prepared fonts can draw.

    Control characters are among them: some faces hold one, and nobody sees it.
    """
    strange = (each for each in text if unicodedata.category(each) == "Cc" or _face_of(each) is None)
    return "".join(dict.fromkeys(strange))


def cuts_for(text: str) -> dict[str, Cut]:
    """For each character of `text` the cut face that draws it; characters no face has are left out."""
    wanted: dict[str, set[str]] = {}
    for character in text:
        if face := _face_of(character):
            wanted.setdefault(face, set()).add(character)
    found = {}
    for face, characters in wanted.items():
        usual = {character for character in _USUAL if _face_of(character) == face}
        cut = _cut(fonts_folder() / face, frozenset(characters | usual))
        found |= dict.fromkeys(characters, cut)
    return found


# ---- faces ----


def _face_of(character: str) -> str | None:
    return next((face for face, points in _coverages(fonts_folder()) if ord(character) in points), None)


@lru_cache(maxsize=2)
def _coverages(folder: Path) -> list[tuple[str, frozenset[int]]]:
    if not fonts_prepared():
        prepare_fonts()
    # A face may be missing on machines without its source.
    present = [face for face in FACES if (folder / face).exists()]
    return [(face, font_library.coverage(FontFile(folder / face, 0))) for face in present]


@lru_cache(maxsize=128)
def _cut(path: Path, characters: frozenset[str]) -> Cut:
    program = font_library.subset(FontFile(path, 0), frozenset(map(ord, characters)))
    font = TTFont(io.BytesIO(program), lazy=True)
    glyphs, metrics = font.getBestCmap(), font["hmtx"]
    em = font["head"].unitsPerEm
    names = {character: glyphs[ord(character)] for character in sorted(characters)}
    return Cut(
        name=f"SEALED+{path.stem}",
        cids={character: font.getGlyphID(name) for character, name in names.items()},
        widths={character: metrics[name][0] * 1000 // em for character, name in names.items()},
        program=_numbered(font),
    )


def _numbered(font: TTFont) -> bytes:
    """The font's CFF outlines with every glyph's CID its place in the file: readers disagree about any other."""
    outlines = font["CFF "].cff
    top = outlines.topDictIndex[0]
    order = {name: f"cid{place:05d}" for place, name in enumerate(font.getGlyphOrder())}
    order[".notdef"] = ".notdef"
    strings = top.CharStrings
    strings.charStrings = {order[name]: place for name, place in strings.charStrings.items()}
    top.charset = list(order.values())
    stream = io.BytesIO()
    outlines.compile(stream, font)
    return stream.getvalue()
