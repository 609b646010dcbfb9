"""The map without geometry: every unit has a tile, no two lie on one another, and twice the same is drawn."""

import random
import re

import pytest
from django.urls import reverse

from accounts.enums import UnitKind
from accounts.models import Unit
from dashboard.cartogram import HEIGHT, MOST_ACROSS, WIDTH, laid_out, legend, limits_of, step_of
from dashboard.tile_names import lines_of
from sites.services.tallies import Cell, Change, count

MAP = reverse("dashboard:map")
QUERIES = 14
TILE = re.compile(r'<a href="([^"]+)" class="map-tile map-(\d)"><title>([^<]+): (\d+)</title>')


def units_of(areas: int, townships: int) -> tuple[list[Unit], list[Unit]]:
    """Areas with townships dealt out by chance, unsaved."""
    chance = random.Random(7)
    tops = [Unit(pk=number, name=f"县{number}", kind=UnitKind.COUNTY) for number in range(1, areas + 1)]
    below = [
        Unit(pk=100 + number, name=f"镇{number}", kind=UnitKind.TOWNSHIP, parent_id=chance.randint(1, areas))
        for number in range(townships)
    ]
    return tops, below


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("易俗河镇", ["易俗河镇"]),
        ("响水坝塘乡街道办事处", ["响水坝塘乡街", "道办事处"]),
        ("某某某某某某某某某某某某某某", ["某某某某某某", "某某某某某某", "某某"]),
        ("某某某某某某某某某某某某某某某某某某某", ["某某某某某某", "某某某某某某", "某某某某某…"]),
        ("Qizi Town", ["Qizi Town"]),
        ("Huashi Town", ["Huashi", "Town"]),
        ("Wangchunmen Street", ["Wangchunmen", "Street"]),
        ("Llanfairpwllgwyngyll", ["Llanfairpwl", "lgwyngyll"]),
        ("Xiangtan High-tech Zone", ["Xiangtan", "High-tech", "Zone"]),
        ("Zhonglupu Town", ["Zhonglupu", "Town"]),
    ],
)
def test_a_name_takes_three_lines_of_a_tile_at_most(name, lines):
    assert lines_of(name) == lines


@pytest.mark.parametrize(("areas", "townships"), [(1, 2), (3, 0), (8, 24), (12, 250)])
def test_all_units_are_placed_once_and_apart(areas, townships):
    tops, below = units_of(areas, townships)
    counts = {unit.pk: unit.pk % 4 for unit in below}
    blocks = laid_out(tops, below, counts)
    assert [block.area for block in blocks] == tops
    placed = [tile.unit.pk for block in blocks for tile in block.tiles if not tile.is_area_itself]
    assert sorted(placed) == [unit.pk for unit in below]
    for block in blocks:
        assert len({(tile.left, tile.top) for tile in block.tiles}) == len(block.tiles)
        for tile in block.tiles:
            assert tile.left + WIDTH < block.width
            assert tile.top + HEIGHT < block.height
        assert 1 <= block.across <= MOST_ACROSS
    assert sum(block.count for block in blocks) == sum(counts.values())


def test_the_same_units_in_any_order_give_the_same_drawing():
    tops, below = units_of(5, 60)
    shuffled = random.Random(3).sample(below, len(below))
    assert laid_out(tops, below, {101: 3}) == laid_out(tops, shuffled, {101: 3})


def test_the_area_itself_has_a_tile_where_sites_stand_at_it_or_it_has_no_township():
    tops, _below = units_of(2, 0)
    town = Unit(pk=50, name="镇", kind=UnitKind.TOWNSHIP, parent_id=1)
    plain, park = laid_out(tops, [town], {})
    assert [tile.unit.pk for tile in plain.tiles] == [50]
    assert [(tile.unit.pk, tile.is_area_itself) for tile in park.tiles] == [(2, True)]
    first, _park = laid_out(tops, [town], {1: 2})
    assert [(tile.unit.pk, tile.count) for tile in first.tiles] == [(1, 2), (50, 0)]


