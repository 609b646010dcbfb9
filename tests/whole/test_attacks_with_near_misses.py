"""What nearly passes: hidden characters, nearly right numbers, forms sent twice, counting crosswise."""

import random
import time
from threading import Event
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django import forms
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse

from accounts.forms import ReasonForm, StyledForm
from accounts.hidden import without_hidden
from assessments.models import Objection
from notices.models import Message
from publicity.models import Coverage, Story
from publicity.personal import particulars_in
from publicity.portal_cache import Asked, _kept
from publicity.selectors import plaques_numbered
from publicity.services.coverage import record_coverage
from publicity.services.stories import offer_story, release_story, write_story
from sites.models import Plaque, SiteFigure, TallyBalance, TallyCell
from sites.services import award_own_plaque, award_plaque, records
from sites.services.tallies import count
from sites.tallies import Cell, Change
from supervision.field_forms import PhotoForm
from tests.assessments.conftest import *  # noqa: F403 - the way to a public notice
from tests.publicity.coverage import DAY, piece
from tests.sites.tallies import journal, journal_of_rows
from tests.whole.test_ledger_races import THREADS, in_threads
from tests.whole.test_races import at_once

WORDS = {"title": "一间工作站", "summary": "连起一个社区", "text": "第一段。"}
ATOM = "{http://www.w3.org/2005/Atom}"


# --- characters nobody sees ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("同心\u200b社\ufeff区", "同心社区"),
        ("\u202e区社\u202c\u2066同心\u2069", "区社同心"),
        ("一\x01二\x1b三\x7f", "一二三"),
        ("上行\x0b下行\u2028末行", "上行\n下行\n末行"),
        ("甲\t乙\r\n丙", "甲\t乙\r\n丙"),
        ("𠮷野\U000e0100堃", "𠮷野\U000e0100堃"),
        ("\x00", "\x00"),
    ],
)
def test_a_text_is_kept_as_it_is_seen(typed, seen):
    assert without_hidden(typed) == seen


def test_no_form_takes_hidden_characters_along():
    form = ReasonForm({"reason": "整\u200b改\u202e不\x01力"})
    assert form.is_valid()
    assert form.cleaned_data == {"reason": "整改不力"}
    assert not ReasonForm({"reason": "\u200b\u202e"}).is_valid()
    assert not ReasonForm({"reason": "不\x00力"}).is_valid()


def test_a_password_is_taken_as_it_is_typed():
    class Secret(StyledForm):
        password = forms.CharField(strip=False)

    form = Secret({"password": " a\u200bb "})
    assert form.is_valid()
    assert form.cleaned_data == {"password": " a\u200bb "}


def test_one_odd_character_of_a_text_does_not_take_the_feed_down(make_site, people, client):
    story = write_story(actor=people.county, site=make_site(), **WORDS)
    Story.objects.filter(pk=story.pk).update(summary="连\x01起", title="工作\ufffe站\x1b")
    offer_story(actor=people.county, story=story)
    release_story(actor=people.office, story=story, revision=1)
    response = client.get(reverse("publicity:portal_feed"))
    (entry,) = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
    assert (entry.find(f"{ATOM}title").text, entry.find(f"{ATOM}summary").text) == ("工作站", "连起")


@pytest.mark.parametrize(
    "text",
    [
        "电话138\u200b1234\u200b5678",
        "139\u00ad1234\u00ad5678",
        "１３８\ufeff１２３４５６７８",
        "138.1234.5678",
    ],
)
def test_a_number_is_seen_through_what_hides_it(text):
    assert len(particulars_in(text)) == 1


def test_nor_does_the_record_of_a_device():
    form = PhotoForm({"uid": str(uuid4()), "sha256": "0" * 64, "size": 1, "note": "门\u200b口\u202e左"})
    assert form.is_valid()
    assert form.cleaned_data["note"] == "门口左"


# --- pages kept for a minute --------------------------------------------------------------------------------------


def test_a_page_that_took_long_to_make_is_not_shown_longer(monkeypatch, settings):
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "long"}
    settings.CACHES = settings.CACHES | {"portal": local}
    now, made = [1_000_000.0], []
    monkeypatch.setattr("time.time", lambda: now[0])

    def make():
        now[0] += 50
        made.append(now[0])
        return b"-", "text/html", 200

    asked = Asked("/public/long/", QueryDict())
    for seconds in (0, 5, 6):
        now[0] += seconds
        _kept(asked, make)
    assert made == [1_000_050.0, 1_000_111.0]


# --- numbers that are nearly right --------------------------------------------------------------------------------


