"""The register on the web: what is typed is kept, what is likely the same is asked, every list opens and exports."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from publicity.models import Coverage
from publicity.services.coverage import change_coverage, record_coverage
from tests.publicity.coverage import DAY, TYPED, piece


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def put(xiangtan, people):
    def do(area="湘潭县", **fields):
        return record_coverage(
            actor=people.office,
            programme=xiangtan.programme,
            area=xiangtan.areas[area],
            piece=piece(**fields),
            is_reprint=True,
        )

    return do


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(pk=person.pk))
    return client


def test_a_piece_is_recorded_from_the_page_of_its_site(make_site, people):
    site, client = make_site(), client_of(people.county)
    address = f"{reverse('publicity:coverage_new')}?site={site.pk}"
    assert address in client.get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert client.get(address).context["form"]["site"].value() == site.pk
    response = client.post(address, TYPED | {"site": site.pk}, follow=True)
    assert "The piece is in the register." in response.content.decode()
    assert Coverage.objects.get().site == site
    assert "某市日报" in client.get(reverse("sites:detail", args=[site.pk])).content.decode()


def test_the_office_chooses_the_area_first(people, xiangtan):
    client, area = client_of(people.office), xiangtan.areas["韶山市"]
    assert "For which county or park?" in client.get(reverse("publicity:coverage_new")).content.decode()
    client.post(f"{reverse('publicity:coverage_new')}?area={area.pk}", TYPED)
    assert Coverage.objects.get().area == area
    address = f"{reverse('publicity:coverage_new')}?area={area.pk}"
    assert client_of(people.county).get(address).status_code == 404


def test_the_likely_reprint_is_asked_and_what_was_typed_is_kept(put, people):
    first, client = put(title="同心共建"), client_of(people.county)
    typed = TYPED | {"title": "【转】同心共建", "outlet": "某县报"}
    page = client.post(reverse("publicity:coverage_new"), typed).content.decode()
    assert "The same title came out before" in page
    assert "某县报" in page
    client.post(reverse("publicity:coverage_new"), typed | {"reprint": "yes"})
    assert Coverage.objects.get(outlet="某县报").same_as == first


def test_a_wrong_day_and_a_wrong_link_are_told_together_beside_their_fields(people):
    typed = TYPED | {"published_on": "2018-01-01", "url": "www.example.com/3"}
    form = client_of(people.county).post(reverse("publicity:coverage_new"), typed).context["form"]
    assert form.errors == {
        "published_on": ["The day lies in the future. Record it when it has come out."],
        "url": [
            "“www.example.com/3” is no link to a page. "
            "A link begins with http:// or https://; copy it from the browser's address bar."
        ],
    }
    assert Coverage.objects.count() == 0


def test_an_article_another_county_has_is_named_without_a_link_that_leads_nowhere(put, people):
    first, client = put(title="同心共建", area="韶山市"), client_of(people.county)
    entry = reverse("publicity:coverage_entry", args=[first.pk])
    page = client.post(reverse("publicity:coverage_new"), TYPED).content.decode()
    assert ("The same title came out before" in page, entry in page) == (True, False)
    client.post(reverse("publicity:coverage_new"), TYPED | {"reprint": "no"})
    mine = Coverage.objects.exclude(pk=first.pk).get()
    client.post(reverse("publicity:coverage_reprint", args=[mine.pk]), {"original": first.pk})
    mine.refresh_from_db()
    assert mine.same_as == first
    assert entry not in client.get(reverse("publicity:coverage_entry", args=[mine.pk])).content.decode()


def test_the_entry_that_has_the_link_is_one_click_away(put, people):
    first, client = put(title="同心共建", url="http://example.com/3"), client_of(people.county)
    typed = TYPED | {"title": "别的", "url": "http://example.com/3"}
    page = client.post(reverse("publicity:coverage_new"), typed).content.decode()
    assert reverse("publicity:coverage_entry", args=[first.pk]) in page


def test_a_stale_form_shows_what_is_there_now_and_saves_when_sent_again(put, people):
    entry, client = put(title="同心共建"), client_of(people.county)
    address = reverse("publicity:coverage_change", args=[entry.pk])
    change_coverage(actor=people.office, coverage=entry, revision=1, piece=piece(outlet="某省日报"))
    typed = TYPED | {"outlet": "我的报", "revision": 1}
    response = client.post(address, typed)
    assert dict(response.context["now_there"]) == {
        "Name of the outlet": "某省日报",
        "Headline": "同心共建见实效",
    }
    assert response.context["form"]["outlet"].value() == "我的报"
    client.post(address, typed | {"revision": response.context["form"]["revision"].value()})
    entry.refresh_from_db()
    assert (entry.outlet, entry.revision) == ("我的报", 3)


def test_the_list_filters_and_finds_by_initials(put, make_site, people):
    site = make_site(name="清溪同心社区")
    put(title="甲", site=site, medium="tv", outlet_level="province")
    put(title="乙", published_on=DAY(2016, 4, 18))
    put(title="丙报道", outlet="丁网", medium="web", url="http://example.com/3")
    put(title="【转】丙报道", area="韶山市")
    Coverage.objects.filter(title="丙报道").update(link_state="dead")
    client = client_of(people.office)
    for given, titles in (
        ({}, {"甲", "乙", "丙报道", "【转】丙报道"}),
        ({"q": "qxtx"}, {"甲"}),
        ({"q": "bbd"}, {"丙报道", "【转】丙报道"}),
        ({"q": "丁网"}, {"丙报道"}),
        ({"medium": "tv"}, {"甲"}),
        ({"level": "province"}, {"甲"}),
        ({"year": "2016"}, {"乙"}),
        ({"reprint": "no"}, {"甲", "乙", "丙报道"}),
        ({"reprint": "yes"}, {"【转】丙报道"}),
        ({"link": "dead"}, {"丙报道"}),
        ({"link": "lost"}, {"丙报道"}),
        ({"site": site.pk}, {"甲"}),
        ({"state": "withdrawn"}, set()),
    ):
        page = client.get(reverse("publicity:coverage"), given)
        assert {entry.title for entry in page.context["rows"]} == titles, given


def test_an_entry_is_taken_back_on_its_page(put, people):
    entry, client = put(), client_of(people.county)
    client.post(reverse("publicity:coverage_withdraw", args=[entry.pk]), {"reason": ""})
    assert Coverage.objects.get().state == "recorded"
    page = client.post(
        reverse("publicity:coverage_withdraw", args=[entry.pk]), {"reason": "recorded twice"}, follow=True
    )
    assert "recorded twice" in page.content.decode()
    assert client.get(reverse("publicity:coverage_change", args=[entry.pk])).status_code == 302
