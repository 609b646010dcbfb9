"""The printed application form, judged by the PDF: what it says, what is embedded, what the eye sees."""

import dataclasses
import io
import os
import subprocess
import sys

import pytest
import zxingcpp
from django.core.management import call_command
from PIL import Image
from pypdf import PdfReader

from applications.documents import FormDocument, OpinionBox, Section, form_html, render_form
from notices import checks, font_library, print_fonts, printing

RARE_NAMES = "堃昇玥喆旻𠮷"
A4 = (595.28, 841.89)  # points
SENTENCE = "本社区聚居着各民主党派成员和归侨侨眷五百零七名，建成同心书屋等阵地七处，每月开展活动不少于两次。"

FORM = FormDocument(
    title="“四同创建”示范点申报表",
    subtitle="2017年度 · 市级 · 同心社区",
    number="430300-2017-0001",
    version=3,
    content_hash="0123456789abcdef" * 4,
    check_url="HTTPS://SITES.EXAMPLE.CN/P/430300-2017-0001/0123456789ABCDEF",
    facts=(("示范点名称", "东坪社区同心之家"), ("类别", "同心社区"), ("负责人", "统战部副部长")),
    plaques=(("县级", "岳同字〔2016〕3号", "2016年5月31日"),),
    sections=(Section("创建情况", (SENTENCE * 6,)), Section("下一步计划", (SENTENCE,))),
    attachments=("示范点照片", "活动台账"),
    opinions=(OpinionBox("县级意见", ("同意推荐。",)), OpinionBox("市级意见"), OpinionBox("省级意见")),
)


@pytest.fixture(scope="module", autouse=True)
def _fonts():
    print_fonts.prepare_fonts()


def pdf_of(**changes) -> bytes:
    return render_form(dataclasses.replace(FORM, **changes)).pdf


def printed(**changes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(**changes)))


def words(pdf: PdfReader) -> list[str]:
    """Return the text of each page without spaces and line ends: where a line breaks is not tested."""
    return ["".join(page.extract_text().split()) for page in pdf.pages]


def fonts_of(pdf: PdfReader) -> list:
    found = {}
    for page in pdf.pages:
        for name, font in page["/Resources"]["/Font"].items():
            found[name] = font.get_object()
    return list(found.values())


