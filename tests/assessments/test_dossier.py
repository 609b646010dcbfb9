"""The dossier: everything of an application or site in one ZIP and one PDF, the same bytes whenever it is built."""
# ruff: noqa: F811 - fixtures are imported by name

import datetime
import io
import re
import subprocess
import zipfile

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter

from accounts import clock
from accounts.errors import DomainError
from accounts.models import AuditEvent, RoleAssignment, User
from applications.models import Application, Attachment, ScannedPage, ScanUpload
from applications.services import submit
from assessments.dossier.binder import Binder, Bookmark, prepare_pdf
from assessments.dossier.parts import safe_name
from assessments.services import order_dossier
from assessments.tasks import build_dossier
from notices.models import Job
from sites.models import Activity
from tests.applications.conftest import draft, png  # noqa: F401 - fixture
from tests.applications.sealing import (  # noqa: F401 - fixtures
    keepers,
    province_draft,
    put,
    roots,
    seals,
    version,
)

LONG = "一份名字非常长的证明材料" * 10
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def small_pdf(pages: int = 2, rotation: int = 0, password: str = "") -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(300, 200).rotate(rotation)
    if password:
        writer.encrypt(password)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def read_page(path, page: int) -> str:
    """What pdftotext reads on one page, without blanks."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", str(path), "-"]
    return re.sub(r"\s", "", subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def photo(size=(60, 40)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def built():
    """built(person, subject, "zip"): orders a dossier and does the worker's part; the finished job."""

    def do(person, subject, form="zip") -> Job:
        job = order_dossier(actor=User.objects.get(pk=person.pk), subject=subject, form=form)
        build_dossier(job.pk)
        done = Job.objects.get(pk=job.pk)
        assert (done.state, done.error) == ("done", "")
        return done

    return do


@pytest.fixture
def names(built):
    """names(person, subject): the files in the dossier's ZIP."""
    return lambda person, subject: zipfile.ZipFile(built(person, subject).output).namelist()


@pytest.fixture
def add(people):
    """add(application, "甲.pdf", b"...", "application/pdf"): an attachment, whatever state the form is in."""

    def do(application, name, content, content_type, kind="proof"):
        return Attachment.objects.create(
            application=application,
            kind=kind,
            file=ContentFile(content, name),
            name=name,
            content_type=content_type,
            size=len(content),
            sha256="0" * 64,
            uploaded_by=people.county,
            uploaded_at=clock.now(),
        )

    return do


@pytest.fixture
def rich(approved, add):
    """An approved city application with evidence of every kind, damaged and encrypted ones among it."""
    application = approved().application
    add(application, "活动.jpg", photo(), "image/jpeg", kind="photo")
    add(application, "证明.pdf", small_pdf(2), "application/pdf")
    add(application, "../坏:的.pdf", b"%PDF-1.4 broken", "application/pdf")
    add(application, "加密.pdf", small_pdf(1, password="x"), "application/pdf")
    add(application, "总结.docx", b"PK word", WORD)
    add(application, f"{LONG}.pdf", small_pdf(1), "application/pdf")
    return application


NAMES = [
    "01-目录.pdf",
    "02-申报表/01-申报表第1版.pdf",
    "03-盖章扫描件/01-盖章申报表（扫描件）-scan.png",
    "04-考核评分.pdf",
    "05-佐证材料/01-照片-活动.jpg",
    "05-佐证材料/02-证明材料-证明.pdf",
    "05-佐证材料/03-证明材料-..坏的.pdf",
    "05-佐证材料/04-证明材料-加密.pdf",
    "05-佐证材料/05-证明材料-总结.docx",
    f"05-佐证材料/06-{('证明材料-' + LONG)[:40]}.pdf",
    "06-审批记录.pdf",
    "卷宗.pdf",
    "manifest.sha256",
]


