"""What a review by attack found in seals, scans and background work: each hole once, so that it stays closed."""
# ruff: noqa: F811 - fixtures are imported by name

import datetime
import io
import zlib

import pytest

from accounts import clock
from accounts.errors import DomainError
from accounts.models import AuditEvent
from applications.codes import read_code
from applications.models import Sealing
from applications.scanning import drawing
from applications.scanning.pages import PageDamaged, sheets
from applications.sealing import validation
from applications.sealing.validation import examine
from tests.applications.sealing import (  # noqa: F401 - fixtures
    PASSPHRASE,
    keepers,
    province_draft,
    put,
    register,
    roots,
    seals,
    version,
)
from tests.whole.test_attacks import client_of  # noqa: F401 - fixture


def wrong(keeper, version, times: int) -> None:
    for _turn in range(times):
        with pytest.raises(DomainError):
            put(keeper, version, "county", passphrase="guessed wrong")


def test_five_wrong_passphrases_lock_the_seal_for_half_an_hour(version, seals, keepers, monkeypatch):
    wrong(keepers.county, version, 5)
    tries = AuditEvent.objects.filter(action="seal.open", result="refused")
    assert [(row.actor, row.object_id, row.detail) for row in tries] == [
        (keepers.county, str(seals.county.pk), {})
    ] * 5
    with pytest.raises(DomainError):
        put(keepers.county, version, "county")
    assert tries.count() == 5
    assert Sealing.objects.count() == 0
    later = clock.now() + datetime.timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    put(keepers.county, version, "county")
    assert Sealing.objects.count() == 1


def test_wrong_passphrases_before_the_right_one_are_forgotten(
    version, province_draft, seals, keepers, people
):
    from applications.paper import printed
    from applications.services import freeze

    wrong(keepers.county, version, 4)
    put(keepers.county, version, "county")
    second = printed(freeze(actor=people.county, application=province_draft("同心社区乙")))
    wrong(keepers.county, second, 4)
    put(keepers.county, second, "county")
    assert Sealing.objects.count() == 2


@pytest.mark.parametrize(
    ("hour", "allowed"), [(7, False), (9, True), (15, True), (17, False)]
)  # of the certificate's only day
def test_a_seal_does_not_seal_before_or_after_its_certificate(
    roots, version, keepers, xiangtan, monkeypatch, hour, allowed
):
    # Valid from 8 to 16 o'clock in China: a signature made outside would be called invalid by every reader.
    china = datetime.timezone(datetime.timedelta(hours=8))
    morning = datetime.datetime(2017, 5, 22, 8, 30, tzinfo=china)
    monkeypatch.setattr(clock, "now", lambda: morning)
    register(
        keepers.county,
        xiangtan.areas["湘潭县"],
        valid_from=datetime.datetime(2017, 5, 22, 0),
        valid_until=datetime.datetime(2017, 5, 22, 8),
    )
    moment = datetime.datetime(2017, 5, 22, hour, tzinfo=china)
    monkeypatch.setattr(clock, "now", lambda: moment)
    if not allowed:
        with pytest.raises(DomainError):
            put(keepers.county, version, "county")
        return
    with put(keepers.county, version, "county").pdf.open() as file:
        assert [one.flaw for one in examine(file.read()).signatures] == [None]


@pytest.mark.parametrize("opinion", ["同\x07意", "同\x1b意", "\u202e同意", "同\u200b意"])
def test_an_opinion_nobody_sees_whole_is_not_sealed(version, seals, keepers, opinion):
    with pytest.raises(DomainError):
        put(keepers.county, version, "county", opinion)
    assert Sealing.objects.count() == 0


def test_a_file_of_nothing_but_end_marks_is_not_looked_into():
    examined = examine(b"%PDF-1.7\n" + b"%%EOF\n" * 100_000)
    assert (examined.trouble, examined.prefixes) == ("too_often", {})


def test_a_file_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(validation, "MOST_SECONDS", 0.5)
    pdf = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size " + b"9" * 5_000_000 + b">>\n"
    assert examine(pdf + b"startxref\n9\n%%EOF").trouble == "too_long"


def test_a_code_with_what_no_database_takes_is_none_of_ours():
    assert read_code("HTTP://X/P/XT-2017-0001/0123456789ABCDEF/1-3").number == "XT-2017-0001"
    assert read_code("HTTP://X/P/XT\0-2017/0123456789ABCDEF/1-3") is None


def endless_page() -> bytes:
    """A PDF of one kilobyte whose only page holds a pattern of tiles by the million."""
    words = zlib.compress(b"/Pattern cs /P scn 0 0 595 842 re f\n" * 200)
    tile = b"1 0 0 rg 0 0 .005 .005 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Pattern<</P 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>\nstream\n" % len(words) + words + b"\nendstream",
        b"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.01/YStep 0.01"
        b"/Resources<<>>/Length %d>>\nstream\n" % len(tile) + tile + b"\nendstream",
    ]
    pdf = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(pdf)
    pdf += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(pdf + b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def test_a_page_that_draws_for_ever_is_a_damaged_page(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_SECONDS", 1)
    sheet = next(sheets(io.BytesIO(endless_page()), "application/pdf", "scan.pdf"))
    with pytest.raises(PageDamaged):
        sheet.picture()
