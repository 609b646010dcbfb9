"""From the annual review to a plaque taken back, in a real browser: county, group, office, leader, the public."""

import datetime

import pytest

from accounts import clock
from assessments.letters import make_letters
from sites.models import Plaque
from sites.services import set_figures
from tests.assessments.reviewing import group, plaque_of  # noqa: F401 - fixtures
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db(transaction=True)


def draw(page, picture) -> None:
    follow(page, ".todo a[href*='/reviews/draw/']")
    picture(page, "39-review-list-to-draw")
    follow(page, "main form .btn-primary")
    page.wait_for_selector("td:has-text('雨林同心社区')")


def report(page, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区')")
    follow(page, "a[href$='/form/']")
    page.wait_for_selector(".known:has-text('2016')")
    for field in page.query_selector_all(".review-form textarea, .review-form input[type=number]"):
        if not field.input_value():
            number = field.get_attribute("type") == "number"
            field.fill("0" if number else "近两年活动较少。")
    page.fill("#id_address", "新街2号")
    follow(page, ".save-bar button:not([name])")
    picture(page, "40-review-form")
    page.wait_for_selector(".known .state-returned")
    follow(page, "button[name=hand_in]")
    page.wait_for_selector(".state-reported")


def visit(page, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区')")
    page.fill("#visit_group", "湘潭县督导组")
    page.fill("#visit_findings", "活动室已挪作仓库，2016年以来无活动记录。")
    page.check("form[action$='/visit/'] [value=fail]")
    picture(page, "41-review-visit")
    follow(page, "form[action$='/visit/'] button")
    page.wait_for_selector(".state-visited")


def fail(page, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区')")
    page.check("form[action$='/result/'] [value=fail]")
    page.fill("#result_findings", "阵地挪作他用，两年无活动记录")
    follow(page, "form[action$='/result/'] button")
    page.wait_for_selector(".state-failed")
    picture(page, "42-review-failed")


def decide(page, picture) -> None:
    follow(page, ".todo a:has-text('雨林同心社区')")
    page.check("form[action$='/decide/'] [value=yes]")
    page.fill("#decision_minutes_number", "部务会纪要〔2017〕15号")
    page.fill("#decision_opinion", "同意收回")
    picture(page, "43-decision")
    follow(page, "form[action$='/decide/'] button")
    page.wait_for_selector(".state-revoked")


def test_review_to_revocation(people, group, plaque_of, sign_in, visitor, picture):  # noqa: F811
    clock.set_today(datetime.date(2017, 5, 22))
    plaque = plaque_of("雨林同心社区", 2014)
    set_figures(site=plaque.site, year=2016, values={"members": 507, "investment": 36})
    clock.set_today(datetime.date(2017, 8, 1))
    office = sign_in(people.office)
    draw(office, picture)
    report(sign_in(people.county, width=375), picture)
    visit(sign_in(group.own, width=375), picture)
    office.goto("/")
    fail(office, picture)
    leader = sign_in(people.leader)
    decide(leader, picture)
    assert Plaque.objects.get().state == "revoked"

    # What the worker does within a minute.
    make_letters()
    leader.reload()
    leader.wait_for_selector("a[href$='/letter.pdf']")
    picture(leader, "44-taken-back")
    public = visitor()
    public.goto("/public/plaques/taken-back/")
    public.wait_for_selector("tr:has-text('雨林同心社区'):has-text('2017年8月1日')")
    picture(public, "45-public-list")
    follow(public, "a:has-text('潭同社〔2014〕雨林同心社区号')")
    public.wait_for_selector(".verdict:has-text('2017年8月1日')")
