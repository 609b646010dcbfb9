"""What somebody might try on links, kept pages, the portal, certificates and the read API; and sites that moved."""

import os
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from accounts import clock, context
from accounts.callers import caller_of_day
from accounts.errors import DomainError
from notices.models import Message
from publicity import certificate_paper
from publicity.certificate_paper import make_certificates
from publicity.coverage_forms import CoverageForm
from publicity.kept_pages import kept_page
from publicity.links import Answer, look, may_look_at
from publicity.models import Certificate, Coverage, Story
from publicity.portal_files import _line
from publicity.selectors import plaques_numbered
from publicity.services.certificates import issue_certificate, keep_certificate
from publicity.services.coverage import change_coverage, record_coverage
from publicity.services.links import check_links, fetch_missing
from publicity.services.stories import change_story, offer_story, release_story, write_story
from sites.services import award_plaque, move_site, revoke_plaque
from tests.publicity.coverage import DAY, Server, piece

WORDS = {"title": "一间工作站", "summary": "连起一个社区", "text": "第一段。"}
PAGE = (200, {}, "<html>同心</html>".encode())


@pytest.fixture
def server(settings):
    settings.LINK_CHECK_PRIVATE = [ip_network("127.0.0.1/32")]
    settings.LINK_CHECK_SECONDS, settings.LINK_CHECK_PAUSE = 2, 0
    with Server() as running:
        yield running


@pytest.fixture
def put(xiangtan, people):
    """put(url): an entry of 湘潭县 with a link."""

    def do(url="", **fields):
        told = {"medium": "web", "url": url, "title": url[-60:] or "同心共建"} | fields
        area = xiangtan.areas["湘潭县"]
        return record_coverage(
            actor=people.county, programme=xiangtan.programme, area=area, piece=piece(**told)
        )

    return do


# --- one outside page keeps nobody else's from being kept ---------------------------------------------------------


def test_a_page_that_leads_nowhere_keeps_no_other_from_being_looked_at_and_kept(server, put, on_day):
    server.answers |= {"/bad": (302, {"Location": "http://["}, b""), "/good": PAGE}
    bad, good = put(server.url("/bad")), put(server.url("/good"))
    on_day(2017, 5, 23)
    assert (check_links(), fetch_missing(), fetch_missing()) == (2, 1, 0)
    assert [(look.opened, look.note) for look in bad.link_checks.all()] == [(False, "odd")]
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.link_state, bool(good.snapshot), bool(bad.snapshot)) == ("alive", True, False)
    assert bad.snapshot_at is not None


@pytest.mark.parametrize(
    "charset", ["undefined", "punycode", "unicode_escape", "idna", "rot13", "zlib_codec", "utf-7", "x" * 300]
)
def test_a_page_does_not_choose_its_codec(charset):
    page = b"<html>" + "同心\\ud800".encode() + b"</html>"
    kept = kept_page(Answer(200, content=page, content_type=f"text/html; charset={charset}"))
    assert kept.content == page


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb2312", "gbk"), ("Big5", "big5"), ("windows-1252", "cp1252")]
)
def test_charsets_of_pages_are_read(charset, codec):
    words = "é" if codec == "cp1252" else "同心"
    page = f"<html>{words}</html>"
    kept = kept_page(Answer(200, content=page.encode(codec), content_type=f"text/html; charset={charset}"))
    assert kept.content == page.encode()


