"""Seals on real forms: three levels one after another, what each check says, and who may seal what and when."""
# ruff: noqa: F811 - fixtures are imported by name

import datetime
import hashlib
import io

import pytest
from django.db import connection
from PIL import Image, ImageChops, ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pypdf import PdfReader

from accounts.errors import DomainError
from accounts.models import AuditEvent
from applications.models import Seal, Sealing, SealLog
from applications.sealing.check import check_pdf
from applications.sealing.loops import finished
from applications.sealing.rules import why_not_seal
from applications.sealing.trust import context
from applications.sealing.validation import Flaw, examine
from applications.services import freeze, register_seal, return_for_correction, revoke_seal, save_form, submit
from notices.models import Message
from programmes.demo_seals import make_authority
from tests.applications.sealing import (  # noqa: F401 - fixtures
    PASSPHRASE,
    content,
    keepers,
    key_file,
    pdfsig,
    picture_file,
    province_draft,
    put,
    register,
    rendered,
    roots,
    seals,
    version,
)

VALID = "Signature is Valid."


@pytest.fixture
def sealed(version, seals, keepers, people):
    """The form with the seals of county, city and province, filed after the county's."""
    put(keepers.county, version, "county")
    submit(actor=people.county, application=version.application)
    put(keepers.city, version, "city", "经研究，同意推荐申报。")
    return put(keepers.province, version, "province", "同意。")


def test_three_levels_seal_one_file_and_all_three_signatures_stay_valid(sealed, version, people, tmp_path):
    files = [content(sealing.pdf) for sealing in version.sealings.all()]
    version.refresh_from_db()
    first = content(version.pdf)
    assert hashlib.sha256(first).hexdigest() == version.pdf_sha256
    assert [file.startswith(before) for before, file in zip([first, *files], files, strict=False)] == [
        True
    ] * 3
    final = files[-1]
    assert pdfsig(final, tmp_path) == [VALID] * 3
    for signature in PdfFileReader(io.BytesIO(final)).embedded_regular_signatures:
        at = signature.self_reported_timestamp
        # Not asyncio.run: a browser test in the same process keeps its loop running.
        status = finished(
            async_validate_pdf_signature(signature, context(at, signature.other_embedded_certs))
        )
        assert status.bottom_line
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        assert signature.md_algorithm == "sha256"
    examined = examine(final)
    assert [(one.field, one.flaw, one.whole) for one in examined.signatures] == [
        ("county", None, False),
        ("city", None, False),
        ("province", None, True),
    ]
    said = check_pdf(people.office, final)
    assert (said.good, said.bad) == (True, False)
    assert [(seal.good, seal.note) for seal in said.seals] == [(True, "")] * 3
    assert (said.record.version, said.record.same, said.record.present) == (version, True, True)


@pytest.mark.parametrize("place", ["form", "county", "city", "province", "trailer"])
def test_one_byte_changed_afterwards_is_said(sealed, version, people, place, tmp_path):
    final = bytearray(content(sealed.pdf))
    version.refresh_from_db()
    sizes = [version.pdf.size, *(sealing.pdf.size for sealing in version.sealings.all())]
    spot = {
        "form": sizes[0] // 2,
        "county": sizes[0] + 4000,
        "city": sizes[1] + 4000,
        "province": sizes[2] + 4000,
        "trailer": sizes[3] - 12,
    }[place]
    final[spot] ^= 1
    said = check_pdf(people.office, bytes(final))
    assert (said.good, said.bad) == (False, True)
    assert pdfsig(bytes(final), tmp_path) != [VALID] * 3
    if place == "province":
        assert [seal.good for seal in said.seals] == [True, True, False]
        assert said.record.version == version
        assert not said.record.same


def test_every_sort_of_damage_is_told_from_the_others(sealed, people, keepers):
    final = content(sealed.pdf)
    longer = check_pdf(people.office, final + b"more")
    assert (longer.good, longer.bad, [seal.good for seal in longer.seals]) == (False, True, [True] * 3)
    # The room left behind a signature is covered by none: pdfsig does not look there.
    end = final.rindex(b"/ByteRange")
    padding = final.index(b"0" * 200, final.index(b"/Contents", end - 20000)) + 100
    spoilt = check_pdf(people.office, final[:padding] + b"1" + final[padding + 1 :])
    assert spoilt.bad
    for broken in (final[:-200], final[:5000], b"%PDF-1.7\n%%EOF", b"", b"\0" * 100):
        said = check_pdf(people.office, broken)
        assert not said.good
        assert said.seals == [] or any(not seal.good for seal in said.seals)


