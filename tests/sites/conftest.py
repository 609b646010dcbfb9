"""What the tests of sites, plaques, liaisons and imports share."""

import datetime

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Unit, User
from sites.models import Plaque
from sites.services import appoint_liaison, award_own_plaque, award_plaque
from tests.sites.tables import Desk

DAY = datetime.date


@pytest.fixture
def signed_in():
    """A client of one person, in English."""

    def sign_in(person) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def climb(xiangtan, people, make_site):
    """climb("甲", "city"): a site with plaques up to a level, the first of 2 May 2017; returns them by level."""

    def up(name: str, top: str = "county", **fields) -> dict[str, Plaque]:
        site = make_site(name, **fields)
        staff = people.county if site.area.name == "湘潭县" else people.neighbour
        plaques = {
            "county": award_own_plaque(
                actor=staff,
                site=site,
                level=xiangtan.levels["county"],
                reason="文件",
                awarded_on=DAY(2017, 5, 2),
            )
        }
        for code in ("city", "province"):
            if top in (code, "province"):
                number = f"湘同〔2017〕{site.pk}号" if code == "province" else ""
                plaques[code] = award_plaque(
                    actor=people.office, site=site, level=xiangtan.levels[code], reason="文件",
                    awarded_on=DAY(2017, 5, 2), number=number,
                )  # fmt: skip
        return plaques

    return up


@pytest.fixture
def liaison_of(people, make_user):
    """liaison_of(site, "name"): an account of the site's area that is its liaison from today on."""

    def appoint(site, name: str = "liaison") -> User:
        township = Unit.objects.filter(parent=site.area).first() or site.area
        user = make_user(name, None, township)
        staff = people.county if site.area.name == "湘潭县" else people.neighbour
        appoint_liaison(actor=staff, site=site, user=user)
        return User.objects.get(pk=user.pk)

    return appoint


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def desk(people, xiangtan):
    """desk("figures"): the desk of 湘潭县's staff, in English."""
    for person in (people.county, people.neighbour, people.office):
        person.language = "en"
        person.save()

    def make(code="sites", person=people.county):
        return Desk(person, xiangtan.programme, code)

    return make
