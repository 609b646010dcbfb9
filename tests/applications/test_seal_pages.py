"""The keeper's pages and the page that checks a PDF, as a browser sends and gets them."""
# ruff: noqa: F811 - fixtures are imported by name

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter

from accounts.models import AuditEvent
from applications.models import Seal, Sealing
from applications.paper import printed
from applications.sealing.waiting import forms_waiting
from applications.services import freeze, return_for_correction, revoke_seal, save_form, submit
from tests.applications.sealing import (  # noqa: F401 - fixtures
    PASSPHRASE,
    content,
    keepers,
    key_file,
    picture_file,
    province_draft,
    put,
    roots,
    seals,
    version,
)
from tests.applications.test_seals import _plain

CHECK = "applications:check_pdf"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(pdf: bytes, name="form.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf, "application/pdf")


def test_a_keeper_registers_a_seal_and_revokes_it(roots, keepers, xiangtan):
    client, unit = client_of(keepers.county), xiangtan.areas["湘潭县"]
    answer = client.post(
        reverse("applications:seal_new"),
        {
            "unit": unit.pk,
            "name": "湘潭县委统战部",
            "picture": picture_file(),
            "key_file": key_file(),
            "passphrase": PASSPHRASE,
        },
    )
    assert answer.url == reverse("applications:seals")
    seal = Seal.objects.get()
    assert (seal.unit, seal.name, seal.state) == (unit, "湘潭县委统战部", "valid")
    assert client.get(reverse("applications:seal_picture", args=[seal.pk])).getvalue()[:4] == b"\x89PNG"
    client.post(reverse("applications:seal_revoke", args=[seal.pk]), {"reason": "更换"})
    seal.refresh_from_db()
    assert seal.state == "revoked"
    assert "更换" not in client.get(reverse("applications:seals")).content.decode()


def test_a_refused_seal_is_said_and_its_passphrase_not_sent_back(roots, keepers, xiangtan):
    client, unit = client_of(keepers.county), xiangtan.areas["湘潭县"]
    form = {"unit": unit.pk, "name": "印章", "key_file": key_file(), "passphrase": PASSPHRASE}
    page = client.post(
        reverse("applications:seal_new"), {**form, "picture": picture_file(_plain((100, 100)))}
    ).content.decode()
    assert "alert-danger" in page
    assert PASSPHRASE not in page
    # Not for a unit whose seal somebody else keeps.
    page = client.post(
        reverse("applications:seal_new"), {**form, "unit": xiangtan.city.pk, "picture": picture_file()}
    )
    assert page.status_code == 200
    assert Seal.objects.count() == 0


def test_a_keeper_reads_seals_and_is_told_what_happens(version, seals, keepers):
    client = client_of(keepers.county)
    address = reverse("applications:seal_form", args=[version.pk, "county"])
    assert address in client.get(reverse("dashboard:inbox")).content.decode()
    page = client.get(address).content.decode()
    assert "同意申报。" in page
    assert reverse("applications:version_pdf", args=[version.pk]) in page
    answer = client.post(address, {"opinion": "同意申报。", "passphrase": PASSPHRASE})
    assert answer.url == reverse("applications:detail", args=[version.application_id])
    sealing = Sealing.objects.get()
    detail = client.get(answer.url).content.decode()
    assert reverse("applications:sealed_pdf", args=[sealing.pk]) in detail
    served = client.get(reverse("applications:sealed_pdf", args=[sealing.pk]))
    assert served.getvalue() == content(sealing.pdf)
    assert address not in client.get(reverse("dashboard:inbox")).content.decode()


def test_a_wrong_passphrase_is_said_and_recorded_without_it(version, seals, keepers):
    client = client_of(keepers.county)
    address = reverse("applications:seal_form", args=[version.pk, "county"])
    page = client.post(address, {"opinion": "同意申报。", "passphrase": "wrong passphrase"})
    assert page.status_code == 200
    assert "wrong passphrase" not in page.content.decode()
    event = AuditEvent.objects.filter(action="version.seal", result="refused").get()
    assert "wrong passphrase" not in f"{event.reason}{event.detail}"
    assert Sealing.objects.count() == 0


def test_several_forms_are_sealed_with_one_passphrase(
    version,
    province_draft,
    seals,
    keepers,
    people,
):
    second = freeze(actor=people.county, application=province_draft("同心社区乙"))
    client = client_of(keepers.county)
    assert [box.version for box in forms_waiting(keepers.county)] == [version, second]
    data = {"unit": seals.county.unit_id, "form": [version.pk, second.pk], "opinion": "同意申报。"}
    client.post(reverse("applications:seal_many"), {**data, "passphrase": "wrong one"})
    assert Sealing.objects.count() == 0
    client.post(reverse("applications:seal_many"), {**data, "passphrase": PASSPHRASE})
    assert {sealing.version for sealing in Sealing.objects.all()} == {version, second}
    # Neither somebody else's unit nor forms that do not wait.
    client.post(
        reverse("applications:seal_many"), {**data, "unit": seals.city.unit_id, "passphrase": PASSPHRASE}
    )
    assert Sealing.objects.count() == 2


def test_what_waits_for_a_keeper_costs_a_fixed_number_of_queries(
    version,
    province_draft,
    seals,
    keepers,
    people,
    django_assert_num_queries,
):
    def read():
        fresh = type(keepers.county).objects.get(pk=keepers.county.pk)
        with django_assert_num_queries(3):
            return len(forms_waiting(fresh))

    assert read() == 1
    for name in ("同心社区乙", "同心社区丙"):
        freeze(actor=people.county, application=province_draft(name))
    assert read() == 3


def test_a_returned_form_waits_for_the_seal_once_it_was_corrected(version, seals, keepers, people):
    put(keepers.county, version, "county")
    application = submit(actor=people.county, application=version.application)
    return_for_correction(actor=people.office, application=application, reason="请补充")
    assert forms_waiting(keepers.county) == []
    application.refresh_from_db()
    save_form(
        actor=people.county, application=application, revision=application.revision, data={"plan": "已补充"}
    )
    corrected = freeze(actor=people.county, application=application)
    assert [box.version for box in forms_waiting(keepers.county)] == [corrected]


def test_the_levels_above_wait_only_for_forms_sealed_below(version, seals, keepers, people):
    assert forms_waiting(keepers.city) == []
    put(keepers.county, version, "county")
    assert forms_waiting(keepers.city) == []
    message = people.county.inbox.get()
    assert message.subject.startswith("申报表已盖章，可以报送：")
    assert (message.body, message.url) == (
        "报送截止日期：2017年5月31日。",
        reverse("applications:submit", args=[version.application_id]),
    )
    submit(actor=people.county, application=version.application)
    assert [box.code for box in forms_waiting(keepers.city)] == ["city"]
    assert forms_waiting(keepers.neighbour) == []
    assert forms_waiting(people.county) == []
    page = client_of(keepers.city).get(reverse("applications:seals")).content.decode()
    assert reverse("applications:seal_form", args=[version.pk, "city"]) in page


def test_keepers_see_the_forms_of_their_own_unit_only(version, seals, keepers, people):
    detail = reverse("applications:detail", args=[version.application_id])
    form = reverse("applications:seal_form", args=[version.pk, "county"])
    for keeper, status in ((keepers.county, 200), (keepers.neighbour, 404), (keepers.city, 404)):
        for address in (detail, form, reverse("applications:version_pdf", args=[version.pk])):
            assert client_of(keeper).get(address).status_code == status
    put(keepers.county, version, "county")
    submit(actor=people.county, application=version.application)
    for keeper, status in ((keepers.neighbour, 404), (keepers.city, 200), (keepers.province, 200)):
        assert client_of(keeper).get(detail).status_code == status
    # Reading does not make anybody staff.
    assert (
        client_of(keepers.county).get(reverse("applications:edit", args=[version.application_id])).url
        == detail
    )
    sealing = Sealing.objects.get()
    assert (
        client_of(keepers.neighbour).get(reverse("applications:sealed_pdf", args=[sealing.pk])).status_code
        == 404
    )


# ---- the check page ----


def check(user, file):
    answer = client_of(user).post(reverse(CHECK), {"file": file} if file else {})
    assert answer.status_code == 200
    return answer


def test_the_check_page_says_which_seals_and_which_form(version, seals, keepers, people):
    sealing = put(keepers.county, version, "county")
    page = check(people.county, upload(content(sealing.pdf)))
    assert page.context["checked"].good
    text = page.content.decode()
    assert "湘潭县委统战部" in text
    assert version.application.number in text
    assert f"{int(page.context['checked'].seals[0].signature.serial, 16):X}" in text
    revoke_seal(actor=keepers.county, seal=seals.county, reason="印章更换")
    assert "印章更换" in check(people.county, upload(content(sealing.pdf))).content.decode()
    stranger = check(people.other_county, upload(content(sealing.pdf)))
    assert version.application.number not in stranger.content.decode()
    assert stranger.context["checked"].good


def _saved(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_whatever_is_uploaded_gets_an_answer_in_words(version, people, settings):
    plain = content(printed(version).pdf)
    page = check(people.county, upload(plain))
    assert (page.context["checked"].good, page.context["checked"].bad) == (False, False)
    assert page.context["checked"].record.version == version
    locked = PdfWriter(clone_from=PdfReader(io.BytesIO(plain)))
    locked.encrypt("geheim")
    blank = PdfWriter()
    blank.add_blank_page(100, 100)
    for pdf in (_saved(locked), plain[:3000], b"%PDF-1.7\n" + b"%%EOF\n" * 500, b"%PDF-1.4\n" + b"\0" * 9000):
        found = check(people.nobody, upload(pdf)).context["checked"]
        assert (found.good, found.bad, found.seals) == (False, True, [])
    assert check(people.nobody, upload(_saved(blank))).context["checked"].record is None
    # What Pillow writes, and some scanners, is not quite by the rules, and plainly unsigned.
    scan = io.BytesIO()
    Image.new("L", (60, 80), "white").save(scan, "PDF")
    found = check(people.nobody, upload(scan.getvalue())).context["checked"]
    assert (found.good, found.bad, found.seals) == (False, False, [])
    settings.UPLOAD_MAX_MEGABYTES = 1
    for refused in (
        None,
        upload(b""),
        upload(b"no pdf"),
        upload(plain, "form.png"),
        upload(plain + b"0" * 2**20),
    ):
        page = check(people.nobody, refused)
        assert "checked" not in page.context
        assert "alert-danger" in page.content.decode()


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_never_break_the_page(version, seals, keepers, people, seed):
    import random

    rng = random.Random(seed)
    pdf = content(put(keepers.county, version, "county").pdf)
    from applications.sealing.check import check_pdf

    for _turn in range(12):
        broken = bytearray(pdf)
        for _byte in range(rng.choice((1, 5, 200))):
            broken[rng.randrange(len(broken))] ^= rng.randrange(1, 256)
        start, end = sorted(rng.randrange(len(broken)) for _edge in range(2))
        if rng.random() < 0.4:
            del broken[start:end]
        assert not check_pdf(people.county, bytes(broken)).good
