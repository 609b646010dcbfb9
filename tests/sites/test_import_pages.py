"""The pages of an import: choose, template, upload, look at the check, import."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from notices.models import Job
from notices.services.jobs import ask_to_cancel
from sites.models import Site
from sites.tasks import check_import, write_import
from tests.sites.tables import Desk, counts, heads, upload, workbook

SITE = ["湘潭县", "同心社区", "甲社区", None, "某路1号", "主任", None, "0731-1", None, None]


@pytest.fixture
def client_of():
    def make(person, language="en"):
        person.language = language
        person.save()
        client = Client()
        client.force_login(person)
        client.cookies["django_language"] = language
        return client

    return make


@pytest.fixture
def desk(people, xiangtan):
    return Desk(people.county, xiangtan.programme)


@pytest.fixture
def send(client_of, people):
    """send(bytes): the answer to an upload of 湘潭县's staff."""
    client = client_of(people.county)

    def do(content, name="表.xlsx", code="sites"):
        return client.post(reverse("sites:import_kind", args=[code]), {"file": upload(content, name)})

    return do


def text(response) -> str:
    return response.content.decode()


def test_from_the_list_to_the_imported_sites(client_of, people, desk, send):
    client = client_of(people.county)
    assert reverse("sites:import") in text(client.get(reverse("sites:list")))
    assert reverse("sites:import_kind", args=["sites"]) in text(client.get(reverse("sites:import")))
    answer = send(workbook(heads(desk.kind), SITE))
    check = Job.objects.get()
    assert answer.url == reverse("notices:job", args=[check.pk])
    result = reverse("sites:import_result", args=[check.pk])
    assert client.get(result).url == answer.url
    check_import(check.pk)
    page = client.get(result)
    assert page.context["counts"] == [
        ("Rows in all", 1),
        ("New", 1),
        ("Changed", 0),
        ("Unchanged", 0),
        ("Cannot be imported", 0),
    ]
    assert "Everything can be imported" in text(page)
    assert "Import all" in text(page)
    answer = client.post(reverse("sites:import_write", args=[check.pk]))
    job = Job.objects.first()
    assert answer.url == reverse("notices:job", args=[job.pk])
    write_import(job.pk)
    assert Site.objects.get().name == "甲社区"
    page = client.get(reverse("sites:import_result", args=[job.pk]))
    assert "Result of the import" in text(page)
    # The check's page leads on to it, and offers no second import.
    page = text(client.get(result))
    assert reverse("sites:import_result", args=[job.pk]) in page
    assert "Import all" not in page
    assert text(client.get(reverse("sites:import"))).count("表.xlsx") == 1


def test_refused_rows_are_shown_with_a_way_on(client_of, people, desk, send):
    people.county.language = "en"
    people.county.save()
    refused = [*SITE[:4], "", *SITE[5:]]
    send(workbook(heads(desk.kind), SITE, refused))
    check = Job.objects.get()
    check_import(check.pk)
    client = client_of(people.county)
    page = text(client.get(reverse("sites:import_result", args=[check.pk])))
    assert "1 row cannot be imported" in page
    assert "Address: The cell is empty. Fill it in." in page
    assert "Take the 1 good row" in page
    assert "Import all" not in page
    assert reverse("notices:job_output", args=[check.pk]) in page
    # Without the words "take the good rows" nothing is imported, and the page says why.
    answer = client.post(reverse("sites:import_write", args=[check.pk]), follow=True)
    assert "1 row is refused, so nothing was imported." in text(answer)
    client.post(reverse("sites:import_write", args=[check.pk]), {"take_good": "1"})
    write_import(Job.objects.first().pk)
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.4", "表.xlsx", "“表.xlsx” is no Excel workbook (.xlsx)."),
        (b"a,b", "表.csv", "“表.csv” is no Excel workbook (.xlsx)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "表.xlsx", "“表.xlsx” is an old workbook (.xls) or protected"),
    ],
)
def test_a_file_of_another_kind_is_refused_on_the_page(send, content, name, words):
    page = send(content, name)
    assert page.status_code == 200
    assert words in text(page)
    assert Job.objects.count() == 0


def test_fifty_megabytes_are_stopped_while_they_arrive(client_of, people, settings):
    client = client_of(people.county)
    url = reverse("sites:import_kind", args=["sites"])
    page = client.post(url, {"file": SimpleUploadedFile("big.xlsx", b"PK\x03\x04" + b"0" * 50_000_000)})
    (error,) = page.context["form"].errors["file"]
    assert error == "“big.xlsx” is larger than 20 MB. Copy only the table into a new workbook, or split it."
    assert Job.objects.count() == 0


def test_without_a_file_the_form_says_so(client_of, people):
    page = client_of(people.county).post(reverse("sites:import_kind", args=["sites"]))
    assert page.context["form"].errors == {"file": ["This field is required."]}


def test_a_check_that_failed_leads_back_with_its_reason(client_of, people, send):
    send(workbook(["x", "y"], [1, 2]))
    check = Job.objects.get()
    check_import(check.pk)
    client = client_of(people.county)
    page = client.get(reverse("sites:import_result", args=[check.pk]), follow=True)
    assert page.redirect_chain == [(reverse("sites:import_kind", args=["sites"]), 302)]
    assert "has no row with the names of the columns" in text(page)


