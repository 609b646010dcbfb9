"""What somebody might try on visits, findings, site life, reminders and their ways to people."""

import datetime
import hashlib
import io
import json
import struct
import uuid
import zlib
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import ImageFile

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from assessments.services import demand_review_rectification
from dashboard.feed import feed_of
from notices.channels.base import Address, Letter
from notices.channels.robots import WeCom
from notices.channels.smtp import _content
from notices.duties import owed_now
from notices.models import Absence, Message, Reminder
from notices.reminding.planning import due_now
from notices.services import notify
from notices.services.absences import end_absence, enter_absence
from notices.services.digests import remind as send_reminders
from sites.life_selectors import fund_sums
from sites.models import Fund, Photo, Site
from sites.services import add_entry, change_entry, confirm_entry
from supervision.models import Coordination, Finding, Inspection, InspectionPhoto, Meeting, Task
from supervision.services import join_group
from supervision.services.coordination import answer_finding, ask_extension, refer_finding
from supervision.services.desk_visits import record_at_desk
from supervision.services.escalation import climb_overdue, order_letter, propose_to_office, record_talk
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.inspections import receive_inspection, receive_photo
from supervision.services.meetings import plan_meeting
from supervision.services.tasks import give_tasks
from tests.assessments.reviewing import drawn, look_at, plaque_of, reported, visited  # noqa: F401 - fixtures
from tests.sites.conftest import climb, liaison_of, signed_in  # noqa: F401 - fixtures
from tests.sites.life import VALUES, values_of
from tests.supervision.field_work import picture, planned, recorded, team  # noqa: F401 - fixtures
from tests.supervision.finding_fixtures import again, cast, climbed, found, referred  # noqa: F401 - fixtures
from tests.supervision.test_field_api import client_of, put, put_photo, record_of, row_of

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported

DAY = datetime.date
LAST_OF_ALL = DAY(9999, 12, 31)
RARE = "𠮷野堃喆镇"
NASTY = '"><script>alert(1)</script>'


# --- days nobody will live to see -----------------------------------------------------------------------------


def test_a_finding_is_not_due_at_the_end_of_time(found):
    for day in (LAST_OF_ALL, DAY(9999, 12, 30), DAY(2500, 1, 4)):
        with pytest.raises(DomainError):
            found(due_on=day)


def test_no_step_of_a_finding_sets_a_day_at_the_end_of_time(cast, found, climbed):
    with pytest.raises(DomainError):
        ask_extension(actor=cast.town, finding=found(), until=LAST_OF_ALL, reason="等待材料")
    finding = climbed("letter", name="同心社区乙")
    clock.set_today(DAY(2017, 6, 27))
    said = {"held_on": clock.today(), "led_by": "副部长", "with_whom": "书记", "minutes": "修好屋顶"}
    with pytest.raises(DomainError):
        record_talk(actor=cast.group, finding=again(finding), agreed_day=LAST_OF_ALL, **said)


def test_one_far_day_does_not_stop_everybodys_reminders_and_pages(cast, found, client):
    """Days of rows written before there was a limit, or by the installation itself."""
    near, far = found(), found(name="同心社区乙")
    Finding.objects.filter(pk=far.pk).update(due_on=LAST_OF_ALL)
    clock.set_today(DAY(2017, 6, 5))
    assert any(key[0].startswith(f"finding:{near.pk}:") for key in due_now(owed_now()))
    send_reminders()
    assert Reminder.objects.filter(duty__startswith=f"finding:{near.pk}:").exists()
    for person in (cast.group, cast.town, cast.office):
        client.force_login(person)
        for name in ("supervision:findings", "dashboard:inbox"):
            assert client.get(reverse(name)).status_code == 200
        assert feed_of(User.objects.get(pk=person.pk))


def test_an_approval_without_end_does_not_stop_the_reminders(xiangtan, people, client):
    type(xiangtan.cycle).objects.update(approval_valid_until=LAST_OF_ALL)
    assert due_now(owed_now())
    client.force_login(people.office)
    assert client.get(reverse("dashboard:inbox")).status_code == 200


def test_a_review_is_not_rectified_at_the_end_of_time(people, visited):
    review = visited()
    with pytest.raises(DomainError):
        demand_review_rectification(
            actor=people.office, review=review, findings="台账不全", rectify_by=LAST_OF_ALL
        )


# --- what a device sends --------------------------------------------------------------------------------------


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


def bomb() -> bytes:
    """A PNG that says it has 30000 × 30000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def short_png() -> bytes:
    """A PNG whose head is right and whose pixels are missing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 300, 300, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "content",
    [damaged(), bomb(), short_png(), HTML, SVG, b"\xff\xd8\xff\xe0" + HTML, b"\x89PNG\r\n\x1a\n" + HTML],
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