def test_an_answer_nobody_foresaw_is_written_down_and_the_round_goes_on(server, put, on_day, monkeypatch):
    server.answers["/good"] = PAGE
    bad, good = put("http://127.0.0.1/bad"), put(server.url("/good"))
    on_day(2017, 5, 23)
    real = {name: getattr(sys.modules["publicity.services.links"], name) for name in ("look", "fetch")}
    for name, ask in real.items():
        monkeypatch.setattr(
            f"publicity.services.links.{name}", lambda url, ask=ask: {}["?"] if "bad" in url else ask(url)
        )
    assert (check_links(), fetch_missing(), fetch_missing()) == (2, 1, 0)
    assert [(look.opened, look.note) for look in bad.link_checks.all()] == [(False, "odd")]
    assert check_links() == 0
    good.refresh_from_db()
    assert bool(good.snapshot)


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b:1::a00:1", "::127.0.0.1", "::ffff:0:a00:1", "fec0::1", "192.0.0.170", "192.88.99.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_addresses_that_lead_inwards_are_refused(settings, address):
    settings.LINK_CHECK_PRIVATE = []
    assert may_look_at(address, 80) is False


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "１２７.０.０.１", "①②⑦.⓪.⓪.①",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::]", "0.0.0.0", "0",
        "localhost", "LOCALHOST.", "user@127.0.0.1", "127.0.0.1\\@example.com", "[::1", "a b", "\u202e127.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inwards_is_refused_however_it_is_written(settings, host):
    settings.LINK_CHECK_PRIVATE = []
    for ending in ("", ":80", ":443"):
        seen = look(f"http://{host}{ending}/")
        assert (seen.status, seen.opens) == (None, False)
        assert seen.note in ("forbidden", "no_name")


