"""What counties and parks report of themselves: who may enter it, what it may say, and what stays on record."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent
from sites.as_of import end_of
from sites.models import AreaFigure
from sites.services import set_area_figures

DAY = datetime.date
PAGE = reverse("sites:area_figures")


@pytest.fixture
def enter(xiangtan):
    """enter(actor, "湘潭县", villages=297): the figures of 2017."""

    def do(actor, area, year=2017, **values):
        return set_area_figures(
            actor=actor,
            programme=xiangtan.programme,
            area=xiangtan.areas[area],
            year=year,
            values={code: None if value is None else Decimal(value) for code, value in values.items()},
        )

    return do


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def standing(day=None) -> dict:
    rows = AreaFigure.objects.at(end_of(day)) if day else AreaFigure.objects.filter(superseded_at=None)
    return {(row.area.name, row.code): row.value for row in rows.select_related("area")}


def test_a_correction_is_a_new_row_and_the_old_one_stays(enter, people, on_day):
    on_day(2017, 3, 1)
    assert enter(people.county, "湘潭县", villages=297, with_organisation=270) == 2
    on_day(2017, 4, 1)
    assert enter(people.county, "湘潭县", villages=297, with_organisation=275) == 1
    on_day(2017, 5, 1)
    assert enter(people.office, "湘潭县", villages=None) == 1
    assert standing(DAY(2017, 2, 28)) == {}
    assert standing(DAY(2017, 3, 31)) == {("湘潭县", "villages"): 297, ("湘潭县", "with_organisation"): 270}
    assert standing(DAY(2017, 4, 30)) == {("湘潭县", "villages"): 297, ("湘潭县", "with_organisation"): 275}
    assert standing() == {("湘潭县", "with_organisation"): 275}
    assert [row.recorded_by for row in AreaFigure.objects.all()] == [people.county] * 3
    events = AuditEvent.objects.filter(action="area_figures.set").order_by("id")
    assert [event.detail["codes"] for event in events] == [
        ["villages", "with_organisation"],
        ["with_organisation"],
        ["villages"],
    ]
    assert enter(people.county, "湘潭县", with_organisation=275) == 0
    assert events.count() == 3


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("county", None),
        ("office", None),
        ("neighbour", "Only County staff of Xiangtan County may do this."),
        ("leader", "Only County staff of Xiangtan County may do this."),
        ("liaison", "Only County staff of Xiangtan County may do this."),
        ("other_city", "Only County staff of Xiangtan County may do this."),
        ("nobody", "Only County staff of Xiangtan County may do this."),
    ],
)
def test_who_may_enter(who, said, enter, people, xiangtan, make_user, english):
    liaison = make_user("liaison", Role.LIAISON, xiangtan.areas["湘潭县"])
    actor = liaison if who == "liaison" else getattr(people, who)
    if said is None:
        assert enter(actor, "湘潭县", villages=1) == 1
        return
    with pytest.raises(DomainError) as refusal:
        enter(actor, "湘潭县", villages=1)
    assert str(refusal.value) == said
    assert standing() == {}


@pytest.mark.parametrize(
    ("year", "values", "said"),
    [
        (2018, {"villages": 1}, "The year 2018 cannot be right."),
        (1979, {"villages": 1}, "The year 1979 cannot be right."),
        (2017, {"villages": -1}, "Villages and communities: no number below zero."),
        (2017, {"firms": 1}, "The programme has no figure “firms”."),
        (
            2017,
            {"with_organisation": 298},
            "With an organisation cannot be more than Villages and communities. Look at both numbers once more.",
        ),
        (
            2017,
            {"villages": 100},
            "With an organisation cannot be more than Villages and communities. Look at both numbers once more.",
        ),
    ],
)
def test_what_cannot_be(year, values, said, enter, people, english):
    enter(people.county, "湘潭县", villages=297, with_organisation=275)
    before = standing()
    with pytest.raises(DomainError) as refusal:
        enter(people.county, "湘潭县", year=year, **values)
    assert str(refusal.value) == said
    assert standing() == before


def test_a_programme_that_asks_for_none(enter, people, xiangtan, signed_in, english):
    xiangtan.programme.area_figures = []
    xiangtan.programme.save()
    with pytest.raises(DomainError, match="asks counties and parks for no figures"):
        enter(people.county, "湘潭县", villages=1)
    page = signed_in(people.county).get(PAGE).content.decode()
    assert "No programme you work in asks counties and parks for figures." in page
    assert signed_in(people.county).get(of(xiangtan)).status_code == 404


def of(xiangtan, area="湘潭县", year=2017) -> str:
    return reverse("sites:area_figures_of", args=[xiangtan.programme.pk, xiangtan.areas[area].pk, year])


def test_the_county_enters_its_figures_on_the_page(xiangtan, people, signed_in):
    client = signed_in(people.county)
    page = client.get(PAGE)
    assert [report.area.name for report in page.context["reports"]] == ["湘潭县"]
    assert of(xiangtan) in page.content.decode()
    answer = client.post(of(xiangtan), {"villages": "297", "with_organisation": "300"}, follow=True)
    assert "cannot be more than" in answer.content.decode()
    assert standing() == {}
    answer = client.post(of(xiangtan), {"villages": "297", "with_organisation": "275"}, follow=True)
    assert "Saved." in answer.content.decode()
    assert standing() == {("湘潭县", "villages"): 297, ("湘潭县", "with_organisation"): 275}
    # An empty field takes the number back.
    client.post(of(xiangtan), {"villages": "", "with_organisation": "275"})
    assert standing() == {("湘潭县", "with_organisation"): 275}
    history = client.get(of(xiangtan)).context["entered"]
    assert [(row.code, row.superseded_at is None) for _name, row in history] == [
        ("with_organisation", True),
        ("villages", False),
    ]


def test_the_office_sees_who_has_not_reported(xiangtan, people, signed_in, enter):
    enter(people.county, "湘潭县", villages=297, with_organisation=275, with_venue=260)
    enter(people.neighbour, "韶山市", villages=40)
    page = signed_in(people.office).get(PAGE)
    assert [area.name for area in page.context["missing"]] == [
        *("湘乡市", "韶山市", "雨湖区", "岳塘区", "高新区", "经开区", "昭山示范区")
    ]
    assert all(report.may_enter for report in page.context["reports"])
    assert signed_in(people.office).get(PAGE, {"year": 2016}).context["missing"][0].name == "湘潭县"
    looked = signed_in(people.leader).get(of(xiangtan))
    assert looked.context["form"] is None
    assert "297" in looked.content.decode()
    assert signed_in(people.leader).post(of(xiangtan), {"villages": "1"}, follow=True).status_code == 200
    assert standing()["湘潭县", "villages"] == 297


def test_nobody_looks_into_another_area(xiangtan, people, signed_in):
    assert signed_in(people.neighbour).get(of(xiangtan)).status_code == 404
    assert signed_in(people.other_city).get(of(xiangtan)).status_code == 404
    assert signed_in(people.county).get(of(xiangtan, year=2012)).status_code == 404
    for path in ("/sites/area-figures/99999/1/2017/", f"/sites/area-figures/{10**19}/1/2017/"):
        assert signed_in(people.county).get(path).status_code == 404


@pytest.mark.parametrize("reported", [1, 8])
def test_the_page_costs_the_same_whoever_has_reported(
    reported, xiangtan, people, signed_in, enter, django_assert_num_queries
):
    for name in list(xiangtan.areas)[:reported]:
        enter(people.office, name, villages=10, with_organisation=5, with_venue=5)
    client = signed_in(people.office)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)
