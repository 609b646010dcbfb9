"""The map: active sites by township as of a day, with the list beside it."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.models import Unit
from dashboard.cartogram import HEIGHT, WIDTH, Block, Tile, laid_out, legend
from dashboard.page_head import heading_of, question_of
from dashboard.question import Question
from sites.enums import IN_FORCE_STATES, SiteState
from sites.tallies import counted

#: Of a tile's width, what a name may take, and what one long word may take to be drawn closer together instead.
_ROOM, _CLOSE = 74, 96
#: How wide characters are in a wide typeface: which one a device has is not known here.
_CHINESE, _CAPITAL, _OTHER = 12, 8.5, 7.4
_WIDTHS = dict.fromkeys("mwMW", 11.7) | dict.fromkeys("fijlrtI1 .,'-()", 4.5)
#: By the lines a name takes: where on its tile the number stands, the first line, and how far apart lines are.
_PLACES = {1: (24, 48, 0), 2: (24, 41, 15), 3: (19, 34, 12.5)}


def site_map(request):
    question = question_of(request)
    if question is None:
        return render(request, "dashboard/map.html")
    heading = heading_of(question)
    if heading["is_before"]:
        return render(request, "dashboard/map.html", heading)
    blocks = blocks_of(question)
    context = {
        "blocks": [_block(question, block) for block in blocks],
        "legend": legend(tile.count for block in blocks for tile in block.tiles),
        "tile_width": WIDTH,
        "tile_height": HEIGHT,
        "count": sum(block.count for block in blocks),
    }
    return render(request, "dashboard/map.html", heading | context)


def blocks_of(question: Question) -> list[Block]:
    """The areas asked about with their sites by township, from the journal; two queries."""
    areas = question.shown_areas
    units = {unit.pk: unit for unit in Unit.objects.filter(path__startswith=question.programme.owner.path)}
    counts: dict[int, int] = {}
    for cell in _cells(question):
        place = _place_of(units, cell.area_id, cell.unit_id)
        counts[place] = counts.get(place, 0) + cell.count
    known = {area.pk for area in areas}
    tiles = [
        unit
        for unit in units.values()
        if unit.parent_id in known and (unit.kind == UnitKind.TOWNSHIP or counts.get(unit.pk))
    ]
    return laid_out(areas, tiles, counts)


def _cells(question: Question):
    """The sites of the journal; with a level those that hold its plaque."""
    narrowed = {"category": question.category.pk} if question.category else {}
    if question.level:
        narrowed |= {"level": question.level.pk, "state__in": IN_FORCE_STATES}
    else:
        narrowed |= {"state": SiteState.ACTIVE.value}
    measure = "plaques" if question.level else "sites"
    return counted(question.programme, question.shown_areas, [measure], question.day, **narrowed)


def _place_of(units: dict[int, Unit], area_id: int, unit_id: int) -> int:
    """The unit right below the area in which another lies; the area itself, and what has since left it, as the area."""
    unit = units.get(unit_id)
    while unit is not None and unit.pk != area_id:
        if unit.parent_id == area_id:
            return unit.pk
        unit = units.get(unit.parent_id)
    return area_id


def _block(question: Question, block: Block) -> dict:
    """A block with its words and addresses."""
    narrowed = {
        "programme": question.programme.pk,
        "area": block.area.pk,
        "category": question.category and question.category.pk,
        "level": question.level and question.level.pk,
        "state": None if question.level else SiteState.ACTIVE.value,
    }
    return {
        "block": block,
        "area": str(block.area),
        "url": question.list_address("sites:list", **narrowed),
        "tiles": [
            {
                "tile": tile,
                "middle": tile.left + WIDTH // 2,
                "name": _("%(area)s itself") % {"area": tile.unit} if tile.is_area_itself else str(tile.unit),
                "url": question.list_address("sites:list", **narrowed, unit=tile.unit.pk),
            }
            | _written(tile)
            for tile in block.tiles
        ],
    }


def _written(tile: Tile) -> dict:
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
