"""The media matrix and the publicity plan: what is there, what is missing, for whom it is a duty, what is late."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.errors import DomainError
from accounts.models import User
from publicity.matrix import sites_of_matrix, with_cells
from publicity.models import Coverage, PlannedCoverage
from publicity.plan_duties import lines_owed, waiting_for
from publicity.plan_progress import with_progress
from publicity.schemes import scheme_of
from publicity.services.coverage import record_coverage, withdraw_coverage
from publicity.services.plans import change_planned, drop_planned, plan_coverage
from sites.services import award_own_plaque
from tests.publicity.coverage import DAY, piece

MEDIA = ["tv", "press", "radio", "web"]


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def put(xiangtan, people):
    """put(site, "tv", "press"): a piece of the site in each of these media."""

    def do(site, *media, area=None, **fields):
        return [
            record_coverage(
                actor=people.office,
                programme=xiangtan.programme,
                area=area or site.area,
                piece=piece(
                    **{"site": site, "medium": medium, "title": f"{site} {medium} {Coverage.objects.count()}"}
                    | fields
                ),
            )
            for medium in media
        ]

    return do


@pytest.fixture
def planned(xiangtan, people):
    """planned(wanted=2): a line of 湘潭县's plan, by 30 June 2017 in newspapers."""

    def do(area="湘潭县", **fields):
        told = {"medium": "press", "topic": "创建报道", "due_on": DAY(2017, 6, 30)} | fields
        return plan_coverage(actor=people.office, cycle=xiangtan.cycle, area=xiangtan.areas[area], **told)

    return do


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(pk=person.pk))
    return client


def rows_of(user, cycle, **filters) -> list[tuple]:
    scheme = scheme_of(cycle)
    sites = sites_of_matrix(user, scheme).filter(**filters).order_by("name")
    return [
        (row.site.name, [cell.count for cell in row.cells], [cell.is_owed for cell in row.cells])
        for row in with_cells(sites, scheme)
    ]


# --- the matrix -------------------------------------------------------------------------------------------


def test_originals_of_the_year_are_counted_by_site_and_medium(put, make_site, people, xiangtan):
    flagship = make_site(name="甲", is_flagship=True)
    other, empty = make_site(name="乙"), make_site(name="丙", is_flagship=True)
    put(flagship, "tv", "press", "press", "web")
    put(other, "radio", published_on=DAY(2016, 12, 31))
    put(other, *MEDIA)
    reprinted = put(other, "tv", title="同一篇")[0]
    record_coverage(
        actor=people.office,
        programme=xiangtan.programme,
        area=flagship.area,
        piece=piece(site=flagship, medium="radio", title="【转】同一篇"),
        is_reprint=True,
    )
    gone = put(empty, "tv")[0]
    withdraw_coverage(actor=people.office, coverage=gone, reason="wrong")
    no = [False] * 4
    assert rows_of(people.county, xiangtan.cycle) == [
        ("丙", [0, 0, 0, 0], [True] * 4),
        ("乙", [2, 1, 1, 1], no),
        ("甲", [1, 2, 0, 1], [False, False, True, False]),  # the reprint fills no medium
    ]
    assert rows_of(people.neighbour, xiangtan.cycle) == []
    withdraw_coverage(actor=people.office, coverage=reprinted, reason="wrong")
    assert rows_of(people.county, xiangtan.cycle)[2] == ("甲", [1, 2, 1, 1], no)  # now it is the original


@pytest.mark.parametrize(("duty_of", "owing"), [("flagships", ["甲"]), ("holders", ["乙"]), ("nobody", [])])
def test_for_whom_it_is_a_duty_is_the_schemes(make_site, people, xiangtan, duty_of, owing):
    make_site(name="甲", is_flagship=True)
    award_own_plaque(
        actor=people.county,
        site=make_site(name="乙"),
        level=xiangtan.levels["county"],
        awarded_on=DAY(2017, 5, 2),
        reason="县发〔2017〕1号",
    )
    xiangtan.cycle.publicity["duty_of"] = duty_of
    assert [name for name, _counts, owed in rows_of(people.county, xiangtan.cycle) if any(owed)] == owing


def test_the_page_filters_names_the_rule_and_every_number_is_its_list(put, make_site, people):
    make_site(name="丙")
    whole, part = make_site(name="甲"), make_site(name="乙", is_flagship=True)
    put(whole, *MEDIA)
    put(part, "press", "press", "press")
    client = client_of(people.county)
    content = client.get(reverse("publicity:matrix")).content.decode()
    assert "For flagships every medium is a duty." in content
    assert "1 flagship has not all media" in content
    assert content.count("missing</span>") == 3
    for show, names in (("missing", {"乙", "丙"}), ("owed", {"乙"}), ("complete", {"甲"})):
        page = client.get(reverse("publicity:matrix"), {"show": show})
        assert {row.site.name for row in page.context["rows"]} == names
    for row in client.get(reverse("publicity:matrix")).context["rows"]:
        for cell in row.cells:
            assert client.get(cell.url).context["listing"].page.paginator.count == cell.count


