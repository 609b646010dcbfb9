"""From a finding over reminder, letter and talk to its end, in a real browser: every step by whose step it is."""

import datetime

import pytest

from accounts import clock
from accounts.staircase import broken_rows
from supervision.finding_letters import make_letters
from supervision.models import EscalationLog, Finding, ReminderLetter
from supervision.services.escalation import climb_overdue
from tests.applications.sealing import PASSPHRASE, register, roots  # noqa: F401 - fixtures
from tests.browser.conftest import follow
from tests.supervision.finding_fixtures import cast, found  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def to_do(page) -> None:
    """From the inbox to the finding."""
    page.goto("/")
    follow(page, ".todo a[href*='/supervision/']:has-text('雨林同心社区')")


def submit(page, step: str) -> None:
    follow(page, f"form[action$='/{step}/'] button")


def order_letter(page, picture) -> None:
    to_do(page)
    page.wait_for_selector(".rung[aria-current=step]")
    picture(page, "60-finding-overdue")
    submit(page, "letter")
    page.wait_for_selector("a:has-text('潭统提〔2017〕1号')")


def seal(page, picture) -> None:
    to_do(page)
    picture(page, "61-letter-to-seal")
    page.fill("#seal_passphrase", PASSPHRASE)
    submit(page, "seal")
    page.wait_for_selector(".page-head .state-accepted")
    picture(page, "62-letter-sealed")


def talk(page, picture) -> None:
    to_do(page)
    page.fill("#talk_led_by", "分管副部长")
    page.fill("#talk_with_whom", "易俗河镇党委书记")
    page.fill("#talk_minutes", "两周内修好屋顶，恢复开放。")
    page.fill("#talk_agreed_day", "2017-07-04")
    picture(page, "63-talk")
    submit(page, "talk")
    page.wait_for_selector("#talk")


def report(page, picture, photo) -> None:
    to_do(page)
    page.fill("#report_text", "屋顶已修好，活动室已开放。")
    page.set_input_files("#report_files", {"name": "屋顶.png", "mimeType": "image/png", "buffer": photo})
    picture(page, "64-report")
    submit(page, "report")
    page.wait_for_selector(".page-head .state-reported")


def look_again(page, picture) -> None:
    to_do(page)
    page.check("form[action$='/recheck/'] [value=yes]")
    page.fill("#recheck_note", "已实地查看，属实。")
    picture(page, "65-second-look")
    submit(page, "recheck")
    page.wait_for_selector(".page-head .state-accepted")
    picture(page, "66-finding-closed")


def test_a_finding_climbs_and_is_closed(cast, found, roots, sign_in, picture):  # noqa: F811
    from tests.applications.conftest import png

    register(cast.keeper, cast.units.city)
    clock.set_today(datetime.date(2017, 5, 22))
    finding = found("雨林同心社区", remedy="先修屋顶，再报开放时间。")

    # What the scheduler does once the day, 6 June, is over.
    clock.set_today(datetime.date(2017, 6, 9))
    assert climb_overdue() == 1
    group = sign_in(cast.group)
    order_letter(group, picture)
    follow(group, "a:has-text('潭统提〔2017〕1号')")
    group.wait_for_selector("#letter[aria-busy=true]")
    # What the worker does within a minute; the page shows it by itself.
    make_letters()
    group.wait_for_selector("#letter[aria-busy=false] a[href$='/letter.pdf']")
    group.wait_for_selector("#stamp-head")
    seal(sign_in(cast.keeper), picture)
    town = sign_in(cast.town, width=375)
    town.goto(f"/supervision/letters/{ReminderLetter.objects.get().pk}/")
    town.wait_for_selector("a[href$='/letter.pdf']")

    clock.set_today(datetime.date(2017, 6, 20))
    talk(group, picture)
    clock.set_today(datetime.date(2017, 7, 3))
    report(town, picture, png("屋顶.png").read())
    look_again(group, picture)

    finding = Finding.objects.get(pk=finding.pk)
    assert (finding.state, finding.due_on, finding.first_due_on, finding.escalation.state) == (
        "closed",
        datetime.date(2017, 7, 4),
        datetime.date(2017, 6, 6),
        "talked",
    )
    steps = [(row.action, row.actor and row.actor.username) for row in finding.escalation.log.all()]
    assert steps == [("remind", None), ("letter", "group"), ("talk", "group")]
    assert broken_rows(EscalationLog, finding.escalation) == []
    group.goto(f"/sites/{finding.site_id}/")
    group.wait_for_selector("#findings")
    group.goto("/supervision/findings/")
    picture(group, "67-findings")
