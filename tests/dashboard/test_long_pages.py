"""Pages whose rows grow with the years: they show the first ones, say how many there are, and cost the same."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from assessments.models import Assessment, IndicatorSet, Review, ScoreSheet
from sites.models import Plaque, Site
from supervision.models import Task

INBOX = reverse("dashboard:inbox")
SIZES = pytest.mark.parametrize("rows", [1, 300])


@pytest.fixture
def quiet(xiangtan):
    """Of meetings and tasks nothing waits."""
    Task.objects.all().delete()
    type(xiangtan.cycle).objects.update(supervision=xiangtan.cycle.supervision | {"meetings": []})


@pytest.fixture
def sites(xiangtan):
    """sites(300): so many sites of one county."""

    def do(count: int, area: str = "湘潭县") -> list[Site]:
        unit = xiangtan.areas[area]
        return Site.objects.bulk_create(
            Site(
                programme=xiangtan.programme, category=xiangtan.categories["community"], area=unit, unit=unit,
                name=f"{area}点{number:03d}", registered_at=timezone.now(),
            )
            for number in range(count)
        )  # fmt: skip

    return do


@pytest.fixture
def revoked(xiangtan, sites):
    """revoked(300, level="city", area="湘潭县"): so many plaques that were taken back, the first of 2 May 2016."""

    def do(count: int, level: str = "city", area: str = "湘潭县") -> None:
        Plaque.objects.bulk_create(
            Plaque(
                site=site, level=xiangtan.levels[level], number=f"{area}{level}{place}", origin="awarded",
                state="revoked",
                awarded_on=datetime.date(2015, 1, 1), ended_on=datetime.date(2016, 5, 2) + datetime.timedelta(place),
            )
            for place, site in enumerate(sites(count, area))
        )  # fmt: skip

    return do


@pytest.fixture
def accepted(xiangtan, people, sites):
    """accepted(300, "accepted"): so many applications in a state."""

    def do(count: int, state: str) -> list[Application]:
        return Application.objects.bulk_create(
            Application(
                cycle=xiangtan.cycle, site=site, level=xiangtan.levels["city"], area=site.area, state=state,
                number=f"test-{place:03d}", created_by=people.county, created_at=timezone.now(),
                filed_first_at=timezone.now(), submitted_at=timezone.now(),
            )
            for place, site in enumerate(sites(count))
        )  # fmt: skip

    return do


def lines(page) -> list[tuple[str, int]]:
    return [(item.todo.text, item.todo.count) for item in page.context["page"]]


# --- the to-do list ---------------------------------------------------------------------------------------------


@SIZES
def test_many_revoked_plaques_are_one_line_that_opens_their_list(
    rows, quiet, revoked, people, client_of, django_assert_num_queries
):
    revoked(rows)
    client = client_of(people.office)
    page = client.get(INBOX)
    text = page.content.decode()
    assert (len(lines(page)), page.context["waiting_count"], f"({rows})" in text) == (1, rows, True)
    with django_assert_num_queries(38):
        client.get(INBOX)
    if rows > 1:
        assert lines(page) == [("Have 300 revoked plaques handed in (City level)", 300)]
        listed = client.get(page.context["page"][0].todo.url).context["listing"].page
        assert (listed.paginator.count, listed[0].number) == (300, "湘潭县city0")


def test_revoked_plaques_are_counted_by_level_and_told_to_whoever_awarded_them(
    quiet, revoked, xiangtan, people, make_user, client_of
):
    revoked(6)
    revoked(5, "province", "韶山市")
    revoked(7, "county", "雨湖区")
    assert [count for _text, count in lines(client_of(people.office).get(INBOX))] == [1, 1, 1, 1, 1, 6]
    staff = make_user("staff", "unit_staff", xiangtan.areas["雨湖区"])
    client = client_of(staff)
    page = client.get(INBOX)
    assert lines(page) == [("Have 7 revoked plaques handed in (County level)", 7)]
    assert client.get(page.context["page"][0].todo.url).context["listing"].page.paginator.count == 7
    assert lines(client_of(people.county).get(INBOX)) == []


@SIZES
def test_the_list_is_turned_in_pages_the_soonest_first(
    rows, quiet, accepted, xiangtan, people, file, make_site, client_of, django_assert_num_queries
):
    accepted(rows, "submitted")
    file(make_site("先到期"), "city", "accepted")
    client = client_of(people.office)
    first = client.get(INBOX)
    with django_assert_num_queries(38):
        client.get(INBOX)
    assert lines(first)[0] == ("Open the assessment: 先到期 (City level)", 1)
    assert (first.context["waiting_count"], len(lines(first))) == ((2, 2) if rows == 1 else (301, 25))
    text = first.content.decode()
    assert (text.count('class="what"'), "1 of 13" in text) == ((6, False) if rows == 1 else (29, True))
    if rows > 1:
        last = client.get(INBOX, {"page": "13"})
        assert lines(last) == [("Check the papers: 湘潭县点299 (City level)", 1)]
        assert 'href="?page=12#waiting"' in last.content.decode()


@SIZES
def test_many_reviews_under_way_cost_as_many_queries_as_one(
    rows, quiet, sites, xiangtan, people, client_of, django_assert_num_queries
):
    Review.objects.bulk_create(
        Review(cycle=xiangtan.cycle, site=site, area=site.area, state="visited", opened_at=timezone.now())
        for site in sites(rows)
    )
    client = client_of(people.office)
    page = client.get(INBOX)
    with django_assert_num_queries(43):
        client.get(INBOX)
    assert (page.context["waiting_count"], len(lines(page))) == (rows, min(rows, 25))
    assert lines(page)[0] == ("Decide the result · 湘潭县点000", 1)


# --- assessments ------------------------------------------------------------------------------------------------


@SIZES
def test_accepted_applications_above_the_assessments_are_turned_in_pages(
    rows, accepted, people, client_of, django_assert_num_queries
):
    accepted(rows, "accepted")
    client, url = client_of(people.office), reverse("assessments:list")
    page = client.get(url)
    with django_assert_num_queries(18):
        client.get(url)
    text = page.content.decode()
    assert (text.count(">Open the assessment</button>"), f"({rows})" in text) == (min(rows, 10), True)
    last = client.get(url, {"to_open": "30", "state": "scoring"})
    names = [application.site.name for application in last.context["to_open"]]
    assert names == (["湘潭县点000"] if rows == 1 else [f"湘潭县点{n}" for n in range(290, 300)])
    assert ('href="?state=scoring&amp;to_open=29#to-open"' in last.content.decode()) is (rows > 1)


@SIZES
def test_an_assessors_sheets_are_turned_in_pages(
    rows, accepted, people, client_of, django_assert_num_queries
):
    made = accepted(rows, "accepted")
    kinds = IndicatorSet.objects.get(category=made[0].site.category)
    assessments = Assessment.objects.bulk_create(
        Assessment(application=one, indicator_set=kinds, state="scoring", started_at=timezone.now())
        for one in made
    )
    ScoreSheet.objects.bulk_create(
        ScoreSheet(assessment=one, assessor=people.assessor, assigned_at=timezone.now())
        for one in assessments
    )
    client, url = client_of(people.assessor), reverse("assessments:list")
    page = client.get(url)
    with django_assert_num_queries(13):
        client.get(url)
    assert (len(page.context["own_sheets"]), len(list(page.context["own_sheets"]))) == (rows, min(rows, 10))
    assert ('href="?sheets=2#own"' in page.content.decode()) is (rows > 1)


@SIZES
def test_what_the_review_would_take_is_turned_in_pages(
    rows, sites, xiangtan, people, client_of, django_assert_num_queries
):
    Plaque.objects.bulk_create(
        Plaque(
            site=site, level=xiangtan.levels["city"], number=f"n{place}", origin="awarded", awarded_on="2014-01-01"
        )
        for place, site in enumerate(sites(rows))
    )  # fmt: skip
    client, url = client_of(people.office), reverse("assessments:review_draw", args=[xiangtan.cycle.pk])
    page = client.get(url)
    with django_assert_num_queries(13):
        client.get(url)
    assert (len(page.context["plaques"]), page.content.decode().count("<tr><td>")) == (rows, min(rows, 25))
    last = client.get(url, {"page": "12"})
    assert last.context["plaques"].page[-1].number == f"n{rows - 1}"