def test_the_zip_holds_everything_and_proves_it(rich, people, built, tmp_path):
    done = built(people.office, rich)
    assert done.output_name == f"卷宗-{rich.number}-同心社区甲.zip"
    book = zipfile.ZipFile(done.output)
    assert book.namelist() == NAMES
    assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book.extractall(tmp_path)
    told = subprocess.run(
        ["sha256sum", "-c", "manifest.sha256"], cwd=tmp_path, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert len(told.stdout.splitlines()) == 12
    # What came in is kept byte for byte, whatever its state.
    assert (tmp_path / NAMES[6]).read_bytes() == b"%PDF-1.4 broken"
    assert AuditEvent.objects.filter(action="dossier.order", actor=people.office).count() == 1


@pytest.mark.parametrize("form", ["zip", "pdf"])
def test_built_twice_it_is_the_same_to_the_byte(form, rich, people, built, on_day):
    first = built(people.office, rich, form).output.read()
    on_day(2017, 6, 1)
    assert built(people.office, rich, form).output.read() == first


def test_the_pdf_alone_is_the_one_in_the_zip(rich, people, built):
    book = zipfile.ZipFile(built(people.office, rich).output)
    assert book.read("卷宗.pdf") == built(people.office, rich, "pdf").output.read()


def test_what_is_missing_stands_first_and_every_page_where_the_index_says(rich, people, built, tmp_path):
    path = tmp_path / "whole.pdf"
    path.write_bytes(built(people.office, rich, "pdf").output.read())
    reader = PdfReader(path)
    index = read_page(path, 1) + read_page(path, 2)
    assert index.index("一、缺少的材料1.公示：尚未完成2.授牌：尚未授牌二、目录") > 0
    first = {mark.title: reader.get_destination_page_number(mark) + 1 for mark in flat(reader.outline)}
    # The index takes two pages, the form its own; then one scan, two pages of scores, evidence, decisions.
    scan = 3 + rich.versions.get().pages
    last = scan + 7
    assert first == {
        "目录": 1,
        "申报表": 3,
        "申报表第1版": 3,
        "盖章扫描件": scan,
        "盖章申报表（扫描件）-scan": scan,
        "考核评分": scan + 1,
        "佐证材料": scan + 3,
        "照片-活动": scan + 3,
        "证明材料-证明": scan + 4,
        f"证明材料-{LONG}": scan + 6,
        "审批记录": last,
    }
    assert len(reader.pages) == last
    assert "“四同创建”示范点申报表" in read_page(path, 3)
    assert read_page(path, scan + 1).startswith(f"{scan + 1}/{last}考核评分")
    assert "评分表：assessor" in read_page(path, scan + 2)
    assert read_page(path, scan + 4) == f"{scan + 4}/{last}"
    assert [float(side) for side in reader.pages[scan + 3].mediabox[2:]] == [300, 200]
    assert read_page(path, last).startswith(f"{last}/{last}审批记录")
    for words in (
        f"考核评分{scan + 1}–{scan + 2}04-考核评分.pdf",
        f"证明材料-证明{scan + 4}–{scan + 5}",
        f"审批记录{last}06-审批记录.pdf",
        f"（全卷{last}页）",
    ):
        assert words in index
    remarks = "".join(PdfReader(path).pages[number].extract_text() for number in (0, 1)).replace("\n", "")
    for words in ("文件损坏，无法并入", "文件已加密，无法并入", "办公软件文件，不并入"):
        assert words in remarks


def flat(outline):
    for item in outline:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item


def test_a_neighbour_and_an_assessor_have_none(rich, people, signed_in):
    for view, subject in (
        ("assessments:application_dossier", rich.pk),
        ("assessments:site_dossier", rich.site_id),
    ):
        url = reverse(view, args=[subject])
        for person in (people.neighbour, people.assessor, people.other_city, people.auditor):
            assert signed_in(person).post(url, {"form": "zip"}).status_code == 404
        assert signed_in(people.office).post(url, {"form": "exe"}).status_code == 404
        assert signed_in(people.office).get(url).status_code == 302
        for person in (people.county, people.office, people.leader):
            answer = signed_in(person).post(url, {"form": "pdf"})
            job = Job.objects.get(owner=person, params__subject=subject, params__kind=view[12:-8])
            assert answer.url == reverse("notices:job", args=[job.pk])
    with pytest.raises(DomainError):
        order_dossier(actor=people.neighbour, subject=rich, form="zip")


def test_a_second_click_meets_the_first_job(rich, people):
    first = order_dossier(actor=people.county, subject=rich, form="zip")
    assert order_dossier(actor=people.county, subject=rich, form="zip") == first
    assert order_dossier(actor=people.county, subject=rich, form="pdf") != first


def test_whose_role_ended_meanwhile_gets_nothing(rich, people):
    job = order_dossier(actor=people.county, subject=rich, form="zip")
    RoleAssignment.objects.filter(user=people.county).update(valid_to=clock.today())
    build_dossier(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.output)) == ("failed", False)


