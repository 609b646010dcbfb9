"""Rows held without their key: whoever adds beneath them has to hold them too, or decide on what stands by then."""
# ruff: noqa: F811 - fixtures are asked for by name

import datetime
from threading import Event

import pytest
from django.db import transaction

from accounts import clock
from accounts.errors import DomainError
from applications.services import start_application
from assessments.models import Review
from assessments.services import draw_reviews
from publicity.models import Certificate, Story
from publicity.services.certificates import issue_certificate
from publicity.services.stories import offer_story, release_story, withdraw_story, write_story
from sites.models import Plaque, Site
from sites.services import award_own_plaque, award_plaque, close_site, move_site, revoke_plaque
from supervision.models import PlannedVisit
from supervision.services import plan_visit, plan_year
from tests.assessments.conftest import *  # noqa: F403 - the way to a plaque
from tests.assessments.reviewing import plaque_of  # noqa: F401 - a fixture
from tests.supervision.field_work import team  # noqa: F401 - a fixture
from tests.whole.test_races import at_once, refusals

#: So long the first waits, its work done and not yet committed, for the second to come past; held back, it never does.
MOMENT = 0.5


def held_open(step, other):
    """Results of two people: `other` acts when the first has done `step` and not yet committed."""
    done, passed = Event(), Event()

    def first():
        with transaction.atomic():
            result = step()
            done.set()
            passed.wait(MOMENT)
        return result

    def second():
        done.wait(timeout=30)
        try:
            return other()
        finally:
            passed.set()

    return at_once(first, second)


def test_no_application_is_begun_by_the_county_a_site_has_moved_away_from(
    with_county_plaque, people, xiangtan
):
    site = with_county_plaque()
    moved = Site.objects.get(pk=site.pk)
    move_site(actor=people.office, site=moved, area=xiangtan.areas["韶山市"], reason="区划调整")
    with pytest.raises(DomainError):
        start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])
    begun = start_application(actor=people.neighbour, site=site, rule=xiangtan.rules["city"])
    assert begun.area == xiangtan.areas["韶山市"]


def test_nor_does_it_close_that_site_or_give_it_its_plaque(make_site, people, xiangtan):
    site = make_site()
    there = xiangtan.areas["韶山市"]
    move_site(actor=people.office, site=Site.objects.get(pk=site.pk), area=there, reason="区划调整")
    with pytest.raises(DomainError):
        award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    with pytest.raises(DomainError):
        close_site(actor=people.county, site=site, reason="撤销")
    assert (Plaque.objects.count(), Site.objects.get(pk=site.pk).state) == (0, "active")


@pytest.mark.django_db(transaction=True)
def test_a_site_whose_review_is_being_opened_is_not_moved_meanwhile(people, xiangtan, plaque_of):
    site = plaque_of("甲社区", 2014).site
    clock.set_today(datetime.date(2017, 8, 1))
    results = held_open(
        lambda: draw_reviews(actor=people.office, cycle=xiangtan.cycle),
        lambda: move_site(
            actor=people.office,
            site=Site.objects.get(pk=site.pk),
            area=xiangtan.areas["韶山市"],
            reason="区划调整",
        ),
    )
    assert (refusals(results), Review.objects.get().area, Site.objects.get().area) == (
        1,
        xiangtan.areas["湘潭县"],
        xiangtan.areas["湘潭县"],
    )


@pytest.mark.django_db(transaction=True)
def test_a_review_opened_while_its_site_moves_is_the_new_countys(people, xiangtan, plaque_of):
    site = plaque_of("甲社区", 2014).site
    clock.set_today(datetime.date(2017, 8, 1))
    there = xiangtan.areas["韶山市"]
    results = held_open(
        lambda: move_site(actor=people.office, site=Site.objects.get(), area=there, reason="区划调整"),
        lambda: draw_reviews(actor=people.office, cycle=xiangtan.cycle),
    )
    assert (refusals(results), Review.objects.get(site=site).area) == (0, there)


@pytest.mark.django_db(transaction=True)
def test_a_visit_planned_meanwhile_is_not_proposed_again(team, people, xiangtan, make_site):
    site = make_site()
    results = held_open(
        lambda: plan_visit(
            actor=team.own,
            group=team.own_group,
            cycle=xiangtan.cycle,
            target=site,
            from_day=datetime.date(2017, 6, 1),
        ),
        lambda: plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle),
    )
    assert (results[1], PlannedVisit.objects.count()) == (0, 1)


# --- releasing and taking off, certifying and taking back ---------------------------------------------------------


@pytest.fixture
def texts(make_site, people):
    """Two texts of one site: released, and handed in to take its place."""

    def write(title):
        story = write_story(actor=people.county, site=site, title=title, summary="一句话", text="第一段。")
        offer_story(actor=people.county, story=story)
        return story

    site = make_site()
    first = write("旧文")
    release_story(actor=people.office, story=first, revision=1)
    return first, write("新文")


def _states() -> list[str]:
    return list(Story.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_text_taken_off_while_another_takes_its_place(texts, people):
    old, new = texts
    results = held_open(
        lambda: withdraw_story(actor=people.office, story=old, reason="有误"),
        lambda: release_story(actor=people.office, story=new, revision=1),
    )
    assert (refusals(results), _states()) == (0, ["withdrawn", "released"])


@pytest.mark.django_db(transaction=True)
def test_a_text_already_replaced_is_not_taken_off(texts, people):
    old, new = texts
    results = held_open(
        lambda: release_story(actor=people.office, story=new, revision=1),
        lambda: withdraw_story(actor=people.office, story=old, reason="有误"),
    )
    assert (refusals(results), _states()) == (1, ["replaced", "released"])


@pytest.fixture
def plaque(make_site, people, xiangtan, on_day) -> Plaque:
    on_day(2017, 6, 1)
    day = datetime.date(2017, 6, 1)
    level = xiangtan.levels["city"]
    return award_plaque(actor=people.office, site=make_site(), level=level, awarded_on=day, reason="文件")


@pytest.mark.django_db(transaction=True)
def test_no_certificate_of_a_plaque_that_is_being_taken_back(plaque, people):
    results = held_open(
        lambda: revoke_plaque(actor=people.office, plaque=plaque, reason="不合格"),
        lambda: issue_certificate(
            actor=people.office, plaque=Plaque.objects.get(pk=plaque.pk), issuer="某部"
        ),
    )
    assert (refusals(results), Certificate.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_certificates_at_once_are_one(plaque, people):
    results = held_open(
        lambda: issue_certificate(actor=people.office, plaque=plaque, issuer="某部"),
        lambda: issue_certificate(
            actor=people.office, plaque=Plaque.objects.get(pk=plaque.pk), issuer="某部", reason="再印"
        ),
    )
    assert (refusals(results), Certificate.objects.count()) == (1, 1)
