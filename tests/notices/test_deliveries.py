"""Claims, retries and the hours of the night; and the page of what did not get through."""

import datetime
import io
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.errors import DomainError
from accounts.models import AuditEvent, User
from notices.enums import DELIVERY_TRANSITIONS, DeliveryAction, DeliveryState
from notices.models import Delivery, Message
from notices.services import deliveries, notify
from notices.services.staircase import transition
from notices.tasks import send_deliveries

PAGE = "/messages/deliveries/"


@pytest.fixture
def county(people):
    people.county.email = "county@example.cn"
    people.county.language = "en"
    people.county.save()
    return people.county


@pytest.fixture
def waiting(county, mail_server):
    """waiting(3): so many deliveries to the county that wait."""

    def do(count=1):
        for number in range(count):
            notify(recipients=[county], subject=f"message {number}")
        return list(Delivery.objects.order_by("id"))

    return do


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("action", DeliveryAction)
@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_and_action(waiting, state, action):
    [delivery] = waiting()
    Delivery.objects.update(state=state)
    target = DELIVERY_TRANSITIONS.get((state, action))
    moved = transition(rows=Delivery.objects.filter(pk=delivery.pk), action=action)
    assert (moved, states()) == ((0, [state]) if target is None else (1, [target]))


# --- claims -------------------------------------------------------------------------------------------------


def test_a_claim_left_before_the_last_byte_is_sent_again(waiting, mail_server):
    waiting(2)
    claimed = deliveries.claim(most=1)
    assert send_deliveries() == 1
    assert states() == ["sending", "sent"]
    Delivery.objects.filter(pk=claimed[0].pk).update(
        taken_at=timezone.now() - datetime.timedelta(seconds=121)
    )
    assert send_deliveries() == 1
    assert states() == ["sent", "sent"]
    # The worker thought dead comes back: it may not send any more.
    with pytest.raises(deliveries.TakenAway):
        deliveries.hand_over(claimed[0])
    assert len(mail_server.received) == 2


def test_a_claim_left_after_the_last_byte_is_not_sent_again(waiting, mail_server):
    waiting()
    [claimed] = deliveries.claim()
    deliveries.hand_over(claimed)
    assert deliveries.release_stale() == 0
    long_ago = timezone.now() - datetime.timedelta(seconds=121)
    Delivery.objects.update(taken_at=long_ago)
    assert [send_deliveries(), send_deliveries()] == [0, 0]
    assert states() == ["unconfirmed"]
    assert Delivery.objects.get().error != ""
    assert mail_server.received == []
    # Its worker was only slow, and says in the end that it has arrived.
    claimed.taken_at = long_ago
    deliveries.confirm(claimed)
    assert states() == ["sent"]


def test_a_round_ends_in_time_and_leaves_the_rest_waiting(waiting, settings):
    settings.DELIVERY_ROUND_SECONDS = 0
    waiting(3)
    assert send_deliveries() == 0
    assert states() == ["waiting"] * 3


def test_one_connection_serves_a_hundred_messages(waiting, mail_server):
    waiting(120)
    assert send_deliveries() == 120
    assert (len(mail_server.received), mail_server.connections) == (120, 2)
    keys = {mail["Message-ID"] for mail in mail_server.received}
    assert len(keys) == 120


def test_a_second_attempt_bears_the_same_message_id(county, waiting, mail_server):
    [delivery] = waiting()
    send_deliveries()
    transition(rows=Delivery.objects.filter(pk=delivery.pk), action=DeliveryAction.AGAIN)
    Delivery.objects.update(state="waiting")
    send_deliveries()
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@sites.example.cn>")


@pytest.mark.parametrize("count", [1, 30])
def test_planning_takes_the_same_queries(people, count, mail_server, django_assert_num_queries):
    User.objects.bulk_create(
        [User(username=f"p{n}", unit=people.county.unit, email=f"p{n}@example.cn") for n in range(count)]
    )
    everybody = list(User.objects.filter(username__startswith="p"))
    # The messages, the addresses and the deliveries, in a savepoint.
    with django_assert_num_queries(5):
        notify(recipients=everybody, subject="one")
    assert Delivery.objects.count() == count


@pytest.mark.parametrize(("count", "queries"), [(1, 14), (30, 72)])
def test_sending_takes_two_writes_a_message(waiting, count, queries, django_assert_num_queries):
    """One right before the last byte, one after the answer; the rest is the round's own."""
    waiting(count)
    with django_assert_num_queries(queries):
        assert send_deliveries() == count


