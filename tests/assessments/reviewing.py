"""Earlier plaques, figures and activities of sites, as an annual review finds them."""

import datetime
from types import SimpleNamespace

import pytest

from accounts import clock
from accounts.models import User
from assessments.models import Review
from assessments.services import draw_reviews, record_review_visit, report_review, save_review
from sites.models import Plaque
from sites.services import confirm_plaque, register_plaque
from supervision.models import SupervisionGroup
from supervision.services import join_group
from tests.applications.conftest import png


@pytest.fixture
def plaque_of(xiangtan, people, make_site):
    """plaque_of("甲社区", 2015, "city"): an earlier plaque, registered and confirmed; a second one of the same site
    with site=…"""

    def make(name, year, level="city", area="湘潭县", site=None):
        staff = people.county if area == "湘潭县" else people.neighbour
        plaque = register_plaque(
            actor=staff,
            site=site or make_site(name, area=area),
            level=xiangtan.levels[level],
            number=f"潭同社〔{year}〕{name}号" if level == "city" else f"{level}{year}{name}",
            awarded_on=datetime.date(year, 11, 20),
            paper=png(),
        )
        if level != "county":
            confirm_plaque(actor=people.office, plaque=plaque)
        return Plaque.objects.get(pk=plaque.pk)

    return make


@pytest.fixture
def group(xiangtan, people, make_user) -> SimpleNamespace:
    """A member of the group of 湘潭县, and one of the group of 湘乡市."""
    found = {}
    for name in ("湘潭县", "湘乡市"):
        member = make_user(f"group_{name}", None, xiangtan.city)
        groups = SupervisionGroup.objects.filter(areas__area=xiangtan.areas[name])
        join_group(actor=people.office, group=groups.get(), user=member)
        found[name] = User.objects.get(pk=member.pk)
    return SimpleNamespace(own=found["湘潭县"], other=found["湘乡市"])


@pytest.fixture
def drawn(xiangtan, people, plaque_of):
    """drawn("甲社区", 2014): a review of 1 August 2017, open."""

    def make(name="甲社区", year=2014, level="city", area="湘潭县") -> Review:
        plaque = plaque_of(name, year, level, area)
        clock.set_today(datetime.date(2017, 8, 1))
        draw_reviews(actor=people.office, cycle=xiangtan.cycle)
        return Review.objects.get(site=plaque.site)

    return make


def filled_in(review: Review) -> dict[str, str]:
    """What a county adds to what is known."""
    fields = [field for section in review.cycle.review["form"]["sections"] for field in section["fields"]]
    text = {"number": "3", "text": "文字", "longtext": "情况属实。"}
    return {field["code"]: text[field["kind"]] for field in fields if field["code"] not in review.prefill}


@pytest.fixture
def reported(drawn, people):
    """reported(): the county has handed its report in."""

    def make(**fields) -> Review:
        review = drawn(**fields)
        save_review(actor=people.county, review=review, revision=review.revision, data=filled_in(review))
        return report_review(actor=people.county, review=review)

    return make


@pytest.fixture
def visited(reported, people):
    """visited(): the office has been there."""

    def make(**fields) -> Review:
        review = reported(**fields)
        look_at(people.office, review)
        return Review.objects.get(pk=review.pk)

    return make


def look_at(actor, review: Review, opinion="pass"):
    return record_review_visit(
        actor=actor,
        review=review,
        visited_on=clock.today(),
        group="湘潭县督导组",
        findings="阵地开放，台账齐全。",
        opinion=opinion,
    )