# --- the way of a finding -------------------------------------------------------------------------------------


def test_a_unit_does_not_stop_its_clock_again_and_again(cast, found, xiangtan):
    finding = found()
    refer_finding(actor=cast.town, finding=finding, to_unit=cast.units.section, question="需协调资金")
    clock.set_today(DAY(2017, 5, 31))
    answer_finding(actor=cast.section, finding=again(finding), answer="已联系财政")
    with pytest.raises(DomainError):
        refer_finding(actor=cast.town, finding=again(finding), to_unit=cast.units.section, question="再问")
    with pytest.raises(DomainError):
        refer_finding(actor=cast.county, finding=again(finding), to_unit=cast.units.city, question="再问")
    refer_finding(actor=cast.group, finding=again(finding), to_unit=cast.units.city, question="督导组再问")
    assert Coordination.objects.count() == 2


def test_the_ladder_is_climbed_step_by_step_by_people(cast, climbed):
    finding = climbed("remind")
    clock.set_today(DAY(2017, 12, 1))
    for _round in range(3):
        climb_overdue()
    assert again(finding).escalation.state == "reminded"
    for step in (
        lambda: order_letter(actor=None, finding=again(finding)),
        lambda: propose_to_office(actor=cast.group, finding=again(finding), text="建议"),
        lambda: record_talk(
            actor=cast.group,
            finding=again(finding),
            held_on=clock.today(),
            led_by="a",
            with_whom="b",
            minutes="c",
        ),
        lambda: order_letter(actor=cast.other_group, finding=again(finding)),
        lambda: order_letter(actor=cast.county, finding=again(finding)),
    ):
        with pytest.raises(DomainError):
            step()
    letter = order_letter(actor=cast.group, finding=again(finding))
    with pytest.raises(DomainError):
        order_letter(actor=cast.group, finding=again(finding))
    assert type(letter).objects.count() == 1


def test_reporting_nothing_again_and_again_gains_only_what_the_group_gives(cast, found):
    finding = found()
    clock.set_today(DAY(2017, 6, 7))
    report_finding(actor=cast.town, finding=finding, text="已整改")
    with pytest.raises(DomainError):
        report_finding(actor=cast.town, finding=again(finding), text="已整改")
    recheck_finding(
        actor=cast.group, finding=again(finding), checked_on=clock.today(), is_settled=False, note="没有动静",
        due_on=DAY(2017, 6, 8),
    )  # fmt: skip
    assert again(finding).due_on == DAY(2017, 6, 8)


# --- site life ------------------------------------------------------------------------------------------------


def test_the_same_money_sent_twice_is_one_entry(site, people, liaison_of):
    for actor in (people.county, liaison_of(site)):
        before = Fund.objects.count()
        how = {"actor": actor, "site": site, "model": Fund}
        add_entry(**how, **VALUES[Fund] | {"name": f"财政{actor.pk}"})
        with pytest.raises(DomainError):
            add_entry(**how, **VALUES[Fund] | {"name": f"财政{actor.pk}"})
        assert Fund.objects.count() == before + 1


def test_the_same_money_later_or_from_elsewhere_is_another(site, people, make_site, on_day):
    values = VALUES[Fund]
    add_entry(actor=people.county, site=site, model=Fund, **values)
    add_entry(actor=people.county, site=make_site("同心社区乙"), model=Fund, **values)
    on_day(2017, 5, 23)
    add_entry(actor=people.county, site=site, model=Fund, **values)
    assert Fund.objects.count() == 3


def test_two_changes_of_one_sum_count_once(site, people, liaison_of):
    liaison = liaison_of(site)
    first = add_entry(actor=people.county, site=site, model=Fund, **VALUES[Fund])
    proposed = change_entry(actor=liaison, entry=first, amount=Decimal(70_000))
    change_entry(actor=people.county, entry=first, amount=Decimal(60_000))
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=proposed)
    with pytest.raises(DomainError):
        confirm_entry(actor=User.objects.get(pk=liaison.pk), entry=proposed)
    standing = Fund.objects.filter(state="confirmed")
    assert [fund.amount for fund in standing] == [Decimal(60_000)]
    assert fund_sums(Fund.objects.filter(site=site)).total == Decimal(60_000)


