"""The pages around scans: the county's submit page, the pictures, the leadership office's piles."""

import io

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import translation
from PIL import Image

from applications.models import Application, ScannedPage, ScanUpload
from applications.services import add_scans, overrule_seal, save_form, submit
from applications.tasks import read_scans
from notices.models import Job
from tests.applications.paper import as_pdf, jpeg, print_form, scanned, sheets_of, stamped, upload


@pytest.fixture
def printed_form(draft, people):
    """A filled draft with its printed version: two pages, the boxes on the second."""

    def make(name="同心社区甲"):
        application = draft(name)
        sections = application.cycle.form["sections"]
        codes = [field["code"] for section in sections for field in section["fields"]]
        application = save_form(
            actor=people.county, application=application, revision=1, data=dict.fromkeys(codes, "组织健全。")
        )
        return application, print_form(people.county, application)

    return make


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def told(response) -> list[str]:
    with translation.override("en"):
        return [str(message) for message in get_messages(response.wsgi_request)]


def files(sheets) -> list:
    return [upload(scanned(sheet, 180), f"scan{place}.jpg") for place, sheet in enumerate(sheets, start=1)]


def test_the_submit_page_shows_each_page_and_what_is_missing(printed_form, people):
    application, version = printed_form()
    county = client_of(people.county)
    address = f"/applications/{application.pk}/submit/"
    assert county.get(address).content.decode().count("scan-thumb") == 0
    sent = county.post(f"/applications/{application.pk}/scans/", {"files": files(sheets_of(version)[1:])})
    assert (sent.status_code, sent.url) == (302, address)
    page = county.get(address)
    scan = ScannedPage.objects.get()
    with translation.override("en"):
        assert page.context["paper"].words() == [
            "Page 1 is missing.",
            "Page 2 holds no colour: the seal in “Opinion of the county or park” cannot be seen.",
        ]
    text = page.content.decode()
    assert f"/applications/scans/pages/{scan.pk}/?small" in text
    assert f"/applications/scans/pages/{scan.pk}/overrule/" in text
    assert len(page.context["reasons"]) == 1
    county.post(f"/applications/{application.pk}/scans/", {"files": files(stamped(version))})
    page = county.get(address)
    with translation.override("en"):
        assert page.context["paper"].words() == ["All pages are there (2)."]
    assert page.context["reasons"] == []
    assert page.context["stray"] == []


def test_a_message_says_how_many_pages_were_filed_and_where(printed_form, people):
    (one, version), (_other, second) = printed_form("甲"), printed_form("乙")
    blank = upload(jpeg(Image.new("RGB", (1240, 1754), "white")), "blank.jpg")
    sent = client_of(people.county).post(
        f"/applications/{one.pk}/scans/",
        {"files": [*files([stamped(version)[0], stamped(second)[1]]), blank]},
    )
    assert told(sent) == [
        "2 pages filed.",
        "1 of them is of another application: filed there.",
        "1 page could not be filed: see why below.",
    ]


def test_nothing_chosen_too_large_or_damaged_is_said_in_words(printed_form, people, settings):
    application, version = printed_form()
    county, address = client_of(people.county), f"/applications/{application.pk}/scans/"
    assert told(county.post(address)) == ["Choose a file first."]
    damaged = upload(b"%PDF-1.7 damaged", "b.pdf")
    assert told(county.post(address, {"files": [damaged]}))[1:] == [
        "The PDF “b.pdf” cannot be read. Save or scan it again and add the new file."
    ]
    settings.UPLOAD_MAX_MEGABYTES = 1
    pile = [upload(jpeg(sheets_of(version, 150)[0], 100), f"{number}.jpg") for number in range(8)]
    assert sum(each.size for each in pile) > 1024 * 1024
    assert told(county.post(address, {"files": pile}))[2:] == [
        "The files together are larger than 1 MB. Add them in several goes, or scan with 200–300 dpi."
    ]
    assert not ScanUpload.objects.exists()


def test_many_pages_lead_to_the_page_of_the_work(printed_form, people):
    application, version = printed_form()
    pile = upload(as_pdf(stamped(version) * 7), "scan.pdf")
    sent = client_of(people.county).post(f"/applications/{application.pk}/scans/", {"files": [pile]})
    assert sent.url == f"/messages/jobs/{Job.objects.get().pk}/"


