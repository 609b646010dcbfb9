"""The pages of the annual review: list, drawing, form, steps, proposal."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import clock
from assessments.models import Review, ReviewedPlaque, RevocationProposal
from assessments.services import fail_review
from sites.models import Plaque
from tests.applications.conftest import png
from tests.assessments.reviewing import (  # noqa: F401 - fixtures
    drawn,
    filled_in,
    group,
    plaque_of,
    reported,
    visited,
)


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def say(answer) -> str:
    return answer.content.decode()


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    xiangtan,
    people,
    drawn,  # noqa: F811
    make_site,
    django_assert_num_queries,
):
    drawn()
    client, url = client_of(people.office), reverse("assessments:reviews")
    client.get(url)
    with django_assert_num_queries(17):
        assert "1 entry" in say(client.get(url))
    for number in range(29):
        site = make_site(f"社区{number}")
        plaque = Plaque.objects.create(
            site=site, level=xiangtan.levels["city"], number=f"n{number}", origin="registered",
            awarded_on=datetime.date(2014, 1, 1),
        )  # fmt: skip
        review = Review.objects.create(
            cycle=xiangtan.cycle, site=site, area=site.area, opened_at=timezone.now()
        )
        ReviewedPlaque.objects.create(review=review, plaque=plaque)
    with django_assert_num_queries(17):
        assert "30 entries" in say(client.get(url))
    found = say(client.get(url, {"q": "n7"}))
    assert ("社区7" in found, "社区8" in found) == (True, False)
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert "0 entries" in say(client_of(people.neighbour).get(url))


def test_the_office_sees_beforehand_whom_the_rule_takes(xiangtan, people, plaque_of):  # noqa: F811
    plaque_of("甲社区", 2014)
    plaque_of("乙社区", 2016)
    url = reverse("assessments:review_draw", args=[xiangtan.cycle.pk])
    client = client_of(people.office)
    page = say(client.get(url))
    assert ("甲社区" in page, "乙社区" in page, "The review begins on" in page) == (True, False, True)
    clock.set_today(datetime.date(2017, 8, 1))
    assert "Put 1 plaque on the list" in say(client.get(url))
    client.post(url)
    assert Review.objects.count() == 1
    assert "Nothing is missing" in say(client.get(url))


def test_form_saved_in_two_windows_then_handed_in(drawn, people):  # noqa: F811
    review = drawn()
    client, url = client_of(people.county), reverse("assessments:review_form", args=[review.pk])
    assert "Figures of the site" not in say(client.get(url))
    assert "Record of the site, 1 August 2017" in say(client.get(url))
    client.post(url, {"revision": 1, "address": "新路2号"})
    stale = client.post(url, {"revision": 1, "address": "旧窗口"})
    assert "saved in another window" in say(stale)
    assert "旧窗口" in say(stale)
    wrong = client.post(url, {"revision": 2, "members": "-3"})
    assert Review.objects.get().revision == 2
    assert "field-error" in say(wrong)
    empty = client.post(url, {"revision": 2, "hand_in": "1"}, follow=True)
    assert "Still empty" in say(empty)
    client.post(url, filled_in(review) | {"revision": 2, "hand_in": "1"})
    assert Review.objects.get().state == "reported"
    assert client.get(url).status_code == 302


def test_visit_with_photo_then_result_on_the_page(reported, people, group):  # noqa: F811
    review = reported()
    member = client_of(group.own)
    page = reverse("assessments:review", args=[review.pk])
    said = {"visited_on": "2017-08-01", "group": "督导组", "findings": "台账缺失", "opinion": "rectify"}
    bad = member.post(reverse("assessments:review_visit", args=[review.pk]), said | {"file": png("照片.exe")})
    assert "not a file of an allowed kind" in say(bad)
    member.post(reverse("assessments:review_visit", args=[review.pk]), said | {"file": png("照片.png")})
    assert "照片.png" in say(member.get(page))
    office = client_of(people.office)
    result = reverse("assessments:review_result", args=[review.pk])
    assert "Enter the day" in say(office.post(result, {"result": "rectify", "findings": "台账缺失"}))
    office.post(result, {"result": "rectify", "findings": "台账缺失", "rectify_by": "2017-09-01"})
    assert (Review.objects.get().state, Plaque.objects.get().state) == ("rectifying", "rectifying")
    county = client_of(people.county)
    county.post(reverse("assessments:review_rectification", args=[review.pk]), {"text": "已补齐"})
    assert "The second look is missing" in say(office.get(page))


def test_decision_on_the_page_and_whom_it_is_shown(visited, people):  # noqa: F811
    review = visited()
    fail_review(actor=people.office, review=review, findings="无活动")
    proposal = RevocationProposal.objects.get()
    url = reverse("assessments:proposal", args=[proposal.pk])
    assert client_of(people.neighbour).get(url).status_code == 404
    decide = reverse("assessments:proposal_decide", args=[proposal.pk])
    office = client_of(people.office)
    assert "Decision</h2>" not in say(office.get(url))
    said = {"approved": "yes", "opinion": "同意", "minutes_number": "15号"}
    assert "Only Leader of" in say(office.post(decide, said, follow=True))
    leader = client_of(people.leader)
    assert "Enter the number of the minutes" in say(leader.post(decide, said | {"minutes_number": ""}))
    leader.post(decide, said)
    assert Plaque.objects.get().state == "revoked"
    assert "being made" in say(leader.get(url))


def test_the_office_proposes_outside_the_review(plaque_of, people):  # noqa: F811
    plaque = plaque_of("甲社区", 2016)
    url = reverse("assessments:propose", args=[plaque.pk])
    assert "Not possible" in say(client_of(people.county).get(url))
    client_of(people.office).post(url, {"reason": "阵地已关闭"})
    assert RevocationProposal.objects.get().reason == "阵地已关闭"
