"""Group robots and text messages, over real connections to a host of the test's own; and what people set up."""

import base64
import hashlib
import hmac
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError
from accounts.models import AuditEvent
from notices.channels.base import Letter, NotSent
from notices.models import ChannelAddress, Delivery
from notices.services import notify
from notices.services.addresses import send_test, set_channel
from notices.tasks import send_deliveries

PAGE = "/messages/channels/"


@pytest.fixture
def county(people):
    people.county.language = "en"
    people.county.save()
    return people.county


@pytest.fixture
def browser(client, county):
    client.force_login(county)
    client.cookies["django_language"] = "en"
    return client


def rows() -> list[tuple]:
    return list(Delivery.objects.order_by("id").values_list("channel", "state", "attempts", "error"))


class Provider:
    """Text messages as an installation might send them."""

    sent: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        if phone.endswith("9"):
            raise NotSent("busy")
        if phone.endswith("8"):
            raise ValueError("a fault of the provider's own")
        self.sent.append((phone, text))


# --- sending ------------------------------------------------------------------------------------------------


def test_a_wecom_robot_posts_the_message(county, robot_host):
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    notify(recipients=[county], subject="申报已退回", body="请于10日内补正。", url="/applications/7/")
    assert send_deliveries() == 1
    assert robot_host.received == [
        {
            "path": "/cgi-bin/webhook/send/a",
            "query": {"key": "0123456789-a"},
            "json": {
                "msgtype": "text",
                "text": {"content": "申报已退回\n请于10日内补正。\nhttps://sites.example.cn/applications/7/"},
            },
        }
    ]
    assert rows() == [("wecom", "sent", 1, "")]


def test_a_dingtalk_robot_with_a_secret_is_called_signed(county, robot_host):
    set_channel(
        actor=county, channel="dingtalk", is_on=True, address=robot_host.address("d"), secret="SECabc"
    )
    notify(recipients=[county], subject="one")
    before = timezone.now().timestamp() * 1000
    assert send_deliveries() == 1
    query = robot_host.received[0]["query"]
    assert before - 1 <= int(query["timestamp"]) <= before + 60_000
    mac = hmac.new(b"SECabc", f"{query['timestamp']}\nSECabc".encode(), hashlib.sha256).digest()
    assert (query["key"], query["sign"]) == ("0123456789-d", base64.b64encode(mac).decode())


@pytest.mark.parametrize(
    ("status", "answer", "state", "error"),
    [
        (200, {"errcode": 93000, "errmsg": "invalid webhook"}, "failed", "93000 invalid webhook"),
        (200, {"errcode": 45009, "errmsg": "freq"}, "waiting", "45009 freq"),
        (429, b"", "waiting", "HTTP 429"),
        (503, b"", "waiting", "HTTP 503"),
        (404, b"", "failed", "HTTP 404"),
        (302, b"", "failed", "HTTP 302"),
        # A gateway that does not know, a cut line, a page of somebody else's: it may have arrived.
        (502, b"", "unconfirmed", "HTTP 502"),
        (None, b"", "unconfirmed", "RemoteDisconnected"),
        (200, b"<html>", "unconfirmed", "The answer is not a robot's."),
    ],
)
def test_answers_of_a_robot(county, robot_host, status, answer, state, error):
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    robot_host.answers["/cgi-bin/webhook/send/a"] = (status, answer)
    notify(recipients=[county], subject="one")
    assert send_deliveries() == 0
    assert rows() == [("wecom", state, 1, error)]
    robot_host.answers.clear()
    if state != "waiting":
        assert send_deliveries() == 0
        assert rows() == [("wecom", state, 1, error)]


def test_a_host_taken_off_the_list_gets_nothing_more(county, robot_host, settings):
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    notify(recipients=[county], subject="one")
    settings.WEBHOOK_HOSTS = ["robots.example.cn"]
    assert send_deliveries() == 0
    assert rows() == [("wecom", "failed", 1, "The robot's host is not allowed.")]
    assert robot_host.received == []


