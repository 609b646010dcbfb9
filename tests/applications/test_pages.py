"""The county's pages: bad input gets words and keeps what was typed; neighbours get 404."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from applications.models import Application, Attachment
from applications.services import accept, return_for_correction, submit
from tests.applications.conftest import png


@pytest.fixture
def sign_in():
    def do(user, **options):
        client = Client(**options)
        client.force_login(user)
        return client

    return do


def edit_url(application):
    return reverse("applications:edit", args=[application.pk])


def test_too_much_text_is_refused_in_the_form_and_kept(draft, people, sign_in):
    application = draft()
    long = "好" * 10_000
    page = sign_in(people.county).post(
        edit_url(application), {"revision": 1, "creation": long, "plan": "计划"}
    )
    assert page.status_code == 200
    text = page.content.decode()
    assert long in text
    assert "字数过多：10000字，最多1500字" in text
    # What was in order is kept all the same.
    assert Application.objects.get().data == {"plan": "计划"}


def test_a_stale_second_tab_keeps_what_was_typed(draft, people, sign_in):
    application, client = draft(), sign_in(people.county)
    client.post(edit_url(application), {"revision": 1, "creation": "第一窗口"})
    page = client.post(edit_url(application), {"revision": 1, "creation": "第二窗口写的"})
    assert page.status_code == 200
    assert "第二窗口写的" in page.content.decode()
    assert "另一个窗口" in page.content.decode()
    assert Application.objects.get().data["creation"] == "第一窗口"


def test_autosave_says_so_and_hands_on_the_revision(draft, people, sign_in):
    application = draft()
    page = sign_in(people.county).post(
        reverse("applications:autosave", args=[application.pk]), {"revision": 1, "creation": "自动保存"}
    )
    assert page["HX-Trigger"] == '{"saved": {"revision": 2}}'
    assert Application.objects.get().data == {"creation": "自动保存"}


@pytest.mark.parametrize(
    ("name", "content", "kind", "words"),
    [
        ("virus.jpg", b"MZ\x90\x00" + b"\0" * 500, "photo", "不是允许的文件类型"),
        ("empty.pdf", b"", "proof", "是空文件"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo", "不是允许的文件类型"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "photo", "无法读取"),
        ("form.pdf", b"%PDF-1.4 ...", "photo", "不是允许的文件类型"),
    ],
)
def test_files_are_told_by_their_content(name, content, kind, words, draft, people, sign_in):
    application = draft()
    page = sign_in(people.county).post(
        reverse("applications:attach", args=[application.pk]),
        {"kind": kind, "file": SimpleUploadedFile(name, content)},
        follow=True,
    )
    assert words in page.content.decode()
    assert Attachment.objects.count() == 0


def test_a_file_beyond_the_limit_never_reaches_the_disk(draft, people, sign_in, settings):
    settings.UPLOAD_MAX_MEGABYTES = 1
    application = draft()
    page = sign_in(people.county).post(
        reverse("applications:attach", args=[application.pk]),
        {"kind": "proof", "file": SimpleUploadedFile("big.pdf", b"%PDF-1.4" + b"0" * 3_000_000)},
        follow=True,
    )
    assert "big.pdf”超过1 MB" in page.content.decode()
    assert Attachment.objects.count() == 0


def test_a_picture_of_gigapixels_is_refused_unread(draft, people, sign_in, monkeypatch):
    monkeypatch.setattr("accounts.uploads.MOST_PIXELS", 99)
    application = draft()
    stream = io.BytesIO()
    Image.new("1", (10, 10)).save(stream, "PNG")
    page = sign_in(people.county).post(
        reverse("applications:attach", args=[application.pk]),
        {"kind": "photo", "file": SimpleUploadedFile("big.png", stream.getvalue())},
        follow=True,
    )
    assert "像素" in page.content.decode()


def test_an_attachment_is_served_to_those_concerned_and_cannot_run(draft, people, sign_in):
    application = draft()
    sign_in(people.county).post(
        reverse("applications:attach", args=[application.pk]), {"kind": "photo", "file": png("照片.png")}
    )
    url = reverse("applications:attachment", args=[Attachment.objects.get().pk])
    answer = sign_in(people.county).get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    for person in (people.neighbour, people.other_city, people.office):  # a draft is the county's own
        assert sign_in(person).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_submitting_by_the_page_and_again_by_a_double_click(draft, fill, people, sign_in):
    application = fill(draft(), people.county)
    client = sign_in(people.county)
    url = reverse("applications:submit", args=[application.pk])
    assert client.post(url).url == reverse("applications:detail", args=[application.pk])
    assert client.post(url).url == reverse("applications:detail", args=[application.pk])
    assert Application.objects.get().versions.count() == 1


def test_the_office_decides_by_the_page_and_a_leader_cannot(draft, fill, people, sign_in):
    application = submit(actor=people.county, application=fill(draft(), people.county))
    url = reverse("applications:handle", args=[application.pk])
    assert sign_in(people.leader).post(url, {"action": "accept"}).status_code == 404
    page = sign_in(people.office).post(url, {"action": "return", "reason": ""}, follow=True)
    assert "请写明理由" in page.content.decode()
    sign_in(people.office).post(url, {"action": "return", "reason": "请补充"})
    assert Application.objects.get().state == "returned"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(
    rows, draft, fill, people, sign_in, django_assert_num_queries
):
    for number in range(rows):
        draft(f"示范点{number}")
    client = sign_in(people.county)
    client.get(reverse("applications:list"))
    with django_assert_num_queries(19):
        page = client.get(reverse("applications:list"))
    assert page.context["listing"].page.paginator.count == rows


def test_the_export_holds_exactly_what_is_shown_and_no_formula(draft, people, sign_in):
    draft("=cmd|'/c calc'!A1")
    draft("乙")
    client = sign_in(people.county)
    answer = client.get(reverse("applications:list"), {"q": "cmd", "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 2
    assert sheet["B2"].data_type == "s"
    assert rows[1][1] == "=cmd|'/c calc'!A1"


def test_a_draft_is_seen_by_its_county_only(draft, fill, people, sign_in):
    application = fill(draft(), people.county)
    url = reverse("applications:detail", args=[application.pk])
    assert sign_in(people.county).get(url).status_code == 200
    for person in (people.office, people.leader, people.neighbour, people.assessor):
        assert sign_in(person).get(url).status_code == 404
    submit(actor=people.county, application=application)
    assert sign_in(people.office).get(url).status_code == 200
    assert sign_in(people.neighbour).get(url).status_code == 404
    accept(actor=people.office, application=application)


def test_the_office_grants_places_and_days(people, xiangtan, sign_in):
    client = sign_in(people.office)
    url = reverse("applications:quota", args=[xiangtan.cycle.pk])
    area = xiangtan.areas["湘潭县"]
    page = client.post(url, {"form": "later", "area": area.pk, "until": "2017-02-31", "reason": "洪灾"})
    assert "洪灾" in page.content.decode()
    assert page.context["later"].errors["until"]
    client.post(url, {"form": "later", "area": area.pk, "until": "2017-06-10", "reason": "洪灾"})
    client.post(
        url, {"form": "extra", "area": area.pk, "level": xiangtan.levels["city"].pk, "reason": "考察认可"}
    )
    assert xiangtan.cycle.extensions.get().reason == "洪灾"
    assert xiangtan.cycle.places.get(is_extra=True).reason == "考察认可"
    assert sign_in(people.county).get(url).status_code == 404


def test_next_year_carries_the_rules_over(people, xiangtan, sign_in, on_day):
    on_day(2018, 3, 1)
    values = {
        "scheme_title": "2018年度实施方案",
        "scheme_number": "测试〔2018〕1号",
        "scheme_issued_on": "2018-02-28",
        "approval_basis": "测试",
        "approved_by": "测试",
        "approval_number": "测试〔2018〕1号",
    }
    sign_in(people.office).post(reverse("applications:next_cycle", args=[xiangtan.cycle.pk]), values)
    following = xiangtan.programme.cycles.get(year=2018)
    assert following.state == "open"
    assert following.places.count() == 16
    days = {m.kind: m.due_on.isoformat() for m in following.milestones.all()}
    assert days["applications_due"] == "2018-05-31"
    assert days["acceptance_due"] == "2018-11-30"
    assert following.contact == xiangtan.cycle.contact != {}
    assert following.level_rules.get(level__code="province").required_months == 12


def test_adding_the_scan_leads_back_to_the_submit_page(draft, people, sign_in):
    application = draft()
    client = sign_in(people.county)
    url = reverse("applications:attach", args=[application.pk])
    answer = client.post(url, {"kind": "stamped", "file": png()})
    assert answer.url == reverse("applications:submit", args=[application.pk])
    assert client.post(url, {"kind": "photo", "file": png()}).url == edit_url(application)
    assert "请先选择文件" in client.post(url, {"kind": "photo"}, follow=True).content.decode()
    assert client.post(url, {"kind": "seal", "file": png()}).status_code == 404


def test_a_returned_form_says_why(draft, fill, people, sign_in):
    application = submit(actor=people.county, application=fill(draft(), people.county))
    return_for_correction(actor=people.office, application=application, reason="请补充活动照片")
    assert "请补充活动照片" in sign_in(people.county).get(edit_url(application)).content.decode()