def test_the_seal_is_42_mm_wide_at_its_place_and_the_box_is_filled_in(sealed, version, tmp_path):
    version.refresh_from_db()
    final = content(sealed.pdf)
    for box, words in (("county", "同意申报。"), ("province", "同意。")):
        place = version.places[box]
        page = rendered(final, place["page"], 200, tmp_path)
        millimetre = 200 / 25.4
        area = tuple(
            round(value * millimetre)
            for value in (place["left"] - 5, place["top"] - 5, place["left"] + 47, place["top"] + 47)
        )
        red, green, blue = page.crop(area).split()
        ink = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(
            lambda value: 255 if value > 60 else 0
        )
        left, top, right, bottom = (edge / millimetre for edge in ink.getbbox())
        assert [right - left, bottom - top] == pytest.approx([42, 42], abs=0.35)
        assert [left, top] == pytest.approx([5, 5], abs=0.35)
        assert words in _fields_text(final, box)
        assert "2017522" in _fields_text(final, box)


def _fields_text(pdf: bytes, box: str) -> str:
    """What the appearance of a signature says, read back through its fonts."""
    reader = PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            annotation = annotation.get_object()
            if annotation.get("/T") == box:
                form = annotation["/AP"]["/N"]
                names = {
                    name: _readable(font.get_object()) for name, font in form["/Resources"]["/Font"].items()
                }
                return _decoded(form.get_data().decode(), names)
    return ""


def _readable(font) -> dict[str, str]:
    table = font["/ToUnicode"].get_data().decode()
    rows = [line.split() for line in table.splitlines() if line.startswith("<") and "ffff" not in line]
    return {cid.strip("<>"): bytes.fromhex(text.strip("<>")).decode("utf-16-be") for cid, text in rows}


def _decoded(stream: str, names) -> str:
    found, font = "", {}
    for token in stream.split():
        if token in names:
            font = names[token]
        elif token.startswith("<"):
            found += font[token.strip("<>")]
    return found


def test_rare_characters_of_an_opinion_are_drawn_and_unknown_ones_refused(version, seals, keepers):
    with pytest.raises(DomainError, match="\ue123"):
        put(keepers.county, version, "county", "同意\ue123")
    sealing = put(keepers.county, version, "county", "同意堃喆昇玥旻𠮷𬭚，Rank 1")
    assert "同意堃喆昇玥旻𠮷𬭚，Rank1" in _fields_text(content(sealing.pdf), "county")


def test_an_opinion_of_61_characters_or_none_is_refused(version, seals, keepers):
    for opinion in ("同" * 61, "", "  "):
        with pytest.raises(DomainError):
            put(keepers.county, version, "county", opinion)
    assert put(keepers.county, version, "county", "同" * 60).opinion == "同" * 60


# ---- who, what, when ----


def test_only_the_keeper_of_exactly_the_boxs_unit_seals_it(version, seals, keepers, people):
    for stranger in (keepers.neighbour, keepers.city, keepers.province, people.county, people.office):
        with pytest.raises(DomainError):
            put(stranger, version, "county")
    put(keepers.county, version, "county")
    submit(actor=people.county, application=version.application)
    for stranger in (keepers.county, keepers.neighbour, keepers.province, people.leader):
        with pytest.raises(DomainError):
            put(stranger, version, "city")
    assert Sealing.objects.count() == 1


def test_boxes_are_sealed_in_order_and_once(version, seals, keepers, people):
    with pytest.raises(DomainError):
        put(keepers.city, version, "city")
    put(keepers.county, version, "county")
    with pytest.raises(DomainError):
        put(keepers.county, version, "county")
    # Not before it has been filed.
    with pytest.raises(DomainError):
        put(keepers.city, version, "city")
    submit(actor=people.county, application=version.application)
    with pytest.raises(DomainError):
        put(keepers.province, version, "province")
    with pytest.raises(DomainError):
        put(keepers.city, version, "nowhere")
    put(keepers.city, version, "city")
    assert [(row.box, row.order) for row in version.sealings.all()] == [("county", 1), ("city", 2)]


def test_a_form_changed_since_it_was_printed_is_not_sealed(version, seals, keepers, people):
    application = version.application
    application.refresh_from_db()
    code = next(iter(application.data))
    save_form(
        actor=people.county, application=application, revision=application.revision, data={code: "改过了。"}
    )
    with pytest.raises(DomainError):
        put(keepers.county, version, "county")
    assert Sealing.objects.count() == 0