def test_whose_role_ended_afterwards_gets_the_file_no_more(rich, people, signed_in, built):
    job = built(people.county, rich)
    output, page = reverse("notices:job_output", args=[job.pk]), reverse("notices:job", args=[job.pk])
    assert output in signed_in(people.county).get(page).content.decode()
    assert signed_in(people.county).get(output).status_code == 200
    RoleAssignment.objects.filter(user=people.county).update(valid_to=clock.today())
    assert signed_in(people.county).get(output).status_code == 404
    assert output not in signed_in(people.county).get(page).content.decode()


def test_a_county_sees_no_scores_before_closing(opened, score, people, names, built):
    assessment = opened(people.assessor, people.assessor2)
    score(assessment.sheets.get(assessor=people.assessor), "86.5")
    application = assessment.application
    assert "04-审批记录.pdf" in names(people.county, application)
    assert "04-考核评分.pdf" in names(people.office, application)


def test_objections_and_ranks_are_for_those_who_decide(noticed, people, built, tmp_path):
    notice = noticed().notice
    notice.objections.create(
        received_on=clock.today(), text="账目不清", objector="异议人某某", contact="00000000000"
    )
    read = {}
    for person in (people.county, people.office):
        path = tmp_path / person.username
        path.write_bytes(built(person, notice.assessment.application, "pdf").output.read())
        read[person.username] = read_page(path, len(PdfReader(path).pages))
    assert "公示时间2017年5月22日至" in read["county"]
    assert "账目不清" not in read["county"]
    assert "账目不清" in read["office"]
    # Who objected stands in nobody's dossier.
    assert "异议人" not in read["office"]
    assert "00000000000" not in read["office"]


def test_scanned_pages_say_which_are_missing(opened, people, names, built, tmp_path):
    application = opened().application
    application.attachments.update(removed_at=clock.now())
    version = application.versions.get()
    upload = ScanUpload.objects.create(
        application=application, file=ContentFile(photo(), "scan.jpg"), name="scan.jpg",
        content_type="image/jpeg", size=1, sha256="0" * 64, uploaded_by=people.county, uploaded_at=clock.now(),
    )  # fmt: skip
    ScannedPage.objects.create(
        upload=upload, position=1, verdict="filed", application=application, version=version, page=2,
        image=ContentFile(photo((40, 60)), "page.jpg"), seals={"county": False},
    )  # fmt: skip
    assert names(people.office, application)[2] == "03-盖章扫描件/01-第1版第2页.jpg"
    version.refresh_from_db()
    path = tmp_path / "whole.pdf"
    path.write_bytes(built(people.office, application, "pdf").output.read())
    absent = "、".join(str(page) for page in range(1, version.pages + 1) if page != 2)
    words = f"1.申报表第1版盖章扫描件：缺第{absent}页2.申报表第1版第2页扫描件：意见栏内未识别到红色印章"
    assert words in read_page(path, 1)


def test_a_sealed_form_is_bound_with_its_seals_drawn_in(
    version, seals, keepers, people, names, built, tmp_path
):
    put(keepers.county, version, "county")
    application = submit(actor=people.county, application=Application.objects.get())
    put(keepers.city, version, "city")
    path, sealed = tmp_path / "whole.pdf", tmp_path / "sealed.pdf"
    book = zipfile.ZipFile(built(people.office, application).output)
    assert book.namelist()[1:3] == ["02-申报表/01-申报表第1版.pdf", "02-申报表/02-申报表第1版（已签章）.pdf"]
    # The original in the ZIP is the signed file itself.
    sealed.write_bytes(book.read("02-申报表/02-申报表第1版（已签章）.pdf"))
    assert sealed.read_bytes() == version.sealings.get(order=2).pdf.open().read()
    path.write_bytes(book.read("卷宗.pdf"))
    assert "合并后电子签章失效" in read_page(path, 1)
    # In the bound paper the fields are gone, and every page looks as in the signed file, but for its number.
    pages = PdfReader(path).pages
    assert len(pages) == 1 + version.pages + 1
    for number in range(1, version.pages + 1):
        assert "/Annots" not in pages[number]
        before, after = picture(sealed, number), picture(path, 1 + number)
        # Fields are smoothed with other greys than pages: a seal upside down would differ by 150 and more.
        assert ImageChops.difference(before, after).getextrema()[1] < 40


