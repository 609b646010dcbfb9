"""Coverage on the dashboard: the figures of any day, and exactly their rows behind every number."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from dashboard.question import ask
from dashboard.sections.coverage import section
from dashboard.tables import Number
from publicity.services.coverage import change_coverage, record_coverage, withdraw_coverage
from tests.publicity.coverage import DAY, piece

MEDIA = ("tv", "press", "radio", "web")


@pytest.fixture
def played(xiangtan, people, make_site, on_day):
    """22 May: a flagship with all media and a piece of 韶山市; 24 May: one is of another level, one taken back."""
    translation.activate("en")
    flagship, entries = make_site(name="甲", is_flagship=True), []
    for number, medium in enumerate((*MEDIA, "press")):
        site, area = (flagship, "湘潭县") if number < 4 else (None, "韶山市")
        entries.append(
            record_coverage(
                actor=people.office,
                programme=xiangtan.programme,
                area=xiangtan.areas[area],
                piece=piece(medium=medium, title=str(number), site=site),
            )
        )
    on_day(2017, 5, 24)
    change_coverage(
        actor=people.office,
        coverage=entries[4],
        revision=1,
        piece=piece(title="4", outlet_level="national"),
    )
    withdraw_coverage(actor=people.office, coverage=entries[0], reason="wrong")


def tables_of(person, **given):
    question = ask(User.objects.get(pk=person.pk), given)
    return [
        {
            row.label: [getattr(cell, "count", None) for cell in row.numbers]
            for row in (*table.rows, table.total)
        }
        for table in section(question).tables
    ]


def test_the_figures_of_three_days(played, people):
    now = tables_of(people.office)
    assert (now[0]["Xiangtan County"], now[0]["Shaoshan"], now[0]["Total"]) == (
        *([0, 1, 1, 1, 3], [0, 1, 0, 0, 1], [0, 2, 1, 1, 4]),
    )
    assert (now[1]["National"], now[1]["City"]) == ([0, 1, 0, 0, 1], [0, 1, 1, 1, 3])
    assert now[2]["Xiangtan County"] == [1, 0, None]
    then = tables_of(people.office, as_of="2017-05-22")
    assert then[0]["Total"] == [1, 2, 1, 1, 5]
    assert (then[1]["National"], then[1]["City"]) == ([0] * 5, [1, 2, 1, 1, 5])
    assert then[2]["Xiangtan County"] == [1, 1, None]
    assert tables_of(people.office, as_of="2017-05-21")[0]["Total"] == [0] * 5
    assert tables_of(people.neighbour)[0]["Total"] == [0, 1, 0, 0, 1]
    assert list(tables_of(people.neighbour)[0]) == ["Shaoshan", "Total"]


@pytest.mark.parametrize("given", [{}, {"as_of": "2017-05-22"}])
@pytest.mark.parametrize("who", ["office", "county", "leader"])
def test_behind_every_number_are_as_many_rows(played, people, xiangtan, who, given):
    person = User.objects.get(pk=getattr(people, who).pk)
    given = given | {"category": str(xiangtan.categories["community"].pk)} if who == "leader" else given
    client = Client()
    client.force_login(person)
    seen = 0
    for table in section(ask(person, given)).tables:
        for row in (*table.rows, table.total):
            for cell in row.numbers:
                if isinstance(cell, Number) and cell.count:
                    shown = client.get(cell.url).context
                    page = shown["listing"].page if "listing" in shown else shown["page"]
                    assert page.paginator.count == cell.count, cell.url
                    seen += 1
    assert seen >= 10


def test_three_queries_whatever_there_is(played, people, django_assert_num_queries):
    question = ask(User.objects.get(pk=people.office.pk), {})
    assert question.shown_areas
    with django_assert_num_queries(3):
        section(question)
    assert DAY(2017, 5, 24) == question.day
