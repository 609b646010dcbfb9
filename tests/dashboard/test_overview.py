"""The overview's numbers, counted again from the rows themselves, and the lists behind them."""

import re
from collections import Counter

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.services import grant_role
from applications.models import Application, QuotaPlace
from applications.services import grant_extension
from programmes.services import load
from sites.models import Category, Plaque, Programme, Site
from sites.services import award_own_plaque, award_plaque, close_site, recount, revoke_plaque

OVERVIEW = reverse("dashboard:overview")
LINK = re.compile(r'<td class="number"><a href="([^"]+)">(\d+)</a>')


@pytest.fixture
def scene(xiangtan, people, make_site, file, day):
    """Nine sites in two counties, one closed; plaques of two levels; applications in seven states."""
    sites = {
        name: make_site(name, category=category, area=area)
        for name, category, area in (
            ("甲", "community", "湘潭县"),
            ("乙", "community", "湘潭县"),
            ("丙", "park", "湘潭县"),
            ("丁", "village", "湘潭县"),
            ("戊", "community", "湘潭县"),
            ("己", "community", "韶山市"),
            ("庚", "project", "韶山市"),
            ("辛", "project", "韶山市"),
            ("壬", "village", "韶山市"),
        )
    }
    for name in "甲乙丙":
        award_own_plaque(
            actor=people.county, site=sites[name], level=xiangtan.levels["county"], reason="合格"
        )
    award_own_plaque(actor=people.neighbour, site=sites["己"], level=xiangtan.levels["county"], reason="合格")
    for name in "甲己":
        award_plaque(
            actor=None,
            site=sites[name],
            level=xiangtan.levels["city"],
            awarded_on=day("2016-01-05"),
            reason="-",
        )
    revoke_plaque(actor=people.county, plaque=Plaque.objects.get(site=sites["乙"]), reason="复核不合格")
    close_site(actor=people.county, site=sites["戊"], reason="不再建设")
    for name, level, state in (
        ("甲", "province", "submitted"),
        ("乙", "city", "draft"),
        ("丙", "city", "accepted"),
        ("丁", "city", "refused"),
        ("己", "province", "returned"),
        ("庚", "city", "awarded"),
        ("辛", "city", "draft"),
        ("壬", "city", "withdrawn"),
    ):
        file(sites[name], level, state)
    return sites


def labelled(table) -> dict:
    """{row label: {column: number}} of a table in the page's context, zeros left out."""
    return {
        row.label: {
            column: number.count
            for column, number in zip(table.columns, row.numbers, strict=True)
            if number.count
        }
        for row in (*table.rows, table.total)
        if any(number.count for number in row.numbers)
    }


def test_sites_by_area_and_category(scene, people, client_of):
    page = client_of(people.leader).get(OVERVIEW)
    assert labelled(page.context["sites"]) == {
        "Xiangtan County": {"Tongxin Park": 1, "Tongxin Community": 2, "Tongxin Village": 1, "Total": 4},
        "Shaoshan": {"Tongxin Project": 2, "Tongxin Community": 1, "Tongxin Village": 1, "Total": 4},
        "Total": {
            "Tongxin Park": 1,
            "Tongxin Project": 2,
            "Tongxin Community": 3,
            "Tongxin Village": 2,
            "Total": 8,
        },
    }
    assert len(page.context["sites"].rows) == 8


def test_sites_with_a_plaque_of_one_level(scene, people, xiangtan, client_of):
    page = client_of(people.leader).get(OVERVIEW, {"level": xiangtan.levels["county"].pk})
    assert labelled(page.context["sites"]) == {
        "Xiangtan County": {"Tongxin Park": 1, "Tongxin Community": 1, "Total": 2},
        "Shaoshan": {"Tongxin Community": 1, "Total": 1},
        "Total": {"Tongxin Park": 1, "Tongxin Community": 2, "Total": 3},
    }


def test_sites_by_level_are_not_added_up_across_levels(scene, people, client_of):
    page = client_of(people.leader).get(OVERVIEW)
    assert page.context["plaques"].columns == ("County level", "City level", "Province level")
    assert labelled(page.context["plaques"]) == {
        "Xiangtan County": {"County level": 2, "City level": 1},
        "Shaoshan": {"County level": 1, "City level": 1},
        "Total": {"County level": 3, "City level": 2},
    }