def test_a_check_stopped_while_it_waits_leads_back(client_of, people, send, desk):
    send(workbook(heads(desk.kind), SITE))
    check = Job.objects.get()
    ask_to_cancel(job=check)
    check_import(check.pk)
    check.refresh_from_db()
    assert check.state == "cancelled"
    answer = client_of(people.county).get(reverse("sites:import_result", args=[check.pk]))
    assert answer.url == reverse("sites:import_kind", args=["sites"])


@pytest.mark.parametrize("who", ["neighbour", "office", "other_county", "system_admin"])
def test_nobody_else_sees_or_writes_an_import(client_of, people, desk, who):
    check = desk.check(workbook(heads(desk.kind), SITE))
    client = client_of(getattr(people, who))
    for name in ("sites:import_result", "notices:job_output"):
        assert client.get(reverse(name, args=[check.pk])).status_code == 404
    assert client.post(reverse("sites:import_write", args=[check.pk])).status_code == 404
    assert Site.objects.count() == 0


def test_a_job_of_another_kind_is_no_import(client_of, people):
    job = Job.objects.create(
        owner=people.county, task="x", title="x", created_at="2017-05-22T00:00:00Z", state="done"
    )
    client = client_of(people.county)
    assert client.get(reverse("sites:import_result", args=[job.pk])).status_code == 404
    assert client.post(reverse("sites:import_write", args=[job.pk])).status_code == 404


def test_the_office_finds_plaques_only(client_of, people):
    client = client_of(people.office)
    page = text(client.get(reverse("sites:import")))
    assert reverse("sites:import_kind", args=["plaques"]) in page
    assert reverse("sites:import_kind", args=["sites"]) not in page
    assert client.get(reverse("sites:import_kind", args=["sites"])).status_code == 404
    assert client.get(reverse("sites:import_kind", args=["nonsense"])).status_code == 404


def template(client, code="sites"):
    answer = client.get(reverse("sites:import_template", args=[code]))
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def test_the_template_has_drop_downs_codes_and_an_example(client_of, people):
    book = template(client_of(people.county))
    assert book.sheetnames == ["To fill in", "Example", "Code lists"]
    sheet, example, codes = book.worksheets
    assert [cell.value for cell in sheet[1]] == [
        "County or park*", "Category*", "Site name*", "Township or street", "Address*", "Person in charge*",
        "Contact", "Telephone", "Short description", "Flagship",
    ]  # fmt: skip
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "A2"
    # Telephone numbers stay texts.
    assert sheet.column_dimensions["H"].number_format == "@"
    lists = {
        str(rule.sqref): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists == {
        "A2:A20001": "'Code lists'!$A$2:$A$2",
        "B2:B20001": "'Code lists'!$D$2:$D$5",
        "D2:D20001": "'Code lists'!$G$2:$G$7",
        "J2:J20001": "'Code lists'!$J$2:$J$3",
    }
    assert [codes.cell(line, 1).value for line in (1, 2, 3)] == ["County or park", "Xiangtan County", None]
    assert [codes.cell(line, 7).value for line in (2, 7)] == ["Yisuhe Town", "Zhonglupu Town"]
    assert [codes.cell(line, 5).value for line in (1, 2)] == ["Code", "park"]
    assert example["A7"].value == "Site name"
    assert example["C7"].value == "An example community"


def test_the_filled_template_imports_and_its_example_does_not(client_of, people, desk):
    book = template(client_of(people.county))
    book.worksheets[0].append(
        ["Xiangtan County", "Tongxin Community", "甲社区", "Yisuhe Town", "某路1号", "主任", None, "0731-1"]
    )
    stream = io.BytesIO()
    book.save(stream)
    check = desk.check(stream.getvalue())
    assert counts(check) == (1, 0, 0, 0)
    # The template's own sheets are no surprise; only foreign ones are named.
    assert (check.result["sheet"], check.result["others"]) == ("To fill in", [])


@pytest.mark.parametrize("code", ["figures", "activities", "plaques"])
def test_every_kind_has_a_template_that_names_its_columns(client_of, people, code, xiangtan):
    sheet = template(client_of(people.county), code).worksheets[0]
    kind = Desk(people.county, xiangtan.programme, code).kind
    assert [cell.value.rstrip("*") for cell in sheet[1]] == heads(kind, language="en")


@pytest.mark.parametrize("rows", [1, 30])
def test_a_result_costs_the_same_whatever_its_length(
    rows, client_of, people, desk, django_assert_num_queries
):
    table = [[*SITE[:2], f"社区{number}", *SITE[3:4], "", *SITE[5:]] for number in range(rows)]
    check = desk.check(workbook(heads(desk.kind), SITE, *table))
    client = client_of(people.county)
    url = reverse("sites:import_result", args=[check.pk])
    client.get(url)
    with django_assert_num_queries(8):
        page = client.get(url)
    assert len(page.context["job"].result["refused"]) == rows
