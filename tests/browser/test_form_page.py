"""Long forms in a real browser: what is typed stays, what is focused is seen, what is wrong is named."""

import datetime

import pytest

from accounts import clock
from applications.models import Application
from assessments.models import ScoreSheet
from tests.applications.conftest import draft, fill  # noqa: F401 - fixtures
from tests.assessments.conftest import accepted, opened, with_county_plaque  # noqa: F401 - fixtures
from tests.browser.conftest import WIDTHS, follow
from tests.browser.test_whole_way import scan

pytestmark = pytest.mark.django_db(transaction=True)

AREAS = "#application-form textarea"
#: Focuses one field after the other and names those whose first line is off the page or under the save bar.
HIDDEN_WHEN_FOCUSED = """fields => {
  const bar = document.querySelector('.save-bar');
  return fields.filter(field => {
    field.focus();
    const top = field.getBoundingClientRect().top;
    return top < 0 || top + 24 > Math.min(innerHeight, bar.getBoundingClientRect().top);
  }).map(field => field.id);
}"""


@pytest.fixture
def form_page(people, sign_in, draft):  # noqa: F811
    """The application form of a fresh draft, and what the browser asked before leaving it."""
    application = draft()
    page = sign_in(people.county)
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    page.goto(f"/applications/{application.pk}/edit/")
    return page, application, asked


def texts(application) -> list[str]:
    return list(Application.objects.get(pk=application.pk).data.values())


def test_text_typed_just_before_adding_a_file_is_kept(form_page):
    page, application, asked = form_page
    page.fill(f"{AREAS} >> nth=0", "刚刚写下的文字")
    page.set_input_files("#attach-file", scan("活动照片.png"))
    page.click("form[action$='/attach/'] button")
    page.wait_for_selector("text=活动照片.png")
    assert "刚刚写下的文字" in texts(application)
    assert page.input_value(f"{AREAS} >> nth=0") == "刚刚写下的文字"
    # The page that came back saves on: its revision is the present one.
    page.fill(f"{AREAS} >> nth=0", "第二句")
    page.click("form[action$='/language/'] button")
    page.wait_for_selector("html[lang=en]")
    assert "第二句" in texts(application)
    assert asked == []


def test_two_clicks_while_the_text_is_being_saved_add_one_file(form_page):
    page, application, _asked = form_page
    page.fill(f"{AREAS} >> nth=0", "文字")
    page.set_input_files("#attach-file", scan("活动照片.png"))
    page.evaluate(
        "() => { const b = document.querySelector(\"form[action$='/attach/'] button\"); b.click(); b.click(); }"
    )
    page.wait_for_selector("text=活动照片.png")
    assert application.attachments.count() == 1


def test_saving_while_the_autosave_is_under_way_is_no_second_window(form_page):
    page, application, asked = form_page
    page.fill(f"{AREAS} >> nth=0", "一句")
    page.evaluate("""() => new Promise(go => document.addEventListener('htmx:beforeSend', () => {
        document.querySelector('#application-form').requestSubmit(); go();
    }, {once: true}))""")
    page.wait_for_selector(".alert-success")
    assert page.query_selector(".alert-danger") is None
    assert "一句" in texts(application)
    assert asked == []


def test_text_the_form_cannot_keep_is_asked_about_before_it_goes(form_page):
    page, application, asked = form_page
    limited = page.query_selector(f"{AREAS}[data-most]")
    limited.fill("字" * (int(limited.get_attribute("data-most")) + 1))
    page.set_input_files("#attach-file", scan("活动照片.png"))
    page.click("form[action$='/attach/'] button", no_wait_after=True)
    page.wait_for_selector("#saved .field-error")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert application.attachments.count() == 0
    # Whoever stays, shortens the text and goes on loses nothing and is asked no more.
    limited.fill("字")
    page.click("form[action$='/attach/'] button")
    page.wait_for_selector("text=活动照片.png")
    assert "字" in texts(application)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_save_bar_hides_no_focused_field(form_page, width):
    page, _application, _asked = form_page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # otherwise the page is still gliding when it is measured
    assert page.eval_on_selector_all(AREAS, HIDDEN_WHEN_FOCUSED) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_save_bar_hides_no_focused_line_of_the_score_sheet(people, sign_in, opened, width):  # noqa: F811
    opened(people.assessor)
    page = sign_in(people.assessor, width=width)
    page.goto(f"/assessments/sheets/{ScoreSheet.objects.get().pk}/")
    page.emulate_media(reduced_motion="reduce")
    # What is folded away cannot be focused; the evidence of every line is unfolded first.
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    fields = "[data-sheet] input:not([type=hidden]), [data-sheet] textarea"
    assert page.eval_on_selector_all(fields, HIDDEN_WHEN_FOCUSED) == []


def test_a_long_form_names_its_wrong_entries_and_opens_at_the_first(people, sign_in):
    clock.set_today(datetime.date(2017, 5, 22))
    page = sign_in(people.county)
    page.goto("/sites/new/")
    page.fill("#id_address", "某路1号")
    page.fill("#id_person_in_charge", "主任")
    follow(page, "main form .btn-primary")
    wrong = [link.get_attribute("href") for link in page.query_selector_all("main form .alert a")]
    assert wrong == ["#id_category", "#id_name"]
    assert page.evaluate("document.activeElement.id") == "id_category"
    page.click("main form .alert a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_filters_are_folded_on_a_phone_until_they_are_used(people, sign_in):
    page = sign_in(people.county, width=375)
    page.goto("/sites/")
    assert not page.is_visible("#id_q")
    page.click(".filter-box summary")
    page.fill("#id_q", "社区")
    page.click(".filter-buttons button")
    page.wait_for_url("**/sites/?*")
    assert page.is_visible("#id_q")
    page.goto("/sites/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_selector("#id_q", state="visible")
