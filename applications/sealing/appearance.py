"""What is seen of a seal on paper: opinion, date, and the seal of 42 mm over signature line and date (骑年盖月).

Lengths are millimetres from the upper left corner of the seal's place unless a name says otherwise; they follow the
opinion box of static/print/form.css, whose line “签字：　年　月　日” is printed already and gets its figures here.
"""

from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name

from applications.sealing import lettering
from applications.sealing.embedding import font_object, picture_object
from applications.sealing.provider import SEAL_SIZE, Mark

#: Points in a millimetre.
POINTS = 72 / 25.4
#: Room beside the seal: to its left for the opinion, to its right up to the end of the date.
_LEFT, _RIGHT, _DEPTH = 71.0, 8.0, 43.0
#: The opinion stands above the signature line, which begins at this depth.
_OPINION_DEPTH = 28.0
#: Two sizes of type (points) with their line height: the smaller one when the opinion does not fit.
_SIZES = ((14, 22), (12, 18))
#: Where the printed date ends, right of the seal's left edge, and the foot of its characters; its size in points.
_DATE_END, _DATE_FOOT, _DATE_SIZE = 48.0, 33.75, 14


def rectangle(mark: Mark) -> tuple[float, float, float, float]:
    """The place of the whole appearance on the page: left, top, width, height in millimetres."""
    return mark.left - _LEFT, mark.top, _LEFT + SEAL_SIZE + _RIGHT, _DEPTH


@dataclass(frozen=True)
class Line:
    """A line of text: its beginning and foot in millimetres, its size in points."""

    text: str
    left: float
    foot: float
    size: int


class SealAppearance(AppearanceContent):
    """The appearance as pyHanko embeds it: a form XObject of text and picture."""

    def __init__(self, writer, box, mark: Mark):
        super().__init__(writer=writer, box=box)
        self._mark = mark

    def render(self) -> bytes:
        """The content stream; fonts and picture are added to the file on the way."""
        lines = [*opinion_lines(self._mark.opinion), *_date_lines(self._mark.dated)]
        text = self._text(lines)
        picture = picture_object(self.writer, self._mark.picture)
        self.set_resource(ResourceType.XOBJECT, pdf_name("/Seal"), picture)
        # Ink over ink: what is printed under the seal stays to be read.
        ink = generic.DictionaryObject({pdf_name("/BM"): pdf_name("/Multiply")})
        self.set_resource(ResourceType.EXT_G_STATE, pdf_name("/Ink"), ink)
        side = SEAL_SIZE * POINTS
        left, foot = _LEFT * POINTS, (_DEPTH - SEAL_SIZE) * POINTS
        seal = f"q /Ink gs {side:.3f} 0 0 {side:.3f} {left:.3f} {foot:.3f} cm /Seal Do Q"
        return f"{text}\n{seal}".encode()

    def _text(self, lines: list[Line]) -> str:
        cuts = lettering.cuts_for("".join(line.text for line in lines))
        names = {
            id(cut): f"/F{place}" for place, cut in enumerate({id(c): c for c in cuts.values()}.values())
        }
        for cut in {id(c): c for c in cuts.values()}.values():
            reference = font_object(self.writer, cut)
            self.set_resource(ResourceType.FONT, pdf_name(names[id(cut)]), reference)
        return "\n".join(["BT 0 g", *(_shown(line, cuts, names) for line in lines), "ET"])


def opinion_lines(opinion: str) -> list[Line]:
    """The opinion left of the seal, its first line two characters in; in smaller type when it is long."""
    for size, height in _SIZES:
        em, step = size / POINTS, height / POINTS
        rows = _broken(opinion, int(_LEFT / em))
        if len(rows) * step <= _OPINION_DEPTH:
            break
    # The foot of a 仿宋 character lies 0.88 em below its top, which lies in the middle of the line.
    foot = (step - em) / 2 + 0.88 * em
    return [
        Line(row, 0 - _LEFT + (2 * em if number == 0 else 0), foot + number * step, size)
        for number, row in enumerate(rows)
    ]


def _broken(text: str, most: int) -> list[str]:
    """Rows of at most so many characters, the first two shorter; a row does not begin with a full stop or comma."""
    rows, rest, room = [], text, most - 2
    while rest:
        end = room
        if end < len(rest) and rest[end] in "，。、；：！？）》”":
            end -= 1
        rows.append(rest[:end])
        rest, room = rest[end:], most
    return rows


def _date_lines(dated) -> list[Line]:
    """The figures of a date in the gaps of the printed one, unpadded as GB/T 9704-2012 writes it."""
    if dated is None:
        return []
    em = _DATE_SIZE / POINTS
    # From the right: 日, a gap of two characters, 月, a gap of two characters, 年.
    day, month = _DATE_END - 2 * em, _DATE_END - 5 * em
    year_end = _DATE_END - 7 * em
    return [
        _centred(str(dated.year), year_end - 1.1 * em, _DATE_FOOT),
        _centred(str(dated.month), month, _DATE_FOOT),
        _centred(str(dated.day), day, _DATE_FOOT),
    ]


def _centred(digits: str, middle: float, foot: float) -> Line:
    cuts = lettering.cuts_for(digits)
    width = sum(cuts[digit].widths[digit] for digit in digits) / 1000 * _DATE_SIZE / POINTS
    return Line(digits, middle - width / 2, foot, _DATE_SIZE)


def _shown(line: Line, cuts, names) -> str:
    """The operators that show a line, changing the font where another face has the character."""
    x, y = (_LEFT + line.left) * POINTS, (_DEPTH - line.foot) * POINTS
    parts, current = [f"1 0 0 1 {x:.3f} {y:.3f} Tm"], None
    for character in line.text:
        cut = cuts.get(character)
        if cut is None:
            continue
        if cut is not current:
            parts.append(f"{names[id(cut)]} {line.size} Tf")
            current = cut
        parts.append(f"<{cut.cids[character]:04x}> Tj")
    return " ".join(parts)