def test_applications_by_state_and_level_without_the_counties_drafts(scene, people, client_of):
    page = client_of(people.office).get(OVERVIEW)
    assert page.context["applications"].columns == ("City level", "Province level", "Total")
    assert labelled(page.context["applications"]) == {
        "Submitted": {"Province level": 1, "Total": 1},
        "Returned for correction": {"Province level": 1, "Total": 1},
        "Accepted": {"City level": 1, "Total": 1},
        "Refused": {"City level": 1, "Total": 1},
        "Withdrawn": {"City level": 1, "Total": 1},
        "Plaque awarded": {"City level": 1, "Total": 1},
        "Total": {"City level": 4, "Province level": 2, "Total": 6},
    }


def test_a_county_sees_its_own_rows_and_drafts_only(scene, people, client_of):
    page = client_of(people.county).get(OVERVIEW)
    assert [row.label for row in page.context["sites"].rows] == ["Xiangtan County"]
    assert page.context["sites"].total.numbers[-1].count == 4
    assert labelled(page.context["applications"]) == {
        "Draft": {"City level": 1, "Total": 1},
        "Submitted": {"Province level": 1, "Total": 1},
        "Accepted": {"City level": 1, "Total": 1},
        "Refused": {"City level": 1, "Total": 1},
        "Total": {"City level": 3, "Province level": 1, "Total": 4},
    }
    assert [line.area.name for line in page.context["uses"]] == ["湘潭县"]
    assert "Shaoshan" not in page.content.decode()


def test_the_numbers_are_those_of_the_rows(scene, people, client_of, xiangtan):
    page = client_of(people.leader).get(OVERVIEW)
    active = Site.objects.filter(state="active").select_related("area", "category")
    expected = Counter((site.area.name_en, site.category.name_en) for site in active)
    found = {
        (row.label, column): number.count
        for row in page.context["sites"].rows
        for column, number in zip(page.context["sites"].columns, row.numbers, strict=True)
        if number.count and column != "Total"
    }
    assert found == dict(expected)
    taken = Counter(
        (place.area.name, place.level.code)
        for place in QuotaPlace.objects.exclude(application=None).select_related("area", "level")
    )
    levels = [level.code for level in page.context["quota_levels"]]
    assert levels == ["city", "province"]
    assert {
        (line.area.name, level): use.taken.count
        for line in page.context["uses"]
        for level, use in zip(levels, line.uses, strict=True)
        if use.taken.count
    } == dict(taken)
    assert taken == {
        ("湘潭县", "province"): 1,
        ("湘潭县", "city"): 1,
        ("韶山市", "province"): 1,
        ("韶山市", "city"): 1,
    }


@pytest.mark.parametrize(
    ("who", "least"), [("leader", 40), ("office", 40), ("county", 25), ("neighbour", 20), ("other_city", 0)]
)
def test_every_number_opens_a_list_of_that_length(who, least, scene, people, xiangtan, client_of):
    second = Programme.objects.create(code="second", name="另一项目", owner=xiangtan.city)
    Site.objects.create(
        programme=second,
        category=Category.objects.create(programme=second, code="hall", name="驿站"),
        area=xiangtan.areas["湘潭县"],
        unit=xiangtan.areas["湘潭县"],
        name="另一项目的点",
        registered_at=scene["甲"].registered_at,
    )
    recount(programme=second)
    client = client_of(getattr(people, who))
    walked = 0
    for level in (None, *xiangtan.levels.values()):
        page = client.get(
            OVERVIEW, {"cycle": xiangtan.cycle.pk} | ({"level": level.pk} if level else {})
        ).content.decode()
        for url, number in LINK.findall(page):
            listed = client.get(url.replace("&amp;", "&"))
            assert listed.context["listing"].page.paginator.count == int(number), url
            walked += 1
    assert walked >= least


def test_other_cities_see_nothing_of_this_one(scene, people, client_of):
    for person in (people.other_city, people.other_county):
        page = client_of(person).get(OVERVIEW)
        assert page.status_code == 200
        assert page.context["cycles"] == []
        assert "Xiangtan" not in page.content.decode()


def test_only_readers_of_figures_come_in(people, client_of):
    for person in (people.assessor, people.auditor, people.system_admin, people.nobody):
        assert client_of(person).get(OVERVIEW).status_code == 404