@pytest.mark.django_db(transaction=True)
def test_many_workers_share_the_work(waiting, mail_server):
    waiting(60)
    barrier, sent = threading.Barrier(3), []

    def worker():
        barrier.wait()
        sent.append(send_deliveries())
        connection.close()

    threads = [threading.Thread(target=worker) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 60
    assert sorted(mail["Subject"] for mail in mail_server.received) == sorted(
        f"message {number}" for number in range(60)
    )


# --- quiet hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "moment", "goes_at"),
    [
        (("21:00", "07:30"), "2017-05-22 20:59", "2017-05-22 20:59"),
        (("21:00", "07:30"), "2017-05-22 21:00", "2017-05-23 07:30"),
        (("21:00", "07:30"), "2017-05-31 23:59", "2017-06-01 07:30"),
        (("21:00", "07:30"), "2017-05-23 00:00", "2017-05-23 07:30"),
        (("21:00", "07:30"), "2017-05-23 07:29", "2017-05-23 07:30"),
        (("21:00", "07:30"), "2017-05-23 07:30", "2017-05-23 07:30"),
        (("12:00", "14:00"), "2017-05-23 13:00", "2017-05-23 14:00"),
        (("12:00", "14:00"), "2017-05-23 23:00", "2017-05-23 23:00"),
        (None, "2017-05-23 03:00", "2017-05-23 03:00"),
    ],
)
def test_quiet_hours(settings, hours, moment, goes_at):
    settings.QUIET_HOURS = hours

    def at(text):
        return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))

    assert deliveries.after_quiet_hours(at(moment)) == at(goes_at)


def test_what_comes_up_in_the_night_waits(waiting, settings):
    settings.QUIET_HOURS = ("00:00", "23:59:59.999999")
    waiting()
    assert send_deliveries() == 0
    assert states() == ["waiting"]
    assert Message.objects.count() == 1


# --- what did not get through -------------------------------------------------------------------------------


@pytest.fixture
def troubled(people):
    """troubled("failed"): a delivery to the county in a state."""

    def do(state="failed", person=people.county, **fields):
        message = Message.objects.create(recipient=person, subject="x", created_at=timezone.now())
        return Delivery.objects.create(
            message=message, channel="email", state=state, attempts=2, error="550 no", **fields
        )

    return do


@pytest.fixture
def office(client, people):
    client.force_login(people.office)
    client.cookies["django_language"] = "en"
    return people.office


def test_the_list_shows_what_is_in_trouble(client, office, troubled, people):
    shown = [troubled(state) for state in ("failed", "unconfirmed", "waiting")]
    troubled("sent"), troubled("sending"), troubled(person=people.other_county)
    Delivery.objects.create(message=Message.objects.first(), channel="wecom", state="waiting")
    rows = client.get(PAGE).context["listing"].page.object_list
    assert [row.pk for row in rows] == [delivery.pk for delivery in reversed(shown)]
    found = client.get(PAGE, {"state": "failed"}).context["listing"].page.object_list
    assert [row.pk for row in found] == [shown[0].pk]
    sheet = load_workbook(io.BytesIO(client.get(PAGE, {"export": "xlsx"}).getvalue())).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["Person", "Unit", "Channel", "State", "Attempts", "Reason", "Message of"]
    assert [row[:6] for row in cells[1:]] == [
        ["county", "Xiangtan County", "E-mail", "Waiting", 2, "550 no"],
        ["county", "Xiangtan County", "E-mail", "Handed over, no answer", 2, "550 no"],
        ["county", "Xiangtan County", "E-mail", "Failed", 2, "550 no"],
    ]


def test_the_message_itself_is_not_shown(client, office, troubled):
    Message.objects.filter(pk=troubled().message_id).update(subject="a private matter")
    assert "a private matter" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("state", ["failed", "unconfirmed"])
def test_one_is_sent_again(client, office, troubled, mail_server, county, state):
    delivery = troubled(state, person=county)
    client.post(reverse("notices:delivery_again", args=[delivery.pk]))
    assert send_deliveries() == 1
    assert len(mail_server.received) == 1
    event = AuditEvent.objects.get(action="delivery.again")
    assert (event.actor, event.object_id, event.result) == (office, str(delivery.pk), "done")
    answer = client.post(reverse("notices:delivery_again", args=[delivery.pk]), follow=True)
    assert "on its way already, or has arrived" in answer.content.decode()
    assert send_deliveries() == 0


def test_all_failed_ones_are_sent_again_and_no_others(client, office, troubled, people):
    mine = [troubled(), troubled(), troubled("unconfirmed")]
    other = troubled(person=people.other_county)
    assert "2 messages are sent again." in (
        client.post(reverse("notices:deliveries_again"), follow=True).content.decode()
    )
    assert states() == ["waiting", "waiting", "unconfirmed", "failed"]
    assert [row.pk for row in Delivery.objects.filter(state="waiting")] == [row.pk for row in mine[:2]]
    with pytest.raises(DomainError):
        deliveries.send_again(actor=people.office, delivery=other)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(client, office, troubled, count, django_assert_num_queries):
    for _number in range(count):
        troubled()
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_who_looks_after_them_finds_them_in_the_inbox(client, office, people, troubled):
    assert "did not get through" not in client.get("/").content.decode()
    troubled(), troubled("unconfirmed"), troubled("waiting")
    assert "2 messages did not get through" in client.get("/").content.decode()
    for person, seen in ((people.system_admin, True), (people.county, False), (people.other_city, False)):
        client.force_login(person)
        client.cookies["django_language"] = "en"
        assert ("did not get through" in client.get("/").content.decode()) is seen
