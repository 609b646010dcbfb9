"""The dashboard asks as many queries with three sites as with three hundred and several years of history."""

import datetime
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from assessments.models import Review
from sites.enums import PlaqueState
from sites.models import FigureRecord, Fund, Plaque, PlaqueRecord, Site, SiteRecord, TallyBalance
from sites.services.records import plaque_record, site_record
from sites.services.tallies import recount

YEARS = (2014, 2015, 2016, 2017)
PAGES = ("dashboard:overview", "sites:list", "sites:plaques")


def moment(year: int, month: int = 3) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(datetime.date(year, month, 1), datetime.time(9)))


@pytest.fixture
def grow(xiangtan):
    """grow(300): so many sites more, in every area and category, with plaques, figures, money and reviews by year."""
    dice = random.Random(6)

    def add(number: int) -> None:
        categories, areas = list(xiangtan.categories.values()), list(xiangtan.areas.values())
        first = Site.objects.count()
        sites = Site.objects.bulk_create(
            Site(
                programme=xiangtan.programme,
                category=categories[turn % len(categories)],
                area=areas[turn % len(areas)],
                unit=areas[turn % len(areas)],
                name=f"示范点{turn}",
                initials=f"sfd{turn}",
                address="某路1号",
                person_in_charge="主任",
                is_flagship=turn % 9 == 0,
                registered_at=moment(dice.choice(YEARS)),
            )
            for turn in range(first, first + number)
        )
        _plaques(xiangtan, sites, dice)
        _years(xiangtan, sites, dice)
        recount(programme=xiangtan.programme)

    return add


def _plaques(xiangtan, sites, dice) -> None:
    rows = []
    for site in sites:
        year = dice.choice(YEARS)
        ended = datetime.date(year, 5, 1) if dice.random() < 0.3 else None
        rows.append(
            Plaque(
                site=site,
                level=xiangtan.levels[dice.choice(["county", "city"])],
                number=f"号{site.pk}",
                awarded_on=datetime.date(year, 2, 1),
                ended_on=ended,
                state=PlaqueState.REVOKED if ended else PlaqueState.VALID,
                origin="awarded",
            )
        )
    for plaque in Plaque.objects.bulk_create(rows):
        plaque.endings, plaque.handled, plaque.site.plaques_in_force = [], [], []
        row = plaque_record(plaque)
        row.recorded_at = moment(plaque.awarded_on.year)
        row.save()
    for site in sites:
        row = site_record(site)
        row.recorded_at = site.registered_at
        row.save()


def _years(xiangtan, sites, dice) -> None:
    FigureRecord.objects.bulk_create(
        FigureRecord(
            site=site,
            area=site.area,
            category=site.category,
            year=year,
            code="members",
            value=dice.randrange(900),
            recorded_at=moment(year),
        )
        for site in sites
        for year in YEARS[:3]
    )
    Fund.objects.bulk_create(
        Fund(
            site=site,
            state="confirmed",
            name="县级财政",
            amount=Decimal(dice.randrange(1, 9000)),
            purpose="修缮",
            year=dice.choice(YEARS),
            recorded_at=moment(2017),
        )
        for site in sites
    )
    Review.objects.bulk_create(
        Review(cycle=xiangtan.cycle, site=site, area=site.area, state="passed", opened_at=moment(2017, 4))
        for site in sites
    )


def test_pages_ask_the_same_whatever_the_sites_and_years(grow, people, client_of):
    grow(3)
    few = {name: asked(client_of(people.leader), name) for name in PAGES}
    grow(297)
    many = {name: asked(client_of(people.leader), name) for name in PAGES}
    assert many == few
    assert (SiteRecord.objects.count(), PlaqueRecord.objects.count()) == (300, 300)
    assert TallyBalance.objects.count() > 300
    assert clock.today() == datetime.date(2017, 5, 22)


def asked(client, name: str) -> int:
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name)).status_code == 200
    return len(queries)