def test_who_sees_the_picture_of_a_page(printed_form, people):
    application, version = printed_form()
    found = add_scans(actor=people.county, application=application, uploads=files(stamped(version)))
    address = f"/applications/scans/pages/{found[0].pk}/"
    whole = client_of(people.county).get(address)
    assert whole.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(whole.getvalue())) as picture:
        assert picture.size == (1241, 1755)  # 150 dpi
    with Image.open(io.BytesIO(client_of(people.county).get(f"{address}?small").content)) as picture:
        assert max(picture.size) == 240
    for person in (people.office, people.neighbour, people.other_city, people.assessor):
        assert client_of(person).get(address).status_code == 404
    submit(actor=people.county, application=application)
    assert client_of(people.office).get(address).status_code == 200
    assert client_of(people.neighbour).get(address).status_code == 404


def test_overruling_is_shown_to_the_office_with_its_reason(printed_form, people):
    application, version = printed_form()
    found = add_scans(actor=people.county, application=application, uploads=files(sheets_of(version)))
    address = f"/applications/scans/pages/{found[1].pk}/overrule/"
    assert client_of(people.neighbour).post(address, {"reason": "-"}).status_code == 404
    county = client_of(people.county)
    assert told(county.post(address, {"reason": ""})) == ["Write the reason: it is kept with the decision."]
    sent = county.post(address, {"reason": "印章颜色浅，已核对原件"})
    assert sent.url == f"/applications/{application.pk}/submit/"
    submit(actor=people.county, application=Application.objects.get(pk=application.pk))
    text = client_of(people.office).get(f"/applications/{application.pk}/").content.decode()
    assert "印章颜色浅，已核对原件" in text
    assert "scan-warning is-over" in text
    assert "/overrule/" not in text  # nothing to change any more


def test_a_forgotten_seal_stands_on_the_offices_page(printed_form, people):
    application, version = printed_form()
    add_scans(actor=people.county, application=application, uploads=files(sheets_of(version)))
    submit(actor=people.county, application=application)
    text = client_of(people.office).get(f"/applications/{application.pk}/").content.decode()
    assert text.count("bi-exclamation-triangle") == 1


def test_the_office_adds_a_pile_and_reads_what_became_of_it(printed_form, people):
    (_one, first), (other, second) = printed_form("甲"), printed_form("乙")
    office = client_of(people.office)
    assert "/applications/scans/" in office.get("/applications/").content.decode()
    assert "/applications/scans/" not in client_of(people.county).get("/applications/").content.decode()
    pile = [*files([*stamped(first), stamped(second)[1]]), upload(b"%PDF-1.7 damaged", "b.pdf")]
    sent = office.post("/applications/scans/", {"files": pile})
    job = Job.objects.get()
    assert sent.url == f"/messages/jobs/{job.pk}/"
    assert office.get(f"/applications/scans/{job.pk}/").status_code == 200  # not read yet
    read_scans(job.pk)
    page = office.get(f"/applications/scans/{job.pk}/")
    assert [(row.upload.name, row.page, str(row.verdict)) for row in page.context["rows"]] == [
        ("scan1.jpg", 1, "filed"),
        ("scan2.jpg", 2, "filed"),
        ("scan3.jpg", 2, "filed"),
    ]
    papers = [
        (str(paper.site), state["complete"], state["missing"], open_)
        for paper, state, open_ in page.context["papers"]
    ]
    assert papers == [("甲", True, [], False), ("乙", False, [1], False)]
    text = page.content.decode()
    assert "b.pdf" in text
    assert f'href="/applications/{other.pk}/"' not in text  # a draft is not the office's to open
    assert client_of(people.other_city).get(f"/applications/scans/{job.pk}/").status_code == 404
    listed = office.get("/applications/scans/")
    assert f"/applications/scans/{job.pk}/" in listed.content.decode()


def test_a_result_has_a_fixed_number_of_queries(printed_form, people, django_assert_num_queries):
    papers = [printed_form(f"点{place}")[1] for place in range(3)]
    office = client_of(people.office)
    for versions in (papers[:1], papers):
        pile = files([sheet for version in versions for sheet in stamped(version)])
        office.post("/applications/scans/", {"files": pile})
        job = Job.objects.latest("id")
        read_scans(job.pk)
        with django_assert_num_queries(11):
            office.get(f"/applications/scans/{job.pk}/")


def test_a_page_overruled_before_asks_no_more(printed_form, people):
    application, version = printed_form()
    found = add_scans(actor=people.county, application=application, uploads=files(sheets_of(version)))
    overrule_seal(actor=people.county, page=found[1], reason="已核对原件")
    text = client_of(people.county).get(f"/applications/{application.pk}/submit/").content.decode()
    assert "/overrule/" not in text
    assert "已核对原件" in text
