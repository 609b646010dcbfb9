"""What somebody might try with a device in the field: odd records, lying photos, another person's numbers."""

import datetime
import hashlib
import json
import struct
import uuid
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import ImageFile

from accounts import clock
from accounts.errors import DomainError
from sites.models import Site
from supervision.models import Finding, Inspection, InspectionPhoto
from supervision.services import join_group
from supervision.services.desk_visits import record_at_desk
from supervision.services.inspections import receive_inspection
from tests.supervision.field_work import picture, team  # noqa: F401 - fixtures
from tests.supervision.test_field_api import client_of, put, put_photo, record_of, row_of

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported

DAY = datetime.date
RARE = "𠮷野堃喆镇"


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


@pytest.fixture
def device(team) -> Client:
    client = client_of(team.own)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "半个字\ud800"},
        {"answers": {"plan": {"answer": "yes", "note": "\udfff"}}},
        {"answers": {"plan\ud800": {"answer": "yes"}}},
        {"summary": "空\x00字"},
        {"answers": {"plan": {"answer": "yes", "note": "\x00"}}},
        {"answers": {"plan": {"answer": float("nan")}}},
        {"group": 10**30},
        {"site": -1},
        {"site": 10**30},
        {"planned": 10**30},
        {"visited_on": "0001-01-01"},
        {"visited_on": "9999-12-31"},
        {"visited_on": "2017-02-29"},
        {"position": {"latitude": float("nan"), "longitude": 1}},
        {"position": {"latitude": 91, "longitude": 1}},
        {"position": {"latitude": float("inf"), "longitude": 1}},
        {"position": [1, 2]},
        {"photos": [{"uid": str(uuid.uuid4()), "sha256": "0" * 64, "size": 10**30}]},
        {"photos": [{"uid": str(uuid.uuid4()), "sha256": "0" * 64, "size": -1}]},
        {"findings": [{"uid": str(uuid.uuid4()), "kind": "defect", "severity": "minor", "text": "x",
                       "due_on": "9999-12-31"}]},
        {"findings": [{"uid": str(uuid.uuid4()), "kind": "defect", "severity": "minor", "text": "x\ud83d"}]},
        {"findings": [{"uid": str(uuid.uuid4()), "kind": "defect", "severity": "minor", "text": "x",
                       "owner": 10**30}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(device, site, changes):
    answer = put(device, uuid.uuid4(), record_of(site, **changes))
    assert (answer.status_code, answer.json()["error"]) == (422, "refused"), answer.content[:300]
    assert not Inspection.objects.exists()


def test_bytes_that_are_half_a_character_are_refused_in_words(device, site):
    body = json.dumps(record_of(site, summary="X")).encode().replace(b'"X"', b'"\xed\xa0\x80"')
    assert put(device, uuid.uuid4(), body).status_code == 422


def test_a_number_is_no_longer_than_an_answer(device, site, xiangtan):
    lists = xiangtan.cycle.supervision["checklists"]
    found = [(one, item) for one in lists for item in one["items"] if item["kind"] == "number"]
    checklist, item = next((one, item) for one, item in found if one["for"] == "site")
    record = record_of(
        site, checklist=checklist["code"], answers={item["code"]: {"answer": "0." + "1" * 500_000}}
    )
    assert put(device, uuid.uuid4(), record).status_code == 422


def damaged() -> bytes:
    content = picture(3)
    return content[: len(content) // 2]


def png_of(side: int) -> bytes:
    """A PNG that says it has so many pixels a side, which are missing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "content",
    [
        damaged(),
        png_of(30_000),
        png_of(300),
        HTML,
        SVG,
        b"\xff\xd8\xff\xe0" + HTML,
        b"\x89PNG\r\n\x1a\n" + HTML,
    ],
    ids=["cut", "bomb", "short", "html", "svg", "html as jpeg", "html as png"],
)
def test_a_damaged_or_lying_photo_is_refused_in_words(device, site, team, content, monkeypatch):
    # As in a process that has printed a paper before.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    uid, row = uuid.uuid4(), row_of(content)
    assert put(device, uid, record_of(site, photos=[row])).status_code == 200
    answer = put_photo(device, uid, row["uid"], content)
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")
    assert InspectionPhoto.objects.get().arrived_at is None
    with pytest.raises(DomainError):
        record_at_desk(
            actor=team.own,
            uid=uuid.uuid4(),
            group=team.own_group,
            target=site,
            visited_on=clock.today(),
            uploads=[SimpleUploadedFile("照片.jpg" if content[:1] == b"\xff" else "照片.png", content)],
        )


def test_a_visit_is_sent_as_the_person_who_recorded_it(team, site, people, make_user, xiangtan):
    """A device left open: somebody else has signed in since. The visit stays on it until its person is back."""
    colleague = make_user("colleague", None, xiangtan.city)
    join_group(actor=people.office, group=team.own_group, user=colleague)
    client, uid = client_of(colleague), uuid.uuid4()
    answer = put(client, uid, record_of(site), headers={"X-Field-Person": str(team.own.pk)})
    assert answer.status_code == 401
    assert not Inspection.objects.exists()
    client.force_login(team.own)
    assert put(client, uid, record_of(site), headers={"X-Field-Person": str(team.own.pk)}).status_code == 200
    assert Inspection.objects.get().recorded_by == team.own


def test_putting_needs_the_token_of_the_session(team, site):
    client = client_of(team.own, enforce_csrf_checks=True)
    assert put(client, uuid.uuid4(), record_of(site)).status_code == 403


def test_somebody_elses_numbers_tell_nothing(device, team, site, make_site, people, make_user, xiangtan):
    other_site = make_site("同心社区丁", area="韶山市")
    content, uid, photo_uid, finding_uid = picture(5), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    receive_inspection(
        actor=team.other, uid=uid, group=team.other_group, target=other_site, visited_on=clock.today(),
        summary="不给别人看", photos=[{"uid": photo_uid, "sha256": hashlib.sha256(content).hexdigest(),
                                   "size": len(content)}],
        findings=[{"uid": finding_uid, "kind": "defect", "severity": "minor", "text": "不给别人看"}],
    )  # fmt: skip
    known = {"uid": str(finding_uid), "kind": "defect", "severity": "minor", "text": "x"}
    tries = [
        put(device, uid, record_of(site)),
        put(device, uuid.uuid4(), record_of(site, photos=[row_of(content, uid=str(photo_uid))])),
        put(device, uuid.uuid4(), record_of(site, findings=[known])),
        put(device, uuid.uuid4(), record_of(other_site)),
        put_photo(device, uid, photo_uid, content),
    ]
    assert [answer.status_code for answer in tries] == [404, 404, 404, 422, 404]
    assert not any("不给别人看" in answer.content.decode() for answer in tries)
    assert Inspection.objects.count() == 1


def test_one_device_sends_twenty_times_and_is_one_visit(device, site):
    content, uid = picture(7), uuid.uuid4()
    row = row_of(content)
    record = record_of(site, photos=[row], findings=[
        {"uid": str(uuid.uuid4()), "kind": "defect", "severity": "minor", "text": f"{RARE}台账缺失"}
    ])  # fmt: skip
    for _try in range(5):
        assert put(device, uid, record).status_code == 200
        assert put_photo(device, uid, row["uid"], content).status_code == 200
    counts = (Inspection.objects.count(), InspectionPhoto.objects.count(), Finding.objects.count())
    assert counts == (1, 1, 1)
    assert Finding.objects.get().text == f"{RARE}台账缺失"
    assert put(device, uid, record | {"summary": "另一版"}).status_code == 409


def test_a_membership_that_ended_or_has_not_begun_records_nothing(
    team, site, people, make_user, xiangtan, on_day
):
    later = make_user("later", None, xiangtan.city)
    join_group(actor=people.office, group=team.own_group, user=later, valid_from=DAY(2017, 6, 1))
    join_group(
        actor=people.office, group=team.own_group, user=(brief := make_user("brief", None, xiangtan.city)),
        valid_to=DAY(2017, 5, 31),
    )  # fmt: skip
    assert put(client_of(later), uuid.uuid4(), record_of(site)).status_code == 404
    assert put(client_of(brief), uuid.uuid4(), record_of(site)).status_code == 200
    on_day(2017, 5, 31)
    for person in (brief, later):
        client = client_of(person)
        assert put(client, uuid.uuid4(), record_of(site)).status_code == 404
        assert client.get(reverse("supervision:inspections")).context["page"].paginator.count == 0
