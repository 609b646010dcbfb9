"""The pages of plaques: steps on the page of the site, the list, papers of the metal plaque, the public check."""

import datetime

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sites.models import Plaque, PlaqueHandling
from sites.services import (
    demand_rectification,
    give_back_plaque,
    merge_site,
    replace_plaque,
    revoke_plaque,
    suspend_plaque,
)
from tests.applications.conftest import png

DAY = datetime.date


def test_the_office_takes_each_step_on_the_page_of_the_site(climb, people, signed_in):
    plaque = climb("甲社区", "city")["city"]
    client, url = signed_in(people.office), reverse("sites:plaque", args=[plaque.pk])
    path = [
        ({"action": "rectify", "by": "2017-06-30", "reason": "台账"}, "rectifying"),
        ({"action": "restore", "reason": "已补"}, "valid"),
        ({"action": "suspend", "day": "2017-05-20", "reason": "停办"}, "suspended"),
        ({"action": "resume", "reason": "恢复"}, "valid"),
        ({"action": "give_back", "day": "2017-05-21", "reason": "自愿"}, "returned"),
    ]
    for values, state in path:
        client.post(url, values)
        assert Plaque.objects.get(pk=plaque.pk).state == state
    assert Plaque.objects.get(pk=plaque.pk).ended_on == DAY(2017, 5, 21)


def test_a_refusal_stands_in_words_on_the_page(climb, people, signed_in):
    plaques = climb("甲社区", "city")
    url = reverse("sites:plaque", args=[plaques["city"].pk])
    for person, values, words in (
        (people.county, {"action": "revoke", "reason": "停办"}, "may do this"),
        (people.office, {"action": "revoke", "reason": ""}, "Write the reason"),
        (people.office, {"action": "rectify", "reason": "台账"}, "Enter the day by which"),
        (people.office, {"action": "revoke", "day": "32 May", "reason": "停办"}, "On:"),
        (people.office, {"action": "restore", "reason": "已补"}, "not possible while the state is"),
    ):
        assert words in signed_in(person).post(url, values, follow=True).content.decode()
    for wrong in ("", "expire", "lapse", "prove", "sell"):
        assert signed_in(people.office).post(url, {"action": wrong, "reason": "-"}).status_code == 404
    assert Plaque.objects.filter(state="valid").count() == 2


def test_each_person_is_offered_only_what_is_his(climb, people, signed_in):
    site = climb("甲社区", "city")["city"].site
    for person, expected in (
        (people.office, {"county": [], "city": ["rectify", "suspend", "replace", "give_back", "revoke"]}),
        (people.county, {"county": ["rectify", "suspend", "replace", "give_back", "revoke"], "city": []}),
        (people.leader, {"county": [], "city": []}),
    ):
        page = signed_in(person).get(reverse("sites:detail", args=[site.pk]))
        found = {
            row.plaque.level.code: [step.action for step in row.steps] for row in page.context["plaques"]
        }
        assert found == expected


def test_the_receipt_is_uploaded_and_served_to_those_who_see_the_site(climb, people, signed_in):
    plaque = climb("甲社区", "city")["city"]
    revoke_plaque(actor=people.office, plaque=plaque, reason="停办")
    inbox, detail = reverse("dashboard:inbox"), reverse("sites:detail", args=[plaque.site_id])
    office = signed_in(people.office)
    assert "Have a revoked plaque handed in: 甲社区" in office.get(inbox).content.decode()
    assert "has not been handed in yet" in office.get(detail).content.decode()
    url, values = (
        reverse("sites:plaque_handling", args=[plaque.pk]),
        {"kind": "retrieved", "done_on": "2017-05-22"},
    )
    office.post(url, values | {"done_on": "2017-06-22"})
    assert PlaqueHandling.objects.count() == 0
    office.post(url, values | {"receipt_number": "收1号", "file": png()})
    handling = PlaqueHandling.objects.get()
    served = signed_in(people.county).get(reverse("sites:handling_file", args=[handling.pk]))
    assert b"".join(served.streaming_content).startswith(b"\x89PNG")
    assert (
        signed_in(people.neighbour).get(reverse("sites:handling_file", args=[handling.pk])).status_code == 404
    )
    assert "Have a revoked plaque" not in office.get(inbox).content.decode()
    assert "has not been handed in yet" not in office.get(detail).content.decode()


