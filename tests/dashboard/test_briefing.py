"""The briefing: the words on screen as a PDF and as a Word file, the same in both, on A4."""

import io

import pytest
from django.urls import reverse
from docx import Document
from docx.shared import Mm
from pypdf import PdfReader

from accounts.models import AuditEvent
from dashboard import page as page_module
from dashboard.briefing.content import PAPER, strips_of
from dashboard.tables import Number, Row, Section, Table
from tests.dashboard.test_page import EMPTY, FUNDS, SITES, YEARS

PDF, DOCX = reverse("dashboard:briefing_pdf"), reverse("dashboard:briefing_docx")


@pytest.fixture
def parts(monkeypatch):
    made = {
        "first": lambda question: Section(
            "first", "First part", (SITES, FUNDS), lead="What it says.", hint="Click."
        ),
        "second": lambda question: Section("second", "Second part", (YEARS, EMPTY)),
    }
    monkeypatch.setattr(page_module, "SECTIONS", made)


def words_of_docx(content: bytes) -> str:
    """All text of a Word file in its order, without white space."""
    book, found = Document(io.BytesIO(content)), []
    for piece in book.iter_inner_content():
        if hasattr(piece, "rows"):
            found += [cell.text for row in piece.rows for cell in row.cells]
        else:
            found.append(piece.text)
    return "".join("".join(found).split())


def words_of_pdf(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_both_files_have_the_same_words_in_the_same_order(parts, people, client_of, make_site, on_day):
    on_day(2017, 5, 20)
    make_site("甲")
    on_day(2017, 5, 22)
    client = client_of(people.leader)
    pdf = b"".join(client.get(PDF, {"as_of": "2017-05-20"}).streaming_content)
    docx = b"".join(client.get(DOCX, {"as_of": "2017-05-20"}).streaming_content)
    words = words_of_docx(docx)
    assert words.startswith(
        "2017FourTongxinDemonstrationSites:briefingScope:8countiesandparks"
        "Asof:20May2017(apastday,asthesystemknewitatitsend)Madeon:22May2017"
    )
    assert "FirstpartWhatitsays.SitesbyareaAreaParkVillageTotalEast202West<1>145Total347Funds" in words
    assert "East1,234.5093%West0notreportedSecondpart" in words
    assert words.endswith("Source:theledgersofthissystem,asfarastherolesofwhoevermadethisreach.")
    # The PDF has the number of its page besides; both may be made in different minutes.
    assert words_of_pdf(pdf).replace("—1/1—", "")[-200:] == words[-200:]


def test_a4_upright_with_page_numbers_and_on_the_audit_trail(parts, people, client_of, xiangtan):
    client = client_of(people.county)
    answer = client.get(PDF)
    reader = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert "— 1 / 1 —" in reader.pages[0].extract_text()
    assert answer["Content-Disposition"] == 'inline; filename="Briefing 2017, as of 2017-05-22.pdf"'
    # Tells the page that the file has arrived, for a minute.
    arrived = answer.cookies["file_arrived"]
    assert (arrived.value, arrived["max-age"], arrived["samesite"]) == ("1", 60, "Lax")
    book = Document(io.BytesIO(b"".join(client.get(DOCX).streaming_content)))
    page = book.sections[0]
    assert (round(page.page_width, -4), round(page.page_height, -4)) == (
        round(Mm(210), -4),
        round(Mm(297), -4),
    )
    assert 'w:instr="PAGE"' in page.footer._element.xml
    events = AuditEvent.objects.filter(action="dashboard.briefing").order_by("id")
    assert [(event.actor, event.detail) for event in events] == [
        (people.county, {"form": "pdf"}),
        (people.county, {"form": "docx"}),
    ]


def table_of(columns: int, text: str) -> Table:
    heads = tuple(f"{text}{number}" for number in range(columns))
    row = Row("湘潭县", tuple(Number(1000 + number, "/") for number in range(columns)))
    return Table(heads, (row,), None)


def test_a_table_fills_the_paper_and_a_wide_one_is_set_smaller_then_carried_on():
    (narrow,) = strips_of(table_of(3, "年"))
    (small,) = strips_of(table_of(9, "年"))
    wide = strips_of(table_of(30, "indicator-"))
    assert [one.is_small for one in (narrow, small, *wide)] == [False] + [True] * (1 + len(wide))
    assert len(wide) == 6
    assert [len(strip.head) - 1 for strip in wide] == [5] * 6
    assert all(abs(sum(strip.widths) - PAPER) < 1 for strip in (narrow, small, *wide))
    assert [head for strip in wide for head in strip.head[1:]] == [f"indicator-{n}" for n in range(30)]
    assert all(strip.rows[0][0] == "湘潭县" for strip in wide)


def test_nobody_else_gets_one(parts, people, client_of):
    for person in (people.assessor, people.nobody, people.other_city):
        assert client_of(person).get(PDF).status_code == 404
        assert client_of(person).get(DOCX).status_code == 404