@pytest.mark.parametrize(
    ("value", "found"),
    [(" 10.0.0.1/8 , ", "10.0.0.0/8"), ("intranet", "LINK_CHECK_PRIVATE holds networks with commas")],
)
def test_networks_are_read_at_the_start(tmp_path, value, found):
    command = "from django.conf import settings; print(*settings.LINK_CHECK_PRIVATE)"
    env = os.environ | {"LINK_CHECK_PRIVATE": value, "DATA_DIR": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    done = subprocess.run(
        [sys.executable, "-c", command], env=env, cwd=django_settings.BASE_DIR, capture_output=True, text=True
    )
    assert found in done.stdout + done.stderr


# --- a site that moved takes its texts along ----------------------------------------------------------------------


@pytest.fixture
def moved(make_site, people, xiangtan, put):
    """A site of 湘潭县 with a draft and a piece of coverage that moved to 韶山市."""
    site = make_site()
    story = write_story(actor=people.county, site=site, **WORDS)
    entry = put(site=site)
    move_site(actor=people.office, site=site, area=xiangtan.areas["韶山市"], reason="区划调整")
    site.refresh_from_db()
    return site, story, entry


def test_the_text_of_a_site_that_moved_is_the_new_countys(moved, people):
    _site, story, _entry = moved
    assert not Story.objects.visible_to(people.county).exists()
    assert Story.objects.visible_to(people.neighbour).get() == story
    with pytest.raises(DomainError):
        change_story(actor=people.county, story=story, revision=1, **WORDS)
    story = change_story(actor=people.neighbour, story=story, revision=1, **WORDS)
    offer_story(actor=people.neighbour, story=story)
    assert release_story(actor=people.office, story=story, revision=2).state == "released"
    assert Message.objects.filter(recipient=people.neighbour).exists()


def test_an_entry_keeps_the_site_that_moved_and_both_counties_read_it(moved, people, xiangtan):
    site, _story, entry = moved
    for person in (people.county, people.neighbour):
        assert Coverage.objects.visible_to(person).get() == entry
    form = CoverageForm(programme=xiangtan.programme, area=entry.area, user=people.county, entry=entry)
    assert list(form.fields["site"].queryset) == [site]
    told = piece(medium="web", title="改了题目", site=site)
    changed = change_coverage(actor=people.county, coverage=entry, revision=1, piece=told)
    assert (changed.title, changed.site) == ("改了题目", site)
    with pytest.raises(DomainError):
        record_coverage(
            actor=people.county,
            programme=xiangtan.programme,
            area=entry.area,
            piece=piece(title="另一篇", site=site),
        )


# --- public pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sites", "cases"])
@pytest.mark.parametrize("number", [2**63, 10**25, 10**300])
def test_an_endless_number_of_a_public_page_is_not_found(db, client, kind, number):
    assert client.get(f"/public/{kind}/{number}/").status_code == 404


@pytest.mark.parametrize(
    "cell", ["=1+1", "＝1+1", "＋1", "－1", "＠a", "\n=1", "\t=1", "\r=1", "+1", "-1", "@a"]
)
def test_no_cell_of_the_public_table_is_a_formula(cell):
    assert _line(cell).lstrip('"').startswith(f"'{cell}")


def test_a_released_text_is_not_called_unreleased(make_site, people, client):
    story = write_story(actor=people.county, site=make_site(), **WORDS)
    client.force_login(people.county)
    client.cookies["django_language"] = "en"
    address = reverse("publicity:story_preview", args=[story.pk])
    assert "It is not released." in client.get(address).content.decode()
    offer_story(actor=people.county, story=story)
    release_story(actor=people.office, story=story, revision=story.revision)
    page = client.get(address).content.decode()
    assert "It is not released." not in page
    assert "the public reads the page as it is here" in page


# --- certificates and numbers -------------------------------------------------------------------------------------


@pytest.fixture
def plaques(make_site, people, xiangtan, on_day):
    """Two city plaques of 2017, 潭同社〔2017〕1号 and 2号."""
    on_day(2017, 6, 1)
    how = {"level": xiangtan.levels["city"], "awarded_on": DAY(2017, 6, 1), "reason": "文件"}
    return [award_plaque(actor=people.office, site=make_site(name), **how) for name in ("甲社区", "乙社区")]


def test_one_certificate_that_cannot_be_printed_keeps_no_other_back(plaques, people, monkeypatch):
    bad, good = [issue_certificate(actor=people.office, plaque=each, issuer="甲") for each in plaques]
    real = certificate_paper.print_certificate
    monkeypatch.setattr(
        certificate_paper,
        "print_certificate",
        lambda one: {}["glyph"] if one.pk == bad.pk else real(one),
    )
    assert [make_certificates(), make_certificates()] == [1, 0]
    assert bool(Certificate.objects.get(pk=good.pk).pdf)


def test_of_a_plaque_revoked_before_the_printing_nothing_is_printed_and_nobody_told(plaques, people):
    certificate = issue_certificate(actor=people.office, plaque=plaques[0], issuer="甲")
    revoke_plaque(actor=people.office, plaque=plaques[0], reason="阵地已关闭")
    Message.objects.all().delete()
    assert make_certificates() == 0
    # It may be revoked while it is being printed, too.
    keep_certificate(certificate=certificate, pdf=b"%PDF-1.7", place={"page": 1, "left": 1, "top": 1})
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "潭同社(2017)1",
        "潭同社2017 1号",
        "潭同社20171",
        "潭同社字〔2017〕第1号",
        "潭同社-2017-1",
        "潭同社〔2017〕1号",
    ],
)
def test_a_number_is_found_by_its_letters_and_digits(plaques, typed):
    assert [plaque.number for plaque in plaques_numbered(typed)] == ["潭同社〔2017〕1号"]


@pytest.mark.parametrize(
    "typed", ["潭同社", "1", "潭同社2017", "号", "〔〕", "20171", "潭同社2017%1", "潭同社20171'--"]
)
def test_less_than_a_number_finds_nothing(plaques, typed):
    assert plaques_numbered(typed) == []


# --- who is asking, and what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "same_as"),
    [
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[::1]:55", "::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
    ],
)
def test_a_port_makes_nobody_somebody_else(typed, same_as):
    found = []
    for address in (typed, same_as):
        token = context.address.set(address)
        found.append(caller_of_day(clock.now()))
        context.address.reset(token)
    assert found[0] == found[1]


def test_the_example_of_the_read_api_names_this_address(client, db, settings):
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"
    page = client.get("/api/v1/", headers={"host": "testserver"}).content.decode()
    assert "https://sites.example.cn/api/v1/sites?limit=10" in page
    assert "testserver/api" not in page
