"""Messages by e-mail, over a real connection to a mail server of the test's own."""

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.models import Delivery, Message
from notices.services import deliveries, notify
from notices.tasks import send_deliveries


@pytest.fixture
def county(people):
    people.county.email = "county@example.cn"
    people.county.language = "en"
    people.county.save()
    return people.county


def states() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("id").values_list("state", "attempts"))


def test_a_message_arrives(county, mail_server):
    notify(recipients=[county], subject="申报已退回", body="请于10日内补正。\n谢谢", url="/applications/7/")
    assert states() == [("waiting", 0)]
    assert send_deliveries() == 1
    (mail,) = mail_server.received
    assert (mail["Subject"], mail["To"], mail["From"]) == (
        "申报已退回",
        "county@example.cn",
        "office@sites.example.cn",
    )
    assert mail.get_content().splitlines() == [
        "请于10日内补正。",
        "谢谢",
        "",
        "https://sites.example.cn/applications/7/",
    ]
    assert states() == [("sent", 1)]
    assert Delivery.objects.get().sent_at is not None


def test_nothing_is_sent_twice(county, mail_server):
    notify(recipients=[county, county], subject="one")
    assert send_deliveries() == 1
    assert send_deliveries() == 0
    assert len(mail_server.received) == 1


def test_a_delivery_taken_by_another_worker_is_left_alone(county, mail_server):
    notify(recipients=[county], subject="one")
    assert (len(deliveries.claim()), states()) == (1, [("sending", 0)])
    assert deliveries.claim() == []
    assert send_deliveries() == 0
    assert mail_server.received == []


def test_people_without_an_address_have_their_inbox(people, mail_server):
    notify(recipients=[people.neighbour], subject="one")
    assert send_deliveries() == 0
    assert Message.objects.get().recipient == people.neighbour


def test_without_a_mail_server_nothing_waits(county, settings):
    settings.EMAIL_CONFIGURED = False
    notify(recipients=[county], subject="one")
    assert states() == []
    assert county.inbox.count() == 1


def test_an_address_refused_for_good_is_tried_once(county, mail_server):
    county.email = "county@refused.example"
    county.save()
    notify(recipients=[county], subject="one")
    assert [send_deliveries() for _round in range(2)] == [0, 0]
    assert states() == [("failed", 1)]
    assert Delivery.objects.get().error == "550 no such person"
    assert mail_server.received == []


def test_who_is_asked_to_come_again_waits_longer_each_time(county, mail_server):
    """1, 5, 30, 120 and 600 minutes; after that somebody has to look at it."""
    county.email = "county@later.example"
    county.save()
    notify(recipients=[county], subject="one")
    waited = []
    for _attempt in range(5):
        assert send_deliveries() == 0
        delivery = Delivery.objects.get()
        waited.append(round((delivery.next_try_at - timezone.now()).total_seconds() / 60))
        assert send_deliveries() == 0
        assert states() == [("waiting", len(waited))]
        Delivery.objects.update(next_try_at=timezone.now())
    assert waited == [1, 5, 30, 120, 600]
    assert send_deliveries() == 0
    assert states() == [("failed", 6)]
    assert Delivery.objects.get().error == "450 come again"


def test_a_server_that_comes_back_gets_what_waited(county, mail_server, settings):
    notify(recipients=[county], subject="one")
    settings.EMAIL_PORT = 1
    assert send_deliveries() == 0
    assert states() == [("waiting", 1)]
    settings.EMAIL_PORT = mail_server.port
    assert send_deliveries() == 0
    Delivery.objects.update(next_try_at=timezone.now())
    assert send_deliveries() == 1
    assert states() == [("sent", 2)]


def test_a_server_that_does_not_answer_costs_the_others_no_attempt(county, people, mail_server, settings):
    for number, person in enumerate((people.office, people.leader)):
        person.email = f"{number}@example.cn"
        person.save()
    notify(recipients=[county, people.office, people.leader], subject="one")
    settings.EMAIL_PORT = 1
    assert send_deliveries() == 0
    assert states() == [("waiting", 1), ("waiting", 0), ("waiting", 0)]


def test_each_person_reads_his_own_language(county, people, mail_server):
    people.neighbour.email = "neighbour@example.cn"
    people.neighbour.save()
    notify(recipients=[county, people.neighbour], subject=_("Monday"))
    assert send_deliveries() == 2
    assert [mail["Subject"] for mail in mail_server.received] == ["Monday", "星期一"]


def test_line_breaks_do_not_reach_the_head(county, mail_server):
    notify(recipients=[county], subject="a\nBcc: everybody@example.cn")
    assert send_deliveries() == 1
    assert [(mail["Subject"], mail["Bcc"]) for mail in mail_server.received] == [
        ("a Bcc: everybody@example.cn", None)
    ]
