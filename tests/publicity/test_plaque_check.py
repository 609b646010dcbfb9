"""The check page: each state in a word, an icon and a colour; numbers however they are typed; guessing has an end."""

import datetime
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.written_numbers import spellings
from publicity.check_codes import in_capitals
from sites.models import Level, Plaque, Programme
from sites.services import (
    award_plaque,
    demand_rectification,
    give_back_plaque,
    replace_plaque,
    revoke_plaque,
    suspend_plaque,
)

CHECK = "/public/plaques/"


@dataclass(frozen=True)
class Told:
    """What stands on the page: word, icon, colour."""

    words: str
    icon: str
    colour: str


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def plaque(make_site, people, xiangtan, on_day) -> Plaque:
    on_day(2017, 6, 1)
    return award_plaque(
        actor=people.office,
        site=make_site("同心社区甲"),
        level=xiangtan.levels["city"],
        awarded_on=datetime.date(2017, 6, 1),
        reason="文件",
    )


def by_number(client, number: str):
    return client.get(CHECK, {"number": number})


def by_code(client, plaque):
    return client.get(f"/C/{in_capitals(plaque.check_code)}")


STATES = {
    "valid": (lambda actor, plaque: None, Told("This plaque is valid", "bi-patch-check", "yes")),
    "rectifying": (
        lambda actor, plaque: demand_rectification(
            actor=actor, plaque=plaque, reason="整改", by=datetime.date(2017, 9, 1)
        ),
        Told("The site has to put something right by 1 September 2017.", "bi-patch-exclamation", "yes"),
    ),
    "suspended": (
        lambda actor, plaque: suspend_plaque(actor=actor, plaque=plaque, reason="暂停"),
        Told("This plaque has been suspended since 15 August 2017", "bi-pause-circle", "hold"),
    ),
    "revoked": (
        lambda actor, plaque: revoke_plaque(actor=actor, plaque=plaque, reason="不合格"),
        Told("This plaque was revoked on 15 August 2017 and is no longer valid", "bi-x-octagon", "no"),
    ),
    "returned": (
        lambda actor, plaque: give_back_plaque(actor=actor, plaque=plaque, reason="交回"),
        Told("This plaque was given back on 15 August 2017", "bi-arrow-return-left", "no"),
    ),
    "replaced": (
        lambda actor, plaque: replace_plaque(actor=actor, plaque=plaque, reason="破损"),
        Told("This plaque was replaced by a new one on 15 August 2017", "bi-arrow-left-right", "no"),
    ),
    "expired": (
        lambda actor, plaque: Plaque.objects.filter(pk=plaque.pk).update(
            valid_until=datetime.date(2017, 8, 14)
        ),
        Told("This plaque was valid until 14 August 2017 and has expired", "bi-calendar-x", "no"),
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_at_once_by_number_and_by_code(client, plaque, people, on_day, state):
    step, told = STATES[state]
    assert "This plaque is valid" in by_code(client, plaque).content.decode()
    on_day(2017, 8, 15)
    step(people.office, plaque)
    for answer in (by_number(client, plaque.number), by_code(client, plaque)):
        content = answer.content.decode()
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert f'<p class="{told.colour} mb-1"><i class="bi {told.icon}"' in content
        for words in (
            told.words,
            "同心社区甲",
            "City level",
            "Xiangtan County",
            "<dd>Xiangtan</dd>",
            "15 August 2017",
        ):
            assert words in content, words
        assert ("This plaque is valid" in content) is (state in ("valid", "rectifying"))


def test_the_code_asks_to_compare_the_number(client, plaque):
    compare = "Compare with the number on the plaque: <strong>潭同社〔2017〕1号</strong>"
    for address in (
        f"/C/{in_capitals(plaque.check_code)}",
        reverse("publicity:plaque", args=[plaque.check_code]),
    ):
        assert compare in client.get(address).content.decode().replace(":</", "</").replace(": <", ": <")
    assert "Compare with" not in by_number(client, plaque.number).content.decode()


def test_an_altered_code_or_number_is_unknown(client, plaque):
    capitals = in_capitals(plaque.check_code)
    altered = ("A" if capitals[0] != "A" else "B") + capitals[1:]
    addresses = (
        f"/C/{altered}", f"/C/{capitals[:-1]}", f"/C/{capitals}A", f"{CHECK}{plaque.check_code[:-1]}/",
        f"{CHECK}?number=潭同社〔2017〕2号", f"{CHECK}?number=潭同村〔2017〕1号",
    )  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, "Unknown plaque" in answer.content.decode()) == (404, True), address
        assert "同心社区甲" not in answer.content.decode()
    assert client.get(f"/c/{capitals.lower()}/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "潭同社〔２０１７〕１号",
        "潭同社［2017］1号",
        "潭同社﹝2017﹞１号",
        "  潭同社 【2017】　1号 ",
        "潭同社{2017}1号",
        "潭同社《2017》1号",
    ],
)
def test_lookalikes_are_understood(client, plaque, typed):
    assert "This plaque is valid" in by_number(client, typed).content.decode()


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("XT-2015-09", "xt-２０１５-09"),
        ("xt（2015）9", "XT(2015) 9"),
        ("ＸＴ２０１５", "ＸＴ２０１５"),
        ("旧 2015 第9号", "旧 2015 第9号"),
    ],
)
def test_numbers_as_earlier_plaques_have_them(client, plaque, kept, typed):
    Plaque.objects.filter(pk=plaque.pk).update(number=kept)
    assert by_number(client, typed).status_code == 200


