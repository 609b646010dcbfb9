"""Certificates of plaques: what they say, that they are printed once, their seal, and who gets them."""

import datetime
import io
import subprocess

import pypdf
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from accounts.errors import DomainError
from accounts.models import AuditEvent
from applications.sealing.check import check_pdf
from notices.models import Message
from publicity.certificate_paper import make_certificates, print_certificate
from publicity.check_codes import from_capitals, in_capitals
from publicity.models import Certificate
from publicity.services.certificates import (
    issue_certificate,
    keep_certificate,
    seal_certificate,
    stamp_certificate,
)
from sites.models import Plaque
from sites.services import award_own_plaque, award_plaque, revoke_plaque
from tests.applications.conftest import png
from tests.applications.sealing import (  # noqa: F401 - fixtures
    PASSPHRASE,
    content,
    keepers,
    pdfsig,
    register,
    roots,
)
from tests.assessments.test_races import at_once

ISSUER = "中共湘潭市委统战部"
#: Of the page of all plaques, with one row or thirty.
QUERIES = 19


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"


@pytest.fixture
def plaque(make_site, people, xiangtan, on_day) -> Plaque:
    """The city plaque of a site of 湘潭县, awarded on 1 June 2017."""
    on_day(2017, 6, 1)
    return award_plaque(
        actor=people.office,
        site=make_site("同心社区甲"),
        level=xiangtan.levels["city"],
        awarded_on=datetime.date(2017, 6, 1),
        reason="文件",
    )


@pytest.fixture
def certificate(plaque, people) -> Certificate:
    """Its certificate, printed."""
    issue_certificate(actor=people.office, plaque=plaque, issuer=ISSUER)
    assert [make_certificates(), make_certificates()] == [1, 0]
    return Certificate.objects.get()


