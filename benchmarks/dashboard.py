"""What the dashboard, the lists, the search and the public ledger cost with 100,000 sites and ten years of history,
beside the same with few.

python -m benchmarks.dashboard [--sizes 100 10000 100000] [--json]
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from unittest import mock

from benchmarks.data import fill, programme, scratch
from benchmarks.history import add_history
from benchmarks.timing import Line, medians, show

SIZES = (100, 10_000, 100_000)
REPETITIONS, LEDGERS = 15, 5
DASHBOARD, PLAIN = "/overview/", "/accounts/password/"
#: Lists and searches: a word that is in every name, a name, its initials.
PAGES = {
    "list of sites": "/sites/",
    "list of sites, page 4,000": "/sites/?page=4000",
    "list of sites, a broad word": "/sites/?q=示范",
    "list of plaques": "/sites/plaques/",
    "list of applications": "/applications/",
    "register of coverage": "/publicity/coverage/",
    "list of findings": "/supervision/findings/",
    "search for a broad word": "/search/?q=示范",
    "search for one name": "/search/?q=同心示范点000010",
    "search by initials": "/search/?q=txsfd000010",
}
LEDGER = (
    "number", "level_id", "site__name", "site__category_id", "site__area_id", "check_code", "public_state",
    "awarded_on", "ended_on", "valid_until", "suspended_since",
)  # fmt: skip


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
        # Of the lists of few only the number of queries is held against those of many.
        rounds = dict.fromkeys(PAGES.values(), REPETITIONS if size == max(sizes) else 1)
        rounds |= {DASHBOARD: REPETITIONS, PLAIN: REPETITIONS}
        found[size] = {url: _page(scene.leader, url, times) for url, times in rounds.items()}
    for url in found[sizes[0]]:
        asked = {size: pages[url][2] for size, pages in found.items()}
        note = "" if len(set(asked.values())) == 1 else " - NOT the same at every size"
        print(
            f"{url}: {next(iter(asked.values()))} queries{note or ' at every size'}",
            *([asked] if note else []),
        )
    return [*_dashboard(found), *_lists(found), *_ledger()]


def _page(user, url: str, rounds: int) -> tuple[float, float, int]:
    """(seconds of the page, seconds in its queries, number of queries), the medians of several loads."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(user)

    def load():
        response = client.get(url)
        assert response.status_code == 200

    (seconds,) = medians(load, repetitions=rounds, warm_up=2)
    with CaptureQueriesContext(connection) as queries:
        load()
    asked, spent = len(queries), []
    for _turn in range(rounds):
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
    size, lines = max(found), []
    for name, url in PAGES.items():
        seconds, asking, queries = found[size][url]
        lines.append(Line(f"{name}, {size:,} sites", seconds, f"its own {queries} queries", asking, "≤ 4"))
    return lines


def _ledger() -> list[Line]:
    """The public ledger written anew, as happens once a minute at most, beside reading what stands in it."""
    from django.test import Client

    from publicity.selectors import public_plaques

    client = Client()
    rows = public_plaques().order_by("pk").values_list(*LEDGER)

    def read():
        return sum(1 for _row in rows.iterator(chunk_size=2_000))

    def load(extension: str):
        response = client.get(f"/public/ledger.{extension}")
        return sum(len(part) for part in response.streaming_content)

    floor, table, listed = medians(
        read, lambda: load("csv"), lambda: load("json"), repetitions=LEDGERS, warm_up=1
    )
    return [
        Line(f"public ledger of {read():,} plaques, {name}", seconds, "values_list alone", floor, "≤ 7")
        for name, seconds in (("CSV", table), ("JSON", listed))
    ]


def main() -> None:
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
