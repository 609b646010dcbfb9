"""Every number of the dashboard opens a list of exactly that many rows, and totals are the sum of their parts.

The page is read twice: as the sections it is made of and as HTML, so that neither a number without an address nor one
that lost its link on the way to the page goes by unseen.
"""

import html
import re
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse

from accounts.enums import Role
from dashboard.sections import ROW_SETS
from dashboard.tables import Number, Table, Words
from tests.dashboard import history
from tests.dashboard.ledger import ask_alike
from tests.dashboard.year import Year

OVERVIEW = reverse("dashboard:overview")
DAYS = ("2017-05-26", "2017-06-12", "")
#: A number as it stands in a table of the page: its address, what it says of itself as a sum, its text.
LINKED = re.compile(r'<a href="([^"]+)"(?: data-count="(\d+)" data-amount="([^"]+)")?>([^<]+)</a>')
CELL = re.compile(r'<td class="number">(.*?)</td>')
NOTHING = ('<span class="zero">0</span>', "–")
#: How a list says how many rows it has, and what they come to.
COUNTED = re.compile(r'data-count="(\d+)"(?: data-amount="([^"]+)")?')
#: Words that are a bare number are one in disguise: they need a link as well, or stand for a percentage.
BARE = re.compile(r"^[\d.,]+$")


class Walk:
    """One person's way through the numbers of some pages; a list is opened once however many numbers lead to it."""

    def __init__(self, user):
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(user)
        self.user = user
        self.lists: dict[str, tuple[int, Decimal | None]] = {}
        self.zeros: set[str] = set()
        self.walked = 0

    def page(self, **query) -> None:
        """Open the dashboard with a question and follow all its numbers."""
        answer = self.client.get(OVERVIEW, query)
        assert answer.status_code == 200
        shown = [table for one in answer.context["sections"] for table in one.tables]
        for one in shown:
            _adds_up(one.table)
            _no_number_in_disguise(one.table)
        numbers = [number for one in shown for number in _numbers(one.table)]
        assert all(number.url for number in numbers)
        expected = sorted((number.url, number.count, number.amount) for number in numbers if number.count)
        assert sorted(self._on_the_page(answer.content.decode())) == expected
        tiles = [one.number for one in answer.context["headlines"] if one.number.count]
        for url, count, amount in [*expected, *((one.url, one.count, one.amount) for one in tiles)]:
            self._follow(url, count, amount)
        self.zeros = {number.url for number in numbers if not number.count}

    def _on_the_page(self, page: str):
        """What the HTML says of every number that is not zero: address, count, sum."""
        for cell in CELL.findall(page):
            if cell in NOTHING:
                continue
            link = LINKED.fullmatch(cell)
            assert link, f"a number without a link: {cell}"
            url, count, amount, text = link.groups()
            yield html.unescape(url), int(count or text), Decimal(amount) if amount else None

    def _follow(self, url: str, count: int, amount: Decimal | None) -> None:
        if url not in self.lists:
            self.lists[url] = self._open(url)
        rows, total = self.lists[url]
        assert rows == count, f"{url} has {rows} rows instead of {count}"
        if amount is not None:
            assert total == amount, f"{url} comes to {total} instead of {amount}"
        self.walked += 1

    def _open(self, url: str) -> tuple[int, Decimal | None]:
        answer = self.client.get(url)
        assert answer.status_code == 200, url
        found = COUNTED.search(answer.content.decode())
        assert found, f"a list that does not say how long it is: {url}"
        return int(found[1]), Decimal(found[2]) if found[2] else None

    def nothing_behind_zeros(self) -> None:
        """Behind the zeros of the last page there is nothing either. Row sets are asked without the page around them,
        as there are hundreds."""
        for url in self.zeros:
            path, _mark, query = url.partition("?")
            match, given = resolve(path), QueryDict(query)
            if match.view_name == "dashboard:rows":
                found = ROW_SETS[match.kwargs["code"]]
                params = {name: given.get(name, "") for name in found.params}
                assert not found.rows(ask_alike(self.user, given), params).exists(), url


def _numbers(table: Table) -> list[Number]:
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [cell for row in rows for cell in row.numbers if isinstance(cell, Number)]


def _adds_up(table: Table) -> None:
    """Each total is the sum of its column and, under a heading of totals, each last number that of its row."""
    if table.total is None:
        return
    for place, total in enumerate(table.total.numbers):
        if isinstance(total, Number):
            parts = [row.numbers[place] for row in table.rows if isinstance(row.numbers[place], Number)]
            _is_sum(total, parts, f"{table.caption}: {table.columns[place]}")
    if table.columns[-1] == table.total.label:
        for row in [*table.rows, table.total]:
            _is_sum(row.numbers[-1], row.numbers[:-1], f"{table.caption}: {row.label}")


def _is_sum(total: Number, parts, what: str) -> None:
    assert total.count == sum(part.count for part in parts), what
    if total.amount is not None:
        assert total.amount == sum(part.amount for part in parts), what


def _no_number_in_disguise(table: Table) -> None:
    rows = [*table.rows, *([table.total] if table.total else [])]
    cells = [cell for row in rows for cell in row.numbers if isinstance(cell, Words)]
    bare = [cell.text for cell in cells if BARE.match(cell.text) and not cell.url and cell.share is None]
    assert not bare, f"{table.caption}: {bare}"


@pytest.fixture
def scene(xiangtan, people, make_site, make_user):
    """A year's work; the one who asks from above."""
    Year(xiangtan, people, make_site, make_user).play()
    return make_user("above", Role.LEADER, xiangtan.city.parent)


@pytest.mark.parametrize("role", ["leader", "county"])
def test_every_number_opens_exactly_its_rows(scene, people, role):
    walk = Walk(getattr(people, role))
    for day in DAYS:
        walk.page(as_of=day)
    assert walk.walked > 150, walk.walked


def test_every_number_the_province_sees(scene, xiangtan):
    """All of them today; of the past days those of one county."""
    walk = Walk(scene)
    walk.page()
    for day in DAYS[:-1]:
        walk.page(as_of=day, area=xiangtan.areas["韶山市"].pk)
    assert walk.walked > 100, walk.walked


def test_every_number_of_one_county_and_of_a_narrower_question(xiangtan, people, make_site, make_user):
    """Sums as well: before the year's work goes the history of the ledger, with figures and money."""
    history.play(xiangtan, people, make_site, make_user)
    Year(xiangtan, people, make_site, make_user).play()
    walk = Walk(people.leader)
    area, level = xiangtan.areas["湘潭县"].pk, xiangtan.levels["city"].pk
    walk.page(area=area)
    walk.nothing_behind_zeros()
    assert walk.walked > 60
    assert any(amount is not None for _count, amount in walk.lists.values())
    walk.page(as_of=DAYS[1], area=area, category=xiangtan.categories["community"].pk, level=level)
    walk.nothing_behind_zeros()


def test_the_walk_notices_what_is_missing(scene, people):
    """A cell that lost its link, a list that does not say how long it is, one row too many: none of it goes by."""
    walk = Walk(people.leader)
    with pytest.raises(AssertionError, match="without a link"):
        list(walk._on_the_page('<td class="number">3</td>'))
    with pytest.raises(AssertionError, match="how long it is"):
        walk._open(reverse("dashboard:inbox"))
    with pytest.raises(AssertionError, match="rows instead of 9999"):
        walk._follow(f"{reverse('sites:list')}?state=active", 9999, None)
