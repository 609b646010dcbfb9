"""The reminder letter: its number, its paper, its seal, and who sees it."""

import datetime
import io
import subprocess

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature

from accounts.errors import DomainError
from applications.sealing.check import check_pdf
from applications.sealing.loops import finished
from applications.sealing.trust import context
from supervision.finding_letters import make_letters, print_letter
from supervision.models import Finding, ReminderLetter
from supervision.services.escalation import order_letter, remind, seal_letter, stamp_letter
from supervision.services.findings import recheck_finding, report_finding
from tests.applications.sealing import PASSPHRASE, pdfsig, register, roots  # noqa: F401 - fixtures
from tests.assessments.test_races import at_once
from tests.supervision.finding_fixtures import (  # noqa: F401 - fixtures
    again,
    cast,
    climbed,
    found,
)


@pytest.fixture
def letter(climbed) -> ReminderLetter:  # noqa: F811
    """A letter of 9 June 2017, printed."""
    climbed("letter", remedy="先修屋顶，再报开放时间。")
    assert [make_letters(), make_letters()] == [1, 0]
    return ReminderLetter.objects.get()


def read(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def content(file) -> bytes:
    with file.open() as stream:
        return stream.read()


def client_of(person) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def test_what_the_letter_says(letter):
    assert (letter.number, letter.issued_on, letter.answer_by) == (
        "潭统提〔2017〕1号",
        datetime.date(2017, 6, 9),
        datetime.date(2017, 6, 16),
    )
    text = read(content(letter.pdf))
    for part in (
        "中共湘潭市委统战部", "潭统提〔2017〕1号", "易俗河镇：", "2017年5月22日，湘潭县督导组督导“同心社区甲”",
        "下列问题（编号2017-1，较重，困难）", "活动室漏雨，半年未开放。", "整改建议：先修屋顶，再报开放时间。",
        "应于2017年6月6日前整改到位", "已逾期3个工作日", "于2017年6月16日前", "2017年6月9日", "特此函告。",
    ):  # fmt: skip
        assert part in text, part
    assert set(letter.content["place"]) == {"page", "left", "top"}


def test_a_defect_is_a_problem_in_chinese(climbed):  # noqa: F811
    finding = climbed("letter", kind="defect")
    assert "发现下列问题（编号2017-1，较重，问题）：" in read(print_letter(finding.letter).pdf)


def test_sealed_it_verifies_and_the_seal_sits_upright_at_its_place(letter, cast, roots, tmp_path):  # noqa: F811
    register(cast.keeper, cast.units.city)
    seal_letter(actor=cast.keeper, letter=letter, passphrase=PASSPHRASE)
    letter.refresh_from_db()
    final = content(letter.sealed_pdf)
    assert final.startswith(content(letter.pdf))
    assert pdfsig(final, tmp_path) == ["Signature is Valid."]
    (signature,) = PdfFileReader(io.BytesIO(final)).embedded_regular_signatures
    at = signature.self_reported_timestamp
    status = finished(async_validate_pdf_signature(signature, context(at, signature.other_embedded_certs)))
    assert (status.bottom_line, status.coverage.name) == (True, "ENTIRE_FILE")
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    said = check_pdf(cast.nobody, final)
    assert (said.good, said.bad, [(seal.good, seal.note) for seal in said.seals]) == (
        True,
        False,
        [(True, "")],
    )
    assert "潭统提〔2017〕1号" in said.paper.label
    # Who may not see the letter learns what it is, not where it lies.
    assert (said.paper.url, check_pdf(cast.town, final).paper.url) == (
        "",
        f"/supervision/letters/{letter.pk}/",
    )
    place = letter.content["place"]
    assert red_box(final, place["page"], tmp_path) == pytest.approx(
        [place["left"], place["top"], place["left"] + 42, place["top"] + 42], abs=0.5
    )
    with pytest.raises(DomainError):
        seal_letter(actor=cast.keeper, letter=letter, passphrase=PASSPHRASE)


def red_box(pdf: bytes, page: int, folder) -> list[float]:
    """Where the lower half of a page is red: left, top, right, bottom in millimetres."""
    (folder / "letter.pdf").write_bytes(pdf)
    command = [
        "pdftoppm",
        "-r",
        "100",
        "-f",
        str(page),
        "-l",
        str(page),
        "-singlefile",
        "letter.pdf",
        "letter",
    ]
    subprocess.run(command, cwd=folder, check=True)
    picture = Image.open(folder / "letter.ppm").convert("RGB")
    red, green, _blue = picture.split()
    # The issuer's name above is red as well.
    half = picture.height // 4
    ink = Image.eval(green, lambda value: 255 if value < 120 else 0)
    strong = Image.eval(red, lambda value: 255 if value > 170 else 0)
    both = Image.composite(ink, Image.new("L", ink.size), strong).crop((0, half, *picture.size))
    left, top, right, bottom = both.getbbox()
    return [edge / 100 * 25.4 for edge in (left, top + half, right, bottom + half)]


def test_only_the_keeper_of_the_department_seals(letter, cast, roots):  # noqa: F811
    register(cast.keeper, cast.units.city)
    for name in ("county_keeper", "office", "group", "town", "leader"):
        with pytest.raises(DomainError):
            seal_letter(actor=getattr(cast, name), letter=letter, passphrase=PASSPHRASE)
    with pytest.raises(DomainError):
        seal_letter(actor=cast.keeper, letter=letter, passphrase="wrong horse")
    letter.refresh_from_db()
    assert letter.sealed_at is None


def test_stamped_by_hand_instead(letter, cast):  # noqa: F811
    with pytest.raises(DomainError):
        stamp_letter(actor=cast.town, letter=letter)
    stamp_letter(actor=cast.group, letter=letter)
    letter.refresh_from_db()
    assert (letter.seal, letter.sealed_by, bool(letter.sealed_pdf)) == (None, cast.group, False)
    with pytest.raises(DomainError):
        stamp_letter(actor=cast.office, letter=letter)


def test_pages_of_the_letter(letter, cast, roots):  # noqa: F811
    translation.activate("en")
    page, pdf = (reverse(f"supervision:{name}", args=[letter.pk]) for name in ("letter", "letter_pdf"))
    keeper = client_of(cast.keeper)
    assert "has no valid electronic seal" in keeper.get(page).content.decode()
    register(cast.keeper, cast.units.city)
    inbox = keeper.get("/").content.decode()
    assert f'href="{page}"' in inbox
    assert reverse("supervision:finding", args=[letter.finding_id]) not in keeper.get(page).content.decode()
    wrong = keeper.post(
        reverse("supervision:letter_seal", args=[letter.pk]), {"passphrase": "no"}, follow=True
    )
    assert "Seal it electronically" in wrong.content.decode()
    keeper.post(reverse("supervision:letter_seal", args=[letter.pk]), {"passphrase": PASSPHRASE})
    letter.refresh_from_db()
    town = client_of(cast.town)
    assert b"".join(town.get(pdf).streaming_content) == content(letter.sealed_pdf)
    assert "Seal it" not in town.get(page).content.decode()
    assert f'href="{page}"' not in keeper.get("/").content.decode()
    assert client_of(cast.neighbour).get(page).status_code == 404
    assert client_of(cast.county_keeper).get(pdf).status_code == 404


def test_killed_after_numbering_the_next_round_prints_that_number(climbed):  # noqa: F811
    climbed("letter")
    assert ReminderLetter.objects.get().pdf.name == ""
    assert make_letters() == 1
    assert "潭统提〔2017〕1号" in read(content(ReminderLetter.objects.get().pdf))


@pytest.mark.django_db(transaction=True)
def test_letters_ordered_at_once_have_neither_gaps_nor_doubles(found, cast, on_day):  # noqa: F811
    first = found()
    rows = [first, *(found(site=first.site) for _number in range(3))]
    on_day(2017, 6, 9)
    for row in rows:
        remind(actor=None, finding=row)
    calls = [
        lambda pk=row.pk: order_letter(actor=cast.group, finding=Finding.objects.get(pk=pk))
        for row in (*rows, *rows)
    ]
    assert sorted(at_once(*calls)) == ["done"] * 4 + ["refused"] * 4
    assert sorted(ReminderLetter.objects.values_list("number", flat=True)) == [
        f"潭统提〔2017〕{number}号" for number in (1, 2, 3, 4)
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_leave_one_decision(found, cast):  # noqa: F811
    finding = found()
    report_finding(actor=cast.town, finding=finding, text="屋顶已修好。")
    outcomes = at_once(
        lambda: look(cast.group, finding, is_settled=True),
        lambda: look(cast.office, finding, is_settled=False),
    )
    assert sorted(outcomes) == ["done", "refused"]
    state = {"done": "closed", "refused": "open"}[outcomes[0]]
    assert (again(finding).state, finding.rechecks.count(), finding.log.count()) == (state, 1, 2)


def look(actor, finding, *, is_settled):
    recheck_finding(
        actor=actor, finding=again(finding), checked_on=datetime.date(2017, 5, 22), is_settled=is_settled,
        note="已看",
    )  # fmt: skip


def test_the_owner_s_side_sees_a_letter_once_it_is_sent(letter, cast):  # noqa: F811
    translation.activate("en")
    page, pdf, progress = (
        reverse(f"supervision:{name}", args=[letter.pk])
        for name in ("letter", "letter_pdf", "letter_progress")
    )
    finding = reverse("supervision:finding", args=[letter.finding_id])
    outside, inside = ("town", "county", "neighbour", "other_group", "county_keeper", "nobody"), (
        "group", "office", "leader", "keeper",
    )  # fmt: skip
    for address in (page, pdf, progress):
        for name in outside:
            assert client_of(getattr(cast, name)).get(address).status_code == 404, (name, address)
        for name in inside:
            assert client_of(getattr(cast, name)).get(address).status_code == 200, (name, address)
    for name in ("town", "county"):
        shown = client_of(getattr(cast, name)).get(finding).content.decode()
        assert "A reminder letter is being prepared." in shown
        for words in (letter.number, "16 June 2017", "19 June 2017", "Reminder letter sent", "Seal the"):
            assert words not in shown, (name, words)
    assert letter.number in client_of(cast.group).get(finding).content.decode()
    stamp_letter(actor=cast.group, letter=letter)
    for name in ("town", "county", *inside):
        assert client_of(getattr(cast, name)).get(page).status_code == 200, name
    for name in ("neighbour", "other_group", "county_keeper", "nobody"):
        assert client_of(getattr(cast, name)).get(pdf).status_code == 404, name
    shown = client_of(cast.county).get(finding).content.decode()
    assert (letter.number in shown, "Reminder letter sent" in shown, "being prepared" in shown) == (
        True,
        True,
        False,
    )


def test_the_page_asks_again_until_the_letter_is_printed(climbed, cast):  # noqa: F811
    translation.activate("en")
    climbed("letter")
    letter, group = ReminderLetter.objects.get(), client_of(cast.group)
    page, again_at = (
        reverse(f"supervision:{name}", args=[letter.pk]) for name in ("letter", "letter_progress")
    )
    asks = f'hx-get="{again_at}" hx-trigger="every 2s"'
    for address in (page, again_at):
        waiting = group.get(address).content.decode()
        assert (asks in waiting, f'href="{page}"' in waiting, "letter.pdf" in waiting) == (True, True, False)
    make_letters()
    part = group.get(again_at, headers={"hx-request": "true"}).content.decode()
    assert (asks in part, "letter.pdf" in part, "<html" in part) == (False, True, False)
    assert "It is stamped and sent" in part