def test_the_list_of_plaques_is_filtered_and_seen_by_the_right_people(climb, people, xiangtan, signed_in):
    city = climb("甲社区", "city")["city"]
    climb("乙社区", area="韶山市")
    revoke_plaque(actor=people.office, plaque=city, reason="停办")
    url = reverse("sites:plaques")

    def numbers(person, **query):
        return sorted(row.number for row in signed_in(person).get(url, query).context["rows"])

    county, neighbour, taken = "潭县同社〔2017〕1号", "韶同社〔2017〕1号", "潭同社〔2017〕1号"
    assert numbers(people.office) == sorted([county, neighbour, taken])
    assert numbers(people.county) == sorted([county, taken])
    for person in (people.other_city, people.other_county, people.assessor, people.auditor, people.nobody):
        assert numbers(person) == []
    assert numbers(people.office, level=city.level_id) == [taken]
    assert numbers(people.office, state="revoked") == [taken]
    assert numbers(people.office, to_hand_in="true") == [taken]
    assert numbers(people.office, area=xiangtan.areas["韶山市"].pk) == [neighbour]
    assert numbers(people.office, q="ysq") == [neighbour]
    assert numbers(people.office, q="潭县同社") == [county]
    assert numbers(people.office, year="2016") == []
    assert numbers(people.office, year="2017", category=xiangtan.categories["village"].pk) == []


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda o, p: None, "This plaque is valid"),
        (
            lambda o, p: demand_rectification(actor=o, plaque=p, by=DAY(2017, 6, 30), reason="-"),
            "put something right by 30 June 2017",
        ),
        (lambda o, p: suspend_plaque(actor=o, plaque=p, reason="-"), "suspended since 22 May 2017"),
        (lambda o, p: revoke_plaque(actor=o, plaque=p, reason="-"), "revoked on 22 May 2017"),
        (lambda o, p: give_back_plaque(actor=o, plaque=p, reason="-"), "given back on 22 May 2017"),
        (lambda o, p: replace_plaque(actor=o, plaque=p, reason="-"), "The new plaque: 潭同社〔2017〕2号"),
        (
            lambda o, p: Plaque.objects.filter(pk=p.pk).update(valid_until=DAY(2017, 5, 21)),
            "valid until 21 May 2017 and has expired",
        ),
    ],
)
def test_the_public_page_says_how_it_stands_with_a_plaque(step, words, climb, people, client):
    plaque = climb("甲社区", "city")["city"]
    step(people.office, plaque)
    url = reverse("publicity:plaque", args=[plaque.check_code])
    assert words in client.get(url, headers={"accept-language": "en"}).content.decode()


def test_the_public_page_says_that_a_plaque_ended_with_a_merger(climb, people, client):
    gone, stays = climb("甲社区"), climb("乙社区")
    merge_site(actor=people.office, site=gone["county"].site, into=stays["county"].site, reason="合并")
    url = reverse("publicity:plaque", args=[gone["county"].check_code])
    page = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "This plaque ended on 22 May 2017" in page
    assert "The site goes on in “乙社区”." in page


def test_the_page_of_a_site_costs_the_same_whatever_its_history(climb, people, signed_in, on_day, xiangtan):
    site = climb("甲社区", "city")["city"].site
    client, url = signed_in(people.office), reverse("sites:detail", args=[site.pk])

    def queries():
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    before = queries()
    for _time in range(5):
        newest = Plaque.objects.filter(level__code="city").aggregate(newest=Max("pk"))["newest"]
        replace_plaque(actor=people.office, plaque=Plaque.objects.get(pk=newest), reason="遗失")
    assert queries() == before