def test_spellings_are_few():
    assert len(spellings("Ab〔2017〕１号")) <= 25


def test_two_programmes_with_the_same_number_show_both(client, plaque, make_site, xiangtan):
    other = Programme.objects.create(code="other", name="另一创建", owner=xiangtan.city)
    level = Level.objects.create(programme=other, code="city", name="市级", rank=1, awarded_by="owner")
    site = make_site("另一示范点")
    Plaque.objects.create(
        site=site, level=level, number=plaque.number, awarded_on=plaque.awarded_on, origin="registered"
    )
    content = by_number(client, plaque.number).content.decode()
    for words in ("同心社区甲", "另一示范点", "另一创建", "Several programmes have given this number."):
        assert words in content


def test_guessing_numbers_has_an_end_and_codes_go_on(client, plaque, settings):
    settings.PLAQUE_LOOKUPS_PER_ADDRESS = ((3, 60), (5, 3600))
    numbers = [f"潭同社〔2017〕{number}号" for number in (1, 2, 3, 4)]
    assert [by_number(client, number).status_code for number in numbers] == [200, 404, 404, 429]
    refused = by_number(client, plaque.number)
    assert (refused.status_code, 1 <= int(refused["Retry-After"]) <= 60) == (429, True)
    assert "Too many numbers were looked up from your address" in refused.content.decode()
    assert by_code(client, plaque).status_code == 200
    assert client.get(CHECK).status_code == 200
    assert client.get(CHECK, {"number": plaque.number}, REMOTE_ADDR="10.9.9.9").status_code == 200


def test_a_look_costs_few_queries(client, plaque, django_assert_num_queries):
    with django_assert_num_queries(1):
        by_number(client, plaque.number)
    with django_assert_num_queries(1):
        by_code(client, plaque)
    with django_assert_num_queries(0):
        client.get("/C/AAAA")


@pytest.mark.parametrize("rows", [1, 300])
def test_an_unknown_number_and_one_by_its_letters_cost_one_query(
    rows, client, plaque, xiangtan, django_assert_num_queries
):
    Plaque.objects.bulk_create(
        Plaque(
            site=plaque.site, level=plaque.level, number=f"潭同社〔2016〕{n}号", state="revoked",
            awarded_on="2016-05-02", ended_on="2016-06-02", origin="awarded",
        )
        for n in range(1, rows + 1)
    )  # fmt: skip
    for typed, status in (
        ("潭同社〔2016〕999号", 404),
        ("潭同社2016-1", 200),
        ("号", 404),
        ("潭同社〔20161〕号", 404),
    ):
        with django_assert_num_queries(1):
            assert by_number(client, typed).status_code == status, typed


def test_however_a_number_is_written_its_letters_go_with_it(plaque, xiangtan):
    def kept():
        return Plaque.objects.get(pk=plaque.pk).bare_number

    assert kept() == "潭同社20171"
    plaque.number = "ＸＴ（2015）第９号"
    plaque.save(update_fields=["number"])
    assert kept() == "xt20159"
    Plaque.objects.filter(pk=plaque.pk).update(number="旧 2015-08")
    assert kept() == "旧201508"
    plaque.site.plaques.update(number="\ufdfa" * 100)
    assert (len(kept()), kept()[:4]) == (100, "صلىا")
    with pytest.raises(TypeError), transaction.atomic():
        Plaque.objects.bulk_update([plaque], ["number"])
    new = Plaque(
        site=plaque.site, level=xiangtan.levels["county"], number="县〔2016〕２号", awarded_on="2016-05-02",
        origin="registered",
    )  # fmt: skip
    Plaque.objects.bulk_create([new])
    assert (new.bare_number, Plaque.objects.get(pk=new.pk).bare_number) == ("县20162", "县20162")
