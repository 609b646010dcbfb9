"""The rows behind a number: as many as it says, in words, to be taken along, for those who see the overview."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from dashboard import sections
from dashboard.rows import Column, RowSet
from sites.models import Site

OVERVIEW = reverse("dashboard:overview")
URL = reverse("dashboard:rows", args=["stand-in"])
QUERIES = 15
#: What a set of rows cannot do without beside what is tried.
FIGURES = {"figures": {"figure": "members", "year": "2017"}}


def _rows(question, given):
    found = (
        Site.objects.visible_to(question.user)
        .filter(programme=question.programme)
        .select_related("category")
        .order_by("id")
    )
    return found.filter(category=int(given["kind"])) if given["kind"] else found


@pytest.fixture
def stand_in(monkeypatch):
    """A row set of sites whose sum is that of their numbers of categories."""
    one = RowSet(
        code="stand-in",
        title="Sites to look at",
        rows=_rows,
        columns=(
            Column("Name", lambda site: site.name, url=lambda site: f"/sites/{site.pk}/"),
            Column("Since", lambda site: site.registered_at.date()),
            Column("Order", lambda site: site.category.order, is_number=True),
        ),
        params=("kind",),
        amount="category__order",
        words=lambda question, given: [f"kind {given['kind']}"] if given["kind"] else [],
    )
    monkeypatch.setitem(sections.ROW_SETS, "stand-in", one)


@pytest.fixture
def scene(stand_in, make_site):
    return [
        make_site(name, category=category, area=area)
        for name, category, area in (
            ("甲", "park", "湘潭县"),
            ("乙", "project", "湘潭县"),
            ("丙", "village", "韶山市"),
        )
    ]


def said(answer) -> tuple:
    """(count, sum) as the list's line carries them."""
    return re.search(r'data-count="(\d+)" data-amount="([\d.]+)"', answer.content.decode()).groups()


def test_the_list_says_what_was_asked_how_many_and_how_much(scene, people, client_of, xiangtan):
    orders = [site.category.order for site in scene]
    answer = client_of(people.leader).get(URL, {"cycle": xiangtan.cycle.pk})
    page = answer.content.decode()
    assert said(answer) == ("3", str(sum(orders)))
    assert "8 counties and parks" in page
    assert "as of 22 May 2017" in page
    assert [line[0][:2] for line in answer.context["lines"]] == [
        (site.name, f"/sites/{site.pk}/") for site in scene
    ]
    assert f'href="{OVERVIEW}?cycle={xiangtan.cycle.pk}#rows-stand-in"' in page


def test_own_parameters_narrow_it_and_are_said(scene, people, client_of):
    kind = scene[1].category_id
    answer = client_of(people.leader).get(URL, {"kind": kind})
    assert said(answer) == ("1", str(scene[1].category.order))
    assert answer.context["narrowed"] == [f"kind {kind}"]


def test_a_county_gets_its_own_rows(scene, people, client_of):
    assert said(client_of(people.county).get(URL))[0] == "2"
    assert said(client_of(people.neighbour).get(URL))[0] == "1"


def test_the_export_has_exactly_these_rows_and_is_on_the_audit_trail(scene, people, client_of):
    kind = scene[2].category_id
    answer = client_of(people.leader).get(URL, {"kind": kind, "export": "xlsx"})
    sheet, about = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "Since", "Order"],
        ["丙", "2017-05-22", scene[2].category.order],
    ]
    told = {label.value: text.value for label, text in about.iter_rows()}
    assert told.pop("Exported at").startswith("2017-05-22 ")
    assert told == {
        "Name of the list": "Sites to look at",
        "Year": "2017 Four Tongxin Demonstration Sites",
        "Narrowed to": f"8 counties and parks · kind {kind}",
        "As of": "2017-05-22",
        "Entries": "1",
        "Exported by": str(people.leader),
    }
    event = AuditEvent.objects.get(action="dashboard.export")
    assert (event.actor, event.reason, event.detail) == (people.leader, "Sites to look at", {"count": 1})


def test_the_export_of_another_list_says_its_filters(scene, people, client_of):
    given = {"state": "active", "area": scene[0].area_id, "export": "xlsx"}
    answer = client_of(people.leader).get(reverse("sites:list"), given)
    about = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    told = {label.value: text.value for label, text in about.iter_rows()}
    assert (told["State"], told["County or park"]) == ("Active", "Xiangtan County")
    assert set(told) == {
        "Name of the list", "County or park", "State", "As of", "Entries", "Exported by", "Exported at",
    }  # fmt: skip


def test_unknown_rows_and_wrong_parameters_are_not_there(scene, people, client_of):
    client = client_of(people.leader)
    assert client.get(reverse("dashboard:rows", args=["nothing"])).status_code == 404
    assert client.get(URL, {"kind": "x"}).status_code == 404
    for calm in ({"page": "x"}, {"as_of": "tomorrow"}, {"area": "999999"}, {"level": "-1"}):
        assert said(client.get(URL, calm))[0] == "3"


@pytest.mark.parametrize("code", sections.ROW_SETS)
def test_numbers_that_no_column_holds_find_nothing(code, xiangtan, people, client_of):
    client, address = client_of(people.office), reverse("dashboard:rows", args=[code])
    for name in sections.ROW_SETS[code].params:
        answer = client.get(address, {**FIGURES.get(code, {}), name: "9" * 20})
        assert answer.status_code in (200, 404)
        if name == "year":
            assert answer.status_code == 404
            for year, status in (("1979", 404), ("1980", 200), ("2999", 200), ("3000", 404)):
                given = {**FIGURES.get(code, {}), name: year}
                assert client.get(address, given).status_code == status, year


def test_only_readers_of_figures_come_in(scene, people, client_of):
    for person in (people.assessor, people.auditor, people.system_admin, people.nobody):
        assert client_of(person).get(URL).status_code == 404
    # Another city has no cycle of its own, so there is nothing to ask.
    assert client_of(people.other_city).get(URL).status_code == 404


@pytest.mark.parametrize("more", [0, 30])
def test_a_long_list_is_paged_and_costs_no_more(
    more, scene, people, client_of, make_site, django_assert_num_queries
):
    for number in range(more):
        make_site(f"点{number}")
    client = client_of(people.leader)
    client.get(URL)
    with django_assert_num_queries(QUERIES):
        answer = client.get(URL)
    assert said(answer)[0] == str(3 + more)
    assert len(answer.context["lines"]) == (25 if more else 3)
    assert len(client.get(URL, {"page": 2}).context["lines"]) == (8 if more else 3)
