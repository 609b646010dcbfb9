"""Plaques awarded, expired and taken over at the same moment, with real threads and connections of their own."""

import datetime
import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.errors import DomainError
from sites.models import Level, NumberSequence, Plaque, PlaqueRecord, Site
from sites.services import (
    award_own_plaque,
    award_plaque,
    expire_plaques,
    move_site,
    replace_plaque,
    revoke_plaque,
)
from sites.services.imported import write_sites
from sites.services.records import keep_records
from sites.services.tallies import close_tallies, recount
from tests.sites.tallies import counted_tally, journal, journal_of_rows, kept
from tests.whole.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


class Undone(Exception):
    """Something after the award goes wrong: all of it is rolled back."""


def in_threads(work: list) -> list:
    """Let four threads do the work, each its own share, begun together; a refusal is a result."""
    barrier = Barrier(THREADS)

    def run(share):
        barrier.wait(timeout=30)
        try:
            return [attempt(step) for step in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        shares = [work[start::THREADS] for start in range(THREADS)]
        return list(itertools.chain.from_iterable(pool.map(run, shares)))


def attempt(step):
    try:
        return step()
    except (DomainError, Undone) as error:
        return error


def test_two_hundred_plaques_of_four_threads_have_neither_gap_nor_double(make_site, people, xiangtan):
    # SQLite lets one write at a time: forty show there what two hundred do on a server.
    many = 200 if connection.vendor == "postgresql" else 40
    first = make_site("示范点0")
    keep_records(
        [], new=Site.objects.bulk_create(_copy(first, f"示范点{number}") for number in range(1, many))
    )
    level, day = Level.objects.get(code="city"), datetime.date(2017, 5, 22)

    def award(site, fails=False):
        with transaction.atomic():
            plaque = award_plaque(actor=people.office, site=site, level=level, awarded_on=day, reason="文件")
            if fails:
                raise Undone
        return plaque.number

    work = []
    for number, site in enumerate(Site.objects.order_by("id")):
        if number % 5 == 0:
            work.append(lambda s=site: award(s, fails=True))
        work.append(lambda s=site: award(s))
        if number % 7 == 0:
            work.append(lambda s=site: award(s))  # the second one is refused, or the first
    results = in_threads(work)
    given = [result for result in results if isinstance(result, str)]
    assert sorted(int(number.split("〕")[1].rstrip("号")) for number in given) == list(range(1, many + 1))
    assert sorted(Plaque.objects.values_list("number", flat=True)) == sorted(given)
    assert NumberSequence.objects.get(series__startswith=f"plaque:{level.pk}:").last == many
    place = (first.area_id, first.category_id)
    assert kept(xiangtan.programme) == {(*place, None): many, (*place, level.pk): many}
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
    assert PlaqueRecord.objects.filter(superseded_at=None, state="valid").count() == many


def test_whoever_counts_and_whoever_closes_or_recounts_lose_nothing(make_site, people, xiangtan, on_day):
    for number in range(8):
        make_site(f"示范点{number}", category=["community", "park"][number % 2])
    on_day(2017, 6, 22)
    level = Level.objects.get(code="county")

    def award(site):
        award_own_plaque(actor=people.county, site=site, level=level, reason="文件")

    def give_back(site):
        award(site)
        close_tallies()
        revoke_plaque(actor=people.county, plaque=site.plaques.get(), reason="停办")

    work = [lambda s=site: award(s) for site in Site.objects.order_by("id")[:4]]
    work += [lambda s=site: give_back(s) for site in Site.objects.order_by("id")[4:]]
    work += [close_tallies, lambda: recount(programme=xiangtan.programme)] * 2
    assert refusals(in_threads(work)) == 0
    assert kept(xiangtan.programme) == counted_tally(xiangtan.programme)
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
    on_day(2017, 7, 22)
    close_tallies()
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


def _copy(site: Site, name: str) -> Site:
    fields = ("programme", "category", "area", "unit", "address", "person_in_charge", "registered_at")
    return Site(name=name, initials=name, **{field: getattr(site, field) for field in fields})


def test_tables_that_open_and_move_sites_crosswise_are_counted_side_by_side(make_site, xiangtan):
    """One opens a site in the category into which the other moves one, in cells nobody has counted in before."""
    first, work = make_site("示范点"), []
    village, park = xiangtan.categories["village"], xiangtan.categories["park"]

    def load(unit, opened, moved, moved_to):
        new = _copy(first, f"新{moved}")
        new.unit, new.category, moved.category = unit, opened, moved_to
        with transaction.atomic():
            write_sites(new=[new], changed=[moved], fields=("category",))

    for unit in xiangtan.areas["湘潭县"].children.order_by("pk")[:6]:
        for opened, moved_to in ((village, park), (park, village)):
            old = make_site(f"{unit}{opened}", unit=unit)
            work.append(lambda u=unit, o=opened, s=old, m=moved_to: load(u, o, s, m))
    assert refusals(in_threads(work)) == 0
    area = first.area_id
    assert kept(xiangtan.programme) == {
        (area, first.category_id, None): 1, (area, village.pk, None): 12, (area, park.pk, None): 12,
    }  # fmt: skip
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


def test_levels_and_years_count_for_themselves(make_site, people, xiangtan):
    sites = [make_site(f"示范点{number}") for number in range(4)]
    county, city = (Level.objects.get(code=code) for code in ("county", "city"))
    work = [
        lambda s=site, lv=level, y=year: award_plaque(
            actor=people.office, site=s, level=lv, awarded_on=datetime.date(y, 5, 2), reason="文件"
        )
        for site, year in zip(sites, (2015, 2015, 2016, 2016), strict=True)
        for level in (county, city)
    ]
    assert refusals(in_threads(work)) == 0
    assert sorted(Plaque.objects.values_list("number", flat=True)) == [
        "潭县同社〔2015〕1号", "潭县同社〔2015〕2号", "潭县同社〔2016〕1号", "潭县同社〔2016〕2号",
        "潭同社〔2015〕1号", "潭同社〔2015〕2号", "潭同社〔2016〕1号", "潭同社〔2016〕2号",
    ]  # fmt: skip


def test_a_plaque_expires_once_however_many_workers_look(make_site, people, xiangtan, on_day):
    Level.objects.filter(code="county").update(validity_months=1)
    level = Level.objects.get(code="county")
    for number in range(3):
        award_own_plaque(actor=people.county, site=make_site(f"甲{number}"), level=level, reason="文件")
    on_day(2017, 8, 1)
    assert sum(at_once(*[expire_plaques] * THREADS)) == 3
    assert [plaque.log.count() for plaque in Plaque.objects.all()] == [1, 1, 1]


def test_of_two_that_end_one_plaque_one_is_told_it_is_too_late(make_site, people, xiangtan):
    site = make_site()
    plaque = award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    results = at_once(
        lambda: revoke_plaque(actor=people.county, plaque=Plaque.objects.get(), reason="停办"),
        lambda: replace_plaque(actor=people.county, plaque=Plaque.objects.get(pk=plaque.pk), reason="遗失"),
        lambda: move_site(
            actor=people.office, site=Site.objects.get(), area=xiangtan.areas["韶山市"], reason="区划调整"
        ),
    )
    # The county may also come too late because the site is no longer its own.
    assert refusals(results) in (1, 2)
    assert kept(xiangtan.programme) == counted_tally(xiangtan.programme)
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
