"""What anybody may read without signing in: whether a plaque is valid, and which public notices run."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import Application, Cycle
from assessments.models import Assessment, IndicatorSet, PublicNotice
from sites.models import Plaque
from sites.services import award_plaque, register_plaque, revoke_plaque

PRIVATE = {
    "person_in_charge": "张某某主任",
    "contact": "李某某联络员",
    "phone": "0731-12345678",
    "profile": "内部简介文字",
    "address": "某路99号",
}
CHECK, NOTICES = "/public/plaques/", "/public/notices/"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def site(make_site):
    return make_site(name="同心社区甲", **PRIVATE)


@pytest.fixture
def plaque(site, people, xiangtan, on_day):
    on_day(2017, 6, 1)
    return award_plaque(
        actor=people.office,
        site=site,
        level=xiangtan.levels["city"],
        awarded_on=datetime.date(2017, 6, 1),
        reason="内部依据文字",
    )


def page(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def assert_nothing_private(content: str) -> None:
    for text in (*PRIVATE.values(), "内部依据文字", "内部理由文字", "award.pdf", "office", "county"):
        assert text not in content.replace("leadership office", "").replace("County or park", "")


def test_a_valid_plaque(client, plaque):
    assert plaque.number == "潭同社〔2017〕1号"
    content = page(client.get(reverse("publicity:plaque", args=[plaque.check_code])))
    for text in (
        "This plaque is valid",
        "潭同社〔2017〕1号",
        "同心社区甲",
        "Four Tongxin Demonstration Sites",
        "Xiangtan County",
        "1 June 2017",
    ):
        assert text in content
    assert_nothing_private(content)


def test_a_revoked_plaque(client, plaque, people, on_day):
    on_day(2017, 8, 15)
    revoke_plaque(actor=people.office, plaque=plaque, reason="内部理由文字")
    content = page(client.get(reverse("publicity:plaque", args=[plaque.check_code])))
    assert "This plaque was revoked on 15 August 2017 and is no longer valid" in content
    assert "This plaque is valid" not in content
    assert_nothing_private(content)


def test_an_unknown_code_is_told_in_words(client, xiangtan):
    assert "Unknown plaque" in page(client.get(reverse("publicity:plaque", args=["nothing-here"])), 404)


@pytest.mark.parametrize("state", ["claimed", "refused"])
def test_plaques_on_somebody_s_word_are_unknown(client, site, people, xiangtan, state):
    paper = SimpleUploadedFile("award.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    claimed = register_plaque(
        actor=people.county,
        site=site,
        level=xiangtan.levels["city"],
        number="潭同社〔2015〕9号",
        awarded_on=datetime.date(2015, 12, 1),
        paper=paper,
    )
    Plaque.objects.filter(pk=claimed.pk).update(state=state)
    content = page(client.get(reverse("publicity:plaque", args=[claimed.check_code])), 404)
    assert "同心社区甲" not in content
    content = page(client.get(CHECK, {"number": claimed.number}), 404)
    assert "Unknown plaque" in content
    assert "同心社区甲" not in content


@pytest.mark.parametrize(
    "typed",
    [
        "潭同社〔2017〕1号",
        " 潭同社〔2017〕1号 ",
        "潭同社[2017]1号",
        "潭同社【2017】 1 号",
        "潭同社（2017）1号",
    ],
)
def test_a_number_is_found_as_people_type_it(client, plaque, typed):
    content = page(client.get(CHECK, {"number": typed}))
    assert "This plaque is valid" in content
    assert_nothing_private(content)


@pytest.mark.parametrize("typed", ["潭同社〔2017〕", "1", "%", "潭同社〔2017〕1号'--"])
def test_a_part_of_a_number_finds_nothing(client, plaque, typed):
    content = page(client.get(CHECK, {"number": typed}), 404)
    assert "Unknown plaque" in content
    assert "同心社区甲" not in content


@pytest.mark.parametrize(("typed", "words"), [("", "This field is required."), ("x" * 101, "at most 100")])
def test_a_wrong_number_is_told_in_the_form(client, plaque, typed, words):
    content = page(client.get(CHECK, {"number": typed}))
    assert words in content
    assert "Unknown plaque" not in content


def test_the_empty_page_asks_for_a_number(client, plaque):
    content = page(client.get(CHECK))
    assert "Number on the plaque" in content
    assert "Unknown plaque" not in content
    assert "This field is required." not in content


@pytest.mark.parametrize("address", [CHECK, NOTICES, CHECK + "code/"])
def test_nothing_is_written_through_public_pages(client, xiangtan, address):
    assert client.post(address).status_code == 405


def test_a_check_takes_one_query(client, plaque, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(CHECK, {"number": plaque.number})


# --- public notices -----------------------------------------------------------------------------------------


@pytest.fixture
def announce(xiangtan, make_site, people):
    """announce("同心社区甲", "2017-11-01", "2017-11-07"): a site on public notice between two days."""
    sets = {each.category_id: each for each in IndicatorSet.objects.all()}

    def make(name, first, last):
        site = make_site(name=name, **PRIVATE)
        application = Application.objects.create(
            cycle=xiangtan.cycle,
            site=site,
            level=xiangtan.levels["city"],
            area=site.area,
            number=f"内部编号{name}",
            state="accepted",
            data={"achievements": "内部申报文字"},
            created_by=people.county,
            created_at=site.registered_at,
            filed_first_at=site.registered_at,
        )
        assessment = Assessment.objects.create(
            application=application,
            indicator_set=sets[site.category_id],
            state="noticed",
            started_at=site.registered_at,
            score="87.65",
        )
        return PublicNotice.objects.create(
            site_name=name,
            assessment=assessment,
            starts_on=first,
            ends_on=last,
            working_days=5,
            published_by=people.office,
        )

    return make


def names(notices) -> list[str]:
    return [notice.assessment.application.site.name for notice in notices]


def test_running_and_past_notices(client, announce, on_day):
    announce("早已结束", "2017-10-16", "2017-10-20")
    announce("今日截止", "2017-11-01", "2017-11-07")
    announce("今日开始", "2017-11-07", "2017-11-13")
    announce("明日开始", "2017-11-08", "2017-11-14")
    on_day(2017, 11, 7)
    response = client.get(NOTICES)
    assert names(response.context["running"]) == ["今日开始", "今日截止"]
    assert names(response.context["past"]) == ["早已结束"]
    assert "明日开始" not in page(response)


def test_a_notice_says_what_and_how_to_object(client, announce, on_day):
    announce("同心社区甲", "2017-11-01", "2017-11-07")
    on_day(2017, 11, 2)
    content = page(client.get(NOTICES))
    for text in (
        "同心社区甲",
        "2017 Four Tongxin Demonstration Sites",
        "Xiangtan County",
        "1 November 2017 – 7 November 2017 (5 working days)",
        "In writing to the leadership office of Xiangtan, by the end of 7 November 2017",
    ):
        assert text in content
    for text in ("87.65", "内部编号", "内部申报文字"):
        assert text not in content
    assert_nothing_private(content)


def test_a_notice_says_where_objections_go(client, announce, xiangtan, on_day):
    announce("同心社区甲", "2017-11-01", "2017-11-07")
    on_day(2017, 11, 2)
    content = page(client.get(NOTICES))
    assert "Room 605, Xiangtan United Front Work Department" in content
    assert "0731-00000000" in content
    client.cookies["django_language"] = "zh-hans"
    assert "市委统战部605室" in page(client.get(NOTICES))
    Cycle.objects.update(contact={})
    assert "605室" not in page(client.get(NOTICES))


def test_no_notice_says_so(client, xiangtan):
    assert "No notice is running at present." in page(client.get(NOTICES))


@pytest.mark.parametrize("count", [1, 30])
def test_notices_take_the_same_queries(client, announce, on_day, django_assert_num_queries, count):
    for number in range(count):
        announce(f"示范点{number}", "2017-11-01", "2017-11-07")
    on_day(2017, 11, 2)
    with django_assert_num_queries(2):
        assert len(client.get(NOTICES).context["running"]) == min(count, 25)


def test_a_signed_in_person_keeps_the_menu(client, people, plaque):
    client.force_login(people.county)
    assert 'aria-label="Main menu"' in page(client.get(CHECK))
    client.logout()
    client.cookies["django_language"] = "en"
    assert 'aria-label="Main menu"' not in page(client.get(CHECK))