def read(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def drawn(pdf: bytes, folder, resolution: int = 150) -> Image.Image:
    """The first page as a picture."""
    (folder / "page.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(resolution), "-singlefile", "page.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    return Image.open(folder / "page.ppm").convert("RGB")


def client_of(person, language="en") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(person)
    return client


def test_what_a_certificate_says(certificate):
    pdf = content(certificate.pdf)
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(page) == 1
    assert [round(float(side) / 72 * 25.4) for side in page[0].mediabox[2:]] == [297, 210]
    text = read(pdf)
    for part in (
        "“四同创建”", "示 范 点 证 书", "Certificate of a demonstration site · Four Tongxin Demonstration Sites",
        "同心社区甲", "湘潭县",
        "被授予“四同创建”市级同心社区示范点称号，特发此证。", "Xiangtan County · Tongxin Community · City level",
        "潭同社〔2017〕1号", "2017年6月1日", "扫描二维码，并与牌匾编号核对", ISSUER,
        "核验网址：HTTPS://SITES.EXAMPLE.CN/C/",
    ):  # fmt: skip
        assert part in text, part
    assert "次" not in text
    assert set(certificate.content["place"]) == {"page", "left", "top"}
    assert certificate.issued_on == datetime.date(2017, 6, 1)


def test_its_code_leads_to_the_public_page(certificate, tmp_path, client):
    (code,) = zxingcpp.read_barcodes(drawn(content(certificate.pdf), tmp_path))
    assert code.text == f"HTTPS://SITES.EXAMPLE.CN/C/{in_capitals(certificate.plaque.check_code)}"
    client.cookies["django_language"] = "en"
    answer = client.get(code.text.removeprefix("HTTPS://SITES.EXAMPLE.CN"))
    assert (answer.status_code, "This plaque is valid" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("code", ["AAAAAAAAAAAAAAAA", "-_-_-_-_-_-_-_-_", "0f9Zk2Lm8Qw3Xy7A"])
def test_codes_in_capitals_and_back(code):
    capitals = in_capitals(code)
    assert (len(capitals), capitals.isupper(), from_capitals(capitals)) == (20, True, code)
    assert from_capitals(capitals.lower()) == code


@pytest.mark.parametrize(
    "text", ["", "A", "AAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAA1", "A" * 19, "A" * 40]
)
def test_what_is_no_code_in_capitals(text):
    assert from_capitals(text) is None


def test_a_long_name_stays_on_its_page(plaque, people):
    plaque.site.name = (
        "湘潭县易俗河镇湘江社区与县工商联民营企业家联谊会共建同心社区服务中心暨统战之家（二期工程）"
    )
    plaque.site.save(update_fields=["name"])
    certificate = issue_certificate(actor=people.office, plaque=plaque, issuer=ISSUER)
    printed = print_certificate(certificate)
    assert printed.pages == 1
    assert plaque.site.name in read(printed.pdf)


def test_printed_once_the_bytes_stay(certificate, people):
    before = content(certificate.pdf)
    kept = keep_certificate(
        certificate=certificate, pdf=b"%PDF-other", place={"page": 1, "left": 0, "top": 0}
    )
    assert (content(kept.pdf), kept.content["place"]) == (before, certificate.content["place"])
    assert print_certificate(certificate).pdf == before


def test_a_spoilt_print_or_a_new_name_needs_another_edition_with_its_reason(certificate, people, on_day):
    on_day(2017, 7, 3)
    with pytest.raises(DomainError):
        issue_certificate(actor=people.office, plaque=certificate.plaque, issuer=ISSUER)
    certificate.plaque.site.name = "同心社区乙"
    certificate.plaque.site.save(update_fields=["name"])
    second = issue_certificate(
        actor=people.office, plaque=certificate.plaque, issuer=ISSUER, reason="示范点更名"
    )
    assert (second.edition, second.content["site"], second.content["issued_on"]) == (
        2,
        "同心社区乙",
        "2017年7月3日",
    )
    with pytest.raises(DomainError):  # the second is not on paper yet
        issue_certificate(actor=people.office, plaque=certificate.plaque, issuer=ISSUER, reason="再制")
    make_certificates()
    text = read(content(Certificate.objects.get(edition=2).pdf))
    assert ("第2次" in text, "示范点更名" in text) == (True, False)
    certificate.refresh_from_db()
    assert certificate.content["site"] == "同心社区甲"
    with pytest.raises(DomainError):  # an edition that was replaced is not sealed any more
        stamp_certificate(actor=people.office, certificate=certificate)
    actions = AuditEvent.objects.filter(action__startswith="certificate.").order_by("id")
    assert [(event.action, event.reason) for event in actions] == [
        ("certificate.issue", ""),
        ("certificate.make", ""),
        ("certificate.issue", "示范点更名"),
        ("certificate.make", ""),
    ]


def test_who_may_make_one(plaque, people, make_site, xiangtan, on_day):
    for name in ("county", "neighbour", "leader", "other_city", "security_admin", "nobody"):
        with pytest.raises(DomainError):
            issue_certificate(actor=getattr(people, name), plaque=plaque, issuer=ISSUER)
    with pytest.raises(DomainError):
        issue_certificate(actor=people.office, plaque=plaque, issuer="  ")
    own = award_own_plaque(
        actor=people.county, site=plaque.site, level=xiangtan.levels["county"], reason="县委统战部文件"
    )
    for name in ("office", "neighbour"):
        with pytest.raises(DomainError):
            issue_certificate(actor=getattr(people, name), plaque=own, issuer="湘潭县")
    assert issue_certificate(actor=people.county, plaque=own, issuer="湘潭县").edition == 1
    above = Plaque.objects.create(
        site=plaque.site, level=xiangtan.levels["province"], number="湘1号", awarded_on=plaque.awarded_on,
        origin="registered",
    )  # fmt: skip
    with pytest.raises(DomainError):
        issue_certificate(actor=people.office, plaque=above, issuer=ISSUER)
    revoke_plaque(actor=people.office, plaque=plaque, reason="不合格")
    with pytest.raises(DomainError):
        issue_certificate(actor=people.office, plaque=plaque, issuer=ISSUER)


def test_sealed_it_verifies_in_its_place(certificate, people, keepers, xiangtan, roots, tmp_path):  # noqa: F811
    register(keepers.city, xiangtan.city)
    for person in (people.office, people.county, keepers.county):
        with pytest.raises(DomainError):
            seal_certificate(actor=person, certificate=certificate, passphrase=PASSPHRASE)
    with pytest.raises(DomainError):
        seal_certificate(actor=keepers.city, certificate=certificate, passphrase="wrong horse")
    seal_certificate(actor=keepers.city, certificate=certificate, passphrase=PASSPHRASE)
    certificate.refresh_from_db()
    final = content(certificate.sealed_pdf)
    assert final.startswith(content(certificate.pdf))
    assert pdfsig(final, tmp_path) == ["Signature is Valid."]
    said = check_pdf(people.nobody, final)
    assert (said.good, said.bad, "潭同社〔2017〕1号" in said.paper.label, said.paper.url) == (
        True,
        False,
        True,
        "",
    )
    assert check_pdf(people.office, final).paper.url == f"/publicity/certificates/{certificate.pk}/"
    place = certificate.content["place"]
    assert red_box(final, tmp_path) == pytest.approx(
        [place["left"], place["top"], place["left"] + 42, place["top"] + 42], abs=0.5
    )
    with pytest.raises(DomainError):
        seal_certificate(actor=keepers.city, certificate=certificate, passphrase=PASSPHRASE)
    assert Message.objects.filter(
        recipient=people.county, url=f"/publicity/certificates/{certificate.pk}/"
    ).exists()


def red_box(pdf: bytes, folder) -> list[float]:
    """Where the lower right quarter of the page, without its frame, is red: left, top, right, bottom in millimetres."""
    picture = drawn(pdf, folder, 100)
    red, green, _blue = picture.split()
    ink = Image.eval(green, lambda value: 255 if value < 120 else 0)
    strong = Image.eval(red, lambda value: 255 if value > 150 else 0)
    per_mm = 100 / 25.4
    left, top = round(160 * per_mm), round(125 * per_mm)
    part = (left, top, round(280 * per_mm), round(194 * per_mm))
    box = Image.composite(ink, Image.new("L", ink.size), strong).crop(part).getbbox()
    return [(edge + offset) / per_mm for edge, offset in zip(box, (left, top, left, top), strict=True)]


def test_nothing_is_sealed_once_the_plaque_is_gone(certificate, people, keepers, xiangtan, roots):  # noqa: F811
    register(keepers.city, xiangtan.city)
    assert Client().get("/").status_code == 302
    page = reverse("publicity:certificate", args=[certificate.pk])
    keeper = client_of(keepers.city)
    assert f'href="{page}"' in keeper.get("/").content.decode()
    revoke_plaque(actor=people.office, plaque=certificate.plaque, reason="不合格")
    with pytest.raises(DomainError):
        seal_certificate(actor=keepers.city, certificate=certificate, passphrase=PASSPHRASE)
    with pytest.raises(DomainError):
        stamp_certificate(actor=people.office, certificate=certificate)
    assert f'href="{page}"' not in keeper.get("/").content.decode()


def test_stamped_by_hand_instead(certificate, people):
    with pytest.raises(DomainError):
        stamp_certificate(actor=people.county, certificate=certificate)
    with pytest.raises(DomainError):
        stamp_certificate(actor=people.office, certificate=certificate, scan=png("scan.pdf"))
    stamp_certificate(actor=people.office, certificate=certificate)
    certificate.refresh_from_db()
    assert (certificate.seal, certificate.sealed_by, bool(certificate.sealed_pdf)) == (
        None,
        people.office,
        False,
    )
    with pytest.raises(DomainError):
        stamp_certificate(actor=people.office, certificate=certificate)


def test_the_way_through_the_pages(plaque, people, keepers, xiangtan, roots):  # noqa: F811
    translation.activate("en")
    office, county = client_of(people.office), client_of(people.county)
    of_plaque = reverse("publicity:plaque_certificates", args=[plaque.pk])
    site = reverse("sites:detail", args=[plaque.site_id])
    assert "Make the certificate" in office.get(site).content.decode()
    assert of_plaque not in county.get(site).content.decode()
    assert "Only Leadership office of Xiangtan may do this." in county.get(of_plaque).content.decode()
    assert f'value="{ISSUER}"' in office.get(of_plaque).content.decode()
    made = office.post(of_plaque, {"issuer": ISSUER})
    certificate = Certificate.objects.get()
    page = reverse("publicity:certificate", args=[certificate.pk])
    progress, pdf, seal = (
        reverse(f"publicity:certificate_{name}", args=[certificate.pk])
        for name in ("progress", "pdf", "seal")
    )
    assert (made.status_code, made.url) == (302, page)
    assert f'hx-get="{progress}"' in office.get(page).content.decode()
    assert office.get(pdf).status_code == 404
    make_certificates()
    assert "hx-get" not in office.get(progress).content.decode()
    keeper = client_of(keepers.city)
    assert "has no valid electronic seal" in keeper.get(page).content.decode()
    register(keepers.city, xiangtan.city)
    assert "Seal it electronically" in keeper.post(seal, {"passphrase": "no"}, follow=True).content.decode()
    assert keeper.post(seal, {"passphrase": PASSPHRASE}).url == page
    certificate.refresh_from_db()
    assert b"".join(county.get(pdf).streaming_content) == content(certificate.sealed_pdf)
    assert of_plaque in county.get(site).content.decode()
    assert of_plaque in county.get(reverse("sites:plaques")).content.decode()
    for outsider in (people.neighbour, people.other_city, keepers.county):
        for address in (of_plaque, page, progress, pdf):
            assert client_of(outsider).get(address).status_code == 404, (outsider, address)
    again = office.post(of_plaque, {"issuer": ISSUER, "reason": " "})
    assert ("Why another edition is needed" in again.content.decode(), Certificate.objects.count()) == (
        True,
        1,
    )
    assert office.post(of_plaque, {"issuer": ISSUER, "reason": "原件遗失"}).status_code == 302
    make_certificates()
    assert "A later edition has taken its place." in office.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_made_at_once_there_is_one(plaque, people):
    calls = [lambda: issue_certificate(actor=people.office, plaque=plaque, issuer=ISSUER)] * 3
    assert sorted(at_once(*calls)) == ["done", "refused", "refused"]
    assert Certificate.objects.count() == 1


def test_the_list_of_plaques_asks_once_for_all_certificates(
    make_site, people, xiangtan, on_day, django_assert_num_queries
):
    on_day(2017, 6, 1)
    office, address = client_of(people.office), reverse("sites:plaques")

    def add(count, start):
        for number in range(start, start + count):
            plaque = award_plaque(
                actor=people.office, site=make_site(f"点{number}"), level=xiangtan.levels["city"],
                awarded_on=datetime.date(2017, 6, 1), reason="文件",
            )  # fmt: skip
            plaque.certificates.create(issued_on=plaque.awarded_on, made_at=plaque.site.registered_at)

    add(1, 0)
    office.get(address)
    with django_assert_num_queries(QUERIES):
        office.get(address)
    add(29, 1)
    with django_assert_num_queries(QUERIES):
        assert office.get(address).content.decode().count("/certificates/") == 25
