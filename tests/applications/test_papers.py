"""One document, one version: what is printed, handed in and decided on is the same, and what changed is named."""

import io
import itertools

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from docx import Document
from PIL import Image
from pypdf import PdfReader

from accounts.errors import DomainError
from applications.codes import PageCode, check_address, code_place, read_code
from applications.content import content_hash, content_of
from applications.models import Application, FormVersion
from applications.paper import form_document, printed, word_copy
from applications.selectors import another_look, paper_status
from applications.services import accept, freeze, return_for_correction, save_form, submit
from sites.services import update_site
from tests.applications.conftest import png

HASH = "0123456789abcdef" * 4


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def retype(application, actor, **data):
    application.refresh_from_db()
    return save_form(actor=actor, application=application, revision=application.revision, data=data)


# --- codes ------------------------------------------------------------------------------------------------------


def test_a_code_says_number_content_and_page():
    address = check_address("http://127.0.0.1:8000", "xiangtan-2017-0001", HASH)
    assert address == "HTTP://127.0.0.1:8000/P/XIANGTAN-2017-0001/0123456789ABCDEF"
    assert read_code(f"{address}/2-3") == PageCode("XIANGTAN-2017-0001", "0123456789abcdef", 2, 3)
    assert read_code(f"{address}/W").is_word_copy


def test_a_folder_in_the_address_keeps_its_letters_and_another_host_is_no_matter():
    address = check_address("https://Host.example.cn/Sites", "a-2017-0001", HASH)
    assert address == "HTTPS://HOST.EXAMPLE.CN/Sites/P/A-2017-0001/0123456789ABCDEF"
    assert read_code(f"{address}/1-1") == PageCode("A-2017-0001", "0123456789abcdef", 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.cn/",
        "HTTP://X/P/A/0123456789ABCDE/1-3",  # a digit short
        "HTTP://X/P/A/0123456789ABCDEF/4-3",
        "HTTP://X/P/A/0123456789ABCDEF/0-3",
        "HTTP://X/P/A/0123456789ABCDEF/",
        "WIFI:S:name;T:WPA;P:password;;",
    ],
)
def test_other_codes_are_none_of_ours(text):
    assert read_code(text) is None


def test_codes_stand_inside_on_odd_and_outside_on_even_pages():
    assert [code_place(page) for page in (1, 2, 3)] == [(28, 265), (112, 265), (28, 265)]


# --- versions ---------------------------------------------------------------------------------------------------


def test_a_changed_form_is_a_new_version_and_an_unchanged_one_the_same(draft, fill, people):
    application = fill(draft(), people.county)
    first = freeze(actor=people.county, application=application)
    again = freeze(actor=people.county, application=application)
    retype(application, people.county, plan="新计划")
    second = freeze(actor=people.county, application=application)
    retype(application, people.county, plan="组织健全，活动经常。")
    third = freeze(actor=people.county, application=application)
    assert (first.number, again.pk, second.number, third.number) == (1, first.pk, 2, 3)
    assert first.content_hash == third.content_hash != second.content_hash


def test_only_its_own_county_makes_versions_and_only_while_the_form_is_open(draft, fill, people):
    application = fill(draft(), people.county)
    for other in (people.neighbour, people.office):
        with pytest.raises(DomainError, match="经办人"):
            freeze(actor=other, application=application)
    submit(actor=people.county, application=application)
    with pytest.raises(DomainError, match="已报送"):
        freeze(actor=people.county, application=Application.objects.get())
    assert FormVersion.objects.count() == 1


def test_handing_in_files_the_version_that_was_printed(draft, fill, people):
    application = fill(draft(), people.county)
    version = freeze(actor=people.county, application=application)
    assert version.filed_at is None
    submit(actor=people.county, application=application)
    filed = FormVersion.objects.get()
    assert filed.pk == version.pk
    assert filed.filed_at == Application.objects.get().submitted_at
    assert Application.objects.get().log.get().content_hash == filed.content_hash


def test_a_version_is_printed_once_and_keeps_its_bytes(draft, fill, people):
    application = fill(draft(), people.county)
    version = freeze(actor=people.county, application=application)
    first = printed(version)
    kept = printed(FormVersion.objects.get())
    assert first.pdf.name == kept.pdf.name
    assert kept.pages == len(PdfReader(kept.pdf).pages) == 2
    assert set(kept.places) == {"county", "city"}
    # A race between two first prints: the second finds the first one's bytes.
    assert printed(version).pdf_sha256 == kept.pdf_sha256


