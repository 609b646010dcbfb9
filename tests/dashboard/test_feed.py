"""The calendar feed: what is in it, who gets it, and that its address is a secret."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from accounts.models import AuditEvent, User
from applications.models import Milestone
from dashboard.inbox import waiting
from notices.models import CalendarFeed
from notices.services.feeds import make_feed, revoke_feed

PAGE = "/messages/channels/"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def feed(people, settings):
    """feed(person): the answer of the person's feed to a calendar that is not signed in."""
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"

    def do(person=people.county, **headers):
        return Client().get(address_of(person), headers=headers)

    return do


def address_of(person) -> str:
    return reverse("dashboard:feed", args=[make_feed(actor=person)])


def events_of(answer) -> dict[str, object]:
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["summary"]): event for event in events}


def test_to_dos_and_dates_stand_on_their_days(feed, people, make_site, file):
    people.county.language = "en"
    people.county.save()
    file(make_site("甲, 乙; 丙\\丁"), state="draft")
    answer = feed()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = events_of(answer)
    todo = events["Finish and submit: 甲, 乙; 丙\\丁 (City level)"]
    assert (todo["dtstart"].dt, todo["dtend"].dt) == (datetime.date(2017, 5, 31), datetime.date(2017, 6, 1))
    assert str(todo["url"]).startswith("https://sites.example.cn/applications/")
    # At nine on the working day before: Saturday 27 May, made up for the Dragon Boat days.
    [alarm] = todo.walk("VALARM")
    begin = datetime.datetime(2017, 5, 31)
    assert begin + alarm["trigger"].dt == datetime.datetime(2017, 5, 27, 9)
    days = {event["dtstart"].dt for event in events.values()}
    assert datetime.date(2017, 11, 30) in days


def test_it_is_well_formed(feed, people, make_site, file):
    """RFC 5545: lines end in CRLF and have at most 75 octets, without the end."""
    file(make_site("名" * 60), state="draft")
    content = feed().content
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert (lines[0], lines[-2], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"")
    assert "名" * 60 in content.replace(b"\r\n ", b"").decode()


def test_entries_keep_their_ids_when_words_and_days_change(feed, xiangtan):
    before = {event["uid"] for event in events_of(feed()).values()}
    assert len(before) == len(events_of(feed()))
    Milestone.objects.filter(cycle=xiangtan.cycle).update(name="别的", due_on=datetime.date(2017, 12, 1))
    again = Calendar.from_ical(feed().content).walk("VEVENT")
    assert {event["uid"] for event in again} == before


def test_a_day_that_moved_says_how_it_was_written(feed, people, xiangtan):
    people.county.language = "en"
    people.county.save()
    milestone = Milestone.objects.filter(cycle=xiangtan.cycle, kind="applications_due")
    milestone.update(due_on=datetime.date(2017, 5, 28), rolls_forward=True)
    with translation.override("en"):
        name = str(milestone.get())
    [event] = [one for words, one in events_of(feed()).items() if words.startswith(name)]
    assert event["dtstart"].dt == datetime.date(2017, 5, 31)
    assert "As written: 2017-05-28" in str(event["description"])


def test_it_speaks_the_persons_language(feed, people):
    chinese = feed(people.county, accept_language="en").content.decode()
    people.county.language = "en"
    people.county.save()
    english = feed(people.county, accept_language="zh-hans").content.decode()
    assert "X-WR-CALNAME:Demonstration sites" in english
    assert "X-WR-CALNAME:Demonstration sites" not in chinese


def test_it_is_not_for_searching_or_shared_keeping(feed):
    answer = feed()
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert set(re.split(r",\s*", answer["Cache-Control"])) == {"private", "max-age=900"}
    assert answer.cookies == {}


def test_who_gets_nothing(people, db):
    client = Client()
    first = address_of(people.county)
    second = address_of(people.county)
    assert [client.get(url).status_code for url in (first, second)] == [404, 200]
    revoke_feed(actor=people.county)
    assert client.get(second).status_code == 404
    third = address_of(people.county)
    people.county.is_active = False
    people.county.save()
    assert client.get(third).status_code == 404
    for token in ("x", "x" * 43, "%00", third[-47:-4].swapcase()):
        assert client.get(f"/calendar/{token}.ics").status_code == 404
    assert client.post(third).status_code == 405


def test_only_the_hash_of_the_address_is_kept(people):
    token = make_feed(actor=people.county)
    feed = CalendarFeed.objects.get()
    assert len(token) == 43
    assert token not in str(vars(feed))
    assert token not in str(list(AuditEvent.objects.values()))
    assert AuditEvent.objects.filter(action="feed.make").count() == 1


def test_the_address_is_shown_once(client, people, settings):
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"
    client.force_login(people.county)
    page = client.post(reverse("notices:feed_make")).content.decode()
    [address] = re.findall(r"https://sites\.example\.cn(/calendar/[\w-]{43}\.ics)", page)
    assert Client().get(address).status_code == 200
    page = client.get(PAGE).content.decode()
    assert "/calendar/" not in page
    assert CalendarFeed.objects.get().last_read_at is not None
    client.post(reverse("notices:feed_revoke"))
    assert Client().get(address).status_code == 404


def test_too_many_questions_are_put_off(people):
    url = address_of(people.county)
    answers = [Client().get(url).status_code for _number in range(31)]
    assert answers == [200] * 30 + [429]


@pytest.mark.parametrize("rows", [1, 30])
def test_it_costs_the_same_whatever_is_in_it(rows, people, make_site, file):
    """Beside the to-do list's own queries: whose it is, that it was read, the cycles, their dates, the calendar."""
    for number in range(rows):
        file(make_site(f"点{number}"), state="draft")
    url = address_of(people.county)
    Client().get(url)
    with CaptureQueriesContext(connection) as list_alone:
        waiting(User.objects.get(pk=people.county.pk))
    with CaptureQueriesContext(connection) as whole:
        assert len(events_of(Client().get(url))) > rows
    assert len(whole) - len(list_alone) == 6
