"""The map: active sites by township as of a day, with the list beside it."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.models import Unit
from dashboard.cartogram import HEIGHT, WIDTH, Block, laid_out, legend
from dashboard.page_head import heading_of, question_of
from dashboard.question import Question
from dashboard.tile_names import written
from sites.enums import IN_FORCE_STATES, SiteState
from sites.tallies import PLAQUES, SITES, counted


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
    measure = PLAQUES if question.level else SITES
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
            | written(tile)
            for tile in block.tiles
        ],
    }