def test_the_office_sees_filed_versions_only(draft, fill, people):
    application = fill(draft(), people.county)
    freeze(actor=people.county, application=application)
    retype(application, people.county, plan="新计划")
    fill(Application.objects.get(), people.county, text="新文字")
    submit(actor=people.county, application=application)
    assert [v.number for v in FormVersion.objects.visible_to(people.county)] == [1, 2]
    assert [v.number for v in FormVersion.objects.visible_to(people.office)] == [2]
    assert list(FormVersion.objects.visible_to(people.neighbour)) == []


# --- Word -------------------------------------------------------------------------------------------------------


def word_texts(data: bytes) -> list[str]:
    """Every text of a Word file's body in reading order, table cells too (a merged cell once)."""
    texts = []
    for block in Document(io.BytesIO(data)).iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = [cell.text for cell, _again in itertools.groupby(row.cells, key=lambda cell: cell)]
                texts += [line for text in cells for line in text.split("\n") if line.strip()]
        elif block.text.strip():
            texts.append(block.text)
    return texts


def test_the_word_copy_says_what_the_pdf_says_in_the_same_order(draft, fill, people):
    application = fill(draft(), people.county, text="组织健全。\n活动经常。")
    version = printed(freeze(actor=people.county, application=application))
    in_word = ["".join(text.split()) for text in word_texts(word_copy(version)) if "盖章处" not in text]
    pages = [page.extract_text() for page in PdfReader(version.pdf).pages]
    # Apart from the foot of each page and the place of the seal both are the same words.
    feet = ("—", "编号：", "第1版", "扫码", "（盖章处）")
    lines = [line for page in pages for line in page.splitlines() if not line.strip().startswith(feet)]
    assert "".join(in_word) == "".join("".join(lines).split())
    assert in_word[3:6] == ["基本情况", "示范点名称", "同心社区甲"]


def test_each_page_of_the_word_copy_carries_number_version_hash_and_a_code(draft, fill, people):
    version = freeze(actor=people.county, application=fill(draft(), people.county))
    footer = Document(io.BytesIO(word_copy(version))).sections[0].footer
    words = [paragraph.text for cell in footer.tables[0].rows[0].cells for paragraph in cell.paragraphs]
    shown = " ".join(version.content_hash[place : place + 4] for place in range(0, 16, 4))
    assert f"编号：{version.application.number}" in words
    assert f"第1版　校验码：{shown}" in words
    (picture,) = [part for part in footer.part.package.iter_parts() if part.content_type == "image/png"]
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.blob)).convert("L"))
    assert read_code(code.text) == PageCode(
        version.application.number.upper(), version.content_hash[:16], 0, 0
    )


# --- what changed -----------------------------------------------------------------------------------------------


def test_any_two_versions_are_compared_field_by_field(draft, fill, people):
    application = fill(draft(), people.county)
    freeze(actor=people.county, application=application)
    retype(application, people.county, plan="新计划")
    freeze(actor=people.county, application=application)
    retype(application, people.county, funds="五万元")
    freeze(actor=people.county, application=application)
    client = client_of(people.county)
    url = reverse("applications:compare", args=[application.pk])
    last_two = client.get(url).context["changes"]
    assert last_two == [("经费保障", "组织健全，活动经常。", "五万元")]
    assert client.get(f"{url}?from=1&to=3").context["changes"] == [
        ("经费保障", "组织健全，活动经常。", "五万元"),
        ("下一步计划", "组织健全，活动经常。", "新计划"),
    ]
    assert "两个版本内容相同" in client.get(f"{url}?from=2&to=2").content.decode()
    assert client.get(f"{url}?from=x&to=99").status_code == 200


