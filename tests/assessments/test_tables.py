"""The table of the annual review: whose plaques are due, and what is known beforehand."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from assessments.review_tables import review_table
from sites.models import Plaque
from sites.services import confirm_plaque, register_plaque, revoke_plaque
from tests.applications.conftest import png


@pytest.fixture
def old(xiangtan, people, make_site):
    """old("甲社区", 2015): a city plaque of that year, registered and confirmed."""

    def make(name, year, level="city", area="湘潭县"):
        staff = people.county if area == "湘潭县" else people.neighbour
        plaque = register_plaque(
            actor=staff,
            site=make_site(name, area=area),
            level=xiangtan.levels[level],
            number=f"{name}{year}",
            awarded_on=datetime.date(year, 12, 31),
            paper=png(),
        )
        confirmer = staff if level == "county" else people.office
        if level != "county":
            confirm_plaque(actor=confirmer, plaque=plaque)
        return Plaque.objects.get(pk=plaque.pk)

    return make


def rows(person, cycle):
    with translation.override("en"):
        return [tuple(row) for group in review_table(person, cycle).groups for row in group.rows]


def test_plaques_of_city_and_province_two_years_back_and_earlier(xiangtan, people, old, on_day):
    old("甲社区", 2015)
    old("乙社区", 2016)  # next year
    old("丙社区", 2014, level="county")  # the county reviews its own
    old("丁社区", 2013, level="province", area="韶山市")
    long_gone = old("戊社区", 2012)
    Plaque.objects.filter(pk=long_gone.pk).update(state="revoked", ended_on=datetime.date(2016, 12, 31))
    fallen = old("己社区", 2014)
    clock.set_today(datetime.date(2017, 8, 20))
    revoke_plaque(actor=people.office, plaque=fallen, reason="复核不合格：无活动记录")
    fixed = ["Tongxin Community", "Xiangtan County"]
    assert rows(people.office, xiangtan.cycle) == [
        (
            "己社区2014",
            "己社区",
            *fixed,
            "31 December 2014",
            "Revoked",
            "复核不合格：无活动记录",
            "20 August 2017",
        ),
        ("甲社区2015", "甲社区", *fixed, "31 December 2015", "", "", ""),
        ("丁社区2013", "丁社区", "Tongxin Community", "Shaoshan", "31 December 2013", "", "", ""),
    ]
    assert [row[1] for row in rows(people.neighbour, xiangtan.cycle)] == ["丁社区"]


def test_who_may_draw_it_up(xiangtan, people):
    url = reverse("assessments:review_table", args=[xiangtan.cycle.pk])
    for name, status in {
        "county": 200,
        "office": 200,
        "assessor": 404,
        "auditor": 404,
        "other_city": 404,
    }.items():
        client = Client()
        client.force_login(getattr(people, name))
        assert client.get(url).status_code == status
    xiangtan.cycle.review = {}
    xiangtan.cycle.save()
    client = Client()
    client.force_login(people.office)
    assert client.get(url).status_code == 404
