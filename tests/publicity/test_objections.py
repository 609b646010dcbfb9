"""Objections from the public page: taken, limited, kept apart, looked into, looked up and forgotten."""

import datetime
import re

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.errors import DomainError
from accounts.models import AuditEvent
from assessments.models import Assessment, FailedLookup, Objection
from assessments.services import award, decide_objection, decline, wipe_objectors
from notices.models import Message
from publicity import portal
from tests.assessments.conftest import *  # noqa: F403 - the way to a public notice

OUTCOME = "/public/objections/"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def notice(noticed):
    """On public notice from Monday 22 May 2017 to 26 May, before the make-up Saturday."""
    return noticed().notice


def address(notice) -> str:
    return reverse("publicity:object", args=[notice.pk])


def send(client, notice, text="用地手续不全，可向国土所核实。", **fields):
    return client.post(address(notice), {"text": text, **fields})


def code_of(client, response) -> str:
    assert response.url == reverse("publicity:objection_received")
    page = client.get(response.url).content.decode()
    return re.search(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", page).group()


def at(text: str) -> None:
    """Let the clock stand at an hour: "2017-05-26 23:59"."""
    wanted = timezone.make_aware(datetime.datetime.fromisoformat(text))
    clock._offset = wanted - timezone.now()


def test_the_way_of_an_objection(client, notice, people, on_day):
    assert (notice.starts_on, notice.ends_on) == (datetime.date(2017, 5, 22), datetime.date(2017, 5, 26))
    response = send(client, notice, objector="某村民", contact="13800000000")
    code = code_of(client, response)
    kept = Objection.objects.get()
    assert (kept.text, kept.objector, kept.channel, kept.outcome) == (
        "用地手续不全，可向国土所核实。", "某村民", "public", "open",
    )  # fmt: skip
    # Shown once.
    assert client.get(reverse("publicity:objection_received")).url == OUTCOME
    waiting = client.post(OUTCOME, {"receipt": code}).content.decode()
    assert "Being looked into" in waiting
    on_day(2017, 5, 31)
    assessment = Assessment.objects.get()
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=assessment)
    decide_objection(actor=people.office, objection=kept, upheld=False, findings="手续齐全，已核实。")
    decided = client.post(OUTCOME, {"receipt": code.lower().replace("-", " ")}).content.decode()
    assert "Not upheld" in decided
    assert "手续齐全，已核实。" in decided
    assert "某村民" not in decided
    assert award(actor=people.office, assessment=Assessment.objects.get()).number == "潭同社〔2017〕1号"


def test_the_notice_stands_among_the_public_dates_day_by_day(client, notice):
    dates = [(date.day, date.url) for date in portal.public_dates()]
    assert dates[:2] == [
        (datetime.date(2017, 5, 26), reverse("publicity:notices")),
        (datetime.date(2017, 5, 31), reverse("publicity:portal")),
    ]
    assert "Objections until 26 May 2017." in client.get("/public/news.atom").content.decode()


def test_upheld_it_blocks_for_good(client, notice, people, on_day):
    send(client, notice)
    decide_objection(actor=people.office, objection=Objection.objects.get(), upheld=True, findings="属实")
    on_day(2017, 5, 31)
    with pytest.raises(DomainError, match=r"异议|objection"):
        award(actor=people.office, assessment=Assessment.objects.get())
    decline(actor=people.office, assessment=Assessment.objects.get(), reason="异议属实")
    assert Assessment.objects.get().state == "declined"


def test_the_office_is_told_without_what_it_says(client, notice, people):
    before = set(Message.objects.values_list("pk", flat=True))
    send(client, notice, text="不可外传的内容", objector="某村民")
    told = Message.objects.exclude(pk__in=before)
    assert [message.recipient.username for message in told] == ["office"]
    assert "不可外传" not in told.get().body + told.get().subject


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2017-05-22 00:00", True),
        ("2017-05-26 23:59", True),
        ("2017-05-27 00:01", False),
    ],
)
def test_until_midnight_of_the_last_day(client, notice, moment, taken):
    at(moment)
    response = send(client, notice)
    assert (response.status_code, Objection.objects.count()) == ((302, 1) if taken else (200, 0))
    if not taken:
        words = response.content.decode()
        assert "The public notice ended on 26 May 2017" in words
        assert "Room 605" in words
        assert "<textarea" not in client.get(address(notice)).content.decode()


def test_a_notice_that_has_not_begun_is_unknown(client, approved, people):
    from assessments.services import publish_notice

    later = publish_notice(actor=people.office, assessment=approved(), starts_on=datetime.date(2017, 5, 25))
    assert client.get(address(later)).status_code == 404


def test_after_the_decision_the_form_is_closed(client, notice, people):
    decline(actor=people.office, assessment=notice.assessment, reason="申报单位撤回")
    response = send(client, notice)
    assert "The notice has been concluded" in response.content.decode()
    assert Objection.objects.count() == 0


# --- limits -------------------------------------------------------------------------------------------------