def test_text_messages_go_through_the_installations_provider(county, settings):
    settings.SMS_PROVIDER = "tests.notices.test_channels.Provider"
    Provider.sent.clear()
    for last, state in ((7, "sent"), (8, "unconfirmed"), (9, "waiting")):
        set_channel(actor=county, channel="sms", is_on=True, address=f"1380000000{last}")
        notify(recipients=[county], subject=f"to {last}", url="/x/")
        send_deliveries()
        assert Delivery.objects.latest("id").state == state
    assert Provider.sent == [("13800000007", "to 7\nhttp://127.0.0.1:8000/x/")]


def test_long_messages_are_shortened_in_the_middle():
    letter = Letter(key="1", subject="题目", body="内容" * 500, link="https://a.cn/1/")
    short = letter.within(60)
    assert short == "题目\n" + "内容内容内容内容内容内…\nhttps://a.cn/1/"
    assert len(short.encode()) <= 60
    assert Letter(key="1", subject="题目", body="x", link="").within(60) == "题目\nx"


def test_every_channel_switched_on_gets_it_once(county, robot_host, mail_server, people):
    county.email = "county@example.cn"
    county.save()
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    set_channel(actor=county, channel="dingtalk", is_on=False, address=robot_host.address("b"))
    notify(recipients=[county, people.neighbour], subject="one")
    assert [row[:2] for row in rows()] == [("email", "waiting"), ("wecom", "waiting")]
    assert send_deliveries() == 2
    assert (len(mail_server.received), len(robot_host.received)) == (1, 1)
    set_channel(actor=county, channel="email", is_on=False)
    notify(recipients=[county], subject="two")
    assert send_deliveries() == 1
    assert (len(mail_server.received), len(robot_host.received)) == (1, 2)


def test_nothing_goes_to_a_closed_account(county, mail_server):
    county.email, county.is_active = "county@example.cn", False
    county.save()
    notify(recipients=[county], subject="one")
    assert rows() == []


# --- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://robots.example.cn.evil.example/send",
        "https://robots.example.cn@evil.example/send",
        "https://evil.example#robots.example.cn",
        "https://robots.example.cn:8443/send",
        "http://robots.example.cn/send",
        "http://robots.example.cn:443/send",
        "ftp://robots.example.cn/send",
        "file:///etc/passwd",
        "//robots.example.cn/send",
        "robots.example.cn/send",
        "https://robots.example.cn\\@evil.example/",
        "https://robots.example.cn/a b",
        "https://robots.example.cn/\r\nHost: evil.example",
        "https://röbots.example.cn/",
        "https://robots.example.cn:99999/",
        "https://[::1/",
        "http://127.0.0.1:1/send",
    ],
)
def test_only_named_hosts_are_called(county, settings, address):
    settings.WEBHOOK_HOSTS = ["robots.example.cn"]
    with pytest.raises(DomainError):
        set_channel(actor=county, channel="wecom", is_on=True, address=address)
    assert not ChannelAddress.objects.exists()
    set_channel(actor=county, channel="wecom", is_on=True, address="https://ROBOTS.example.cn/send?key=1")


def test_no_address_or_secret_comes_to_light_again(browser, county, robot_host, caplog):
    address = robot_host.address("very-secret")
    answer = browser.post(
        reverse("notices:channel", args=["dingtalk"]),
        {"dingtalk-is_on": "on", "dingtalk-address": address, "dingtalk-secret": "SECabcdef"},
    )
    assert answer.status_code == 302
    row = ChannelAddress.objects.get()
    assert (row.address, row.secret, row.is_on) == (address, "SECabcdef", True)
    robot_host.answers["/cgi-bin/webhook/send/very-secret"] = (500, b"")
    notify(recipients=[county], subject="one")
    send_deliveries()
    page = browser.get(PAGE).content.decode()
    events = [
        (event.action, event.object_label, event.reason, event.detail)
        for event in AuditEvent.objects.filter(action__startswith="channel.")
    ]
    assert events == [("channel.set", "", "", {"channel": "dingtalk", "on": True})]
    assert "127.0.0.1 …cret" in page
    errors = " ".join(Delivery.objects.values_list("error", flat=True))
    for place in (page, caplog.text, errors):
        assert ("0123456789" in place, "SECabcdef" in place) == (False, False)