@pytest.fixture
def plaque(make_site, people, xiangtan, on_day) -> Plaque:
    """潭同社〔2017〕1号 of the city."""
    on_day(2017, 6, 1)
    how = {"level": xiangtan.levels["city"], "awarded_on": DAY(2017, 6, 1), "reason": "文件"}
    return award_plaque(actor=people.office, site=make_site("甲社区"), **how)


@pytest.mark.parametrize(
    "typed", ["潭同社〔201〕71号", "潭同社〔20171〕号", "潭同社2-0171", "潭同社201 71", "潭同社〔2017〕01号"]
)
def test_digits_moved_across_a_bracket_are_another_number(plaque, typed):
    found = plaques_numbered(typed)
    assert found == []


def test_two_groups_of_digits_are_not_one(plaque):
    Plaque.objects.update(number="潭同社〔2017〕11号")
    assert plaques_numbered("潭同社〔2017〕1-1号") == []
    assert [one.number for one in plaques_numbered("潭同社2017-11")] == ["潭同社〔2017〕11号"]
    assert [one.number for one in plaques_numbered("潭同社201711")] == ["潭同社〔2017〕11号"]


@pytest.mark.parametrize(
    "typed", ["潭同社〔2017〕\u200b1号\ufeff", "潭同社［２０１７］１号", "\u202a潭同社(2017)1号\u202c"]
)
def test_a_pasted_number_is_found(plaque, client, typed):
    page = client.get("/public/plaques/", {"number": typed})
    assert (page.status_code, "潭同社〔2017〕1号" in page.content.decode()) == (200, True)


# --- forms sent twice ---------------------------------------------------------------------------------------------


def test_an_objection_sent_twice_is_taken_once(noticed, client, people):
    notice = noticed().notice
    address = reverse("publicity:object", args=[notice.pk])
    told = {"text": "用地手续不全。", "contact": "某处"}
    first, second = client.post(address, told), client.post(address, told)
    assert (first.status_code, second.status_code, second.url) == (302, 302, "/public/objections/received/")
    kept = Objection.objects.get()
    page = client.get(second.url).content.decode()
    assert kept.receipt[:4] in page
    assert Message.objects.filter(recipient=people.office, subject__contains="异议").count() == 1
    client.post(address, told | {"text": "另一件事。"})
    assert Objection.objects.count() == 2
    # The same words from elsewhere are another's, who is not told this one's code.
    client.post(address, told, REMOTE_ADDR="203.0.113.9")
    assert Objection.objects.filter(text=told["text"]).count() == 2


# --- counting crosswise -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_who_counts_waits_for_another_crosswise(xiangtan):
    area = xiangtan.areas["湘潭县"].pk
    cells = [Cell("figure:x", xiangtan.programme.pk, area, area, year=1990 + number) for number in range(8)]

    def counted(cells, order):
        return lambda: count([Change(cell, 1) for cell in random.Random(order).sample(cells, len(cells))])

    in_threads([counted(cells, order) for order in range(THREADS * 5)])
    # A recount leaves balances of the day, which are changed in place.
    TallyBalance.objects.bulk_create(
        TallyBalance(cell=cell, day=DAY(2017, 5, 22), count=0, amount=0) for cell in TallyCell.objects.all()
    )
    in_threads([counted(cells, order) for order in range(THREADS * 5)])
    assert set(TallyBalance.objects.values_list("count", flat=True)) == {THREADS * 5}


@pytest.mark.django_db(transaction=True)
def test_tables_of_figures_in_opposite_order_are_counted_side_by_side(make_site, xiangtan, monkeypatch):
    monkeypatch.setattr(records, "BATCH", 1)
    pairs = [[make_site(f"甲{n}").pk, make_site(f"乙{n}", category="park").pk] for n in range(THREADS)]

    def report(year, sites):
        with transaction.atomic():
            SiteFigure.objects.bulk_create(
                SiteFigure(site_id=site, year=year, code="members", value=1) for site in sites
            )
            records.keep_figures(sites)

    orders = [pair[:: 1 if place % 2 else -1] for place, pair in enumerate(pairs)]
    work = [lambda y=year, o=order: report(y, o) for year in range(1990, 2000) for order in orders]
    in_threads(work)
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


@pytest.mark.django_db(transaction=True)
def test_coverage_of_a_site_is_recorded_while_it_gets_a_plaque(make_site, people, xiangtan):
    site, awarded = make_site(), Event()

    def award():
        with transaction.atomic():
            award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
            awarded.set()
            # Long enough for the other one to stand at the site that is held here.
            time.sleep(0.5)

    def cover():
        awarded.wait(timeout=30)
        record_coverage(
            actor=people.county,
            programme=xiangtan.programme,
            area=xiangtan.areas["湘潭县"],
            piece=piece(site=site),
        )

    at_once(award, cover)
    assert (Plaque.objects.count(), Coverage.objects.count()) == (1, 1)
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