def test_the_export_says_what_the_page_says(put, make_site, people):
    put(make_site(name="甲", is_flagship=True), "tv", "web")
    response = client_of(people.county).get(reverse("publicity:matrix"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    head, row = list(sheet.iter_rows(values_only=True))
    assert head == (
        *("County or park", "Category", "Site name", "Every medium is a duty"),
        *("Television", "Newspapers", "Radio", "Web", "Missing"),
    )
    assert row[2:] == ("甲", "yes", 1, 0, 0, 1, "Newspapers、Radio")


@pytest.mark.parametrize(
    ("view", "queries"), [("publicity:matrix", 18), ("publicity:coverage", 18), ("publicity:plan", 18)]
)
def test_as_many_queries_for_thirty_as_for_one(put, planned, make_site, people, view, queries):
    put(make_site(name="点0", is_flagship=True), "tv")
    planned(topic="0")
    client = client_of(people.county)
    client.get(reverse(view))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(view))
    for number in range(1, 30):
        put(make_site(name=f"点{number}"), "tv", url=f"http://example.com/{number}")
        planned(topic=str(number))
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse(view))
    assert (len(one), len(thirty)) == (queries, queries)


# --- the plan ---------------------------------------------------------------------------------------------


def progress(*lines) -> list[tuple]:
    rows = PlannedCoverage.objects.select_related("cycle").in_bulk([line.pk for line in lines])
    found = with_progress([rows[line.pk] for line in lines])
    return [(line.done, line.missing, line.is_late) for line in found]


def test_who_plans_and_what_cannot_be_planned(planned, xiangtan, people, make_site):
    line = planned()
    for who in ("neighbour", "leader", "other_city", "nobody"):
        with pytest.raises(DomainError, match="Only"):
            drop_planned(actor=getattr(people, who), line=line, reason="no")
    for fields, words in (
        ({"due_on": DAY(2018, 1, 1)}, "outside the year 2017"),
        ({"medium": "smoke"}, "does not know this medium"),
        ({"wanted": 0}, "Between 1 and 100"),
        ({"site": make_site(area="韶山市")}, "is no site of"),
        ({}, "in the plan already"),
    ):
        with pytest.raises(DomainError, match=words):
            planned(**fields)
    with pytest.raises(DomainError, match="Write the reason"):
        drop_planned(actor=people.county, line=line, reason="")
    drop_planned(actor=people.county, line=line, reason="no longer wanted")
    with pytest.raises(DomainError, match="was dropped"):
        change_planned(actor=people.county, line=line, medium="tv", topic="x", due_on=DAY(2017, 7, 1))


def test_lines_are_filled_by_links_then_by_what_fits_and_nothing_fills_two(
    put, planned, make_site, xiangtan, on_day
):
    site, county = make_site(), xiangtan.areas["湘潭县"]
    of_site = planned(site=site, topic="点", due_on=DAY(2017, 9, 1))
    early, late = planned(wanted=2, topic="早"), planned(topic="晚", due_on=DAY(2017, 12, 1))
    assert progress(of_site, early, late) == [(0, 1, False), (0, 2, False), (0, 1, False)]
    put(site, "press")
    assert progress(of_site, early, late) == [(1, 0, False), (0, 2, False), (0, 1, False)]
    put(None, "press", area=county, planned=late)
    put(None, "tv", area=county)  # another medium
    put(None, "press", area=county, published_on=DAY(2016, 4, 1))  # another year
    put(None, "press", area=xiangtan.areas["韶山市"])
    assert progress(of_site, early, late) == [(1, 0, False), (0, 2, False), (1, 0, False)]
    put(site, "press")
    assert progress(of_site, early, late) == [(1, 0, False), (1, 1, False), (1, 0, False)]
    on_day(2017, 7, 1)
    assert progress(early) == [(1, 1, True)]


def test_an_entry_is_linked_only_to_a_line_that_fits(put, planned, make_site, xiangtan):
    line = planned(site=make_site(), medium="tv")
    other = make_site(name="另一点")
    for site, medium, words in (
        (other, "tv", "another medium or another site"),
        (line.site, "press", "another"),
    ):
        with pytest.raises(DomainError, match=words):
            put(site, medium, planned=line)
    with pytest.raises(DomainError, match="of the plan of 2017"):
        put(line.site, "tv", planned=line, published_on=DAY(2016, 5, 1))
    put(line.site, "tv", planned=line)
    assert progress(line) == [(1, 0, False)]


def test_late_lines_wait_for_the_staff_of_the_area_and_are_reminded_of(
    planned, put, people, xiangtan, on_day
):
    line, done = planned(wanted=2), planned(medium="web", topic="完成")
    put(None, "web", area=xiangtan.areas["湘潭县"])
    assert [(duty.key, duty.stages) for duty in lines_owed()] == [
        (f"publicity:{line.pk}:2017-06-30", (10, 1))
    ]
    duty = next(lines_owed())
    assert [owed.user for owed in duty.owed_by] == [people.county]
    assert str(duty.subject) == "Publicity plan of Xiangtan County: 创建报道, by 30 June 2017"
    assert not waiting_for(people.county)
    on_day(2017, 7, 1)
    assert [(todo.text, todo.due) for todo in waiting_for(people.county)] == [
        ("Publicity plan: 创建报道, 2 missing", DAY(2017, 6, 30))
    ]
    assert not waiting_for(people.neighbour)
    assert not waiting_for(people.office)
    client = client_of(people.county)
    assert client.get(reverse("publicity:plan"), {"standing": "late"}).context["rows"] == [line]
    assert client.get(reverse("publicity:plan"), {"standing": "done"}).context["rows"] == [done]
