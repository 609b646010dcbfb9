"""Reading a page: whichever way it lies, however it was scanned, the code is read and the seal is seen or not."""

import functools
import io

import pytest
from django.utils import translation
from PIL import Image, ImageChops, ImageDraw
from pypdf import PdfWriter

from accounts.errors import DomainError
from accounts.uploads import SCANS, checked_content_type
from applications.codes import CODE_SIZE, check_address, code_place, read_code
from applications.documents import FormDocument, OpinionBox, Section, render_form
from applications.scanning import pages as scan_pages
from applications.scanning.codes import find_code, map_page
from applications.scanning.redness import has_colour, seal_seen
from tests.applications import paper
from tests.applications.paper import as_pdf, jpeg, photographed, scanned, upload

HASH = "0123456789abcdef" * 4
OFF = (3, -4)


@functools.cache
def form():
    """A printed form of two pages, the boxes on the second."""
    return render_form(
        FormDocument(
            title="“四同创建”示范点申报表",
            subtitle="2017年度 · 市级 · 同心社区",
            number="xiangtan-2017-0001",
            version=1,
            content_hash=HASH,
            check_url=check_address("http://127.0.0.1:8000", "xiangtan-2017-0001", HASH),
            facts=(("示范点名称", "同心社区甲"), ("地址", "某路1号")),
            plaques=(),
            sections=(Section("创建情况", ("组织健全，活动经常。" * 60,)),),
            attachments=(),
            opinions=(OpinionBox("县级意见", code="county"), OpinionBox("市级意见", code="city")),
        )
    )


def places() -> dict[str, tuple[float, float]]:
    found = {name.removeprefix("seal-"): place for name, place in form().places.items() if "seal-" in name}
    assert {place.page for place in found.values()} == {2}
    return {name: (place.left, place.top) for name, place in found.items()}


def last_page(dpi=150, **seal) -> Image.Image:
    """The page with the boxes, stamped in the county's."""
    sheet = paper._rendered(form().pdf, dpi)[1].copy()
    if seal is not None:
        paper.stamp(sheet, dpi, *places()["county"], off=OFF, **seal)
    return sheet


def plain_page(dpi=150) -> Image.Image:
    return paper._rendered(form().pdf, dpi)[1].copy()


def read(content: bytes, kind="image/jpeg"):
    """(code, boxes with a seal, the page upright, its pixels a millimetre) of the first page of a file."""
    sheet = next(scan_pages.sheets(io.BytesIO(content), kind, "scan"))
    picture = sheet.picture()
    found = find_code(picture, read_code)
    upright, sharpness = map_page(picture, found, *code_place(found.value.page), CODE_SIZE).upright(picture)
    seen = [box for box, place in places().items() if seal_seen(upright, *place, sharpness)]
    return found.value, seen, upright, sharpness


def middle_of_red(page: Image.Image, sharpness: float) -> tuple[float, float]:
    """Where the middle of all that is red lies, in millimetres."""
    red, green, blue = page.split()
    mask = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(lambda value: 255 * (value > 60))
    left, top, right, bottom = mask.getbbox()
    return (left + right) / 2 / sharpness, (top + bottom) / 2 / sharpness


@pytest.mark.parametrize(
    ("dpi", "turn", "skew"),
    [
        (150, 0, 0),
        (150, 90, 1.5),
        (150, 180, -3),
        (150, 270, 3),
        (300, 0, 3),
        (300, 90, -2),
        (300, 180, 0),
        (300, 270, 1),
        (600, 180, 2),
    ],
)
def test_a_page_is_read_whichever_way_it_lies(dpi, turn, skew):
    code, seals, upright, sharpness = read(scanned(last_page(dpi), turn, skew, grain=12 if dpi == 150 else 0))
    assert (code.number, code.digest, code.page, code.pages) == (
        "XIANGTAN-2017-0001",
        "0123456789abcdef",
        2,
        2,
    )
    assert seals == ["county"]
    # Upright: the seal's middle is where it was stamped, to a millimetre.
    left, top = places()["county"]
    x, y = middle_of_red(upright, sharpness)
    assert abs(x - (left + 21 + OFF[0])) < 1
    assert abs(y - (top + 21 + OFF[1])) < 1


@pytest.mark.parametrize("turn", [0, 90])
def test_a_photo_from_the_side_in_yellow_light_is_read(turn):
    code, seals, upright, sharpness = read(photographed(last_page(), turn))
    assert (code.page, seals) == (2, ["county"])
    left, top = places()["county"]
    x, y = middle_of_red(upright, sharpness)
    assert abs(x - (left + 21 + OFF[0])) < 4
    assert abs(y - (top + 21 + OFF[1])) < 4


def test_a_photo_without_a_seal_has_none():
    assert read(photographed(plain_page()))[1] == []


def test_a_small_page_in_a_large_grey_picture_is_found():
    table = Image.new("RGB", (3400, 2600), (140, 140, 140))
    table.paste(last_page(), (1800, 500))
    code, seals, _upright, _sharpness = read(jpeg(table))
    assert (code.page, seals) == (2, ["county"])


@pytest.mark.parametrize(
    "seal",
    [
        {"colour": (232, 150, 150)},  # nearly dry
        {"colour": (235, 110, 80)},  # vermilion
        {"colour": (185, 50, 110)},  # violet ink
        {"colour": (150, 25, 40)},  # dark
        {"ink": 0.35, "seed": 3},  # patchy
        {"ink": 0.6, "colour": (225, 130, 130), "seed": 5},
    ],
)
def test_pale_and_patchy_seals_are_seen(seal):
    assert read(scanned(last_page(**seal), 180, 1, grain=10))[1] == ["county"]


