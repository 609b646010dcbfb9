"""A public notice in a real browser: somebody objects, the award waits until the office has looked into it."""

import datetime
import re

import pytest

from accounts import clock
from assessments.models import Assessment
from tests.assessments.conftest import *  # noqa: F403 - the way to a public notice
from tests.browser.conftest import follow
from tests.browser.test_axe import faults

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_objection_blocks_the_award_until_it_is_decided(noticed, people, visitor, sign_in, picture):
    assessment = noticed()
    anybody = visitor(width=375)
    anybody.goto("/public/notices/")
    picture(anybody, "30-notices")
    follow(anybody, "article .btn")
    assert faults(anybody, "form for an objection") == []
    anybody.set_viewport_size({"width": 375, "height": 900})
    anybody.fill("#id_text", "用地手续不全，可向自然资源所核实。")
    anybody.fill("#id_contact", "00000000000")
    picture(anybody, "31-object")
    follow(anybody, "main form .btn-primary")
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", anybody.inner_text("main")).group()
    assert faults(anybody, "receipt") == []
    picture(anybody, "32-receipt")

    office = sign_in(people.office)
    clock.set_today(datetime.date(2017, 5, 31))
    office.goto(f"/assessments/{assessment.pk}/")
    assert office.is_disabled("section[aria-labelledby=award] button")
    picture(office, "33-award-blocked")
    office.goto("/assessments/objections/")
    picture(office, "34-objections")
    follow(office, "main tbody a")
    form = "form[action$='/decide/'] "
    office.check(form + "[name=upheld][value=no]")
    office.fill(form + "[name=findings]", "经核实，用地手续齐全。")
    follow(office, form + "button")
    follow(office, "section[aria-labelledby=award] button")
    assert office.locator("main >> text=潭同社〔2017〕1号").count()
    assert Assessment.objects.get().state == "awarded"

    anybody.goto("/public/objections/")
    anybody.fill("#id_receipt", code.lower())
    follow(anybody, "main form .btn-primary")
    anybody.wait_for_selector("text=经核实，用地手续齐全。")
    picture(anybody, "35-outcome")
