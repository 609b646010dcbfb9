"""What the press brought of the demonstration's sites, and the year's publicity plan: made-up titles in made-up
outlets, links to domains that are reserved for examples.

Everything is made through the services, on the days the demonstration says it happened.
"""

import datetime
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import yaml

from accounts import clock
from accounts.models import Unit, User
from applications.models import Cycle
from publicity.pieces import Piece
from publicity.services.coverage import record_coverage
from publicity.services.plans import plan_coverage
from sites.models import Site

DATA = Path(__file__).parent / "data" / "xiangtan-2017-publicity-demo.yaml"


def make_publicity(cycle: Cycle, staff_of: Callable[[Unit], User]) -> Counter:
    """Coverage of the demonstration's sites and the plans of some areas; returns how many of each were made."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    sites = list(Site.objects.filter(programme=cycle.programme).select_related("area").order_by("pk"))
    rows = [row for place, site in enumerate(sites) for row in _pieces_of(data, place, site)]
    for day, site, piece in sorted(rows, key=lambda row: (row[0], row[1].pk)):
        with clock.travel(day):
            record_coverage(
                actor=staff_of(site.area),
                programme=cycle.programme,
                area=site.area,
                piece=piece,
                is_reprint=True,
            )
    return Counter(coverage=len(rows), planned=_plan(data, cycle, sites, staff_of))


def _pieces_of(data: dict, place: int, site: Site):
    numbers = data["pieces_of_flagships"] if site.is_flagship else data["pieces_of_sites"]
    for order, row in enumerate(data["pieces"][: numbers[place % len(numbers)]]):
        # The last, a reprint, comes out some days after what it repeats.
        day = data["first_day"] + datetime.timedelta(days=(place * 7 + order * 9) % 95)
        if row["medium"] == "web" and order:
            day = data["first_day"] + datetime.timedelta(days=(place * 7) % 95 + 3)
        link = f"http://news.example.com/2017/{site.pk}/{order}" if row["medium"] == "web" else ""
        yield (
            day + datetime.timedelta(days=1),
            site,
            Piece(
                medium=row["medium"],
                outlet_level=row["level"],
                outlet=row["outlet"],
                published_on=day,
                title=row["title"].format(site=site.name),
                place=row["place"],
                url=link,
                site=site,
            ),
        )


def _plan(data: dict, cycle: Cycle, sites: list[Site], staff_of: Callable[[Unit], User]) -> int:
    areas = list({site.area_id: site.area for site in sites}.values())[: data["planning_areas"]]
    with clock.travel(data["planned_on"]):
        for area in areas:
            for line in data["lines"]:
                plan_coverage(actor=staff_of(area), cycle=cycle, area=area, **line)
    return len(areas) * len(data["lines"])
