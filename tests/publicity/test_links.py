"""Looking at links and keeping pages, against a web server of the test's own."""

import datetime
import threading
import time
from ipaddress import ip_network

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.models import AuditEvent
from notices.models import Message
from publicity import links
from publicity.coverage_selectors import OFFLINE, offline_since, waiting_for
from publicity.enums import LinkState
from publicity.link_words import words_of
from publicity.links import fetch, look, may_look_at
from publicity.models import Coverage, LinkCheck
from publicity.services.coverage import change_coverage, record_coverage
from publicity.services.links import check_links, fetch_again, fetch_missing, fetch_page
from tests.publicity.coverage import DAY, Server, closed_port, drip, piece, silence

PAGE = (200, {}, "<html><body>同心<script>alert(1)</script></body></html>".encode())


@pytest.fixture(autouse=True)
def _quick_and_in_english(settings, people):
    settings.LINK_CHECK_PRIVATE = [ip_network("127.0.0.1/32")]
    settings.LINK_CHECK_SECONDS, settings.LINK_CHECK_PAUSE = 0.6, 0
    translation.activate("en")


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def put(xiangtan, people):
    """put(url, …): an entry with a link."""

    def do(url, **fields):
        told = {"medium": "web", "url": url, "title": url[-60:], "place": ""} | fields
        return record_coverage(
            actor=people.county,
            programme=xiangtan.programme,
            area=xiangtan.areas["湘潭县"],
            piece=piece(**told),
        )

    return do


def state_of(entry) -> str:
    return Coverage.objects.values_list("link_state", flat=True).get(pk=entry.pk)


def looks_at(entry) -> list[tuple]:
    return list(entry.link_checks.order_by("id").values_list("opened", "status", "note"))


# --- one look ---------------------------------------------------------------------------------------------


def chain(server, steps: int) -> None:
    for step in range(steps):
        server.answers[f"/r{step}"] = (301 + step % 2, {"Location": f"/r{step + 1}"}, b"")
    server.answers[f"/r{steps}"] = PAGE


@pytest.mark.parametrize(
    ("answer", "opens", "status", "words"),
    [
        (PAGE, True, 200, "Opens."),
        ((404, {}, b""), False, 404, "The page is gone (404)"),
        ((410, {}, b""), False, 410, "The page is gone (410)"),
        ((403, {}, b""), True, 403, "lets no program in (403)"),
        ((500, {}, b""), False, 500, "The outlet's server has trouble (500)"),
        ((503, {}, b""), False, 503, "The outlet's server has trouble (503)"),
        ((302, {"Location": "/"}, b""), False, None, "leads on and on"),
        ((302, {"Location": "ftp://example.com/"}, b""), False, None, "may not look at this address"),
        (silence, False, None, "did not answer in time"),
        (drip, True, 200, "Opens."),
    ],
)
def test_what_a_link_answers_is_told_apart_in_words(server, answer, opens, status, words):
    server.answers["/"] = answer
    found = look(server.url("/"))
    assert (found.opens, found.status) == (opens, status)
    assert words in words_of(found.status, found.note)


def test_redirects_are_followed_five_times(server):
    chain(server, 5)
    assert look(server.url("/r0")).status == 200
    chain(server, 6)
    assert look(server.url("/r0")).note == links.REDIRECTS


def test_a_server_that_knows_no_head_is_asked_for_the_page(server):
    def no_head(handler):
        handler.send_response(200 if handler.command == "GET" else 405)
        handler.end_headers()

    server.answers["/"] = no_head
    assert look(server.url("/")).status == 200
    assert server.asked == {("HEAD", "/"): 1, ("GET", "/"): 1}


def test_a_huge_page_opens_and_is_not_kept(server):
    server.answers["/"] = (200, {}, b"<html>" + b"x" * links.MOST_KEPT)
    assert look(server.url("/")).opens
    found = fetch(server.url("/"))
    assert (found.status, found.note, found.content) == (200, links.TOO_LARGE, b"")
    server.answers["/"] = drip
    assert fetch(server.url("/")).note == links.TIMEOUT


def test_nobody_listens_and_a_name_nobody_has():
    with closed_port() as port:
        assert look(f"http://127.0.0.1:{port}/").note == links.NO_LINE
    assert look("http://no-such-outlet.invalid/").note == links.NO_NAME


# --- where this server may look ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "port", "may"),
    [
        ("93.184.216.34", 80, True),
        ("93.184.216.34", 443, True),
        ("93.184.216.34", 22, False),
        ("93.184.216.34", 8080, False),
        ("127.0.0.1", 80, False),
        ("127.8.8.8", 80, False),
        ("10.0.0.1", 80, False),
        ("172.16.0.1", 80, False),
        ("192.168.1.1", 443, False),
        ("169.254.169.254", 80, False),
        ("100.64.0.1", 80, False),
        ("0.0.0.0", 80, False),
        ("224.0.0.1", 80, False),
        ("255.255.255.255", 80, False),
        ("::1", 80, False),
        ("fe80::1%eth0", 80, False),
        ("fd00::1", 80, False),
        ("::ffff:127.0.0.1", 80, False),
        ("64:ff9b::7f00:1", 80, False),
        ("2002:7f00:1::", 80, False),
        ("64:ff9b:1::7f00:1", 80, False),
        ("::7f00:1", 80, False),
        ("::ffff:0:127.0.0.1", 80, False),
        ("fec0::1", 80, False),
        ("192.0.0.9", 80, False),
        ("192.88.99.1", 80, False),
        ("2606:2800:220:1::1", 443, True),
    ],
)
def test_only_the_open_internet_is_looked_at(settings, address, port, may):
    settings.LINK_CHECK_PRIVATE = []
    assert may_look_at(address, port) is may


