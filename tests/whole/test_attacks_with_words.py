"""Words that do more than they say: markup, formulas, line ends and addresses in what people write."""

import datetime
import hashlib
import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import User
from dashboard.feed import feed_of
from notices.channels.base import Address, Letter
from notices.channels.robots import WeCom
from notices.channels.smtp import _content
from notices.services import notify
from sites.models import Fund, Photo
from sites.services import add_entry
from supervision.models import Finding
from supervision.services.inspections import receive_inspection, receive_photo
from supervision.services.tasks import give_tasks
from tests.sites.conftest import signed_in  # noqa: F401 - fixtures
from tests.sites.life import VALUES, values_of
from tests.supervision.field_work import picture
from tests.supervision.finding_fixtures import cast, found  # noqa: F401 - fixtures

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported

DAY = datetime.date
RARE = "𠮷野堃喆镇"
NASTY = '"><script>alert(1)</script>'


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
