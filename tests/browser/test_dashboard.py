"""The dashboard in a real browser: an earlier day, from a number to its rows and their export, the map by keyboard."""

import datetime
import io

import pytest
from openpyxl import load_workbook

from accounts import clock
from accounts.models import Unit
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(xiangtan, people, make_site):
    """Two sites on 22 May, a third ten days later, which is today."""
    town = Unit.objects.get(code="xiangtanxian-yisuhe")
    for name in ("甲社区", "乙社区"):
        make_site(name, unit=town)
    clock.set_today(datetime.date(2017, 6, 1))
    make_site("丙社区", unit=town)


def choose_a_past_day(page, picture) -> None:
    page.goto("/overview/")
    page.wait_for_selector("[data-chart='chart-sites-1'] svg")
    picture(page, "70-overview")
    page.fill("#ask-as_of", "2017-05-22")
    follow(page, ".filters button")
    page.wait_for_selector(".past-day")
    picture(page, "71-overview-past-day")


def export_the_rows(page) -> None:
    """From the total of sites on that day to their list, and the list as a workbook."""
    total = page.locator("#sites-1 tfoot a").last
    assert total.inner_text() == "2"
    with page.expect_navigation(wait_until="load"):
        total.click()
    assert page.locator("tbody tr").count() == 2
    with page.expect_download() as taken:
        page.click("a[href*='export=xlsx']")
    sheet = load_workbook(io.BytesIO(taken.value.path().read_bytes())).active
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} >= {"甲社区", "乙社区"}
    assert sheet.max_row == 3


def walk_the_map(page, picture) -> None:
    """The first tile with sites takes the focus, shows it, and opens the list of its sites."""
    page.goto("/map/")
    picture(page, "72-map")
    page.focus(".filters .btn-link")
    page.keyboard.press("Tab")
    tile = page.locator(":focus")
    assert tile.locator("title").text_content().endswith(": 3")
    assert tile.locator("rect").evaluate("one => getComputedStyle(one).strokeWidth") == "4px"
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.locator("tbody tr").count() == 3


def turn_the_full_screen(page, picture) -> None:
    page.goto("/overview/wall/?section=sites")
    page.wait_for_selector(".wall-charts svg")
    picture(page, "73-full-screen")
    first = page.locator("h1").inner_text()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("ArrowRight")
    assert page.locator("h1").inner_text() != first
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Escape")
    assert page.url.endswith("#coverage")


def test_the_full_screen_goes_on_by_itself(scene, people, sign_in):
    """Once it is switched on, but not under somebody's hands, and not where motion is unwanted."""
    page = sign_in(people.leader, language="en")
    page.clock.install()
    page.goto("/overview/wall/?section=sites")
    page.clock.run_for(40_000)
    assert page.url.endswith("?section=sites")
    follow(page, "[data-turn=on]")
    first, status = page.locator("h1").inner_text(), page.locator(".wall-foot [role=status]")
    page.keyboard.press("Shift")
    assert status.inner_text().startswith("Waits")
    page.clock.run_for(55_000)
    assert page.locator("h1").inner_text() == first
    page.clock.run_for(6_000)
    assert status.inner_text() == "The next part comes after 30 seconds."
    page.focus("[data-key=ArrowLeft]")
    page.clock.run_for(40_000)
    assert status.inner_text().startswith("Waits")
    page.evaluate("document.activeElement.blur()")
    with page.expect_navigation(wait_until="load"):
        page.clock.run_for(31_000)
    assert (page.locator("h1").inner_text() == first, "turn=1" in page.url) == (False, True)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    assert status.inner_text() == "This device asks for less motion: the page stays as it is."
    assert page.locator("[data-turn=on]").is_visible()
    page.emulate_media(reduced_motion="no-preference")
    page.reload()
    follow(page, "[data-turn=off]")
    assert page.locator("[data-turn=on]").is_visible()


def test_figures_of_an_earlier_day_down_to_a_workbook_and_the_map_by_keyboard(
    scene, people, sign_in, picture
):
    page = sign_in(people.leader)
    choose_a_past_day(page, picture)
    export_the_rows(page)
    walk_the_map(page, picture)
    turn_the_full_screen(page, picture)
