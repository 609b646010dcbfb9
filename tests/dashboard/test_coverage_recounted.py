"""Every number of the section on coverage, recounted for three people and three days.

At the end of each day a plain loop over the register as it then is writes down what counts: originals on record that
came out in the year of the cycle. Neither the dated rows of what counted nor the journal of figures is asked.
"""

import datetime
from collections import Counter, defaultdict
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import clock
from dashboard.sections import ROW_SETS
from dashboard.sections.coverage import section
from publicity.models import Coverage
from publicity.services.coverage import change_coverage, decide_reprint, record_coverage, withdraw_coverage
from sites.models import Site
from sites.services import move_site, update_site
from tests.dashboard.ledger import ask_alike, grid, words
from tests.publicity.coverage import piece

DAY = datetime.date
DAYS = (DAY(2017, 5, 10), DAY(2017, 5, 16), DAY(2017, 5, 22))
MEDIA = ("tv", "press", "radio", "web")


def register_now() -> tuple[list[tuple], list[tuple]]:
    """(pieces, flagships) of the register and the sites as they are now: (id, area, category, medium, level) and
    (site id, area, category, whether it has every medium)."""
    pieces, media = [], defaultdict(set)
    for entry in Coverage.objects.select_related("area", "site__category"):
        if entry.state == "recorded" and entry.same_as_id is None and entry.published_on.year == 2017:
            category = entry.site.category.code if entry.site else None
            pieces.append((entry.pk, entry.area.name, category, entry.medium, entry.outlet_level))
            media[entry.site_id].add(entry.medium)
    flagships = [
        (site.pk, site.area.name, site.category.code, media[site.pk] == set(MEDIA))
        for site in Site.objects.select_related("area", "category")
        if site.is_flagship and site.state == "active"
    ]
    return pieces, flagships


class Story:
    """What happens to the register; every step is an evening."""

    def __init__(self, xiangtan, people, make_site):
        self.x, self.people, self.entries = xiangtan, people, {}
        self.sites = {
            "甲": make_site("甲", is_flagship=True),
            "乙": make_site("乙", category="village", area="韶山市", is_flagship=True),
            "丙": make_site("丙", category="park"),
            "丁": make_site("丁", category="project", is_flagship=True),
        }

    def record(self, key, site=None, area="湘潭县", is_reprint=None, **fields):
        site = Site.objects.get(pk=self.sites[site].pk) if site else None
        self.entries[key] = record_coverage(
            actor=self.people.office,
            programme=self.x.programme,
            area=site.area if site else self.x.areas[area],
            piece=piece(**{"title": f"报道{key}", "site": site} | fields),
            is_reprint=is_reprint,
        )

    def change(self, key, **fields):
        entry = Coverage.objects.get(pk=self.entries[key].pk)
        told = {"title": entry.title, "medium": entry.medium, "site": entry.site} | fields
        change_coverage(
            actor=self.people.office, coverage=entry, revision=entry.revision, piece=piece(**told)
        )

    def first(self):
        """甲 has every medium, 丁 all but radio; one piece is of no site, one of the year before."""
        for medium in MEDIA:
            self.record(f"甲{medium}", "甲", medium=medium)
        for medium in ("tv", "press", "web"):
            self.record(f"丁{medium}", "丁", medium=medium, outlet_level="national")
        self.record("丙", "丙")
        self.record("县", outlet_level="province")
        self.record("去年", "丙", published_on=DAY(2016, 12, 31))

    def second(self):
        """A reprint (not counted), a new level, the radio 丁 lacked, last year's piece was of this year; 乙 has one."""
        self.record("转载", "丙", title="报道丙", outlet="某报", is_reprint=True)
        self.change("县", outlet_level="national", medium="web")
        self.record("丁radio", "丁", medium="radio")
        self.change("去年", published_on=DAY(2017, 1, 1))
        self.record("乙", "乙", medium="tv")

    def third(self):
        """The original goes and its reprint counts; two are one article after all; 甲 loses television; 丙 moves; 丁 is
        no project any more but a community, and so are its pieces, those of the days before excepted."""
        withdraw_coverage(actor=self.people.office, coverage=self.entries["丙"], reason="误录")
        decide_reprint(actor=self.people.office, coverage=self.entries["县"], original=self.entries["甲web"])
        withdraw_coverage(actor=self.people.office, coverage=self.entries["甲tv"], reason="误录")
        move_site(actor=self.people.office, site=self.sites["丙"], area=self.x.areas["韶山市"], reason="区划")
        site = Site.objects.get(pk=self.sites["乙"].pk)
        update_site(actor=self.people.neighbour, site=site, revision=site.revision, is_flagship=False)
        self.record("丙新", "丙", area="韶山市", medium="radio")
        site = Site.objects.get(pk=self.sites["丁"].pk)
        update_site(
            actor=self.people.county,
            site=site,
            revision=site.revision,
            category=self.x.categories["community"],
        )