@override_settings(OBJECTIONS_PER_ADDRESS=(2, 3))
def test_so_many_from_one_address(client, notice):
    at("2017-05-22 09:00")
    assert [send(client, notice, f"第{number}件").status_code for number in range(3)] == [302, 302, 429]
    refused = send(client, notice)
    assert "Too many have come in" in refused.content.decode()
    assert "Room 605, Xiangtan United Front Work Department" in refused.content.decode()
    # Another address, and the same after an hour: the third of the day; a fourth only tomorrow.
    assert client.post(address(notice), {"text": "x"}, REMOTE_ADDR="10.0.0.9").status_code == 302
    at("2017-05-22 10:05")
    assert [send(client, notice, f"又{number}件").status_code for number in range(2)] == [302, 429]
    at("2017-05-23 09:00")
    assert send(client, notice).status_code == 302


@override_settings(OBJECTIONS_PER_NOTICE=(2, 9))
def test_so_many_to_one_notice(client, notice):
    sent = [
        client.post(address(notice), {"text": "x"}, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)
    ]
    assert sent == [302, 302, 429]


@override_settings(OBJECTIONS_PER_ADDRESS=(1, 9))
def test_addresses_of_one_ipv6_network_count_together(client, notice):
    sent = [
        client.post(address(notice), {"text": sender}, REMOTE_ADDR=sender).status_code
        for sender in ("2001:db8::1", "2001:db8::2:1", "2001:db8:0:1::1")
    ]
    assert sent == [302, 429, 302]


@override_settings(FAILED_LOOKUPS_PER_ADDRESS=(3, 9))
def test_guessing_codes_is_limited(client, notice):
    code = code_of(client, send(client, notice))
    tried = [client.post(OUTCOME, {"receipt": f"ABCD-EFGH-JKL{n}"}).status_code for n in range(2, 6)]
    assert tried == [404, 404, 404, 429]
    assert client.post(OUTCOME, {"receipt": code}).status_code == 429
    assert client.post(OUTCOME, {"receipt": code}, REMOTE_ADDR="10.0.0.9").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 2001}, "at most 2000"),
        ({"text": "x", "website": "http://x"}, "as if a program had filled in the form"),
    ],
)
def test_what_is_not_taken_is_told(client, notice, fields, words):
    response = send(client, notice, **fields)
    assert words in response.content.decode()
    assert Objection.objects.count() == 0


# --- who reads what ------------------------------------------------------------------------------------------


def test_where_from_is_never_kept(client, notice):
    client.post(address(notice), {"text": "x"}, REMOTE_ADDR="203.0.113.7")
    kept = Objection.objects.get()
    assert re.fullmatch("[0-9a-f]{64}", kept.sender)
    event = AuditEvent.objects.get(action="objection.receive")
    assert (event.address, event.detail, event.actor) == ("", {}, None)
    # Another day the same address is another hash.
    at("2017-05-23 09:00")
    client.post(address(notice), {"text": "y"}, REMOTE_ADDR="203.0.113.7")
    assert len({objection.sender for objection in Objection.objects.all()}) == 2


def test_name_and_contact_are_the_offices_alone(client, notice, people):
    send(client, notice, text="事由文字", objector="举报人甲", contact="13800000000")
    detail = reverse("assessments:detail", args=[notice.assessment_id])
    seen = {}
    for person in (people.office, people.leader, people.county):
        client.force_login(person)
        page = client.get(detail).content.decode()
        seen[person.username] = ("事由文字" in page, "举报人甲" in page or "13800000000" in page)
    assert seen == {"office": (True, True), "leader": (True, False), "county": (False, False)}
    listed = reverse("assessments:objections")
    client.force_login(people.office)
    assert "举报人甲" in client.get(listed).content.decode()
    client.force_login(people.other_city)
    assert "事由文字" not in client.get(listed).content.decode()
    client.force_login(people.leader)
    assert client.get(listed).status_code == 404


def test_the_list_of_the_office(client, notice, people, django_assert_num_queries):
    send(client, notice, text="第一件")
    client.force_login(people.office)
    client.get(reverse("assessments:objections"))
    with django_assert_num_queries(7):
        client.get(reverse("assessments:objections"))
    page = client.get(reverse("assessments:objections"), {"outcome": "upheld", "export": "xlsx"})
    assert "No objection fits." in page.content.decode()


def test_wiped_so_many_days_after_the_outcome(client, notice, people, on_day):
    for name in ("甲", "乙"):
        send(client, notice, objector=name, contact="138")
    client.post(OUTCOME, {"receipt": "ABCDEFGHJKLM"})
    first, second = Objection.objects.order_by("id")
    on_day(2017, 6, 1)
    decide_objection(actor=people.office, objection=first, upheld=False, findings="不属实")
    assert wipe_objectors() == 0
    assert (FailedLookup.objects.count(), Objection.objects.exclude(sender="").count()) == (0, 0)
    on_day(2017, 11, 27)
    assert wipe_objectors() == 0
    on_day(2017, 11, 29)
    assert [wipe_objectors(), wipe_objectors()] == [1, 0]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.objector, first.contact, first.findings) == ("", "", "不属实")
    assert second.objector == "乙"  # not decided yet
