"""Every main page against WCAG 2.2 AA, as far as a machine can tell, at both widths."""

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from applications.models import Application
from assessments.models import PublicNotice, ScoreSheet
from assessments.services import assign_assessor, open_assessment
from programmes import demo
from sites.models import Site
from supervision.models import SupervisionGroup
from tests.browser.conftest import WIDTHS

pytestmark = pytest.mark.django_db(transaction=True)

AXE = django_settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
#: After two frames, so that what follows the width has followed it.
RUN = """() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go))).then(() => axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']
})).then(found => found.violations.flatMap(rule => rule.nodes.map(node => rule.id + ' ' + node.target)))"""


@pytest.fixture
def demonstration(xiangtan, settings):
    """The demonstration with one application given to an assessor and one notice that is over."""
    settings.DEMO, settings.DEMO_PASSWORD, settings.DEMO_TODAY = True, demo.DEMO_PASSWORD, "2017-05-22"
    demo.load()
    office, assessor = User.objects.get(username="office"), User.objects.get(username="assessor1")
    assessment = open_assessment(actor=office, application=Application.objects.get(state="accepted"))
    assign_assessor(actor=office, assessment=assessment, assessor=assessor)
    PublicNotice.objects.create(
        assessment=assessment,
        starts_on="2017-05-08",
        ends_on="2017-05-12",
        working_days=5,
        published_by=office,
    )
    return xiangtan


def pages(xiangtan) -> dict[str | None, list[str]]:
    """Addresses by the account that opens them."""
    site = Site.objects.get(applications__state="draft", area=xiangtan.areas["湘潭县"])
    draft = site.applications.get()
    submitted = Application.objects.filter(state="submitted").first()
    sheet = ScoreSheet.objects.get(assessor__username="assessor1", handed_in_at=None)
    assessment, group = sheet.assessment, SupervisionGroup.objects.first()
    county = User.objects.get(username="xiangtanxian")
    cycle = f"/applications/cycle/{xiangtan.cycle.pk}/"
    return {
        "xiangtanxian": [
            "/", "/sites/", "/sites/?q=x", "/sites/new/", f"/sites/{site.pk}/", f"/sites/{site.pk}/edit/",
            f"/sites/{site.pk}/award/", f"/sites/{site.pk}/register-plaque/", "/applications/",
            f"/applications/{draft.pk}/", f"/applications/{draft.pk}/edit/",
            f"/applications/{draft.pk}/submit/", "/applications/cycle/", "/overview/", "/messages/",
            "/accounts/password/", "/nowhere/",
        ],
        "office": [
            "/", f"/sites/{site.pk}/", f"/applications/{submitted.pk}/", f"{cycle}quota/",
            f"{cycle}next/", "/assessments/", f"/assessments/{assessment.pk}/", "/assessments/ranking/",
            "/overview/", "/supervision/", f"/supervision/{group.pk}/", "/messages/calendar/",
        ],
        "assessor1": ["/", "/assessments/", f"/assessments/sheets/{sheet.pk}/"],
        "leader": ["/", f"/assessments/{assessment.pk}/"],
        "auditor": ["/", "/accounts/audit/"],
        "sysadmin": ["/", "/accounts/people/", "/accounts/people/new/", f"/accounts/people/{county.pk}/"],
        None: ["/accounts/login/", "/public/plaques/", "/public/plaques/?number=x", "/public/notices/"],
    }  # fmt: skip


def faults(page, path: str) -> list[str]:
    """What axe finds on the page as it stands, at both widths."""
    page.evaluate(AXE.read_text())
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{path} {width}: {fault}" for fault in page.evaluate(RUN)]
    return found


def test_no_page_breaks_a_rule(demonstration, sign_in, visitor):
    found = []
    for username, paths in pages(demonstration).items():
        page = visitor()
        if username:
            page = sign_in(User.objects.get(username=username), password=demo.DEMO_PASSWORD)
        for path in paths:
            answer = page.goto(path)
            assert answer.status == (404 if path == "/nowhere/" else 200), path
            found += faults(page, f"{username} {path}")
    assert found == []


def test_wrong_entries_and_the_menu_of_a_phone(people, sign_in):
    page = sign_in(people.county)
    page.goto("/sites/new/")
    page.click("main form .btn-primary")
    page.wait_for_selector("main form .alert")
    found = faults(page, "wrong entries")
    page.click(".menu-button")
    page.wait_for_selector("#menu[aria-modal]")
    page.wait_for_timeout(500)  # until it has slid in
    assert found + faults(page, "menu") == []