def test_a_network_behind_this_server_is_looked_at_only_when_it_is_named(settings, server):
    server.answers["/"] = PAGE
    settings.LINK_CHECK_PRIVATE = []
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
        assert look(f"http://{host}:{server.port}/").note == links.FORBIDDEN
    assert not server.asked
    settings.LINK_CHECK_PRIVATE = [ip_network("127.0.0.0/8")]
    assert look(server.url("/")).opens


def test_a_redirect_inwards_is_not_followed(server):
    with Server("127.0.0.2") as inner:
        inner.answers["/secret"] = PAGE
        server.answers["/"] = (302, {"Location": inner.url("/secret")}, b"")
        assert look(server.url("/")).note == links.FORBIDDEN
        assert fetch(server.url("/")).note == links.FORBIDDEN
        assert not inner.asked


def test_a_link_this_server_may_not_look_at_is_never_called_dead(put, settings, on_day):
    settings.LINK_CHECK_PRIVATE = []
    entry = put("http://127.0.0.1/intranet")
    for day in (22, 29, 30):
        on_day(2017, 5, day)
        check_links()
    assert state_of(entry) == LinkState.UNCHECKED
    assert looks_at(entry) == [(False, None, "forbidden")] * 2  # in the first week and in the second


# --- the weekly look --------------------------------------------------------------------------------------


def test_two_failures_on_different_days_make_a_link_dead_and_one_success_brings_it_back(
    put, server, people, on_day
):
    entry = put(server.url("/a"))
    on_day(2017, 5, 23)
    assert (check_links(), state_of(entry)) == (1, LinkState.FAILING)
    assert (check_links(), state_of(entry)) == (0, LinkState.FAILING)  # not twice a day
    assert not Message.objects.exists()
    on_day(2017, 5, 24)
    assert (check_links(), state_of(entry)) == (1, LinkState.DEAD)
    message = Message.objects.get()
    assert message.recipient == people.county
    assert message.subject == f"链接已失效：{entry.title}"
    assert message.url == reverse("publicity:coverage_entry", args=[entry.pk])
    assert [todo.url for todo in waiting_for(people.county)] == ["/publicity/coverage/?link=lost"]
    assert not waiting_for(people.neighbour)
    server.answers["/a"] = PAGE
    on_day(2017, 5, 30)
    assert check_links() == 0  # a week from the last look
    on_day(2017, 5, 31)
    assert (check_links(), state_of(entry)) == (1, LinkState.ALIVE)
    assert looks_at(entry) == [(False, 404, ""), (False, 404, ""), (True, 200, "")]
    assert Message.objects.count() == 1


def test_a_link_that_comes_and_goes_is_not_dead(put, server, on_day):
    entry = put(server.url("/a"))
    states = []
    for day, answer in ((23, (500, {}, b"")), (24, PAGE), (31, (500, {}, b""))):
        server.answers["/a"] = answer
        on_day(2017, 5, day)
        check_links()
        states.append(state_of(entry))
    assert states == ["failing", "alive", "failing"]
    assert not Message.objects.exists()


def test_without_a_line_no_link_is_taken_for_dead_and_it_is_noted_once(put, on_day, people):
    with closed_port() as port:
        entries = [put(f"http://127.0.0.1:{port}/{number}") for number in range(3)]
        for day in (22, 23, 24):
            on_day(2017, 5, day)
            assert check_links() == 3
    assert {state_of(entry) for entry in entries} == {LinkState.UNCHECKED}
    assert not LinkCheck.objects.exists()
    assert AuditEvent.objects.filter(action=OFFLINE).count() == 1
    assert offline_since() is not None


def test_silence_counts_once_something_answers(put, server, on_day):
    server.answers["/a"] = PAGE
    alive = put(server.url("/a"))
    with closed_port() as port:
        silent = put(f"http://127.0.0.1:{port}/")
        assert check_links() == 2
        assert (state_of(alive), state_of(silent)) == (LinkState.ALIVE, LinkState.FAILING)
        # The next day only the silent one is due; that it is not this side's line a link known to open bears out.
        on_day(2017, 5, 23)
        assert check_links() == 1
    assert state_of(silent) == LinkState.DEAD
    assert looks_at(silent) == [(False, None, "no_line")] * 2
    assert len(looks_at(alive)) == 1


def test_a_run_looks_at_so_many_and_the_next_goes_on(put, server):
    for number in range(3):
        server.answers[f"/{number}"] = PAGE
        put(server.url(f"/{number}"))
    assert [check_links(limit=2), check_links(limit=2), check_links(limit=2)] == [2, 1, 0]
    assert server.asked.total() == 3


