"""What the press brought of the demonstration's sites, and the year's publicity plan: made-up titles in made-up
outlets, links to domains that are reserved for examples.

Everything is made through the services, on the days the demonstration says it happened.
"""

import datetime
from collections import Counter
from collections.abc import Callable

from accounts import clock
from accounts.models import Unit, User
from applications.models import Cycle
from publicity.pieces import Piece
from publicity.services.coverage import record_coverage
from publicity.services.plans import plan_coverage
from sites.models import Site

#: What came out: medium, level, outlet, title ({site} stands for the site's name), and where in the outlet.
_PIECES = (
    ("web", "city", "某市新闻网（演示）", "{site}：同心共建见实效", ""),
    ("press", "city", "某市日报（演示）", "走进{site}", "第3版"),
    ("tv", "city", "某市电视台（演示）", "{site}创建纪实", "新闻联播 19:30"),
    ("radio", "county", "某县人民广播电台（演示）", "听听{site}的故事", "同心之声 8:10"),
    ("web", "province", "某省门户网（演示）", "【统战】{site}：同心共建见实效", ""),
)
#: How many of the above a site has, site by site; a flagship has all, or the radio is still missing.
_HOW_MANY = (3, 1, 2, 0, 4)
_FLAGSHIP = (5, 3)
_FIRST = datetime.date(2017, 2, 6)
_PLANNED_ON = datetime.date(2017, 5, 16)
#: The year's plan of each area: medium, topic, how many, by when.
_LINES = (
    ("press", "“同心”创建启动报道（演示）", 8, datetime.date(2017, 5, 19)),
    ("tv", "示范点专题片（演示）", 6, datetime.date(2017, 9, 29)),
    ("web", "创建工作动态（演示）", 12, datetime.date(2017, 11, 30)),
)
_PLANNING = 3


def make_publicity(cycle: Cycle, staff_of: Callable[[Unit], User]) -> Counter:
    """Coverage of the demonstration's sites and the plans of some areas; returns how many of each were made."""
    sites = list(Site.objects.filter(programme=cycle.programme).select_related("area").order_by("pk"))
    rows = [row for place, site in enumerate(sites) for row in _pieces_of(place, site)]
    for day, site, piece in sorted(rows, key=lambda row: (row[0], row[1].pk)):
        with clock.travel(day):
            record_coverage(
                actor=staff_of(site.area),
                programme=cycle.programme,
                area=site.area,
                piece=piece,
                is_reprint=True,
            )
    return Counter(coverage=len(rows), planned=_plan(cycle, sites, staff_of))


def _pieces_of(place: int, site: Site):
    number = _FLAGSHIP[place % 2] if site.is_flagship else _HOW_MANY[place % len(_HOW_MANY)]
    for order, (medium, level, outlet, title, where) in enumerate(_PIECES[:number]):
        # The last, a reprint, comes out some days after what it repeats.
        day = _FIRST + datetime.timedelta(days=(place * 7 + order * 9) % 95)
        if medium == "web" and order:
            day = _FIRST + datetime.timedelta(days=(place * 7) % 95 + 3)
        link = f"http://news.example.com/2017/{site.pk}/{order}" if medium == "web" else ""
        yield (
            day + datetime.timedelta(days=1),
            site,
            Piece(
                medium=medium,
                outlet_level=level,
                outlet=outlet,
                published_on=day,
                title=title.format(site=site.name),
                place=where,
                url=link,
                site=site,
            ),
        )


def _plan(cycle: Cycle, sites: list[Site], staff_of: Callable[[Unit], User]) -> int:
    areas = list({site.area_id: site.area for site in sites}.values())[:_PLANNING]
    with clock.travel(_PLANNED_ON):
        for area in areas:
            for medium, topic, wanted, due_on in _LINES:
                plan_coverage(
                    actor=staff_of(area),
                    cycle=cycle,
                    area=area,
                    medium=medium,
                    topic=topic,
                    wanted=wanted,
                    due_on=due_on,
                )
    return len(areas) * len(_LINES)