def test_a_year_can_be_chosen_and_a_foreign_or_wrong_one_is_not(scene, people, xiangtan, client_of, settings):
    load(settings.BASE_DIR / "tests" / "data" / "tiny.yaml")
    foreign = Programme.objects.get(code="tiny-halls").cycles.get()
    client = client_of(people.leader)
    for asked_for in (foreign.pk, "x", "", 999_999):
        assert client.get(OVERVIEW, {"cycle": asked_for}).context["cycle"] == xiangtan.cycle
    assert client.get(OVERVIEW, {"level": "x"}).context["level"] is None


def test_an_extended_deadline_is_told_beside_its_area(scene, people, xiangtan, client_of, day):
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["韶山市"],
        until=day("2017-06-06"),
        reason="汛期",
    )
    for person in (people.leader, people.neighbour):
        page = client_of(person).get(OVERVIEW)
        assert {
            line.area.name: line.extended_until for line in page.context["uses"] if line.extended_until
        } == {"韶山市": day("2017-06-06")}
        assert "may file until 6 June 2017" in page.content.decode()


def test_dates_of_the_year_with_days_left(scene, people, client_of):
    page = client_of(people.leader).get(OVERVIEW)
    assert [
        (date.milestone.code, date.due.day.isoformat(), date.due.days, date.due.working_days)
        for date in page.context["dates"]
    ] == [
        ("applications", "2017-05-31", 9, 6),
        ("promotion", "2017-06-30", 39, 28),
        ("review", "2017-08-31", 101, 72),
        ("acceptance", "2017-11-30", 192, 133),
    ]


def test_a_stretch_begins_before_it_is_counted_down(scene, people, client_of, on_day):
    def words():
        page = client_of(people.leader).get(OVERVIEW).content.decode()
        return [text for text in ("starts in 10 days", "29 days left", "ended 1 day ago") if text in page]

    # The promotion meeting fills June.
    assert words() == ["starts in 10 days"]
    on_day(2017, 6, 1)
    assert words() == ["29 days left", "ended 1 day ago"]  # the latter of the day for filing


def test_a_date_moved_from_a_day_off_shows_both(scene, people, xiangtan, client_of, day):
    xiangtan.cycle.milestones.filter(code="applications").update(due_on=day("2017-05-28"), rolls_forward=True)
    page = client_of(people.leader).get(OVERVIEW)
    assert page.context["dates"][0].due.day == day("2017-05-31")
    assert "28 May 2017 is a day off" in page.content.decode()
    assert not any(line.extended_until for line in page.context["uses"])


def test_charts_hold_the_numbers_of_the_tables(scene, people, client_of):
    page = client_of(people.leader).get(OVERVIEW)
    chart = page.context["charts"]["sites"]
    assert chart["yAxis"]["data"] == [row.label for row in page.context["sites"].rows]
    drawn = [[part["value"] for part in series["data"]] for series in chart["series"]]
    counted = [[number.count for number in row.numbers[:-1]] for row in page.context["sites"].rows]
    assert [list(column) for column in zip(*drawn, strict=True)] == counted
    assert 'id="chart-sites"' in page.content.decode()
    assert "style=" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("who", "queries"), [("leader", 18), ("office", 18), ("county", 18)])
def test_the_overview_costs_the_same_whatever_the_rows(
    rows, who, queries, xiangtan, people, make_site, file, client_of, django_assert_num_queries
):
    for number in range(rows):
        site = make_site(f"点{number}", area="湘潭县" if number % 2 == 0 else "韶山市")
        level = "city" if number % 3 else "province"
        file(site, level, "submitted" if number % 5 else "accepted")
    assert Application.objects.count() == rows
    client = client_of(getattr(people, who))
    client.get(OVERVIEW)
    with django_assert_num_queries(queries):
        client.get(OVERVIEW)


def test_staff_of_two_areas_see_both(scene, xiangtan, make_user, client_of):
    both = make_user("both", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    grant_role(actor=None, user=both, role=Role.UNIT_STAFF, unit=xiangtan.areas["韶山市"])
    page = client_of(both).get(OVERVIEW)
    assert {row.label for row in page.context["sites"].rows} == {"Xiangtan County", "Shaoshan"}
    assert page.context["sites"].total.numbers[-1].count == 8
