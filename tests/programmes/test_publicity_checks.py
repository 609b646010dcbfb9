"""What is refused in counts of areas, media and goals in a programme file, each with its place and reason."""

import copy

import pytest
from django.utils import translation

from applications.services import start_application
from programmes.checks import contradictions
from programmes.publicity_checks import publicity_contradictions
from programmes.services import load
from sites.models import Programme
from sites.services import award_own_plaque
from tests.conftest import xiangtan_file


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


def found(change) -> list[tuple[tuple, str]]:
    data = copy.deepcopy(xiangtan_file().data)
    change(data)
    return list(publicity_contradictions(data))


def test_the_shipped_file_is_in_order():
    assert found(lambda data: None) == []


def test_a_file_without_any_of_it_is_in_order():
    def without(data):
        for key in ("area_figures", "ratios"):
            data["programme"].pop(key)
        for key in ("publicity", "goals", "warnings"):
            data["cycle"].pop(key)

    assert found(without) == []


def test_a_bad_file_is_refused_by_the_checks_of_the_whole_file():
    data = copy.deepcopy(xiangtan_file().data)
    data["cycle"]["goals"]["flagships"]["by_year"] = 2016
    place = ("cycle", "goals", "flagships", "by_year")
    assert list(contradictions(data)) == [(place, "lies before the year of the cycle")]


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (
            lambda data: data["programme"]["area_figures"].append({"code": "villages", "name": "村"}),
            ("programme", "area_figures", 3, "code"),
            "code “villages” is used twice",
        ),
        (
            lambda data: data["programme"]["ratios"][1].update(code="organisation"),
            ("programme", "ratios", 1, "code"),
            "code “organisation” is used twice",
        ),
        (
            lambda data: data["programme"]["ratios"][0].update(whole="towns"),
            ("programme", "ratios", 0, "whole"),
            "“towns” is not defined in this file",
        ),
        (
            lambda data: data["cycle"]["publicity"]["media"][3].update(code="tv"),
            ("cycle", "publicity", "media", 3, "code"),
            "code “tv” is used twice",
        ),
        (
            lambda data: data["cycle"]["publicity"]["outlet_levels"][1].update(code="national"),
            ("cycle", "publicity", "outlet_levels", 1, "code"),
            "code “national” is used twice",
        ),
        (
            lambda data: data["cycle"]["publicity"].update(article="nowhere"),
            ("cycle", "publicity", "article"),
            "“nowhere” is not defined in this file",
        ),
        (
            lambda data: data["cycle"]["goals"]["flagships"].update(article="nowhere"),
            ("cycle", "goals", "flagships", "article"),
            "“nowhere” is not defined in this file",
        ),
    ],
)
def test_what_makes_no_sense_is_named(change, place, reason):
    assert found(change) == [(place, reason)]


def test_a_programme_keeps_what_its_file_says(xiangtan):
    programme = Programme.objects.get()
    assert [figure["code"] for figure in programme.area_figures] == [
        "villages",
        "with_organisation",
        "with_venue",
    ]
    assert [(ratio["part"], ratio["whole"]) for ratio in programme.ratios] == [
        ("with_organisation", "villages"),
        ("with_venue", "villages"),
    ]
    cycle = xiangtan.cycle
    assert [medium["code"] for medium in cycle.publicity["media"]] == ["tv", "press", "radio", "web"]
    assert cycle.publicity["duty_of"] == "flagships"
    assert cycle.goals == {
        "flagships": {"per_area": 1, "by_year": 2019, "of": ["county"], "article": "flagships"}
    }
    assert cycle.warnings == {
        "quiet_days": 90,
        "uncovered_days": 90,
        "falling_points": 5,
        "overdue_findings": 1,
    }


def test_media_and_goals_may_be_settled_in_a_year_that_has_begun(xiangtan, people, make_site, changed_file):
    site = make_site()
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="评定")
    start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])
    load(changed_file(xiangtan_file().path, {"by_year: 2019": "by_year: 2020"}))
    xiangtan.cycle.refresh_from_db()
    assert xiangtan.cycle.goals["flagships"]["by_year"] == 2020