@pytest.fixture
def diary(xiangtan, people, make_site):
    """{day: what the register said at its end}."""
    clock.set_today(DAY(2017, 5, 1))
    story, kept = Story(xiangtan, people, make_site), {}
    for day, step in zip(DAYS, (story.first, story.second, story.third), strict=True):
        clock.set_today(day)
        step()
        kept[day] = register_now()
    clock.set_today(DAYS[-1])
    return kept


def test_by_hand(diary):
    found = [
        (Counter((row[1], row[3]) for row in pieces), sorted((row[1], row[3]) for row in flagships))
        for pieces, flagships in (diary[day] for day in DAYS)
    ]
    assert found[0] == (
        {("湘潭县", "tv"): 2, ("湘潭县", "press"): 4, ("湘潭县", "radio"): 1, ("湘潭县", "web"): 2},
        [("湘潭县", False), ("湘潭县", True), ("韶山市", False)],
    )
    assert found[1] == (
        {
            ("湘潭县", "tv"): 2, ("湘潭县", "press"): 4, ("湘潭县", "radio"): 2, ("湘潭县", "web"): 3,
            ("韶山市", "tv"): 1,
        },
        [("湘潭县", True), ("湘潭县", True), ("韶山市", False)],
    )  # fmt: skip
    assert found[2] == (
        {
            ("湘潭县", "tv"): 1, ("湘潭县", "press"): 4, ("湘潭县", "radio"): 2, ("湘潭县", "web"): 2,
            ("韶山市", "tv"): 1, ("韶山市", "radio"): 1,
        },
        [("湘潭县", False), ("湘潭县", True)],
    )  # fmt: skip


@pytest.mark.parametrize("who", ["leader", "county", "province"])
def test_every_number_is_what_the_register_said_on_the_day(who, diary, asked, xiangtan):
    county = xiangtan.areas["湘潭县" if who == "county" else "韶山市"]
    for day in DAYS:
        question = asked(who, day)
        seen = {area.name for area in question.areas}
        assert len(seen) == (1 if who == "county" else 8)
        pieces, flagships = ([row for row in rows if row[1] in seen] for rows in diary[day])
        check(question, pieces, flagships)
        for place, wanted, chosen in (
            (1, county.name, {"area": county}),
            (2, "park", {"category": xiangtan.categories["park"]}),
            (2, "community", {"category": xiangtan.categories["community"]}),
            (2, "project", {"category": xiangtan.categories["project"]}),
        ):
            narrowed = ([row for row in rows if row[place] == wanted] for rows in (pieces, flagships))
            check(asked(who, day, **chosen), *narrowed)


def check(question, pieces, flagships):
    by_area, by_level, of_flagships = section(question).tables
    media, levels = names(question, "media"), names(question, "outlet_levels")
    assert grid(by_area) == crossed((area, media[medium]) for _pk, area, _category, medium, _level in pieces)
    assert grid(by_level) == crossed(
        (levels[level], media[medium]) for _pk, _area, _category, medium, level in pieces
    )
    counted = Counter()
    for _pk, area, _category, is_whole in flagships:
        for row in (area, "合计"):
            counted[row, of_flagships.columns[0]] += 1
            counted[row, of_flagships.columns[1]] += is_whole
    assert grid(of_flagships) == {place: number for place, number in counted.items() if number}
    every, whole = (counted["合计", column] for column in of_flagships.columns[:2])
    assert words(of_flagships)["合计"][0] == (f"{round(100 * whole / every)}%" if every else "–")
    for table in (by_area, by_level, of_flagships):
        for line in (*table.rows, table.total):
            for cell in line.numbers:
                check_rows(question, cell, pieces, flagships)


def names(question, key) -> dict[str, str]:
    return {term["code"]: term["name"] for term in question.cycle.publicity[key]}


def crossed(pairs) -> dict:
    """{(row, column): count}, with the sums along both."""
    found = Counter()
    for row, column in pairs:
        for place in ((row, column), (row, "合计"), ("合计", column), ("合计", "合计")):
            found[place] += 1
    return found


def check_rows(question, cell, pieces, flagships):
    """The very pieces and flagships, not only as many."""
    code = urlsplit(getattr(cell, "url", "")).path.rstrip("/").rpartition("/")[2]
    if code not in ("coverage", "whole-flagships"):
        return
    query = {key: values[0] for key, values in parse_qs(urlsplit(cell.url).query).items()}
    rows = ROW_SETS[code].rows(
        ask_alike(question.user, query), {name: query.get(name, "") for name in ROW_SETS[code].params}
    )
    areas = {str(area.pk): area.name for area in question.areas}
    area = areas.get(query.get("area"))
    if code == "coverage":
        shown = [row.coverage_id for row in rows]
        expected = [
            pk
            for pk, place, _category, medium, level in pieces
            if area in (None, place)
            and query.get("medium") in (None, medium)
            and query.get("outlet") in (None, level)
        ]
    else:
        shown = [row.site_id for row in rows]
        expected = [pk for pk, place, _category, is_whole in flagships if is_whole and area in (None, place)]
    assert sorted(shown) == sorted(expected)
    assert len(expected) == cell.count