def test_the_electronic_seal_stands_for_the_stamped_form_as_long_as_the_content_holds(
    version,
    seals,
    keepers,
    people,
):
    application = version.application
    with pytest.raises(DomainError):
        submit(actor=people.county, application=application)
    put(keepers.county, version, "county")
    application.refresh_from_db()
    code = next(iter(application.data))
    before = application.data[code]
    application = save_form(
        actor=people.county, application=application, revision=application.revision, data={code: "改过了。"}
    )
    with pytest.raises(DomainError):
        submit(actor=people.county, application=application)
    save_form(
        actor=people.county, application=application, revision=application.revision, data={code: before}
    )
    assert submit(actor=people.county, application=application).state == "submitted"
    version.refresh_from_db()
    assert version.filed_at is not None


def test_the_keeper_above_hears_of_a_form_that_waits(version, seals, keepers, people):
    put(keepers.county, version, "county")
    submit(actor=people.county, application=version.application)
    put(keepers.city, version, "city")
    assert Message.objects.filter(recipient=keepers.province).count() == 1


def test_a_returned_form_is_not_sealed_by_the_levels_above(version, seals, keepers, people):
    put(keepers.county, version, "county")
    application = submit(actor=people.county, application=version.application)
    return_for_correction(actor=people.office, application=application, reason="补充")
    version.refresh_from_db()
    assert why_not_seal(keepers.city, type(version).objects.get(pk=version.pk), "city") is not None


# ---- the seal itself ----


def test_a_revoked_seal_seals_nothing_and_what_it_sealed_stays_explained(version, seals, keepers, people):
    sealing = put(keepers.county, version, "county")
    revoke_seal(actor=keepers.county, seal=seals.county, reason="印章更换")
    said = check_pdf(people.county, content(sealing.pdf))
    assert said.good
    assert "印章更换" in said.seals[0].note
    submit(actor=people.county, application=version.application)
    revoke_seal(actor=people.security_admin, seal=seals.city, reason="停用")
    with pytest.raises(DomainError):
        put(keepers.city, version, "city")
    assert SealLog.objects.count() == 2
    with pytest.raises(DomainError):
        revoke_seal(actor=keepers.county, seal=seals.county, reason="再次")


def test_a_file_that_pretends_to_be_older_than_the_revocation_is_not_believed(
    version, seals, keepers, people
):
    sealing = put(keepers.county, version, "county")
    revoke_seal(actor=keepers.county, seal=seals.county, reason="密钥泄露")
    Sealing.objects.update(pdf_sha256="0" * 64)  # as if it had been signed elsewhere with the stolen key
    said = check_pdf(people.county, content(sealing.pdf))
    assert said.bad
    assert "密钥泄露" in said.seals[0].words


def test_revoking_needs_a_reason_and_the_right_person(seals, keepers, people):
    for person in (keepers.neighbour, keepers.city, people.county, people.system_admin):
        with pytest.raises(DomainError):
            revoke_seal(actor=person, seal=seals.county, reason="试")
    with pytest.raises(DomainError):
        revoke_seal(actor=keepers.county, seal=seals.county, reason=" ")
    assert Seal.objects.filter(state="valid").count() == 3


@pytest.mark.parametrize(("day", "allowed"), [
    ((2016, 12, 31), False), ((2017, 1, 1), True), ((2017, 12, 31), True), ((2018, 1, 1), False),
])  # fmt: skip
def test_a_seal_seals_from_its_first_to_its_last_day(roots, version, keepers, xiangtan, on_day, day, allowed):
    register(
        keepers.county,
        xiangtan.areas["湘潭县"],
        # Midnight and the last second of the days in China, in UTC as certificates write it.
        valid_from=datetime.datetime(2016, 12, 31, 16),
        valid_until=datetime.datetime(2017, 12, 31, 15, 59, 59),
    )
    on_day(*day)
    if allowed:
        assert put(keepers.county, version, "county").dated == datetime.date(*day)
    else:
        with pytest.raises(DomainError):
            put(keepers.county, version, "county")


def test_a_wrong_passphrase_seals_nothing(version, seals, keepers):
    for wrong in ("", "correct Horse", PASSPHRASE + " ", "x" * 200):
        with pytest.raises(DomainError):
            put(keepers.county, version, "county", passphrase=wrong)
    assert Sealing.objects.count() == 0