def descriptor(font):
    return font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def pictures(pdf: bytes, dpi: int, tmp_path) -> list[Image.Image]:
    (tmp_path / "form.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "form.pdf", "page"], cwd=tmp_path, check=True)
    return [Image.open(path) for path in sorted(tmp_path.glob("page-*.ppm"))]


def test_pages_are_a4_and_the_document_says_what_it_is():
    pdf = printed()
    for page in pdf.pages:
        assert [float(length) for length in page.mediabox[:2]] == [0, 0]
        assert [float(length) for length in page.mediabox[2:]] == pytest.approx(A4, abs=0.01)
    assert pdf.metadata.title == "“四同创建”示范点申报表 430300-2017-0001"
    assert pdf.root_object["/Lang"] == "zh-CN"
    assert pdf.root_object["/MarkInfo"]["/Marked"]


def test_fonts_are_embedded_and_no_glyph_is_missing():
    fonts = fonts_of(printed(facts=(("负责人", RARE_NAMES),)))
    assert len(fonts) >= 3
    for font in fonts:
        assert "/FontFile2" in descriptor(font) or "/FontFile3" in descriptor(font)
        # WeasyPrint writes an encoding of its own as soon as one character had to be drawn as .notdef.
        assert font["/Encoding"] == "/Identity-H"


@pytest.mark.parametrize("where", ["title", "subtitle", "fact", "label", "section", "heading", "opinion"])
def test_rare_characters_of_names_are_printed_everywhere(where):
    changes = {
        "title": {"title": RARE_NAMES},
        "subtitle": {"subtitle": RARE_NAMES},
        "fact": {"facts": (("负责人", RARE_NAMES),)},
        "label": {"facts": ((RARE_NAMES, "值"),)},
        "section": {"sections": (Section("创建情况", (RARE_NAMES,)),)},
        "heading": {"sections": (Section(RARE_NAMES, (SENTENCE,)),)},
        "opinion": {"opinions": (OpinionBox("县级意见", (RARE_NAMES,)),)},
    }
    pdf = printed(**changes[where])
    assert RARE_NAMES in "".join(words(pdf))
    assert {font["/Encoding"] for font in fonts_of(pdf)} == {"/Identity-H"}


def test_characters_outside_the_names_list_are_printed_too():
    text = "圌䴘㐂각ー𠂉"
    assert not set(text) & set(print_fonts.RARE)
    pdf = printed(sections=(Section("创建情况", (text,)),))
    printed_text = "".join(words(pdf))
    assert [character for character in text if character not in printed_text] == []
    assert {font["/Encoding"] for font in fonts_of(pdf)} == {"/Identity-H"}


def test_a_character_without_a_glyph_becomes_a_visible_mark():
    assert print_fonts.printable("甲\ue123乙") == "甲〓乙"


def test_invisible_characters_are_not_printed():
    assert print_fonts.printable("a\x00b\u202ec\u200bd\ud800e\u00a0f\tg\u3000h\ufe0f") == "abcde f\tg\u3000h"


def test_same_content_gives_the_same_bytes():
    assert pdf_of() == pdf_of()


def test_same_content_gives_the_same_bytes_in_another_process():
    """The paper that was sealed can be made again by another worker, on another day."""
    code = (
        "import django, hashlib, sys; django.setup();"
        "from tests.applications.test_documents import FORM, render_form;"
        "sys.stdout.write(hashlib.sha256(render_form(FORM).pdf).hexdigest())"
    )
    digests = {_digest_in_process(code, seed) for seed in ("1", "2")}
    assert len(digests) == 1


def _digest_in_process(code: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_typed_markup_is_printed_as_typed():
    typed = "<script>alert(1)</script>{{x}}{%y%}&amp;\"'<img/src='file:///etc/passwd'>"
    pdf = printed(sections=(Section(typed, (typed,)),), facts=((typed, typed),))
    assert "".join(words(pdf)).count("<script>alert(1)</script>{{x}}{%y%}&amp;") == 4
    assert "<script>" not in form_html(dataclasses.replace(FORM, title=typed))


def test_number_version_and_fingerprint_stand_on_every_page():
    pdf = printed(sections=(Section("创建情况", (SENTENCE * 40,)),))
    assert len(pdf.pages) >= 3
    for number, text in enumerate(words(pdf), 1):
        assert "编号：430300-2017-0001第3版校验码：0123456789abcdef" in text
        assert f"—{number}—" in text


def test_the_code_of_every_page_names_the_page_and_leads_to_the_check_page(tmp_path):
    dpi = 200
    pages = pictures(pdf_of(sections=(Section("创建情况", (SENTENCE * 40,)),)), dpi, tmp_path)
    assert len(pages) == 4
    for number, picture in enumerate(pages, 1):
        (code,) = zxingcpp.read_barcodes(picture.convert("L"))
        assert code.text == f"HTTPS://SITES.EXAMPLE.CN/P/430300-2017-0001/0123456789ABCDEF/{number}-4"
        corner, opposite = code.position.top_left, code.position.bottom_right
        # On odd pages at the inner, on even pages at the right foot of the page, 20 mm wide.
        left = 28 if number % 2 else 112
        assert corner.x * 25.4 / dpi == pytest.approx(left, abs=0.7)
        assert corner.y * 25.4 / dpi == pytest.approx(265, abs=0.7)
        assert (opposite.x - corner.x) * 25.4 / dpi == pytest.approx(20, abs=1)


def test_seal_place_is_42_mm_across_and_where_the_layout_says(tmp_path):
    dpi = 300
    opinions = (OpinionBox("县级意见", code="county"),)
    form = render_form(
        dataclasses.replace(FORM, sections=(), attachments=(), check_url="", opinions=opinions)
    )
    (page,) = pictures(form.pdf, dpi, tmp_path)
    place = form.places["seal-county"]
    assert (form.pages, place.page) == (1, 1)
    # The ring alone: it is the only grey on white in its square.
    side, corner = 42 / 25.4 * dpi, (place.left / 25.4 * dpi, place.top / 25.4 * dpi)
    margin = 0.5 / 25.4 * dpi
    box = (corner[0] - margin, corner[1] - margin, corner[0] + side + margin, corner[1] + side / 2)
    half = (
        page.convert("L")
        .crop(tuple(round(edge) for edge in box))
        .point(lambda grey: 255 if grey < 200 else 0)
    )
    left, top, right, _bottom = half.getbbox()
    assert (right - left) * 25.4 / dpi == pytest.approx(42, abs=0.3)
    assert top * 25.4 / dpi == pytest.approx(0.5, abs=0.2)
    assert left * 25.4 / dpi == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("sentences", range(0, 30, 3))
def test_opinion_boxes_are_never_split(sentences):
    pdf = printed(sections=(Section("创建情况", (SENTENCE,) * sentences),))
    for text in words(pdf):
        boxes = [text.count(box.title) for box in FORM.opinions]
        assert text.count("（盖章处）") == text.count("签字：") == sum(boxes)
    assert sum(text.count("（盖章处）") for text in words(pdf)) == 3


@pytest.mark.parametrize("sentences", range(1, 16, 2))
def test_headings_stay_with_their_content(sentences):
    sections = (Section("创建情况", (SENTENCE,) * sentences), Section("下一步计划", ("紧接着的内容",)))
    pdf = printed(sections=sections)
    (page,) = [text for text in words(pdf) if "下一步计划" in text]
    assert "下一步计划紧接着的内容" in page


def test_nothing_is_cut_from_the_longest_text(tmp_path):
    paragraphs = tuple(f"第{number}段。{SENTENCE * 40}"[:2000] + f"完{number}" for number in range(3))
    name = "甲" * 120
    unbroken = "B" * 300
    facts = (("示范点名称", name), ("网址", unbroken), ("短", "值"))
    pdf = printed(facts=facts, sections=(Section("创建情况", (*paragraphs, unbroken)),))
    text = "".join(words(pdf))
    assert text.count("甲") == 120
    assert text.count("B") == 600
    assert all(f"完{number}" in text for number in range(3))
    # Nothing but white lies outside the frame, above the footer, on any page.
    dpi = 60
    for page in pictures(pdf_of(facts=facts), dpi, tmp_path):
        right = page.convert("L").crop((round(185.5 / 25.4 * dpi), 0, page.width, page.height))
        assert right.getextrema() == (255, 255)


def test_blank_lines_and_tabs_do_not_reach_the_paper():
    html = form_html(
        dataclasses.replace(FORM, sections=(Section("创建情况", ("一\n\n\n  二\t三 \n", "\n", "四")),))
    )
    assert "<p>一</p><p>二\t三</p><p>四</p>" in html


def test_a_long_fact_has_a_row_to_itself_and_order_is_kept():
    facts = (("甲", "1"), ("乙", "长" * 30), ("丙", "2"), ("丁", "3"), ("戊", "4"))
    html = form_html(dataclasses.replace(FORM, facts=facts))
    assert html.count('<td colspan="3">') == 3
    assert "<th>丙</th><td>2</td><th>丁</th><td>3</td>" in html


def test_the_least_form_can_be_printed():
    least = FormDocument("申报表", "", "草稿", 0, "", "https://x.cn/1", (), (), (), (), ())
    (text,) = words(PdfReader(io.BytesIO(render_form(least).pdf)))
    assert "申报表" in text
    assert "附件目录无" in text


def test_a_draft_says_so_on_every_page_and_a_final_form_nowhere():
    for text in words(printed(draft=True)):
        assert "预览，不作申报依据" in text
        assert "草稿" in text
    for text in words(printed()):
        assert "预览" not in text
        assert "草稿" not in text


def test_documents_load_nothing_from_outside(tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("body { color: red }")
    fetcher = printing.project_files_only()
    for address in (secret.as_uri(), "https://example.cn/x.css", "ftp://example.cn/x", "//example.cn/x"):
        with pytest.raises(ValueError, match=r"outside|project|absolute"):
            fetcher.fetch(address)
    escape = print_fonts.fonts_folder().as_uri() + "/../../etc/passwd"
    with pytest.raises(ValueError, match="project"):
        fetcher.fetch(escape)


def test_every_character_of_the_lists_has_a_glyph():
    (song,) = [face for face in print_fonts.FACES if face.family == "Print Song"]
    available = font_library.coverage(print_fonts.find_source(song))
    assert [c for c in print_fonts.RARE + print_fonts.SIGNS if ord(c) not in available] == []


def _contents(folder) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


def test_preparing_fonts_again_changes_nothing(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("prepare_fonts", stdout=io.StringIO())
    before = _contents(print_fonts.fonts_folder())
    assert print_fonts.prepare_fonts() == []
    assert _contents(print_fonts.fonts_folder()) == before
    rewritten = print_fonts.prepare_fonts(force=True)
    assert {*rewritten, "manifest.json"} == before.keys()
    after = _contents(print_fonts.fonts_folder())
    assert [content for content, _time in after.values()] == [content for content, _time in before.values()]


def test_the_first_document_prepares_missing_fonts(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert not print_fonts.fonts_prepared()
    assert "申报表" in words(printed(title="申报表"))[0]
    assert print_fonts.fonts_prepared()


def test_the_check_is_silent_on_a_machine_that_can_print():
    assert checks.check_printing(None) == []


def test_a_machine_without_chinese_fonts_is_told_so(tmp_path):
    """An empty Fontconfig stands for a bare machine, where WeasyPrint draws boxes and reports success."""
    (tmp_path / "fonts.conf").write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    code = (
        "import django; django.setup();"
        "from notices import checks, print_fonts;"
        "print([error.id for error in checks.check_printing(None)][0], checks.check_printing(None)[0].hint);"
        "print_fonts.prepare_fonts()"
    )
    environment = {
        **os.environ,
        "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        "DATA_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stdout.strip() == f"notices.E002 {print_fonts.INSTALL_COMMAND}"
    assert "PrintingUnavailable" in result.stderr
    assert print_fonts.INSTALL_COMMAND in result.stderr


def test_a_missing_font_is_not_mistaken_for_its_substitute():
    assert font_library.find_font("No Such Font 2017") is None