def _underlines(draw, mm):
    for line in (20, 28):
        draw.line([*mm(-20, line), *mm(52, line + 1)], fill=(220, 20, 20), width=5)


def _signature(draw, mm):
    points = [mm(-8 + step * 2, 24 + (step * 37 % 17) - 8) for step in range(28)]
    draw.line(points, fill=(210, 20, 30), width=4)


def _tick(draw, mm):
    draw.line([mm(2, 26), mm(12, 38), mm(42, 0)], fill=(220, 20, 20), width=6)


def _elsewhere(draw, mm):
    draw.ellipse([*mm(-95, -90), *mm(-53, -48)], outline=(200, 30, 30), width=8)


def _blue(draw, mm):
    draw.ellipse([*mm(0, 0), *mm(42, 42)], outline=(30, 40, 190), width=8)


@pytest.mark.parametrize("ink", [_underlines, _signature, _tick, _elsewhere, _blue])
def test_other_ink_is_no_seal(ink):
    sheet = plain_page()
    left, top = places()["county"]
    scale = 150 / 25.4
    ink(ImageDraw.Draw(sheet), lambda x, y: ((left + x) * scale, (top + y) * scale))
    code, seals, upright, _sharpness = read(scanned(sheet, grain=10))
    assert (code.page, seals, has_colour(upright)) == (2, [], True)


def test_a_grey_scan_holds_no_colour():
    _code, seals, upright, _sharpness = read(jpeg(last_page().convert("L")))
    assert (seals, has_colour(upright)) == ([], False)
    _code, seals, upright, _sharpness = read(scanned(last_page()))
    assert (seals, has_colour(upright)) == (["county"], True)


def test_all_pages_of_a_scanners_pdf_are_read_in_their_order():
    sheets = [plain_page(), paper._rendered(form().pdf, 150)[0].copy()]
    file = io.BytesIO(as_pdf([sheets[0].rotate(180), sheets[1].rotate(90, expand=True)]))
    found = [
        find_code(each.picture(), read_code).value.page
        for each in scan_pages.sheets(file, "application/pdf", "scan.pdf")
    ]
    assert found == [2, 1]
    assert scan_pages.count_pages(file, "application/pdf", "scan.pdf") == 2


def test_a_phone_says_how_it_was_held():
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turn right by a quarter to see it upright
    plain_page().rotate(90, expand=True).save(stream, "JPEG", exif=exif)
    picture = next(scan_pages.sheets(stream, "image/jpeg", "photo.jpg")).picture()
    assert picture.height > picture.width


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_pictures_of_every_kind_of_colour_are_read(mode):
    grey = plain_page().convert("L")
    if mode == "I;16":
        grey = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    stream = io.BytesIO()
    (grey if mode == "I;16" else grey.convert("RGB").convert(mode)).save(stream, "PNG")
    picture = next(scan_pages.sheets(stream, "image/png", "scan.png")).picture()
    assert find_code(picture, read_code).value.page == 2


def test_a_page_without_a_code_has_none():
    blank = Image.new("RGB", (1240, 1754), "white")
    assert find_code(blank, read_code) is None
    assert find_code(plain_page().crop((0, 0, 1240, 1500)), read_code) is None


# --- files that cannot be read --------------------------------------------------------------------------------


def blank_pdf(count: int, password: str = "") -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    for _page in range(count):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(stream)
    return stream.getvalue()


def refusal(content: bytes, name: str) -> str:
    file = upload(content, name)
    with translation.override("en"), pytest.raises(DomainError) as refused:
        scan_pages.count_pages(file, checked_content_type(file, SCANS), name)
    return refused.value.reason.text


def test_locked_damaged_and_endless_files_are_refused_in_words():
    assert refusal(blank_pdf(2, "geheim"), "a.pdf") == "The PDF “a.pdf” is locked with a password."
    assert refusal(b"%PDF-1.7\n" + b"x" * 5000, "b.pdf") == "The PDF “b.pdf” cannot be read."
    assert refusal(blank_pdf(300), "c.pdf") == "“c.pdf” has 300 pages; at most 120 are read in one go."


def test_a_picture_that_unpacks_to_gigabytes_is_refused():
    stream = io.BytesIO()
    Image.new("1", (9000, 9000)).save(stream, "PNG")
    assert refusal(stream.getvalue(), "d.png") == "The picture “d.png” has too many pixels."
    stream = io.BytesIO()
    Image.new("L", (9000, 9000), 255).save(stream, "JPEG")
    # A JPEG of that size is read smaller.
    assert scan_pages.count_pages(stream, "image/jpeg", "d.jpg") == 1


def test_a_page_with_an_endless_picture_in_it_is_not_unpacked():
    stream = io.BytesIO()
    Image.new("1", (11_000, 11_000), 1).save(stream, "PDF", resolution=600)
    assert len(stream.getvalue()) < 200_000
    found = scan_pages.sheets(stream, "application/pdf", "scan.pdf")
    sheet = next(found)
    with pytest.raises(scan_pages.PageDamaged):
        sheet.picture()


def test_a_damaged_picture_is_one_page_that_cannot_be_shown():
    content = scanned(plain_page())
    sheet = next(scan_pages.sheets(io.BytesIO(content[:400]), "image/jpeg", "scan.jpg"))
    with pytest.raises(scan_pages.PageDamaged):
        sheet.picture()