def test_what_cannot_be_a_seal_is_refused_in_words(roots, xiangtan, keepers, people):
    unit = xiangtan.areas["湘潭县"]
    past = {"valid_from": datetime.datetime(2010, 1, 1), "valid_until": datetime.datetime(2016, 1, 1)}
    for options in ({"issuer": make_authority("另一机构")}, {"for_signing": False}, past):
        with pytest.raises(DomainError):
            register(keepers.county, unit, **options)
    good = {"actor": keepers.county, "unit": unit, "name": "印章", "passphrase": PASSPHRASE}
    for changes in (
        {"passphrase": "wrong one"},
        {"key_file": picture_file()},
        {"key_file": key_file(passphrase="short12"), "passphrase": "short12"},
        {"picture": picture_file(b"%PDF-1.7 no picture")},
        {"picture": picture_file(_plain((499, 499)))},
        {"picture": picture_file(_plain((600, 700)))},
        {"picture": picture_file(_plain((600, 600), "white"))},
        {"picture": picture_file(_plain((600, 600), "red"))},
        {"actor": keepers.neighbour},
        {"actor": people.county},
        {"actor": people.security_admin},
    ):
        with pytest.raises(DomainError):
            register_seal(**{"picture": picture_file(), "key_file": key_file(), **good, **changes})
    assert Seal.objects.count() == 0


def _plain(size, colour="red") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def test_white_paper_becomes_transparent(roots, xiangtan, keepers):
    scan = Image.new("RGB", (640, 640), (247, 246, 240))
    ImageDraw.Draw(scan).ellipse((5, 5, 634, 634), outline=(205, 30, 35), width=30)
    stream = io.BytesIO()
    scan.save(stream, "JPEG", quality=70)
    seal = register(
        keepers.county, xiangtan.areas["湘潭县"], picture=picture_file(stream.getvalue(), "seal.jpg")
    )
    kept = Image.open(io.BytesIO(content(seal.picture)))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "RGBA", (600, 600))
    assert kept.getpixel((300, 300))[3] == 0
    assert kept.getpixel((300, 18))[3] > 240


def test_a_unit_has_one_valid_seal_at_a_time(seals, keepers, xiangtan):
    unit = xiangtan.areas["湘潭县"]
    with pytest.raises(DomainError):
        register(keepers.county, unit)
    revoke_seal(actor=keepers.county, seal=seals.county, reason="更换")
    assert register(keepers.county, unit).state == "valid"


def test_neither_passphrase_nor_an_open_key_file_is_kept(seals, version, keepers, settings):
    put(keepers.county, version, "county")
    dump = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                dump += b" ".join(
                    bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    for value in row
                )
    for path in settings.MEDIA_ROOT.rglob("*"):
        dump += path.read_bytes() if path.is_file() else b""
    assert PASSPHRASE.encode() not in dump
    # The object identifiers of PKCS#12 bags and of password-based encryption, which every such file holds.
    assert bytes.fromhex("2a864886f70d010c0a01") not in dump
    assert bytes.fromhex("2a864886f70d01050d") not in dump
    assert bytes(seals.county.store).startswith(b"gAAAA")


def test_with_another_installation_key_a_stolen_store_opens_nothing(version, seals, keepers, settings):
    settings.SEAL_STORE_KEY = "another"
    with pytest.raises(DomainError):
        put(keepers.county, version, "county")


def test_sealing_is_on_the_audit_trail(version, seals, keepers):
    put(keepers.county, version, "county")
    event = AuditEvent.objects.filter(action="version.seal").get()
    assert (event.actor, event.detail["box"], event.unit) == (keepers.county, "county", seals.county.unit)
    assert AuditEvent.objects.filter(action="seal.register").count() == 3


def test_a_certificate_of_an_unknown_authority_is_not_trusted(version, seals, keepers, people, roots):
    sealing = put(keepers.county, version, "county")
    (roots / "test.pem").write_bytes(make_authority("另一机构").pem)
    assert [one.flaw for one in examine(content(sealing.pdf)).signatures] == [Flaw.UNTRUSTED]
    for path in roots.iterdir():
        path.unlink()
    assert [one.flaw for one in examine(content(sealing.pdf)).signatures] == [Flaw.UNTRUSTED]


def test_of_a_form_not_open_to_a_person_only_that_it_is_one(version, seals, keepers, people):
    sealing = put(keepers.county, version, "county")
    said = check_pdf(people.other_county, content(sealing.pdf))
    assert said.record.application is None
    assert said.record.version is None
    assert check_pdf(people.county, content(sealing.pdf)).record.application == version.application


def test_an_older_form_is_told_with_what_changed(version, seals, keepers, people):
    sealing = put(keepers.county, version, "county")
    application = version.application
    application.refresh_from_db()
    code = next(iter(application.data))
    save_form(
        actor=people.county, application=application, revision=application.revision, data={code: "改过了。"}
    )
    record = check_pdf(people.county, content(sealing.pdf)).record
    assert (record.same, record.present) == (True, False)
    assert [(before, now) for _label, before, now in record.changes] == [("组织健全，活动经常。", "改过了。")]
    # A second version does not make the sealed first one another form.
    freeze(actor=people.county, application=application)
    assert check_pdf(people.county, content(sealing.pdf)).record.version == version