def test_a_paper_is_told_from_its_code(draft, fill, people):
    application = fill(draft(), people.county)
    digest = content_hash(content_of(application))[:16]
    client = client_of(people.county)

    def words(code, number=application.number, page="1-3"):
        return client.get(f"/P/{number.upper()}/{code.upper()}/{page}").content.decode()

    assert "与申报内容一致" in words(digest)
    assert "不符" in words("0" * 16)
    assert "可编辑" in words(digest, page="W")
    assert client_of(people.neighbour).get(f"/P/{application.number}/{digest}/1-3").status_code == 404
    # Filed, the paper stays the right one whatever the site's record says later; the form prints as it was filed.
    submit(actor=people.county, application=application)
    update_site(actor=people.county, site=application.site, revision=1, address="新路2号")
    assert "与申报内容一致" in words(digest)
    document = form_document(FormVersion.objects.get())
    assert document.content_hash.startswith(digest)
    assert ("地址", "某路1号") in document.facts


def test_a_paper_of_an_older_version_names_what_changed(draft, fill, people):
    application = fill(draft(), people.county)
    old = freeze(actor=people.county, application=application)
    retype(application, people.county, plan="新计划")
    status = paper_status(Application.objects.get(), old.content_hash[:16])
    assert (status.word, status.version) == ("older", old)
    assert status.changes == [("下一步计划", "组织健全，活动经常。", "新计划")]


def test_a_decision_asks_for_another_look_when_what_it_rests_on_was_changed(draft, fill, people):
    application = submit(actor=people.county, application=fill(draft(), people.county))
    accept(actor=people.office, application=application)
    url = reverse("applications:detail", args=[application.pk])
    office = client_of(people.office)
    assert "需重新核对" not in office.get(url).content.decode()
    update_site(actor=people.county, site=application.site, revision=1, address="新路2号")
    page = office.get(url)
    assert "需重新核对" in page.content.decode()
    look = page.context["another_look"]
    assert [row.action for row in look.decisions] == ["accept"]
    assert look.changes == [("地址", "某路1号", "新路2号")]
    update_site(actor=people.county, site=application.site, revision=2, address="某路1号")
    assert "需重新核对" not in office.get(url).content.decode()


def test_what_was_decided_before_the_last_submission_is_answered_by_it(draft, fill, people):
    application = submit(actor=people.county, application=fill(draft(), people.county))
    return_for_correction(actor=people.office, application=application, reason="请补充")
    retype(application, people.county, plan="补充后的计划")
    assert another_look(Application.objects.get(), list(application.log.all())) is None
    fill(Application.objects.get(), people.county, text="补充")
    submit(actor=people.county, application=application)
    assert another_look(Application.objects.get(), list(application.log.all())) is None
    update_site(actor=people.county, site=application.site, revision=1, phone="0731-00000001")
    look = another_look(Application.objects.get(), list(application.log.all()))
    assert look.decisions == []
    assert look.changes == [("电话", "0731-00000000", "0731-00000001")]


def test_an_attachment_added_later_makes_a_new_version(draft, fill, people):
    from applications.services import add_attachment

    application = fill(draft(), people.county)
    freeze(actor=people.county, application=application)
    add_attachment(actor=people.county, application=application, kind="photo", upload=png("活动.png"))
    assert freeze(actor=people.county, application=application).number == 2


# --- pages ------------------------------------------------------------------------------------------------------


def test_a_preview_is_no_version_and_carries_no_code(draft, people):
    answer = client_of(people.county).get(reverse("applications:preview", args=[draft().pk]))
    pdf = PdfReader(io.BytesIO(answer.content))
    assert "预览，不作申报依据" in pdf.pages[0].extract_text()
    assert "校验码" not in pdf.pages[0].extract_text()
    assert FormVersion.objects.count() == 0


def test_printing_makes_a_version_and_opens_it(draft, fill, people):
    application = fill(draft(), people.county)
    client = client_of(people.county)
    answer = client.post(reverse("applications:print", args=[application.pk]), {"pdf": "1"}, follow=True)
    pdf = b"".join(answer.streaming_content)
    assert "第1版" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    # Now the form's own address gives the same paper.
    again = client.get(reverse("applications:preview", args=[application.pk]))
    assert b"".join(again.streaming_content) == pdf
    word = client.post(reverse("applications:print", args=[application.pk]), {"word": "1"}, follow=True)
    assert word["Content-Disposition"] == f'attachment; filename="{application.number}-v1.docx"'
    assert FormVersion.objects.count() == 1