def test_what_a_liaison_may_not_see(site, make_site, liaison_of, recorded, signed_in, people):
    visit = recorded(site, clock.today(), pictures=[4], findings=[
        {"uid": uuid.uuid4(), "kind": "defect", "severity": "minor", "text": "台账缺失"}
    ])  # fmt: skip
    liaison = signed_in(liaison_of(site))
    finding, photo = visit.findings.get(), visit.photos.get()
    other = make_site("同心社区丙")
    fund = add_entry(actor=people.county, site=other, model=Fund, **VALUES[Fund])
    for address in (
        reverse("supervision:finding", args=[finding.pk]),
        reverse("supervision:inspection", args=[visit.pk]),
        reverse("supervision:inspection_photo", args=[photo.pk]),
        reverse("supervision:field"),
        reverse("supervision:field_pack"),
        reverse("sites:entry", args=["funds", fund.pk]),
        reverse("sites:life", args=[other.pk, "funds"]),
    ):
        assert liaison.get(address).status_code == 404, address


# --- words that do more than they say -------------------------------------------------------------------------


def test_words_stay_words_on_every_page(cast, found, make_site, signed_in, people, xiangtan):
    site = make_site(f"{RARE}{NASTY}")
    visit = receive_inspection(
        actor=cast.group, uid=uuid.uuid4(), group=found(site=site, text=NASTY).group, target=site,
        visited_on=clock.today(), present=NASTY, summary=NASTY, checklist_code="site_visit",
        answers={"plan": {"answer": "yes", "note": NASTY}},
        photos=[{"uid": uuid.uuid4(), "sha256": hashlib.sha256(picture(1)).hexdigest(),
                 "size": len(picture(1)), "note": NASTY}],
    )  # fmt: skip
    receive_photo(actor=cast.group, inspection=visit, uid=visit.photos.get().uid, content=picture(1))
    fund = add_entry(actor=people.county, site=site, model=Fund, **VALUES[Fund] | {"name": NASTY})
    photo = add_entry(actor=people.county, site=site, **values_of(Photo, alt=NASTY, name=NASTY), model=Photo)
    [task] = give_tasks(
        actor=people.office, cycle=xiangtan.cycle, units=[xiangtan.areas["湘潭县"]], title=NASTY,
        due_on=DAY(2017, 9, 1), detail=NASTY,
    )  # fmt: skip
    client = signed_in(people.office)
    pages = [
        reverse("supervision:findings"),
        reverse("supervision:finding", args=[Finding.objects.first().pk]),
        reverse("supervision:inspections"),
        reverse("supervision:inspection", args=[visit.pk]),
        reverse("supervision:tasks"),
        reverse("supervision:task", args=[task.pk]),
        reverse("sites:detail", args=[site.pk]),
        reverse("sites:entry", args=["funds", fund.pk]),
        reverse("sites:entry", args=["photos", photo.pk]),
        reverse("sites:life", args=[site.pk, "photos"]),
        reverse("dashboard:inbox"),
    ]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert(1)" not in answer.content.decode(), address
    pack = client.get(reverse("supervision:field_pack"))
    assert pack["Content-Type"] == "application/json"
    assert pack["X-Content-Type-Options"] == "nosniff"


def test_cells_of_an_export_are_text(cast, found, signed_in, people):
    found(text='=HYPERLINK("http://evil.example","x")')
    answer = signed_in(people.office).get(reverse("supervision:findings"), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_a_calendar_holds_only_what_it_says(cast, found, make_site):
    site = make_site("同心社区\r\nEND:VEVENT\r\nBEGIN:VALARM\u2028\x0b" + RARE)
    found(site=site)
    text = feed_of(User.objects.get(pk=cast.town.pk)).decode()
    assert text.count("\r\nBEGIN:VALARM") == text.count("\r\nBEGIN:VEVENT") > 0
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert RARE in text.replace("\r\n ", "")


def test_a_name_does_not_add_a_head_to_an_email(people):
    for bad in ("\r\nBcc: a@evil.example", "\u2028Bcc: a@evil.example", "\x0bBcc: a", "\x85Bcc: a"):
        [message] = notify(
            recipients=[people.office], subject=f"同心{bad}", body="第一行\n.\nRCPT TO:<x>\r\n.\r\n"
        )
        letter = Letter(key="1", subject=message.subject, body=message.body)
        content = _content(Address(to="office@sites.example.cn"), letter)
        head = content.split(b"\r\n\r\n")[0]
        assert not any(line.startswith(b"Bcc") for line in head.split(b"\r\n"))
        assert b"\r\n.\r\n" not in content


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://qyapi.weixin.qq.com@evil.example/x",
        "https://evil.example/https://qyapi.weixin.qq.com/",
        "https://qyapi.weixin.qq.com:8080/x",
        "https://qyapi.weixin.qq.com:0/x",
        "https://qyapi.weixin.qq.com.evil.example/x",
        "https://qyapi.weixin.qq.com./x",
        "http://qyapi.weixin.qq.com/x",
        "http://qyapi.weixin.qq.com:443/x",
        "https://qyapi.weixin.qq.com\\@evil.example/x",
        "https://qyapi.weixin.qq.com\t.evil.example/x",
        "https://qyapi.weixin.qq.com/x\r\nHost: evil.example",
        "https://qyapi.weixin.qq.com:99999/x",
        "https://qyapi.weixin.qq.com:x/x",
        "https://qyаpi.weixin.qq.com/x",
        "file:///etc/passwd",
        "gopher://qyapi.weixin.qq.com/x",
        "//qyapi.weixin.qq.com/x",
        "https:///x",
        "https://[x",
    ],
)
def test_robots_are_called_at_the_hosts_named_and_nowhere_else(settings, address):
    settings.WEBHOOK_HOSTS = ["qyapi.weixin.qq.com"]
    assert WeCom().why_not_address("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1") is None
    assert WeCom().why_not_address(address) is not None


