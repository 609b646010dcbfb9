"""The field that chooses a site, with a script: suggestions by keyboard and by mouse, and what is typed over counts."""

import pytest
from django.urls import reverse

from publicity.models import PlannedCoverage
from sites.models import Site
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_site_is_chosen_by_keyboard_and_by_mouse(xiangtan, people, make_site, sign_in, picture):
    for name in ("同心甲社区", "同心乙社区", "书屋"):
        make_site(name)
    page = sign_in(people.office)
    page.goto(f"{reverse('publicity:planned_new')}?area={xiangtan.areas['湘潭县'].pk}")
    field, options = page.locator("#id_site"), page.locator(".chooser-list [role=option]")
    field.focus()
    page.keyboard.type("txjs")
    options.first.wait_for()
    picture(page, "78-choosing-a-site")
    assert (options.count(), field.get_attribute("aria-expanded")) == (1, "true")
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("id") == field.get_attribute("aria-activedescendant")
    page.keyboard.press("Enter")
    assert (field.input_value(), field.get_attribute("aria-expanded")) == ("同心甲社区 · 湘潭县", "false")
    page.keyboard.type("x")
    assert page.locator("[name=site]").input_value() == ""
    page.keyboard.press("Escape")
    field.fill("书")
    options.first.click()
    assert page.locator("[name=site]").input_value() == str(Site.objects.get(name="书屋").pk)
    page.select_option("#id_medium", "tv")
    page.fill("#id_topic", "专题")
    page.fill("#id_due_on", "2017-11-30")
    follow(page, "main form button.btn-primary")
    assert PlannedCoverage.objects.get().site.name == "书屋"
