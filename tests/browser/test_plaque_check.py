"""A certificate in somebody's hand: its code is scanned, the office takes the plaque back, the page says so."""

import datetime
import subprocess

import pytest
import zxingcpp
from PIL import Image

from accounts import clock
from publicity.certificate_paper import make_certificates
from publicity.models import Certificate
from sites.services import award_plaque
from tests.browser.conftest import follow
from tests.browser.test_axe import faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plaque(people, xiangtan, make_site, live_server, settings):
    settings.PUBLIC_ADDRESS = live_server.url
    clock.set_today(datetime.date(2017, 6, 1))
    return award_plaque(
        actor=people.office,
        site=make_site("同心社区甲"),
        level=xiangtan.levels["city"],
        awarded_on=datetime.date(2017, 6, 1),
        reason="文件",
    )


def code_on(pdf: bytes, folder) -> str:
    """What the code on the first page of a PDF says, from a picture of it."""
    (folder / "paper.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "150", "-singlefile", "paper.pdf", "paper"]
    subprocess.run(command, cwd=folder, check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(folder / "paper.ppm").convert("L"))
    return code.text


def test_taken_back_the_page_says_so_at_once(plaque, people, sign_in, visitor, picture, tmp_path):
    office = sign_in(people.office)
    office.goto(f"/sites/{plaque.site_id}/")
    follow(office, f"a[href='/publicity/plaques/{plaque.pk}/certificates/']")
    follow(office, "main form .btn-primary")
    make_certificates()
    office.reload()
    assert faults(office, "certificate") == []
    picture(office, "60-certificate")
    with Certificate.objects.get().pdf.open() as stream:
        address = code_on(stream.read(), tmp_path)

    anybody = visitor(width=375)
    anybody.goto(address)
    assert anybody.inner_text(".verdict .yes").strip() == "此授牌有效"
    assert anybody.inner_text(".verdict .compare strong") == "潭同社〔2017〕1号"
    assert faults(anybody, "plaque check") == []
    picture(anybody, "61-plaque-valid")

    clock.set_today(datetime.date(2017, 8, 15))
    office.goto(f"/sites/{plaque.site_id}/")
    form = "form:has(button[name=action][value=revoke])"
    for summary in office.locator(f"details:has({form}) > summary").all():
        summary.click()
    office.fill(f"{form} [name=reason]", "复核不合格")
    follow(office, f"{form} button[value=revoke]")

    anybody.reload()
    assert "2017年8月15日" in anybody.inner_text(".verdict .no")
    assert anybody.locator(".verdict .yes").count() == 0
    picture(anybody, "62-plaque-revoked")

    code = address.rpartition("/")[2]
    answer = anybody.goto(address.replace(code, ("A" if code[0] != "A" else "B") + code[1:]))
    assert (answer.status, anybody.locator(".bi-question-circle").count()) == (404, 1)
    anybody.fill("#id_number", "潭同社〔2017〕99号")
    follow(anybody, "main form .btn-primary")
    assert anybody.locator(".bi-question-circle").count() == 1
    picture(anybody, "63-plaque-unknown")