# --- who stands in for whom -----------------------------------------------------------------------------------


def test_nobody_reroutes_another_persons_reminders(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    for actor in (colleague, people.neighbour, people.other_city, people.leader, people.system_admin):
        with pytest.raises(DomainError):
            enter_absence(actor=actor, person=people.county, deputy=colleague, **how)
    for deputy in (people.neighbour, people.other_city, people.other_county):
        with pytest.raises(DomainError):
            enter_absence(actor=people.county, person=people.county, deputy=deputy, **how)
    absence = enter_absence(actor=people.county, person=people.county, deputy=colleague, **how)
    for actor in (colleague, people.neighbour, people.other_city):
        with pytest.raises(DomainError):
            end_absence(actor=actor, absence=absence)
    assert Absence.objects.get().ended_at is None


def test_whose_reminders_go_elsewhere_is_told(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"deputy": colleague, "from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    absence = enter_absence(actor=people.office, person=people.county, **how)
    assert Message.objects.filter(recipient=people.county).count() == 1
    end_absence(actor=people.office, absence=absence)
    assert Message.objects.filter(recipient=people.county).count() == 2
    enter_absence(actor=people.county, person=people.county, **how)
    assert Message.objects.filter(recipient=people.county).count() == 2


# --- double clicks and empty houses ---------------------------------------------------------------------------


def test_tasks_given_twice_are_given_once(people, xiangtan):
    how = {
        "actor": people.office, "cycle": xiangtan.cycle, "units": [xiangtan.areas["湘潭县"]], "title": "报送年度总结",
        "due_on": DAY(2017, 9, 1),
    }  # fmt: skip
    before = Task.objects.count()
    give_tasks(**how)
    with pytest.raises(DomainError):
        give_tasks(**how)
    assert Task.objects.count() == before + 1


def test_a_meeting_planned_twice_is_planned_once(people, xiangtan):
    how = {
        "actor": people.county, "cycle": xiangtan.cycle, "kind": "joint_conference", "unit": xiangtan.areas["湘潭县"],
        "title": "联席会议", "planned_on": DAY(2017, 6, 20),
    }  # fmt: skip
    plan_meeting(**how)
    with pytest.raises(DomainError):
        plan_meeting(**how)
    assert Meeting.objects.filter(unit=xiangtan.areas["湘潭县"]).count() == 1


def test_no_reminder_key_is_longer_than_its_column(cast, found):
    found()
    duties = owed_now()
    assert duties
    assert all(len(duty.key) <= 120 for duty in duties)


def test_an_empty_database_reminds_nobody_and_stops_nothing(db):
    assert (due_now(owed_now()), send_reminders()) == ({}, 0)


def test_an_absence_of_two_thousand_years_is_an_absence(people, make_user, xiangtan, client):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    enter_absence(
        actor=people.county, person=people.county, deputy=colleague, from_day=DAY(1, 1, 1), to_day=LAST_OF_ALL
    )
    assert due_now(owed_now())
    client.force_login(people.office)
    assert client.get(reverse("notices:absences")).status_code == 200


def test_deputies_in_a_circle_reach_the_person_and_the_office(people, make_user, xiangtan):
    colleague = make_user("colleague", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    how = {"from_day": clock.today(), "to_day": DAY(2017, 6, 30)}
    before = {key[2] for key in due_now(owed_now())}
    assert people.county.pk in before
    enter_absence(actor=people.county, person=people.county, deputy=colleague, **how)
    enter_absence(actor=colleague, person=colleague, deputy=people.county, **how)
    assert before <= {key[2] for key in due_now(owed_now())}


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
