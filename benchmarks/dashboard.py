"""What the dashboard and the lists cost with 100,000 sites and ten years of history, beside the same with few.

python -m benchmarks.dashboard [--sizes 100 10000 100000] [--json]
"""

import argparse
import datetime
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from unittest import mock

from benchmarks.data import BATCH, SEED, YEARS, fill, moment_of, programme, scratch, write
from benchmarks.timing import Line, medians

SIZES = (100, 10_000, 100_000)
REPETITIONS = 21
#: So many sites share one that reports figures, has money, was reviewed.
REPORTING, FUNDED, REVIEWED = 5, 10, 10
FIGURE_YEARS = (2014, 2015, 2016)
LISTS = ("sites:list", "sites:plaques", "applications:list")
DASHBOARD, PLAIN = "dashboard:overview", "accounts:password"


def run(sizes=SIZES) -> list[Line]:
    """Measure at each size; says so when a page asks more queries with more sites. Call it inside `scratch()`."""
    from sites.services.tallies import recount

    scene = programme()
    found: dict[int, dict[str, tuple]] = {}
    for size in sizes:
        started = time.monotonic()
        fill(scene, size, count=False)
        add_history(scene)
        recount(programme=scene.programme)
        print(f"{size:,} sites filled in within {time.monotonic() - started:.0f} s", file=sys.stderr)
        found[size] = {name: _page(scene.leader, name) for name in (DASHBOARD, PLAIN, *LISTS)}
    for name in found[sizes[0]]:
        asked = {size: pages[name][2] for size, pages in found.items()}
        note = "" if len(set(asked.values())) == 1 else " - NOT the same at every size"
        print(
            f"{name}: {next(iter(asked.values()))} queries{note or ' at every size'}",
            *([asked] if note else []),
        )
    return [*_dashboard(found), *_lists(found)]


def _page(user, name: str) -> tuple[float, float, int]:
    """(seconds of the page, seconds in its queries, number of queries), the medians of several loads."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client, url = Client(), reverse(name)
    client.force_login(user)

    def load():
        response = client.get(url)
        assert response.status_code == 200

    (seconds,) = medians(load, repetitions=REPETITIONS, warm_up=2)
    with CaptureQueriesContext(connection) as queries:
        load()
    asked, spent = len(queries), []
    for _turn in range(REPETITIONS):
        with _stopwatch() as found:
            load()
        spent.append(sum(found))
    return seconds, statistics.median(spent), asked


@contextmanager
def _stopwatch() -> Iterator[list[float]]:
    """Notes the seconds that querysets take from their SQL to their objects; those within others count once."""
    from django.db.models.query import QuerySet
    from django.db.models.sql.compiler import SQLCompiler

    found, running = [], False

    def timed(method):
        def run(*args, **kwargs):
            nonlocal running
            if running:
                return method(*args, **kwargs)
            running, started = True, time.perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                running = False
                found.append(time.perf_counter() - started)

        return run

    with (
        mock.patch.object(QuerySet, "_fetch_all", timed(QuerySet._fetch_all)),
        mock.patch.object(SQLCompiler, "execute_sql", timed(SQLCompiler.execute_sql)),
    ):
        yield found


def _dashboard(found: dict[int, dict]) -> list[Line]:
    """Each size beside the one before; a page without figures tells how much the machine itself has slowed."""
    lines, sizes = [], list(found)
    for less, more in pairwise(sizes):
        drift = found[more][PLAIN][0] / found[less][PLAIN][0]
        aim = "≤ 1.2" if less >= 10_000 else ""
        for words, which in (("dashboard", 0), ("its queries", 1)):
            figure, floor = found[more][DASHBOARD][which], found[less][DASHBOARD][which] * drift
            lines.append(Line(f"{words} at {more:,} sites", figure, f"itself at {less:,}", floor, aim))
    return lines


def _lists(found: dict[int, dict]) -> list[Line]:
    size = max(found)
    return [
        Line(f"{name}, 25 of {size:,} sites", page[0], f"its own {page[2]} queries", page[1], "≤ 4")
        for name, page in found[size].items()
        if name in LISTS
    ]


# --- ten years of history ---------------------------------------------------------------------------------------


def add_history(scene: SimpleNamespace) -> None:
    """Figures of some years, money and reviews for a part of the sites that have none yet."""
    from sites.models import Fund, Site

    done = Fund.objects.order_by("-site_id").values_list("site_id", flat=True).first() or 0
    sites = Site.objects.filter(pk__gt=done).order_by("pk").only("pk", "area_id", "category_id")
    dice = random.Random(SEED + done)
    batch = []
    for site in sites.iterator(chunk_size=BATCH):
        batch.append(site)
        if len(batch) == BATCH:
            _add(scene, dice, batch)
            batch = []
    _add(scene, dice, batch)


def _add(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    from assessments.enums import ReviewState
    from assessments.models import Review
    from sites.life_enums import EntryState
    from sites.models import FigureRecord, Fund

    codes = [figure["code"] for figure in scene.programme.figures[:2]]
    figures = [
        FigureRecord(
            site=site,
            area_id=site.area_id,
            category_id=site.category_id,
            year=year,
            code=code,
            value=dice.randrange(1, 900),
            recorded_at=_moment(year + 1, dice),
        )
        for site in sites[::REPORTING]
        for year in FIGURE_YEARS
        for code in codes
    ]
    years = [scene.cycles[0].year - back for back in range(YEARS)]
    funds = [
        Fund(
            site=site,
            state=EntryState.CONFIRMED,
            name="县级财政",
            amount=Decimal(dice.randrange(1_000, 90_000)),
            purpose="修缮",
            year=(year := dice.choice(years)),
            recorded_at=_moment(year, dice),
        )
        # The last one too: it tells where the next filling goes on.
        for site in [*sites[:-1:FUNDED], *sites[-1:]]
    ]
    results = (ReviewState.PASSED, ReviewState.PASSED, ReviewState.PASSED, ReviewState.FAILED)
    reviews = [
        Review(
            cycle=(cycle := dice.choice(scene.cycles)),
            site=site,
            area_id=site.area_id,
            state=(state := dice.choice(results)),
            findings="不合格" if state == ReviewState.FAILED else "",
            opened_at=_moment(cycle.year, dice),
            decided_on=_moment(cycle.year, dice).date(),
        )
        for site in sites[::REVIEWED]
    ]
    for model, rows in ((FigureRecord, figures), (Fund, funds), (Review, reviews)):
        write(model, rows)


def _moment(year: int, dice: random.Random) -> datetime.datetime:
    day = datetime.date(min(year, 2017), dice.randrange(1, 5), dice.randrange(1, 28))
    return moment_of(day)


def main() -> None:
    from benchmarks.__main__ import show

    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of sites")
    parser.add_argument("--json", action="store_true", help="the lines as JSON, for python -m benchmarks")
    options = parser.parse_args()
    with scratch():
        lines = run(tuple(sorted(options.sizes)))
    if options.json:
        print(json.dumps(lines))
    else:
        show(lines)


if __name__ == "__main__":
    main()
