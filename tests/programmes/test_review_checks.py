"""What is refused in the review of a programme file, each with its place and reason."""

import copy

import pytest
from django.utils import translation

from programmes.review_checks import review_contradictions
from tests.conftest import xiangtan_file


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


def found(change) -> list[tuple[tuple, str]]:
    data = copy.deepcopy(xiangtan_file().data)
    change(data["cycle"]["review"])
    return list(review_contradictions(data))


def first_field(review) -> dict:
    return review["form"]["sections"][0]["fields"][0]


AT = ("cycle", "review")
FIRST = (*AT, "form", "sections", 0, "fields", 0)


def test_the_shipped_file_is_in_order():
    assert found(lambda review: None) == []


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (
            lambda review: review["levels"].append("country"),
            (*AT, "levels", 2),
            "“country” is not defined in this file",
        ),
        (
            lambda review: review.update(article="nowhere"),
            (*AT, "article"),
            "“nowhere” is not defined in this file",
        ),
        (
            lambda review: review["letter"].update(number="收〔{year}〕号"),
            (*AT, "letter", "number"),
            "{number} is missing",
        ),
        (
            lambda review: review["letter"].update(addressee="{county}统战部"),
            (*AT, "letter", "addressee"),
            "{county} is not known; possible are {area}",
        ),
        (
            lambda review: review["letter"].update(addressee="{area统战部"),
            (*AT, "letter", "addressee"),
            "a bracket { or } is left open",
        ),
        (
            lambda review: first_field(review).update(source="figure:nothing"),
            (*FIRST, "source"),
            "“nothing” is not defined in this file",
        ),
        (
            lambda review: first_field(review).update(source=["site.name", "application:nothing"]),
            (*FIRST, "source"),
            "“nothing” is not defined in this file",
        ),
        (
            lambda review: review["form"]["sections"][0]["fields"][1].update(code="name"),
            (*FIRST[:-1], 1, "code"),
            "code “name” is used twice",
        ),
    ],
)
def test_what_makes_no_sense_is_named(change, place, reason):
    assert found(change) == [(place, reason)]