def test_an_outlet_is_given_time_between_two_questions(put, server, settings):
    settings.LINK_CHECK_PAUSE = 0.6
    seen = []

    def note(handler):
        seen.append(time.monotonic())
        handler.send_response(200)
        handler.end_headers()

    for number in range(2):
        server.answers[f"/{number}"] = note
        put(server.url(f"/{number}"))
    check_links()
    # Half of it: a busy machine may note the first question late, it cannot ask the second one early.
    assert seen[1] - seen[0] >= 0.3


def test_a_run_that_was_killed_loses_nothing(put, server, on_day):
    server.answers["/a"] = PAGE
    entry = put(server.url("/a"))
    Coverage.objects.update(link_claimed_at=clock.now())  # as it stands when a process ends in the middle
    assert check_links() == 0
    Coverage.objects.update(link_claimed_at=clock.now() - datetime.timedelta(minutes=51))
    assert (check_links(), state_of(entry)) == (1, LinkState.ALIVE)


def test_entries_taken_back_are_not_looked_at_and_another_link_begins_anew(put, server, people, on_day):
    entry = put(server.url("/a"))
    check_links()
    change_coverage(
        actor=people.county, coverage=entry, revision=1, piece=piece(url=server.url("/b"), medium="web")
    )
    assert (check_links(), state_of(entry)) == (1, LinkState.FAILING)
    Coverage.objects.update(state="withdrawn")
    on_day(2017, 5, 29)
    assert check_links() == 0


@pytest.mark.django_db(transaction=True)
def test_two_runs_side_by_side_look_at_each_link_once(put, server):
    for number in range(6):
        server.answers[f"/{number}"] = PAGE
        put(server.url(f"/{number}"))
    looked, start = [], threading.Barrier(2)

    def run():
        try:
            start.wait()
            looked.append(check_links())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked) == 6
    assert set(server.asked.values()) == {1}
    assert LinkCheck.objects.count() == 6


# --- the page kept ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/html; charset=utf-8", "<p>同心</p>".encode(), "<p>同心</p>"),
        ("text/html; charset=gb2312", "<p>同心</p>".encode("gbk"), "<p>同心</p>"),
        ("text/html", '<meta charset="gbk"><p>同心</p>'.encode("gbk"), '<meta charset="gbk"><p>同心</p>'),
        ("text/html", "<p>同心</p>".encode("gb18030"), "<p>同心</p>"),
        ("text/plain", "同心".encode(), "同心"),
        ("image/png", b"\x89PNG", None),
        ("text/html", b"", None),
    ],
)
def test_the_page_is_kept_as_text(put, server, kind, body, text):
    server.answers["/a"] = (200, {"Content-Type": kind}, body)
    entry = put(server.url("/a"))
    assert fetch_page(coverage_id=entry.pk) is (text is not None)
    entry.refresh_from_db()
    assert entry.snapshot_at is not None
    assert (entry.snapshot.read().decode() if entry.snapshot else None) == text
    assert fetch_page(coverage_id=entry.pk) is False  # once
    assert server.asked["GET", "/a"] == 1


def test_the_kept_page_opens_when_the_link_is_dead_and_nothing_in_it_runs(
    put, server, client, people, on_day
):
    server.answers["/a"] = PAGE
    entry = put(server.url("/a"))
    assert fetch_missing() == 0  # its own task has five minutes
    clock_later = clock.now() - datetime.timedelta(minutes=6)
    Coverage.objects.update(recorded_at=clock_later)
    assert fetch_missing() == 1
    server.answers.clear()
    for day in (23, 24):
        on_day(2017, 5, day)
        check_links()
    assert state_of(entry) == LinkState.DEAD
    assert not waiting_for(people.county)
    client.force_login(people.county)
    response = client.get(reverse("publicity:coverage_page", args=[entry.pk]))
    assert b"".join(response.streaming_content) == PAGE[2]
    policy = response["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    client.force_login(people.neighbour)
    assert client.get(reverse("publicity:coverage_page", args=[entry.pk])).status_code == 404


def test_what_could_not_be_kept_is_asked_for_and_tried_again(put, server, client, people):
    entry = put(server.url("/a"))
    assert fetch_page(coverage_id=entry.pk) is False
    client.force_login(people.county)
    client.cookies["django_language"] = "en"
    page = reverse("publicity:coverage_entry", args=[entry.pk])
    assert "Add a picture or PDF of it while it can still be opened." in client.get(page).content.decode()
    server.answers["/a"] = PAGE
    client.post(reverse("publicity:coverage_fetch", args=[entry.pk]))
    assert fetch_page(coverage_id=entry.pk) is True
    content = client.get(page).content.decode()
    assert "Open the page kept" in content
    assert "Add a picture or PDF" not in content
    entry.refresh_from_db()
    fetch_again(actor=people.county, coverage=entry)  # nothing to be done
    assert Coverage.objects.get().snapshot_at == entry.snapshot_at
    assert entry.published_on == DAY(2017, 4, 18)
