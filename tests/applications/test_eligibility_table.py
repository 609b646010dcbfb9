"""The city's table of who may apply: what it shows, to whom, filtered, for the next year, and as a workbook."""

import datetime
import io

import pytest
from openpyxl import load_workbook

from applications.models import Application, Cycle
from sites.models import Plaque, Site
from tests.applications.test_eligibility import open_2018, plaque, suspend

TABLE = "/applications/eligibility/"


@pytest.fixture
def city(xiangtan, make_site, client, people):
    """Four sites of two counties: one may climb, one is held too short, one is suspended, one holds nothing."""
    county, city = xiangtan.levels["county"], xiangtan.levels["city"]
    may, short, stopped = (
        make_site("甲社区"),
        make_site("乙社区"),
        make_site("丙村", "village", area="韶山市"),
    )
    make_site("丁村", "village", area="韶山市")
    for site in (may, short, stopped):
        plaque(site, county, "2014-01-05")
    plaque(may, city, "2015-01-05")
    plaque(short, city, "2016-05-29")
    suspend(plaque(stopped, city, "2015-01-05", state="suspended"), "2017-03-01")
    client.cookies["django_language"] = "en"
    client.force_login(people.office)
    return xiangtan


def shown(client, query="") -> list[tuple]:
    response = client.get(f"{TABLE}?{query}")
    assert response.status_code == 200
    page = response.context["listing"].page
    return [
        (row.site.name, row.rule.level.code, row.ok, [str(kind) for kind in row.kinds], row.earliest)
        for row in page
    ]


PROVINCE = [
    ("丁村", "province", False, ["below_missing"], None),
    ("丙村", "province", False, ["below_suspended"], None),
    ("乙社区", "province", False, ["below_too_short"], datetime.date(2017, 5, 29)),
    ("甲社区", "province", True, [], None),
]


def test_every_site_and_level_applied_for(city, client):
    rows = shown(client)
    assert [row for row in rows if row[1] == "province"] == PROVINCE
    assert [row[:4] for row in rows if row[1] == "city"] == [
        ("丁村", "city", False, ["below_missing"]),
        ("丙村", "city", False, ["held"]),
        ("乙社区", "city", False, ["held"]),
        ("甲社区", "city", False, ["held"]),
    ]


@pytest.mark.parametrize(
    ("query", "sites"),
    [
        ("answer=yes", ["甲社区"]),
        ("answer=later", ["乙社区"]),
        ("answer=no&why=below_suspended", ["丙村"]),
        ("why=below_missing", ["丁村", "丁村"]),
        ("q=乙", ["乙社区", "乙社区"]),
        ("answer=yes&on=2017-05-29", ["乙社区", "甲社区"]),
        ("answer=yes&on=2017-02-28&sort=site", ["丙村", "甲社区"]),
        ("answer=yes&on=2017-06-01", []),
    ],
)
def test_filters(city, client, query, sites):
    assert [row[0] for row in shown(client, query)] == sites


def test_filters_by_area_category_and_level(city, client):
    area, category = city.areas["韶山市"].pk, city.categories["village"].pk
    query = f"area={area}&category={category}&level={city.levels['province'].pk}"
    assert [row[0] for row in shown(client, query)] == ["丁村", "丙村"]


def test_a_county_sees_its_own(city, client, people):
    client.force_login(people.neighbour)
    assert {row[0] for row in shown(client)} == {"丙村", "丁村"}
    client.force_login(people.assessor)
    assert client.get(TABLE).status_code == 404


def test_the_next_year_by_this_years_rules(city, client):
    page = client.get(f"{TABLE}?year=next&level={city.levels['province'].pk}")
    assert "The cycle 2018 has not been prepared yet" in page.content.decode()
    assert "As if it were 1 January 2018." in page.content.decode()
    assert [(row.site.name, row.ok) for row in page.context["listing"].page] == [
        ("丁村", False), ("丙村", False), ("乙社区", True), ("甲社区", True)
    ]  # fmt: skip
    # Its last day would be 31 May 2018.
    assert [row[0] for row in shown(client, "year=next&answer=yes&on=2018-05-31")] == ["乙社区", "甲社区"]
    assert shown(client, "year=next&answer=yes&on=2018-06-01") == []
    assert Cycle.objects.count() == 1


def test_the_next_year_that_is_open(city, client, people):
    following = open_2018(people, city.cycle)
    following.level_rules.filter(level__code="province").update(required_months=36)
    page = client.get(f"{TABLE}?year=next&answer=yes")
    assert "has not been prepared" not in page.content.decode()
    assert [row.site.name for row in page.context["listing"].page] == []
    assert [row[0] for row in shown(client, "year=next&answer=yes&on=2018-01-05")] == ["甲社区"]
    assert [row[0] for row in shown(client, "answer=later")] == ["乙社区"]


def test_a_wrong_day_is_told(city, client):
    page = client.get(f"{TABLE}?on=9999-12-31")
    assert "less than or equal to" in page.content.decode()
    assert page.context["on"] == datetime.date(2017, 5, 22)


def test_the_workbook_holds_what_is_shown(city, client):
    response = client.get(f"{TABLE}?export=xlsx&why=below_too_short")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [[cell.value for cell in row] for row in book.rows] == [
        ["Site", "Category", "County or park", "Level", "Can apply?", "Reasons", "Possible from"],
        [
            "乙社区", "Tongxin Community", "Xiangtan County", "Province level", "not now",
            "plaque below not held long enough", "2017-05-29",
        ],
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("query", "queries"), [("", 27), ("?answer=no", 26)])
def test_the_page_takes_the_same_queries(
    xiangtan, make_site, client, people, django_assert_num_queries, count, query, queries
):
    first = make_site("首")
    Site.objects.bulk_create(
        Site(
            programme=first.programme, category=first.category, area=first.area, unit=first.unit,
            name=f"点{number}", registered_at=first.registered_at,
        )
        for number in range(count - 1)
    )  # fmt: skip
    Plaque.objects.bulk_create(
        Plaque(site=site, level=xiangtan.levels["county"], number=f"旧{site.pk}", awarded_on="2015-01-05")
        for site in Site.objects.all()
    )
    assert Application.objects.count() == 0
    client.force_login(people.office)
    client.get(TABLE)
    with django_assert_num_queries(queries):
        assert client.get(f"{TABLE}{query}").status_code == 200


def test_what_if_on_the_page_of_a_site(city, client):
    site = Site.objects.get(name="乙社区")
    now = client.get(f"/sites/{site.pk}/").content.decode()
    assert "Possible from 29 May 2017 on." in now
    then = client.get(f"/sites/{site.pk}/?on=2017-05-29").content.decode()
    assert "As if it were 29 May 2017." in then
    assert "may apply" in then
    assert 'value="2017-05-22"' in client.get(f"/sites/{site.pk}/?on=nonsense").content.decode()
