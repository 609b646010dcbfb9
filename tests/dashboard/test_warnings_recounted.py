"""Every number of the section on early warnings, recounted for three people and three days.

On each of the days a plain loop over findings, activities, coverage, assessments and plaques writes down which sites
are to be warned about. The nightly watch, its dated rows and the journal of figures are not asked.
"""

import datetime
from collections import Counter
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import clock
from assessments.models import Assessment
from dashboard.enums import Factor
from dashboard.sections import ROW_SETS
from dashboard.sections.warnings import section
from dashboard.tasks import watch_sites
from publicity.models import Coverage
from sites.models import Activity, Plaque, Site
from sites.services import add_entry, close_site, move_site, revoke_plaque, suspend_plaque
from supervision.models import Finding
from tests.dashboard.ledger import ask_alike, grid, numbers
from tests.dashboard.watched import late_finding, piece

DAY = datetime.date
DAYS = (DAY(2017, 5, 10), DAY(2017, 5, 16), DAY(2017, 5, 22))
QUIET, UNCOVERED, LATE, FALLING = "no_activity", "no_coverage", "overdue_findings", "falling_score"


def warned_now() -> set[tuple]:
    """(area, category, site, factor) of every warning that has to stand today, from the rows as they are now."""
    today, found = clock.today(), set()
    for site in Site.objects.select_related("area", "category"):
        plaques = [one for one in Plaque.objects.all() if one.site_id == site.pk]
        held = [one.held_since or one.awarded_on for one in plaques if one.state in ("valid", "rectifying")]
        if site.state != "active" or not held:
            continue
        reached = {
            QUIET: days_without(Activity, "held_on", "confirmed", site, min(held), today) > 90,
            UNCOVERED: days_without(Coverage, "published_on", "recorded", site, min(held), today) > 90,
            LATE: any(
                one.site_id == site.pk and one.state == "open" and one.due_on < today
                for one in Finding.objects.all()
            ),
            FALLING: fall_of(site) >= 5,
        }
        for factor in reached:
            if reached[factor]:
                found.add((site.area.name, site.category.code, site.pk, factor))
    return found


def days_without(model, name, state, site, since, today) -> int:
    days = [getattr(row, name) for row in model.objects.all() if (row.site_id, row.state) == (site.pk, state)]
    return (today - max([day for day in days if day <= today] + [since])).days


def fall_of(site) -> Decimal:
    rows = Assessment.objects.select_related("application").filter(closed_at__isnull=False)
    scores = [
        row.score for row in sorted(rows, key=lambda row: row.closed_at) if row.application.site_id == site.pk
    ]
    return scores[-2] - scores[-1] if len(scores) > 1 else Decimal(0)


@pytest.fixture
def diary(limits, holder, scored, make_site, people, xiangtan):
    """{day: what was to be warned about at its end}, of thirteen nights the watch has looked at."""
    limits(quiet_days=90, uncovered_days=90, overdue_findings=1, falling_points=5)
    sites = {
        name: holder(name, category=category, area=area, **more)
        for name, category, area, more in (
            ("甲", "community", "湘潭县", {}),
            ("乙", "village", "湘潭县", {}),
            ("丙", "community", "韶山市", {}),
            ("丁", "park", "韶山市", {"since": DAY(2017, 3, 1)}),
            ("戊", "community", "湘潭县", {}),
            ("己", "project", "湘潭县", {}),
            ("辛", "community", "湘潭县", {}),
            ("壬", "village", "湘潭县", {}),
        )
    }
    make_site("无牌", category="village")

    def held(name, day):
        add_entry(actor=people.county, site=sites[name], model=Activity, held_on=day, name="讲座")

    def close_finding():
        Finding.objects.update(state="closed")

    def suspend():
        suspend_plaque(actor=people.office, plaque=Plaque.objects.get(site=sites["戊"]), reason="整改")

    def take_back():
        Coverage.objects.filter(site=sites["丙"]).update(state="withdrawn")

    def move():
        move_site(actor=people.office, site=sites["辛"], area=xiangtan.areas["韶山市"], reason="区划")

    def begin():
        held("甲", DAY(2017, 4, 1))
        piece(sites["甲"], DAY(2017, 4, 10))
        held("乙", DAY(2017, 2, 9))
        piece(sites["乙"], DAY(2017, 5, 1))
        late_finding(xiangtan.cycle, people, sites["甲"], DAY(2017, 5, 12))
        scored(sites["丁"], "city", "88.00", DAY(2017, 4, 1))

    def give_up():
        revoke_plaque(actor=people.office, plaque=Plaque.objects.get(site=sites["己"]), reason="不再建设")
        close_site(actor=people.county, site=sites["己"], reason="不再建设")

    acts = {
        10: begin,
        13: suspend,
        14: lambda: scored(sites["丁"], "province", "83.00", DAY(2017, 5, 14)),
        15: lambda: (move(), piece(sites["丙"], DAY(2017, 5, 15))),
        18: give_up,
        20: close_finding,
        21: take_back,
    }
    kept = {}
    for number in range(10, 23):
        clock.set_today(DAY(2017, 5, number))
        acts.get(number, lambda: None)()
        watch_sites()
        kept[clock.today()] = warned_now()
    return kept


