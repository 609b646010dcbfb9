"""Choosing a site in a form: suggestions of what the person may see, and the same without a script."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from publicity.models import Coverage
from sites.models import Plaque, Site
from sites.services import appoint_liaison
from tests.publicity.coverage import TYPED

CHOOSE = reverse("sites:choose")


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"
    translation.activate("en")


@pytest.fixture
def asked(client):
    """asked(person, **parameters): the labels suggested and what is said about them."""

    def do(person, **parameters):
        client.force_login(person)
        answer = client.get(CHOOSE, parameters).json()
        return [item["label"].split(" · ")[0] for item in answer["items"]], answer["words"]

    return do


def test_by_name_initials_and_plaque_number(asked, people, make_site, xiangtan):
    site = make_site("同心社区")
    make_site("新同心社区")
    make_site("书屋", area="韶山市")
    Plaque.objects.create(
        site=site, level=xiangtan.levels["county"], number="潭同〔2016〕3号", awarded_on="2016-11-20"
    )
    assert asked(people.office, q="同心") == (["同心社区", "新同心社区"], "2 sites")
    assert asked(people.office, q="txsq")[0] == ["同心社区", "新同心社区"]
    assert asked(people.office, q="潭同[2016]3") == (["同心社区"], "1 site")
    assert asked(people.office, q="没有") == ([], "No site fits.")
    assert asked(people.office)[0] == ["书屋", "同心社区", "新同心社区"]


def test_only_what_the_person_may_see_and_the_form_offers(asked, people, make_site, xiangtan):
    here, closed = make_site("同心甲"), make_site("同心乙")
    park, there = make_site("同心丙", category="park"), make_site("同心丁", area="韶山市")
    Site.objects.filter(pk=closed.pk).update(state="closed")
    assert [
        asked(person, q="同心")[0] for person in (people.county, people.neighbour, people.other_county)
    ] == [
        ["同心丙", "同心甲"],
        ["同心丁"],
        [],
    ]
    assert asked(people.office, q="同心", area=[here.area_id])[0] == ["同心丙", "同心甲"]
    assert asked(people.office, q="同心", area=[here.area_id, there.area_id])[0] == [
        "同心丙",
        "同心丁",
        "同心甲",
    ]
    assert asked(people.office, q="同心", category=park.category_id, programme=here.programme_id)[0] == [
        "同心丙"
    ]
    assert asked(people.office, q="同心", without=here.pk, area="x")[0] == ["同心丙", "同心丁"]
    assert asked(people.county, q="同心", area=there.area_id) == ([], "No site fits.")


@pytest.mark.parametrize("count", [1, 30])
def test_twenty_at_most_in_the_same_queries(client, people, make_site, django_assert_num_queries, count):
    for number in range(count):
        make_site(f"同心{number:02}")
    client.force_login(people.office)
    with django_assert_num_queries(8):
        answer = client.get(CHOOSE, {"q": "tx"}).json()
    words = {1: "1 site", 30: "The first 20. Type more to narrow them down."}[count]
    assert (len(answer["items"]), answer["words"]) == (min(count, 20), words)


# --- without a script -------------------------------------------------------------------------------------------


@pytest.fixture
def send(client, people, xiangtan):
    """send(typed, **more): the form of a piece of coverage of 湘潭县, with what was typed for the site."""

    def do(typed, **more):
        client.force_login(people.office)
        address = f"{reverse('publicity:coverage_new')}?area={xiangtan.areas['湘潭县'].pk}"
        fields = {"site": "", "site_typed": typed, "site_asked": ""} | more
        return client.post(address, TYPED | fields)

    return do


def kept():
    return list(Coverage.objects.values_list("site__name", flat=True))


def test_the_page_holds_only_the_site_chosen(client, people, make_site):
    chosen, _other = make_site("甲社区"), make_site("乙社区")
    client.force_login(people.county)
    page = client.get(f"{reverse('publicity:coverage_new')}?site={chosen.pk}").content.decode()
    assert ("甲社区 · Xiangtan County" in page, "乙社区" in page) == (True, False)


@pytest.mark.parametrize("typed", ["甲社区", " 甲社区 · Xiangtan County "])
def test_the_whole_name_is_enough(send, make_site, typed):
    make_site("甲社区")
    make_site("甲社区二")
    send(typed)
    assert kept() == ["甲社区"]


def test_part_of_a_name_is_asked_back_and_ticked(send, make_site):
    site, _other = make_site("甲社区"), make_site("甲社区二")
    make_site("甲社区三", area="韶山市")
    page = send("甲社")
    labels = [label.replace("&nbsp;", " ") for label in page.content.decode().split("form-check-label")[1:]]
    assert [("甲社区" in one, "甲社区二" in one, "甲社区三" in one) for one in labels] == [
        (True, False, False),
        (True, True, False),
    ]
    assert page.context["form"].errors["site"] == ["Tick the site that is meant."]
    send("甲社", site_asked="甲社")
    assert kept() == []
    send("甲社", site_asked="甲社", site=site.pk)
    assert kept() == ["甲社区"]


def test_what_is_typed_over_a_choice_counts(send, make_site):
    site = make_site("甲社区")
    asked = {"site": site.pk, "site_asked": "甲社区 · 湘潭县"}
    page = send("<乙>", **asked)
    assert page.context["form"].errors["site"] == ["No site fits “<乙>”."]
    assert "“&lt;乙&gt;”" in page.content.decode()
    send("", **asked)
    assert kept() == [None]


def test_an_id_that_is_not_offered_is_refused(send, make_site):
    there = make_site("别处", area="韶山市")
    for value in (there.pk, "x", 10**30):
        send("别处", site=value, site_asked="别处")
    assert kept() == []


def test_two_of_one_name_are_asked_back(send, make_site):
    make_site("同名")
    make_site("同名", category="park")
    assert "site" in send("同名").context["form"].errors
    assert kept() == []


# --- what does not get further ------------------------------------------------------------------------------------


def test_parameters_lead_to_nothing_beyond_what_a_person_sees(asked, people, make_site, make_user, xiangtan):
    own, theirs = make_site("同心甲"), make_site("同心乙", area="韶山市")
    liaison = make_user("liaison", None, own.area)
    appoint_liaison(actor=people.county, site=own, user=liaison)
    liaison = User.objects.get(pk=liaison.pk)
    there = {"area": [theirs.area_id], "programme": [theirs.programme_id], "category": [theirs.category_id]}
    for person in (people.county, liaison, people.auditor, people.other_city, people.nobody):
        assert asked(person, q="同心", **there) == ([], "No site fits.")
        assert theirs.name not in asked(person, without=[own.pk])[0]
    assert asked(liaison) == (["同心甲"], "1 site")
    assert [asked(person)[0] for person in (people.auditor, people.other_city, people.nobody)] == [[], [], []]


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "同%甲", "同_甲", "'", "同心" * 5000, "\x00", "%" * 10_000]
)
def test_signs_of_a_search_are_letters_like_others(asked, people, make_site, typed):
    make_site("同心甲")
    assert asked(people.office, q=typed)[0] in ([], ["同心甲"] if typed == "\x00" else [])


@pytest.mark.parametrize("number", ["9" * 18, "9" * 400, "-1", "1 OR 1=1", "²", "٣", ""])
def test_odd_numbers_narrow_nothing_down_by_accident(client, people, make_site, number):
    make_site("同心甲")
    client.force_login(people.office)
    for name in ("area", "programme", "category", "without"):
        assert client.get(CHOOSE, {name: number}).status_code == 200
