"""The inbox of messages and the working calendar."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from notices.models import CalendarDay, Message
from notices.services import mark_read, notify, seed_calendar

LIST = "/messages/"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def office(client, people):
    client.force_login(people.office)
    return people.office


def send(person, subject="A message", **fields) -> Message:
    return notify(recipients=[person], subject=subject, **fields)[0]


def test_unread_messages_come_first_then_the_newest(client, office):
    old, read, new = (send(office, subject) for subject in ("old one", "read one", "new one"))
    mark_read(message=read)
    rows = client.get(LIST).context["listing"].page.object_list
    assert [row.pk for row in rows] == [new.pk, old.pk, read.pk]
    assert "2 messages are unread." in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "unread"}, ["second"]),
        ({"state": "read"}, ["first"]),
        ({"q": "SECOND"}, ["second"]),
        ({"q": "of the first"}, ["first"]),
        ({"sort": "at"}, ["first", "second"]),
        ({"sort": "-at"}, ["second", "first"]),
        ({"state": "nonsense"}, ["second", "first"]),
    ],
)
def test_the_list_filters_and_sorts(client, office, query, found):
    mark_read(message=send(office, "first", body="text of the first"))
    send(office, "second")
    assert [row.subject for row in client.get(LIST, query).context["listing"].page] == found


def test_a_person_reads_only_his_own(client, office, people):
    theirs = send(people.county, "for the county", url="/sites/")
    assert "for the county" not in client.get(LIST).content.decode()
    assert client.get(reverse("notices:open", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/sites/?area=1", "/sites/?area=1"),
        ("", LIST),
        ("https://elsewhere.example/", LIST),
        ("//elsewhere.example/", LIST),
        ("javascript:alert(1)", LIST),
    ],
)
def test_opening_marks_read_and_leads_on_inside_the_site(client, office, url, target):
    message = send(office, url=url)
    assert client.get(reverse("notices:open", args=[message.pk])).url == target
    message.refresh_from_db()
    first = message.read_at
    assert first is not None
    client.get(reverse("notices:open", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_at == first


def test_everything_is_marked_read_at_once(client, office, people):
    send(office), send(office), send(people.county)
    assert client.get(reverse("notices:read_all")).status_code == 302
    content = client.post(reverse("notices:read_all"), follow=True).content.decode()
    assert "2 messages marked as read." in content
    assert "Everything is read." in content
    assert Message.objects.filter(read_at=None).count() == 1


def test_texts_are_shown_as_texts(client, office):
    send(office, "<script>alert(1)</script>", body="a\n<b>c</b>")
    content = client.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "a<br>&lt;b&gt;c&lt;/b&gt;" in content


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(client, office, django_assert_num_queries, count):
    for number in range(count):
        send(office, f"message {number}")
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)


def test_the_list_exports_what_it_shows(client, office):
    mark_read(message=send(office, "first"))
    send(office, "second", body="=1+1")
    response = client.get(LIST, {"state": "unread", "export": "xlsx"})
    rows = [
        [cell.value for cell in row]
        for row in load_workbook(io.BytesIO(response.getvalue())).active.iter_rows()
    ]
    assert rows[0] == ["Time", "Subject", "Text", "State"]
    assert [row[1:] for row in rows[1:]] == [["second", "=1+1", "Unread"]]


# --- the working calendar -----------------------------------------------------------------------------------

CALENDAR = "/messages/calendar/"


def test_who_opens_the_calendar(client, people):
    opened = set()
    for who, person in vars(people).items():
        client.force_login(person)
        status = client.get(CALENDAR).status_code
        assert client.post(CALENDAR, {}).status_code == status
        if status == 200:
            opened.add(who)
    assert opened == {"office", "other_city", "system_admin"}


def test_a_year_is_shown(client, office):
    seed_calendar(years=[2017, 2018])
    content = client.get(CALENDAR).content.decode()
    assert "Exceptions in 2017" in content
    assert "2017-05-27" in content
    assert "2018-02-15" not in content
    content = client.get(CALENDAR, {"year": "2018"}).content.decode()
    assert "2018-02-15" in content
    assert client.get(CALENDAR, {"year": "0000"}).context["year"] == 2017
    assert client.get(CALENDAR, {"year": "x"}).context["year"] == 2017


@pytest.mark.parametrize(("seeded", "missing"), [([], [2017, 2018]), ([2017], [2018]), ([2017, 2018], [])])
def test_a_year_nobody_entered_is_warned_of(client, office, seeded, missing):
    CalendarDay.objects.all().delete()
    seed_calendar(years=seeded)
    content = client.get(CALENDAR).content.decode()
    assert [year for year in (2017, 2018) if f"Nothing is known of {year} yet" in content] == missing


def test_a_day_is_entered_and_changed(client, office):
    fields = {"day": "2019-10-07", "is_working": "0", "name": "国庆节"}
    assert client.post(CALENDAR, fields).url == "/messages/calendar/?year=2019"
    row = CalendarDay.objects.get(day=datetime.date(2019, 10, 7))
    assert (row.is_working, row.name) == (False, "国庆节")
    client.post(CALENDAR, fields | {"is_working": "1", "name": "调休"})
    row.refresh_from_db()
    assert (row.is_working, row.name) == (True, "调休")
    events = AuditEvent.objects.filter(action="calendar.set").order_by("id")
    assert [(event.actor, event.object_label, event.detail) for event in events] == [
        (office, "2019-10-07 国庆节", {"working": False}),
        (office, "2019-10-07 调休", {"working": True}),
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("day", "2019-02-31", "Enter a valid date."),
        ("day", "", "This field is required."),
        ("is_working", "2", "Select a valid choice."),
        ("name", "x" * 101, "at most 100 characters"),
    ],
)
def test_wrong_fields_are_told_and_the_rest_kept(client, office, field, value, words):
    before = CalendarDay.objects.count()
    fields = {"day": "2019-10-07", "is_working": "0", "name": "国庆节"} | {field: value}
    content = client.post(CALENDAR, fields).content.decode()
    assert words in content
    kept = "国庆节" if field != "name" else "2019-10-07"
    assert kept in content
    assert CalendarDay.objects.count() == before
