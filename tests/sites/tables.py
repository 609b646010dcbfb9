"""Workbooks for tests: whatever a county may upload, and the way it goes through check and import."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import load_workbook

from accounts.sheet_parts import column_letters
from notices.models import Job
from sites.imports.services import make_kind, start_check, start_import
from sites.tasks import check_import, write_import

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def workbook(*rows, sheet="Sheet1", prepare=None) -> bytes:
    """A workbook of rows of values, as Excel writes it; `prepare(book, sheet)` may add to it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "nan_inf_to_errors": True}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, place, value)
            elif hasattr(value, "year"):
                page.write_datetime(number, place, value, day)
            elif value is not None:
                page.write(number, place, value)
    if prepare:
        prepare(book, page)
    book.close()
    return stream.getvalue()


def cell(kind: str, text: str) -> str:
    """A cell's inside as XML, by its type in the format; kind "" is a number."""
    if kind == "inlineStr":
        return f'<is><t xml:space="preserve">{escape(text)}</t></is>'
    return f"<v>{escape(text)}</v>"


def raw_workbook(rows: list[list[tuple[str, str]]], **parts: str) -> bytes:
    """A workbook of (type, text) cells written letter by letter, and of further parts."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{column_letters(place)}{number}"{f" t={quoteattr(kind)}" if kind else ""}>{cell(kind, text)}</c>'
            for place, (kind, text) in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return packed(f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>', **parts)


def packed(sheet: str, workbook: str = _WORKBOOK, rels: str = _RELS, **others) -> bytes:
    """The parts of a workbook as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("xl/workbook.xml", workbook)
        archive.writestr("xl/_rels/workbook.xml.rels", rels)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in others.items():
            archive.writestr(f"xl/{name}.xml", content)
    return stream.getvalue()


def upload(content: bytes, name="表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def heads(kind, *keys: str, language="zh-hans") -> list[str]:
    """The names of a kind's columns (of all, or of some) as the template of a language has them."""
    with translation.override(language):
        return [str(column.label) for column in kind.columns if not keys or column.key in keys]


class Desk:
    """A person's desk: tables go in, results come out, as through the pages and a worker."""

    def __init__(self, person, programme, code="sites"):
        self.person, self.programme, self.code = person, programme, code

    @property
    def kind(self):
        return make_kind(self.code, self.person, self.programme)

    def check(self, content: bytes) -> Job:
        job = start_check(actor=self.person, code=self.code, programme=self.programme, upload=upload(content))
        check_import(job.pk)
        job.refresh_from_db()
        return job

    def write(self, check: Job, *, take_good=False) -> Job:
        job = start_import(actor=self.person, check=check, take_good=take_good)
        write_import(job.pk)
        job.refresh_from_db()
        return job

    def table(self, *rows, keys=()) -> bytes:
        return workbook(heads(self.kind, *keys), *rows)


def counts(job: Job) -> tuple[int, ...]:
    """(new, changed, unchanged, refused) of a job that is done; its error for one that failed."""
    assert job.state == "done", job.error
    found = job.result["counts"]
    assert found["total"] == sum(found.values()) - found["total"]
    return tuple(found[name] for name in ("new", "changed", "unchanged", "refused"))


def refusals(job: Job) -> dict[int, list[str]]:
    """Reasons by row number, of the rows the page shows."""
    return {line["row"]: line["reasons"] for line in job.result["refused"]}


def opened(job: Job) -> list[list]:
    """The rows of a job's error workbook as openpyxl reads them."""
    with job.output.open("rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]