def test_a_new_address_drops_the_secret_of_the_old(county, robot_host):
    set_channel(actor=county, channel="dingtalk", is_on=True, address=robot_host.address("a"), secret="S")
    set_channel(actor=county, channel="dingtalk", is_on=False)
    assert ChannelAddress.objects.values_list("secret", "is_on").get() == ("S", False)
    set_channel(actor=county, channel="dingtalk", is_on=True, address=robot_host.address("b"))
    assert ChannelAddress.objects.values_list("address", "secret").get() == (robot_host.address("b"), "")


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_says_what_is_set_up(browser, county, robot_host, settings):
    page = browser.get(PAGE).content.decode()
    assert re.findall(r'<h2 id="(\w+)-head">.*?<span class="state [\w-]+">([^<]+)</span>', page) == [
        ("inbox", "always on"),
        ("email", "not set up here"),
        ("wecom", "switched off"),
        ("dingtalk", "switched off"),
        ("sms", "not set up here"),
    ]


def test_the_system_administrator_reads_which_setting_switches_a_channel_on(browser, people):
    names = ("EMAIL_HOST", "WEBHOOK_HOSTS", "SMS_PROVIDER")
    assert not [name for name in names if name in browser.get(PAGE).content.decode()]
    browser.force_login(people.system_admin)
    browser.cookies["django_language"] = "en"
    page = browser.get(PAGE).content.decode()
    assert [page.count(f"Setting {name} in") for name in names] == [1, 2, 1]


def test_a_wrong_address_is_told_and_nothing_kept(browser, robot_host):
    url = reverse("notices:channel", args=["wecom"])
    page = browser.post(url, {"wecom-is_on": "on", "wecom-address": "https://evil.example/"}, follow=True)
    assert "Messages may not be sent to this host." in page.content.decode()
    page = browser.post(url, {"wecom-is_on": "on", "wecom-address": ""}, follow=True)
    assert "Enter the address to send to" in page.content.decode()
    page = browser.post(url, {"wecom-address": "x" * 501})
    assert "at most 500 characters" in page.content.decode()
    assert not ChannelAddress.objects.exists()
    assert browser.post(reverse("notices:channel", args=["pigeon"]), {}).status_code == 404


def test_a_test_message_goes_out_at_once_and_once_a_minute(browser, county, robot_host, settings):
    settings.QUIET_HOURS = ("00:00", "23:59:59.999999")
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    url = reverse("notices:channel_test", args=["wecom"])
    assert "A test message is on its way." in browser.post(url, follow=True).content.decode()
    assert "Wait a minute" in browser.post(url, follow=True).content.decode()
    notify(recipients=[county], subject="in the night")
    assert send_deliveries() == 1
    content = [call["json"]["text"]["content"] for call in robot_host.received]
    assert content == [
        "Test message: messages reach you over this channel.\nhttps://sites.example.cn/messages/channels/"
    ]
    assert [row[:2] for row in rows()] == [("wecom", "sent"), ("wecom", "waiting")]


def test_what_was_entered_can_be_deleted(browser, county, robot_host):
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    browser.post(reverse("notices:channel_forget", args=["wecom"]))
    assert not ChannelAddress.objects.exists()
    with pytest.raises(DomainError):
        send_test(actor=county, channel="wecom", url=PAGE)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries(browser, county, robot_host, count, django_assert_num_queries):
    set_channel(actor=county, channel="wecom", is_on=True, address=robot_host.address("a"))
    for _number in range(count):
        notify(recipients=[county], subject="one")
    browser.get(PAGE)
    with django_assert_num_queries(8):
        browser.get(PAGE)
