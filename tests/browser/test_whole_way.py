"""The main job in a real browser, on the Xiangtan data of 2017: one county's application becomes a city plaque, and
the province has to wait for a year."""

import datetime
import io

import pytest
from PIL import Image

from accounts import clock
from applications.models import Application
from applications.services import start_application
from sites.models import Plaque, Site
from sites.services import award_own_plaque
from tests.applications.conftest import fill  # noqa: F401 - fixture
from tests.applications.paper import print_form, scanned, stamped
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db(transaction=True)


def scan(name="盖章扫描.png") -> dict:
    """A picture as a file chooser hands it over."""
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(stream, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": stream.getvalue()}


def day(year, month, number):
    clock.set_today(datetime.date(year, month, number))


def register_site(page, picture) -> None:
    follow(page, "text=登记示范点")
    page.select_option("#id_category", label="同心社区")
    page.fill("#id_name", "雨林同心社区堃昇")
    page.fill("#id_address", "某镇某路1号")
    page.fill("#id_person_in_charge", "社区主任")
    page.fill("#id_figure_members", "507")
    picture(page, "02-new-site")
    follow(page, "main form .btn-primary")
    page.wait_for_selector("h1:has-text('雨林同心社区堃昇')")


def award_county_plaque(page, picture) -> None:
    follow(page, "a[href$='/award/']")
    page.fill("#id_reason", "县委统战部文件")
    follow(page, "main form .btn-primary")
    page.wait_for_selector("text=潭县同社〔2017〕1号")
    picture(page, "03-site")


def fill_form(page, picture) -> None:
    for area in page.query_selector_all("#application-form textarea"):
        area.fill("组织健全，制度完善，活动经常，成效明显。")
    page.wait_for_selector("#saved:has-text('保存')")
    picture(page, "04-form")
    page.set_input_files("#attach-file", scan("活动照片.png"))
    follow(page, "form[action$='/attach/'] button")
    page.wait_for_selector("text=活动照片.png")
    follow(page, "button[name=go_on]")


def add_scan_and_submit(page, picture, people) -> None:
    """Print, stamp, scan upside down, add all pages in one go, submit."""
    page.wait_for_url("**/submit/")
    assert page.is_disabled("section[aria-labelledby=go] button")
    version = print_form(people.county, Application.objects.get())
    pages = [
        {"name": f"盖章扫描{place}.jpg", "mimeType": "image/jpeg", "buffer": scanned(sheet, turn=180)}
        for place, sheet in enumerate(stamped(version), start=1)
    ]
    page.set_input_files("#scan-files", pages[::-1])
    follow(page, "form[action$='/scans/'] button")
    page.wait_for_selector("text=盖章扫描2.jpg")
    picture(page, "05-submit")
    follow(page, "section[aria-labelledby=go] button")
    page.wait_for_url("**/applications/*/")


def accept_and_assign(page, people, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区堃昇')")
    picture(page, "06-office-checks")
    follow(page, "button[value=accept]")
    follow(page, "form[action*='/assessments/start/'] button")
    for assessor in (people.assessor, people.assessor2):
        page.select_option("#assign_assessor", value=str(assessor.pk))
        follow(page, "form[action$='/assign/'] button")
    picture(page, "07-assessment")


def fill_lines(page, share: float) -> None:
    for field in page.query_selector_all("[data-sheet] input[type=number]"):
        field.fill(str(round(float(field.get_attribute("max")) * share, 2)))


def score(page, share: float, picture=None) -> None:
    """Fill a sheet with the same share of every line's points and hand it in."""
    follow(page, ".todo a:has-text('雨林同心社区堃昇')")
    fill_lines(page, share)
    if picture:
        picture(page, "08-score-sheet")
    follow(page, "button[name=go][value=field]")
    fill_lines(page, share)
    page.fill("#id_visited_on", clock.today().isoformat())
    follow(page, "button[name=check]")
    follow(page, "form[data-once] button.btn-primary")


def deliberate(page, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区堃昇')")
    form = "form[action$='/deliberate/'] "
    page.fill(form + "[name=held_on]", "2017-11-16")
    page.fill(form + "[name=minutes_number]", "部务会纪要〔2017〕11号")
    page.check(form + "[name=approved][value=yes]")
    page.fill(form + "[name=opinion]", "同意授牌")
    picture(page, "09-deliberation")
    follow(page, form + "button")


def test_from_login_to_city_plaque_and_the_year_to_wait(
    people,
    xiangtan,
    sign_in,
    picture,
    live_server,
    fill,  # noqa: F811
):
    # County: register, award the county plaque, fill, stamp, submit on the last day.
    day(2017, 5, 22)
    county = sign_in(people.county)
    county.wait_for_selector("text=2017年5月31日")
    picture(county, "01-todo-county")
    register_site(county, picture)
    award_county_plaque(county, picture)
    follow(county, "form[action*='/start/'] button")
    fill_form(county, picture)
    day(2017, 5, 31)
    add_scan_and_submit(county, picture, people)
    assert Application.objects.get().state == "submitted"

    # The neighbour comes a day late: the page says so, and a crafted request does not help.
    day(2017, 5, 31)
    site = Site.objects.create(
        programme=xiangtan.programme, category=xiangtan.categories["village"], area=xiangtan.areas["韶山市"],
        unit=xiangtan.areas["韶山市"], name="迟到村", address="-", person_in_charge="-", registered_at=clock.now(),
    )  # fmt: skip
    award_own_plaque(actor=people.neighbour, site=site, level=xiangtan.levels["county"], reason="文件")
    late = start_application(actor=people.neighbour, site=site, rule=xiangtan.rules["city"])
    fill(late, people.neighbour)
    day(2017, 6, 1)
    neighbour = sign_in(people.neighbour)
    neighbour.goto(f"/applications/{late.pk}/submit/")
    neighbour.wait_for_selector(".reasons:has-text('2017年5月31日')")
    picture(neighbour, "10-too-late")
    neighbour.evaluate("document.querySelector('section[aria-labelledby=go] button').disabled = false")
    follow(neighbour, "section[aria-labelledby=go] button")
    neighbour.wait_for_selector(".messages .alert-danger:has-text('2017年5月31日')")
    assert Application.objects.get(pk=late.pk).state == "draft"

    # Office, assessors, office, leader.
    office = sign_in(people.office)
    picture(office, "11-todo-office")
    accept_and_assign(office, people, picture)
    day(2017, 11, 10)
    score(sign_in(people.assessor), 0.9, picture)
    score(sign_in(people.assessor2, width=375), 0.85)
    day(2017, 11, 15)
    office.reload()
    follow(office, "form[action$='/close/'] button")
    office.wait_for_selector("text=87.5")
    day(2017, 11, 16)
    leader = sign_in(people.leader)
    deliberate(leader, picture)

    # Public notice of five working days, Monday 20 to Friday 24 November; no award before it is over.
    day(2017, 11, 20)
    office.reload()
    office.fill("form[action$='/notice/'] [name=starts_on]", "2017-11-20")
    follow(office, "form[action$='/notice/'] button")
    office.wait_for_selector("text=2017年11月24日")
    public = sign_in(people.nobody)
    public.goto("/public/notices/")
    public.wait_for_selector("text=雨林同心社区堃昇")
    picture(public, "12-public-notice")
    day(2017, 11, 24)
    office.reload()
    assert office.query_selector("form[action$='/award/'] button:not([disabled])") is None
    day(2017, 11, 27)
    office.reload()
    picture(office, "13-award")
    follow(office, "form[action$='/award/'] button")
    office.wait_for_selector("text=潭同社〔2017〕1号")
    plaque = Plaque.objects.get(level=xiangtan.levels["city"])
    assert plaque.awarded_on == datetime.date(2017, 11, 27)
    public.goto(f"/public/plaques/{plaque.check_code}/")
    public.wait_for_selector("text=潭同社〔2017〕1号")
    picture(public, "14-plaque-check")
    leader.goto("/overview/")
    leader.wait_for_selector("[data-chart] svg")
    picture(leader, "15-overview")

    # The province: refused in 2018 with the first possible day, allowed a year after the award.
    day(2018, 3, 1)
    next_year(office, 2018)
    county.goto(f"/sites/{plaque.site_id}/")
    county.wait_for_selector("text=2018年11月27日")
    picture(county, "16-province-not-yet")
    assert county.query_selector("form[action*='/start/'] button") is None
    day(2019, 3, 1)
    next_year(office, 2019)
    county.reload()
    follow(county, "form[action*='/start/'] button")
    county.wait_for_url("**/edit/")
    assert Application.objects.get(cycle__year=2019).level == xiangtan.levels["province"]


def next_year(page, year: int) -> None:
    page.goto("/applications/cycle/")
    follow(page, "a[href$='/next/']")
    for name, text in {
        "scheme_title": f"{year}年度实施方案",
        "scheme_number": f"测试〔{year}〕1号",
        "scheme_issued_on": f"{year}-02-28",
        "approval_basis": "测试",
        "approved_by": "测试",
        "approval_number": f"测试〔{year}〕1号",
    }.items():
        page.fill(f"[name={name}]", text)
    follow(page, "main form .btn-primary")
    page.wait_for_url("**/cycle/")