def test_by_hand(diary):
    """Sites by factor. 乙 had an activity on 9 February: the ninetieth day without one is 10 May itself."""
    found = [Counter((area, factor) for area, _category, _site, factor in diary[day]) for day in DAYS]
    assert found[0] == {
        ("湘潭县", QUIET): 4, ("湘潭县", UNCOVERED): 4,  # 戊 己 辛 壬
        ("韶山市", QUIET): 1, ("韶山市", UNCOVERED): 1,  # 丙
    }  # fmt: skip
    assert found[1] == {
        ("湘潭县", QUIET): 3, ("湘潭县", UNCOVERED): 2, ("湘潭县", LATE): 1,  # 乙 己 壬, 己 壬, 甲
        ("韶山市", QUIET): 2, ("韶山市", UNCOVERED): 1, ("韶山市", FALLING): 1,  # 丙 辛, 辛, 丁
    }  # fmt: skip
    assert found[2] == {
        ("湘潭县", QUIET): 2, ("湘潭县", UNCOVERED): 1,  # 乙 壬, 壬
        ("韶山市", QUIET): 2, ("韶山市", UNCOVERED): 2, ("韶山市", FALLING): 1,  # 丙 辛, 丙 辛, 丁
    }  # fmt: skip


@pytest.mark.parametrize("who", ["leader", "county", "province"])
def test_every_number_is_what_the_rows_said_on_the_day(who, diary, asked, xiangtan):
    for day in DAYS:
        question = asked(who, day)
        seen = {area.name for area in question.areas}
        assert len(seen) == (1 if who == "county" else 8)
        warned = {row for row in diary[day] if row[0] in seen}
        check(question, warned)
        for code in ("community", "park"):
            narrowed = asked(who, day, category=xiangtan.categories[code])
            check(narrowed, {row for row in warned if row[1] == code})
        shaoshan = (
            {"area": xiangtan.areas["韶山市"]} if who != "county" else {"area": xiangtan.areas["湘潭县"]}
        )
        check(asked(who, day, **shaoshan), {row for row in warned if row[0] == shaoshan["area"].name})


def check(question, warned):
    """All numbers of the section, and the rows behind each."""
    found = section(question)
    expected = Counter((area, str(Factor(factor).label)) for area, _category, _site, factor in warned)
    of_sites = Counter((area, site) for area, _category, site, _factor in warned)
    any_factor, several = found.tables[0].columns[-2:]
    for (area, _site), factors in of_sites.items():
        expected[area, any_factor] += 1
        expected[area, several] += factors >= 2
    for (_area, column), number in list(expected.items()):
        expected["合计", column] += number
    assert grid(found.tables[0]) == {place: number for place, number in expected.items() if number}
    assert found.headline.number.count == len(of_sites)
    named = [row.label for table in found.tables[1:] for row in table.rows]
    assert sorted(named) == sorted(names(site for (_area, site), factors in of_sites.items() if factors >= 2))
    for cell in numbers(found):
        check_rows(question, cell, warned)


def names(sites) -> list[str]:
    return [Site.objects.get(pk=pk).name for pk in sites]


def check_rows(question, cell, warned):
    """The very sites, not only as many."""
    query = {key: values[0] for key, values in parse_qs(urlsplit(cell.url).query).items()}
    rows = ROW_SETS[urlsplit(cell.url).path.rstrip("/").rpartition("/")[2]]
    shown = rows.rows(ask_alike(question.user, query), {name: query.get(name, "") for name in rows.params})
    areas = {str(area.pk): area.name for area in question.areas}
    inside = {row for row in warned if "area" not in query or row[0] == areas[query["area"]]}
    if "least" in query:
        factors = Counter(site for _area, _category, site, _factor in inside)
        expected = [site for site, number in factors.items() if number >= int(query["least"])]
        assert sorted(site.pk for site in shown) == sorted(expected)
    else:
        expected = [site for _area, _category, site, factor in inside if factor == query["factor"]]
        assert sorted(row.site_id for row in shown) == sorted(expected)
    assert len(expected) == cell.count
