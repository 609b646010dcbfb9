"""Every main page against WCAG 2.2 AA, as far as a machine can tell, at both widths."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.db import connection
from PIL import Image

from accounts.models import User
from applications.models import Application, FormVersion
from applications.services import add_batch, add_scans, save_form
from applications.tasks import read_scans
from assessments.models import PublicNotice, ScoreSheet
from assessments.services import assign_assessor, open_assessment, order_dossier
from dashboard.models import EarlyWarning
from programmes import demo
from publicity.models import Coverage, ExemplaryCase, PlannedCoverage, Story
from sites.models import Site
from supervision.models import Finding, Inspection, SupervisionGroup
from tests.applications.paper import as_pdf, jpeg, print_form, scanned, sheets_of, upload
from tests.browser.conftest import WIDTHS
from tests.sites.tables import Desk

pytestmark = pytest.mark.django_db(transaction=True)

AXE = django_settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
#: After two frames, so that what follows the width has followed it. A bar that sticks to the bottom covers what lies
#: there, now this and now that; only at the end of the page it covers nothing.
RUN = """() => new Promise(go => requestAnimationFrame(() => {
  const end = {top: document.documentElement.scrollHeight, behavior: 'instant'};
  if (document.querySelector('.save-bar, .field-save')) scrollTo(end);
  requestAnimationFrame(go);
})).then(() => axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']
})).then(found => found.violations.flatMap(rule => rule.nodes.map(node => rule.id + ' ' + node.target)))"""

#: Pages that say in words what is not there.
UNKNOWN = ("/nowhere/", "/public/plaques/?number=x")


def _load_demo() -> None:
    demo.load()
    connection.close()


@pytest.fixture
def demonstration(xiangtan, settings):
    """The demonstration with one application given to an assessor and one notice that is over."""
    settings.DEMO, settings.DEMO_PASSWORD, settings.DEMO_TODAY = True, demo.DEMO_PASSWORD, "2017-05-22"
    with ThreadPoolExecutor(1) as pool:  # Playwright's loop runs in this thread, signing needs one of its own
        pool.submit(_load_demo).result()
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


def add_scans_of(draft, county, office) -> str:
    """A draft's paper without a page and without a seal, and a pile of the office's; the address of its result."""
    sheets = sheets_of(print_form(county, draft))
    blank = upload(jpeg(Image.new("RGB", (620, 877), "white")), "blank.jpg")
    add_scans(
        actor=county, application=draft, uploads=[upload(scanned(sheet), "scan.jpg") for sheet in sheets[1:]]
    )
    add_scans(actor=county, application=draft, uploads=[blank])
    job = add_batch(
        actor=office, uploads=[upload(as_pdf(sheets[1:]), "scan.pdf"), upload(b"%PDF-1.7 x", "b.pdf")]
    )
    read_scans(job.pk)
    return f"/applications/scans/{job.pk}/"


def printed_twice(county) -> FormVersion:
    """The second version of this area's draft: it waits for the county's seal, and there is one to compare it with."""
    draft = Application.objects.get(state="draft", area__role_assignments__user=county)
    print_form(county, draft)
    data = {**draft.data, "plan": "新增共建单位一家。"}
    return print_form(county, save_form(actor=county, application=draft, data=data, revision=draft.revision))


def check_table(county, site) -> str:
    """A checked table with a changed site and a refused row; the address of its result."""
    desk = Desk(county, site.programme)
    names = ("area", "category", "name", "address", "person_in_charge")
    rows = [
        [site.area.name, site.category.name, name, address, "主任"]
        for name, address in ((site.name, "新路1号"), ("乙", None))
    ]
    return desk.check(desk.table(*rows, keys=names)).url


def pages(xiangtan) -> dict[str | None, list[str]]:
    """Addresses by the account that opens them."""
    site = Site.objects.get(applications__state="draft", area=xiangtan.areas["湘潭县"])
    kept, draft = Site.objects.get(liaisons__user__username="yisuhe"), site.applications.get()
    submitted = Application.objects.filter(state="submitted").first()
    sheet = ScoreSheet.objects.get(assessor__username="assessor1", handed_in_at=None)
    assessment, group = sheet.assessment, SupervisionGroup.objects.first()
    county = User.objects.get(username="xiangtanxian")
    cycle = f"/applications/cycle/{xiangtan.cycle.pk}/"
    pile = add_scans_of(draft, county, User.objects.get(username="office"))
    version = printed_twice(User.objects.get(username="gaoxin"))
    dossier = order_dossier(actor=county, subject=draft, form="zip")
    entry = Coverage.objects.filter(area=site.area).first()
    line = PlannedCoverage.objects.filter(area=site.area).first()
    told = Story.objects.filter(state="released", case=None).first()
    return {
        "xiangtanxian": [
            "/", "/sites/", "/sites/?q=x", "/sites/new/", f"/sites/{site.pk}/", f"/sites/{site.pk}/edit/",
            f"/sites/{site.pk}/award/", f"/sites/{site.pk}/register-plaque/", "/applications/",
            f"/applications/{draft.pk}/", f"/applications/{draft.pk}/edit/",
            f"/applications/{draft.pk}/submit/", "/applications/cycle/", "/overview/", "/messages/",
            "/messages/channels/", "/accounts/password/", "/nowhere/", "/sites/import/", "/sites/import/sites/",
            "/publicity/coverage/", "/publicity/coverage/new/", f"/publicity/coverage/{entry.pk}/",
            "/publicity/matrix/",
            "/publicity/plan/", f"/publicity/plan/{line.pk}/",
            check_table(county, site), f"/sites/{site.pk}/activities/", f"/messages/jobs/{dossier.pk}/",
            "/sites/area-figures/", f"/sites/area-figures/{xiangtan.programme.pk}/{site.area_id}/2017/",
        ],
        "office": [
            "/publicity/cases/", f"/publicity/cases/{ExemplaryCase.objects.get(state='nominated').pk}/",
            "/publicity/stories/", f"/publicity/stories/{Story.objects.get(state='offered').pk}/",
            "/", f"/sites/{site.pk}/", f"/applications/{submitted.pk}/", f"{cycle}quota/",
            f"{cycle}next/", "/applications/scans/", pile,
            "/assessments/", f"/assessments/{assessment.pk}/", "/assessments/ranking/",
            "/applications/eligibility/?year=next", "/assessments/objections/",
            "/search/?q=同心", "/search/?q=zzzz", f"/warnings/{EarlyWarning.objects.first().site_id}/",
            "/overview/", "/overview/?as_of=2017-05-20", "/overview/wall/", "/overview/rows/places/", "/map/",
            "/supervision/", f"/supervision/{group.pk}/", "/messages/calendar/", "/messages/deliveries/",
            "/supervision/meetings/", "/supervision/tasks/", "/supervision/plan/", "/supervision/plan/calendar/",
            "/supervision/visits/", f"/supervision/visits/{Inspection.objects.first().pk}/",
            f"/supervision/{group.pk}/visits/new/?site={site.pk}",
            "/supervision/findings/", f"/supervision/findings/{Finding.objects.first().pk}/",
        ],
        "gaoxin": [
            f"/applications/{version.application_id}/", f"/applications/{version.application_id}/submit/",
            f"/applications/{version.application_id}/compare/", "/applications/check-pdf/",
        ],
        "seal-gaoxin": [
            "/", "/applications/seals/", "/applications/seals/new/",
            f"/applications/versions/{version.pk}/seal/county/",
        ],
        "yisuhe": [
            "/", f"/sites/{kept.pk}/", f"/sites/{kept.pk}/life/funds/", f"/sites/{kept.pk}/life/photos/",
            f"/sites/{kept.pk}/life/figures/", f"/sites/life/plans/{kept.plans.get().pk}/",
            f"/sites/{kept.pk}/liaisons/", "/sites/life/waiting/",
        ],
        "assessor1": ["/", "/assessments/", f"/assessments/sheets/{sheet.pk}/"],
        "leader": ["/", f"/assessments/{assessment.pk}/"],
        "auditor": ["/", "/accounts/audit/"],
        "secadmin": ["/accounts/access/", "/accounts/access/new/"],
        "sysadmin": ["/", "/accounts/people/", "/accounts/people/new/", f"/accounts/people/{county.pk}/"],
        None: [
            "/public/", "/public/sites/", f"/public/sites/{told.site_id}/", "/public/cases/", "/public/figures/",
            "/accounts/login/", "/api/v1/",
            "/public/plaques/", "/public/plaques/?number=x", "/public/notices/",
            f"/public/notices/{PublicNotice.objects.get().pk}/objection/", "/public/objections/",
        ],
    }  # fmt: skip


def faults(page, path: str) -> list[str]:
    """What axe finds on the page as it stands, at both widths."""
    page.evaluate(AXE.read_text())
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{path} {width}: {fault}" for fault in page.evaluate(RUN)]
    return found


@pytest.mark.parametrize("half", [0, 1])
def test_no_page_breaks_a_rule(half, demonstration, sign_in, visitor):
    found = []
    for username, paths in list(pages(demonstration).items())[half::2]:
        page = visitor()
        if username:
            page = sign_in(User.objects.get(username=username), password=demo.DEMO_PASSWORD)
        for path in paths:
            answer = page.goto(path)
            assert answer.status == (404 if path in UNKNOWN else 200), path
            found += faults(page, f"{username} {path}")
    assert found == [], "\n".join(found)


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
