"""Two assessors on their phones, desk and field part with a photo; the office closes and sees the arithmetic."""

import datetime
import io

import pytest
from PIL import Image

from accounts import clock
from assessments.models import Assessment, Evidence
from assessments.selectors import assessments_for_list
from assessments.services import assign_automatically
from tests.assessments.conftest import accepted, opened, with_county_plaque  # noqa: F401 - fixtures
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db(transaction=True)


def photo(name: str) -> dict:
    """A picture as a phone's camera hands it over."""
    stream = io.BytesIO()
    Image.new("RGB", (640, 480), "steelblue").save(stream, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def no_sideways(page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide}px too wide"


def fill(page, share: float) -> None:
    for field in page.query_selector_all("[data-sheet] input[type=number]"):
        field.fill(str(round(float(field.get_attribute("max")) * share, 2)))


def assess(page, share: float, picture=None) -> None:
    """The desk part, then the field part with a photo, then the check and the handing in."""
    follow(page, ".todo a:has-text('同心社区甲')")
    no_sideways(page)
    fill(page, share)
    if picture:
        picture(page, "20-sheet-desk")
    follow(page, "button[name=go][value=field]")
    no_sideways(page)
    fill(page, share)
    page.fill("#id_visited_on", "2017-05-22")
    page.click(".line-evidence >> nth=0")
    page.set_input_files("input[capture] >> nth=0", photo("现场照片.jpg"))
    page.wait_for_selector("text=现场照片.jpg")
    if picture:
        picture(page, "21-sheet-field")
    follow(page, "button[name=check]")
    no_sideways(page)
    if picture:
        picture(page, "22-hand-in")
    follow(page, "form[data-once] button.btn-primary")


def test_assessors_on_the_phone_and_the_office_closes(opened, people, xiangtan, sign_in, picture):  # noqa: F811
    assessment = opened()
    rows = list(assessments_for_list(people.office))
    assign_automatically(actor=people.office, cycle=xiangtan.cycle, assessments=rows)
    clock.set_today(datetime.date(2017, 5, 22))
    first = sign_in(people.assessor, width=375)
    assess(first, 0.9, picture)
    assess(sign_in(people.assessor2, width=375), 0.85)
    assert Evidence.objects.count() == 2
    office = sign_in(people.office)
    follow(office, ".todo a:has-text('同心社区甲')")
    office.wait_for_selector("text=÷ 2 = 87.5")
    picture(office, "23-before-closing")
    follow(office, "form[action$='/close/'] button")
    office.wait_for_selector("text=÷ 2 = 87.5")
    picture(office, "24-closed")
    assert str(Assessment.objects.get(pk=assessment.pk).score) == "87.50"
    first.reload()
    no_sideways(first)