def test_steps_and_their_legend():
    assert limits_of([]) == (1,)
    assert limits_of([2, 1]) == (1, 2)
    assert limits_of([23]) == (1, 6, 11, 16, 21)
    assert [step_of(number, (1, 6, 11, 16, 21)) for number in (0, 1, 5, 6, 20, 21, 99)] == [
        *(0, 1, 1, 2, 4, 5, 5)
    ]
    assert legend([0]) == [(0, "0")]
    assert legend([2, 1]) == [(0, "0"), (1, "1"), (2, "2")]
    assert legend([23]) == [(0, "0"), (1, "1–5"), (2, "6–10"), (3, "11–15"), (4, "16–20"), (5, "21–23")]


@pytest.fixture
def scene(xiangtan, make_site):
    """Two sites in one township, one in a village of it, one at the county itself, one elsewhere."""
    town = Unit.objects.get(code="xiangtanxian-yisuhe")
    village = Unit.objects.create(
        code="a-village", name="某村", name_en="A village", kind=UnitKind.VILLAGE, parent=town
    )
    village.path = f"{town.path}{village.pk}/"
    village.save()
    for name, unit in (("甲", town), ("乙", town), ("丙", village), ("丁", None)):
        make_site(name, unit=unit)
    make_site("戊", category="village", area="韶山市")
    return town


def tiles_of(answer) -> dict[str, int]:
    return {
        name: int(number)
        for _url, _step, name, number in TILE.findall(answer.content.decode())
        if int(number)
    }


def test_every_tile_opens_a_list_of_its_length(scene, people, client_of, xiangtan):
    client = client_of(people.leader)
    answer = client.get(MAP)
    assert tiles_of(answer) == {"Yisuhe Town": 3, "Xiangtan County itself": 1, "Shaoshan itself": 1}
    tiles = TILE.findall(answer.content.decode())
    assert len(tiles) == 29  # 24 townships, three parks without any, and two counties themselves
    for url, _step, _name, number in tiles:
        listed = client.get(url.replace("&amp;", "&"))
        assert listed.context["listing"].page.paginator.count == int(number), url
    village = client.get(MAP, {"category": xiangtan.categories["village"].pk})
    assert tiles_of(village) == {"Shaoshan itself": 1}
    assert tiles_of(client.get(MAP, {"area": xiangtan.areas["韶山市"].pk})) == {"Shaoshan itself": 1}


def test_a_past_day_shows_what_stood_then(scene, people, client_of, on_day, make_site):
    on_day(2017, 6, 1)
    make_site("己", unit=scene)
    client = client_of(people.leader)
    assert tiles_of(client.get(MAP))["Yisuhe Town"] == 4
    past = client.get(MAP, {"as_of": "2017-05-22"})
    assert tiles_of(past)["Yisuhe Town"] == 3
    assert "everything as the system knew it at the end of 22 May 2017" in past.content.decode()
    url = next(url for url, _step, name, _n in TILE.findall(past.content.decode()) if name == "Yisuhe Town")
    listed = client.get(url.replace("&amp;", "&"))
    assert listed.context["listing"].page.paginator.count == 3


def test_a_county_sees_its_own_block_only(scene, people, client_of):
    page = client_of(people.neighbour).get(MAP)
    assert [one["area"] for one in page.context["blocks"]] == ["Shaoshan"]
    assert "Yisuhe" not in page.content.decode()
    for person in (people.assessor, people.auditor, people.nobody):
        assert client_of(person).get(MAP).status_code == 404


@pytest.mark.parametrize("sites", [1, 3000])
def test_the_map_costs_the_same_whatever_the_sites(
    sites, xiangtan, people, client_of, django_assert_num_queries
):
    town = Unit.objects.get(code="xiangtanxian-yisuhe")
    cell = Cell(
        "sites",
        xiangtan.programme.pk,
        town.parent_id,
        town.pk,
        xiangtan.categories["park"].pk,
        state="active",
    )
    count([Change(cell, sites)])
    client = client_of(people.leader)
    client.get(MAP)
    with django_assert_num_queries(QUERIES):
        assert tiles_of(client.get(MAP)) == {"Yisuhe Town": sites}
