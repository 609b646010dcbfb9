"""What devices in the field ask and send: data pack, record, photos; who may, and what is told to whom may not."""

import hashlib
import json
import socket
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from supervision.models import Finding, Inspection, InspectionPhoto
from supervision.services import give_area, leave_group
from tests.supervision.visits import finding, group_of, member_of, picture

PACK, FIELD = "/supervision/field/pack.json", "/supervision/field/"


@pytest.fixture
def member(people, make_user, xiangtan):
    return member_of("湘潭县", make_user, people, xiangtan)


def client_of(person, language="en", **options) -> Client:
    client = Client(**options)
    client.cookies["django_language"] = language
    client.force_login(person)
    return client


def row_of(content: bytes, **fields) -> dict:
    row = {"uid": str(uuid.uuid4()), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return {**row, "note": "", "taken_at": None, "position": None, **fields}


def record_of(place, photos=(), **fields) -> dict:
    """The JSON of a visit as a device makes it."""
    usual = {
        "group": group_of("湘潭县").pk, "site": place.pk, "unit": None, "planned": None, "visited_on": "2017-05-22",
        "present": "社区书记", "checklist": "site_visit", "answers": {"plan": {"answer": "yes", "note": ""}},
        "summary": "正常", "position": None, "kept_at": "2017-05-22T01:30:00.000Z", "photos": list(photos),
        "findings": [],
    }  # fmt: skip
    return usual | fields


def put(client, uid, record, **extra):
    address = f"{FIELD}visits/{uid}/"
    body = record if isinstance(record, bytes) else json.dumps(record)
    return client.put(address, body, content_type="application/json", **extra)


def put_photo(client, uid, photo, content: bytes):
    address = f"{FIELD}visits/{uid}/photos/{photo}/"
    return client.put(address, content, content_type="application/octet-stream")


# --- sending ----------------------------------------------------------------------------------------------


def test_sent_three_times_in_every_order_it_is_one_visit(member, make_site):
    client, uid, one, two = client_of(member), uuid.uuid4(), picture(1), picture(3)
    record = record_of(
        make_site(), [row_of(one), row_of(two)], findings=[{**finding(), "uid": str(uuid.uuid4())}]
    )
    first, second = (photo["uid"] for photo in record["photos"])
    answers = [put(client, uid, record).json() for _time in range(3)]
    url = reverse("supervision:inspection", args=[Inspection.objects.get().pk])
    assert answers == [{"state": "receiving", "url": url, "missing": [first, second]}] * 3
    assert put_photo(client, uid, second, two).json()["missing"] == [first]
    assert put(client, uid, record).json()["missing"] == [first]
    for _time in range(3):
        assert put_photo(client, uid, first, one).json() == {
            "state": "recorded", "url": url, "missing": [], "similar": [],
        }  # fmt: skip
    assert put(client, uid, record).json() == {"state": "recorded", "url": url, "missing": []}
    counts = (Inspection.objects.count(), InspectionPhoto.objects.count(), Finding.objects.count())
    assert counts == (1, 2, 1)
    assert [photo.file.read() for photo in InspectionPhoto.objects.all()] == [one, two]


def test_a_changed_record_is_a_conflict_that_shows_the_kept_one(member, make_site):
    client, uid, site = client_of(member), uuid.uuid4(), make_site()
    put(client, uid, record_of(site))
    answer = put(client, uid, record_of(site, summary="另一结论"))
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
    kept = answer.json()["kept"]
    assert kept.pop("received_at").startswith("2017-05-22T")
    assert kept == {
        "place": "同心社区甲", "visited_on": "2017-05-22", "present": "社区书记", "summary": "正常",
        "checklist": "Checklist for a visit to a site", "answers": 1, "photos": 0, "findings": [],
    }  # fmt: skip


def test_lies_and_cuts_leave_the_photo_missing(member, make_site, settings):
    client, uid, content = client_of(member), uuid.uuid4(), picture()
    record = record_of(make_site(), [row_of(content)])
    photo = record["photos"][0]["uid"]
    put(client, uid, record)
    for wrong in (b"", content[: len(content) // 2], content + b"x", bytes(len(content))):
        answer = put_photo(client, uid, photo, wrong)
        assert (answer.status_code, answer.json()["words"]) == (
            422,
            "The photo did not arrive as it was announced. It is still on the device: send it again.",
        )
    assert (
        put_photo(client, uid, photo, bytes(8 * 1024 * 1024 + 1)).json()["words"] == "The photo is too large."
    )
    assert put(client, uuid.uuid4(), b" " * (1024 * 1024 + 1)).json()["words"] == "The record is too long."
    assert InspectionPhoto.objects.arrived().count() == 0
    assert put_photo(client, uid, photo, content).json()["state"] == "recorded"


def test_what_cannot_be_read_is_refused_in_words(member, make_site):
    client, site, sha = client_of(member), make_site(), "0" * 64
    photo = {"uid": str(uuid.uuid4()), "sha256": sha, "size": 1}
    wrong = [
        b"{", b"[]", b"null", b"1", b"\xff", b"[" * 100_000, record_of(site, group="x"), record_of(site, site=None),
        record_of(site, site=[1]), record_of(site, visited_on=20170522), record_of(site, visited_on="2017-02-30"),
        record_of(site, answers=[1]), record_of(site, answers={"plan": {"answer": {"a": 1}}}),
        record_of(site, photos={"a": 1}), record_of(site, photos=[1]), record_of(site, [photo | {"sha256": "A" * 64}]),
        record_of(site, [photo | {"size": 0}]), record_of(site, [photo | {"uid": "1"}]),
        record_of(site, [photo, photo]),
        record_of(site, position=[1]), record_of(site, position={"latitude": "nan", "longitude": 0}),
        record_of(site, findings=[{}]), record_of(site, summary="\x00"), record_of(site, present="字" * 501),
        record_of(site, kept_at="yesterday"), record_of(site, visited_on="2017-05-23"),
    ]  # fmt: skip
    found = [put(client, uuid.uuid4(), record).status_code for record in wrong]
    assert found == [404 if record == wrong[18] else 422 for record in wrong]
    assert Inspection.objects.count() == 0


def test_a_device_whose_clock_was_never_set(member, make_site):
    record = record_of(make_site(), kept_at="0001-01-01T00:00:00+08:00")
    assert put(client_of(member), uuid.uuid4(), record).json()["state"] == "recorded"
    assert Inspection.objects.get().kept_at is None


def test_a_half_sent_photo_over_a_real_connection(member, make_site, live_server, transactional_db):
    """The line is cut after half of the body: nothing is kept, and the whole photo is taken in afterwards."""
    client, uid, content = client_of(member), uuid.uuid4(), picture()
    record = record_of(make_site(), [row_of(content)])
    put(client, uid, record)
    photo = record["photos"][0]["uid"]
    host, port = live_server.url.removeprefix("http://").split(":")
    head = (
        f"PUT {FIELD}visits/{uid}/photos/{photo}/ HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(content)}\r\n"
        f"Cookie: sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}\r\n"
        f"X-CSRFToken: {'a' * 32}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode() + content[: len(content) // 2])
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(4096).decode()
    assert answer.split("\r\n")[0] == "HTTP/1.1 422 Unprocessable Entity"
    assert InspectionPhoto.objects.arrived().count() == 0
    assert put_photo(client, uid, photo, content).json()["state"] == "recorded"


def test_a_picture_used_before_is_pointed_out_to_whom_may_see_it(member, make_site, people):
    site, sent = make_site(), []
    for person, content in ((people.office, picture(1)), (member, picture(1, size=(800, 600)))):
        client, uid = client_of(person), uuid.uuid4()
        record = record_of(site, [row_of(content)])
        put(client, uid, record)
        sent.append(put_photo(client, uid, record["photos"][0]["uid"], content).json())
    earlier = reverse("supervision:inspection", args=[Inspection.objects.earliest("id").pk])
    assert [answer["similar"] for answer in sent] == [
        [],
        [{"visit": "同心社区甲 2017-05-22", "url": earlier}],
    ]


# --- who --------------------------------------------------------------------------------------------------


def test_without_a_session_devices_are_told_so_in_json(db):
    client, uid = Client(), uuid.uuid4()
    answers = [client.get(PACK), put(client, uid, {}), put_photo(client, uid, uid, b"x")]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, {"error": "signed_out"})] * 3


def test_guessed_numbers_and_neighbours_learn_nothing(member, make_site, people, make_user, xiangtan):
    content, uid, site = picture(), uuid.uuid4(), make_site()
    record = record_of(site, [row_of(content)])
    photo = record["photos"][0]["uid"]
    put(client_of(member), uid, record)
    neighbour = client_of(member_of("韶山市", make_user, people, xiangtan, name="neighbour2"))
    for client in (neighbour, client_of(people.office)):
        assert put_photo(client, uid, photo, content).status_code == 404
        assert put_photo(client, uuid.uuid4(), photo, content).status_code == 404
    assert put(client_of(people.office), uid, record).status_code == 404
    assert put(neighbour, uid, record).status_code == 422
    assert put_photo(client_of(member), uid, uuid.uuid4(), content).status_code == 404
    for person in (people.county, people.leader, people.other_city, people.nobody):
        client = client_of(person)
        found = [
            client.get(PACK),
            client.get(FIELD),
            put(client, uid, record),
            put_photo(client, uid, photo, content),
        ]
        assert {answer.status_code for answer in found} == {404}, person
    assert (Inspection.objects.count(), InspectionPhoto.objects.arrived().count()) == (1, 0)
    assert AuditEvent.objects.filter(action="inspection.receive", result="refused").count() == 2


def test_a_place_of_another_group_is_not_found(member, make_site):
    site = make_site(name="同心社区丙", area="韶山市")
    answer = put(client_of(member), uuid.uuid4(), record_of(site))
    assert (answer.status_code, Inspection.objects.count()) == (422, 0)
    assert "同心社区丙" not in answer.content.decode()


def test_with_the_end_of_the_membership_nothing_more_is_taken_in(member, make_site, people, on_day):
    leave_group(actor=people.office, membership=member.supervision_memberships.get())
    assert put(client_of(member), uuid.uuid4(), record_of(make_site())).status_code == 404


def test_a_form_of_another_site_cannot_send_for_a_person(member, make_site):
    client = client_of(member, enforce_csrf_checks=True)
    uid = uuid.uuid4()
    assert put(client, uid, record_of(make_site())).status_code == 403
    token = client.get(PACK).cookies["csrftoken"].value
    assert (
        put(client, uid, record_of(make_site(name="乙")), headers={"X-CSRFToken": token}).status_code == 200
    )


# --- the pack and the shell -------------------------------------------------------------------------------


def test_the_pack_holds_the_group_s_own_areas_only(member, make_site, xiangtan, people):
    make_site()
    make_site(name="同心社区丙", area="韶山市")
    pack = client_of(member, "zh-hans").get(PACK).json()
    assert pack["person"] == {"id": member.pk, "name": "member"}
    assert (pack["today"], pack["language"]) == ("2017-05-22", "zh-hans")
    assert [group["name"] for group in pack["groups"]] == ["湘潭县督导组"]
    assert [row["title"] for row in pack["groups"][0]["checklists"]] == [
        "示范点督导检查表", "县市区（园区）工作督导表",
    ]  # fmt: skip
    assert [(row["code"], row["name"], row["days"]) for row in pack["groups"][0]["severities"]] == [
        ("minor", "一般", 20), ("major", "较重", 10), ("grave", "严重", 5),
    ]  # fmt: skip
    assert [site["name"] for site in pack["sites"]] == ["同心社区甲"]
    assert pack["units"][0]["name"] == "湘潭县"
    assert {unit["area"] for unit in pack["units"]} == {xiangtan.areas["湘潭县"].pk}
    assert len(client_of(people.office).get(PACK).json()["sites"]) == 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_pack_s_number_of_queries(member, make_site, count, django_assert_num_queries):
    for number in range(count):
        make_site(name=f"社区{number}")
    client = client_of(member)
    with django_assert_num_queries(18):
        assert len(client.get(PACK).json()["sites"]) == count


def test_the_shell_holds_nothing_of_the_person(member):
    member.title = "某科室干部"
    member.save()
    answer = client_of(member, "zh-hans").get(FIELD)
    text = answer.content.decode()
    assert [word in text for word in ("某科室干部", "member", "湘潭县", "csrfmiddlewaretoken")] == [False] * 4
    assert "img-src 'self' data: blob:;" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_worker_and_manifest_are_public_and_name_files_that_exist(db, client):
    worker = client.get("/supervision/field/sw.js")
    assert (worker.status_code, worker["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    files = json.loads(worker.content.decode().split("const FILES = ")[1].split(";")[0])
    manifest = client.get("/supervision/field/manifest.webmanifest").json()
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (FIELD, FIELD, "standalone")
    found = {client.get(path).status_code for path in [*files, *(icon["src"] for icon in manifest["icons"])]}
    assert found == {200}


def test_a_new_area_comes_with_the_next_pack(member, xiangtan):
    give_area(
        group=group_of("湘潭县"), area=xiangtan.areas["韶山市"], valid_from=xiangtan.cycle.scheme_issued_on
    )
    names = {unit["name"] for unit in client_of(member, "zh-hans").get(PACK).json()["units"]}
    assert {"湘潭县", "韶山市"} <= names