def picture(path, page: int) -> Image.Image:
    """A page as people see it, without the strip in which the dossier's number stands."""
    shown = pypdfium2.PdfDocument(path)
    shown.init_forms()
    drawn = shown[page - 1].render(scale=1, may_draw_forms=True).to_pil().convert("L")
    return drawn.crop((0, 40, drawn.width, drawn.height)).reduce(4)


def test_a_lost_file_is_named_as_missing(rich, people, built, tmp_path):
    lost = rich.attachments.get(name="证明.pdf")
    lost.file.storage.delete(lost.file.name)
    done = built(people.office, rich)
    book = zipfile.ZipFile(done.output)
    assert "05-佐证材料/02-证明材料-证明.pdf" not in book.namelist()
    path = tmp_path / "whole.pdf"
    path.write_bytes(book.read("卷宗.pdf"))
    assert "证明材料-证明：文件丢失，无法读取" in read_page(path, 1)


def test_a_draft_says_that_nothing_was_filed(draft, people, names, built, tmp_path):
    application = draft()
    assert names(people.county, application) == [
        "01-目录.pdf",
        "02-审批记录.pdf",
        "卷宗.pdf",
        "manifest.sha256",
    ]
    path = tmp_path / "whole.pdf"
    path.write_bytes(built(people.county, application, "pdf").output.read())
    assert "1.申报表：尚未报送2.佐证材料：示范点照片3.佐证材料：证明材料" in read_page(path, 1)


def test_a_sites_dossier_holds_those_of_its_applications(approved, people, xiangtan, names, built, tmp_path):
    application = approved().application
    site = application.site
    Activity.objects.create(
        state="confirmed",
        site=site,
        held_on=datetime.date(2017, 4, 1),
        name="政策宣讲",
        participants=40,
        recorded_at=clock.now(),
    )
    plaque = site.plaques.get()
    plaque.paper.save("paper.png", png())
    folder = f"04-申报{application.number}（2017年度市级）"
    assert names(people.county, site) == [
        "01-目录.pdf",
        "02-示范点情况.pdf",
        "03-授牌文件/01-县级-潭县同社〔2017〕1号.png",
        f"{folder}/01-申报表/01-申报表第1版.pdf",
        f"{folder}/02-盖章扫描件/01-盖章申报表（扫描件）-scan.png",
        f"{folder}/03-考核评分.pdf",
        f"{folder}/04-审批记录.pdf",
        "卷宗.pdf",
        "manifest.sha256",
    ]
    path = tmp_path / "whole.pdf"
    path.write_bytes(built(people.county, site, "pdf").output.read())
    assert f"{application.number}公示：尚未完成" in read_page(path, 1)
    assert "登记日期2017年5月22日" in read_page(path, 1)
    assert "2017年4月1日政策宣讲40" in read_page(path, 2)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_number_stands_upright_in_the_upper_right_corner(rotation, tmp_path):
    source, paper, whole = tmp_path / "source.pdf", tmp_path / "paper.pdf", tmp_path / "whole.pdf"
    source.write_bytes(small_pdf(1, rotation))
    with source.open("rb") as stream, whole.open("wb") as target:
        assert prepare_pdf(stream, paper) == 1
        binder = Binder(target, 1)
        binder.add(paper)
        binder.close(title="题", bookmarks=[Bookmark("题", 1)])
    told = subprocess.run(
        ["pdftotext", "-bbox", str(whole), "-"], check=True, capture_output=True, text=True
    ).stdout
    width = 200 if rotation in (90, 270) else 300
    left, top = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>1<', told).groups()
    assert float(left) == pytest.approx(width - 28 - 17.51, abs=0.1)
    assert 19 < float(top) < 24


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("甲/乙\\丙:*?", "甲乙丙"),
        ("..", "未命名"),
        ("x" * 60, "x" * 40),
        ("甲\u202e乙 .", "甲乙"),
        ("〔2017〕5号", "〔2017〕5号"),
    ],
)
def test_names_every_system_takes(text, name):
    assert safe_name(text) == name


def test_the_buttons_stand_where_they_may_be_used(rich, people, signed_in):
    words = reverse("assessments:application_dossier", args=[rich.pk])
    page = reverse("applications:detail", args=[rich.pk])
    assert words in signed_in(people.county).get(page).content.decode()
    assert words not in signed_in(people.assessor).get(page).content.decode()
    site = reverse("sites:detail", args=[rich.site_id])
    assert (
        reverse("assessments:site_dossier", args=[rich.site_id])
        in signed_in(people.leader).get(site).content.decode()
    )
