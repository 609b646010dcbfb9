"""Tables of coverage: what is new, changed, unchanged and refused; what is exported is read back unchanged."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.models import User
from publicity.coverage_measures import measure_of
from publicity.models import Coverage
from sites.tallies import counted
from tests.publicity.coverage import DAY
from tests.sites.tables import Desk, counts, refusals

#: Area, category, site, medium, headline, outlet, level, day, place, link, reprint.
ROW = ("湘潭县", None, None, "报刊", "同心共建", "某市日报", "市级", DAY(2017, 4, 18), "第3版", None, None)


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def desk(people, xiangtan):
    def make(person=people.county):
        User.objects.filter(pk=person.pk).update(language="en")
        return Desk(User.objects.get(pk=person.pk), xiangtan.programme, "coverage")

    return make


def row(**changes) -> list:
    names = (
        *("area", "category", "site", "medium", "title", "outlet", "level", "day", "place", "url"),
        "reprint",
    )
    return list((dict(zip(names, ROW, strict=True)) | changes).values())


def in_journal(xiangtan) -> dict[str, int]:
    areas, found = list(xiangtan.areas.values()), {}
    for medium in ("tv", "press", "radio", "web"):
        cells = counted(xiangtan.programme, areas, [measure_of(medium)], clock.today())
        found[medium] = sum(cell.count for cell in cells)
    return found


def test_good_rows_come_in_and_count(desk, make_site, xiangtan, people):
    make_site()
    table = desk().table(
        row(site="同心社区甲"),
        row(title="别的", medium="web", level="province", place=None, url="http://example.com/1"),
        row(outlet="乙报", day="2017年4月20日", reprint="是"),
    )
    check = desk().check(table)
    assert counts(check) == (3, 0, 0, 0), refusals(check)
    assert counts(desk().write(check)) == (3, 0, 0, 0)
    first, second, third = Coverage.objects.order_by("published_on", "pk")
    assert (first.site.name, first.recorded_by, first.initials) == ("同心社区甲", people.county, "txgj")
    assert (second.medium, second.outlet_level, second.url) == ("web", "province", "http://example.com/1")
    assert third.same_as == first
    assert in_journal(xiangtan) == {"tv": 0, "press": 1, "radio": 0, "web": 1}
    # The same table once more changes nothing.
    assert counts(desk().check(table)) == (0, 0, 3, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"area": "韶山市"}, "Only County staff of"),
        ({"site": "没有的点"}, "has no site with the name"),
        ({"medium": "烟"}, "is not in the list"),
        ({"day": DAY(2018, 1, 1)}, "lies in the future"),
        ({"day": DAY(1979, 1, 1)}, "lies before"),
        ({"place": None}, "Nobody could look this piece up"),
        ({"url": "ftp://example.com/"}, "is no link to a page"),
        ({"title": None}, "Headline"),
    ],
)
def test_a_wrong_row_is_refused_in_words_and_the_others_may_come_in(desk, changes, words):
    check = desk().check(desk().table(row(**changes), row(title="好的")))
    assert counts(check) == (1, 0, 0, 1)
    assert words in " ".join(refusals(check)[2])
    written = desk().write(check, take_good=True)
    assert counts(written) == (1, 0, 0, 1)
    assert [entry.title for entry in Coverage.objects.all()] == ["好的"]


def test_the_same_article_and_the_same_link_within_one_table(desk):
    check = desk().check(
        desk().table(
            row(url="http://example.com/1"),
            row(title="【转】同心共建", outlet="乙报"),
            row(title="别的", outlet="丙报", url="https://www.example.com/1/"),
            row(),
        )
    )
    assert counts(check) == (1, 0, 0, 3)
    found = refusals(check)
    assert "The same title came out before: 某市日报" in found[3][0]
    assert "in the register already: “同心共建”" in found[4][0]
    assert "Row 2 is about the same thing" in found[5][0]


def test_what_is_exported_is_read_back_unchanged_and_a_change_is_taken_over(
    desk, make_site, xiangtan, people
):
    make_site()
    table = desk().table(
        row(site="同心社区甲", url="http://example.com/1"),
        row(outlet="乙报", reprint="是"),
        row(title="别的"),
    )
    desk().write(desk().check(table))
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=people.county.pk))
    exported = b"".join(client.get(reverse("publicity:coverage"), {"export": "xlsx"}).streaming_content)
    check = desk().check(exported)
    assert counts(check) == (0, 0, 3, 0), refusals(check)
    changed = desk().check(desk().table(row(title="别的", level="国家级", place="头版")))
    assert counts(changed) == (0, 1, 0, 0)
    desk().write(changed)
    entry = Coverage.objects.get(title="别的")
    assert (entry.outlet_level, entry.place, entry.revision) == ("national", "头版", 2)
    cells = counted(xiangtan.programme, [xiangtan.areas["湘潭县"]], [measure_of("press")], clock.today())
    assert sorted((cell.state, cell.count) for cell in cells) == [("city", 1), ("national", 1)]


def test_the_office_imports_for_every_area(desk, people):
    office = desk(people.office)
    check = office.check(office.table(row(), row(area="韶山市", title="别的")))
    assert counts(office.write(check)) == (2, 0, 0, 0)
