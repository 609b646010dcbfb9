"""Number and name on a tile of the map: how a name is broken into lines that fit."""

from django.utils.translation import gettext as _

from dashboard.cartogram import Tile

#: Of a tile's width, what a name may take, and what one long word may take to be drawn closer together instead.
_ROOM, _CLOSE = 74, 96
#: How wide characters are in a wide typeface: which one a device has is not known here.
_CHINESE, _CAPITAL, _OTHER = 12, 8.5, 7.4
_WIDTHS = dict.fromkeys("mwMW", 11.7) | dict.fromkeys("fijlrtI1 .,'-()", 4.5)
#: By the lines a name takes: where on its tile the number stands, the first line, and how far apart lines are.
_PLACES = {1: (24, 48, 0), 2: (24, 41, 15), 3: (19, 34, 12.5)}


def written(tile: Tile) -> dict:
    """Where the number and the lines of the name stand; that of the area itself stands over its block."""
    lines = lines_of(_("the area itself") if tile.is_area_itself else str(tile.unit))
    number, first, apart = _PLACES[len(lines)]
    return {
        "number_line": tile.top + number,
        "name_lines": [
            (str(tile.top + first + apart * place), words, _ROOM if _width(words) > _ROOM else None)
            for place, words in enumerate(lines)
        ],
    }


def lines_of(name: str) -> list[str]:
    """A name on up to three lines of a tile, between words where it has any; what does not fit is cut."""
    lines, rest = [], name
    while rest and len(lines) < len(_PLACES):
        line, rest = _fitting(rest)
        lines.append(line)
    return [*lines[:-1], f"{lines[-1][:-1]}…"] if rest else lines


def _fitting(words: str) -> tuple[str, str]:
    """What fits on a line, and what is left."""
    for place in range(len(words)):
        if _width(words[: place + 1]) > _ROOM:
            end = words.rfind(" ", 0, place + 1)
            end = end if end > 0 else _end_of_word(words, place)
            return words[:end], words[end:].lstrip()
    return words, ""


def _end_of_word(words: str, place: int) -> int:
    """Where a line ends whose first word is too long: behind it where it can be drawn closer, else at the place."""
    word = words.split(" ", 1)[0]
    is_chinese = any(ord(each) > 0x2E7F for each in word)
    return place if is_chinese or _width(word) > _CLOSE else len(word)


def _width(words: str) -> float:
    return sum(_width_of(each) for each in words)


def _width_of(character: str) -> float:
    if ord(character) > 0x2E7F:
        return _CHINESE
    return _WIDTHS.get(character, _CAPITAL if character.isupper() else _OTHER)
