"""Reading uploaded workbooks: what is in them, and what is refused before it can do harm."""

import datetime
import io
import struct
import tracemalloc
import zipfile

import pytest
from django.utils import translation

from accounts.errors import DomainError
from accounts.sheet_parts import Fault, column_index, column_letters
from accounts.sheets import check_workbook, read_sheet
from tests.sites.tables import packed, raw_workbook, upload, workbook


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def read(content: bytes, **options):
    return read_sheet(io.BytesIO(content), **options)


def cells(content: bytes) -> list[dict]:
    return [row.cells for row in read(content).rows]


def sheet_of(inside: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return packed(f'<worksheet xmlns="{main}">{inside}</worksheet>')


def refused(content: bytes, name="表.xlsx") -> str:
    with pytest.raises(DomainError) as refusal:
        take(content, name)
    return refusal.value.reason.text


def take(content: bytes, name="表.xlsx") -> None:
    """What happens to an upload: looked at, later read."""
    check_workbook(upload(content, name))
    read(content)


def test_texts_numbers_dates_and_truths_come_as_they_are():
    content = workbook(["甲", 12, 2.5, datetime.datetime(2017, 5, 31), True], [], [None, "0731", "  "])
    sheet = read(content)
    assert sheet.name == "Sheet1"
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, {0: "甲", 1: 12, 2: 2.5, 3: datetime.datetime(2017, 5, 31), 4: True}),
        (3, {1: "0731", 2: "  "}),
    ]
    assert type(sheet.rows[0].cells[1]) is int


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("", "13812345678.0", 13812345678),
        ("", "1E+3", 1000),
        ("", "0.1", 0.1),
        ("", "nan", Fault("nan")),
        ("", "1e999", Fault("1e999")),
        ("", "abc", Fault("abc")),
        ("", "9" * 400, Fault("9" * 20)),
        ("", "1234567890123456", 1234567890123456.0),
        ("b", "1", True),
        ("b", "0", False),
        ("e", "#N/A", Fault("#N/A")),
        ("d", "2017-05-31T00:00:00", datetime.datetime(2017, 5, 31)),
        ("d", "31 May", "31 May"),
        ("str", "a_x000D_b", "a\rb"),
        ("inlineStr", " 甲 & <乙> ", " 甲 & <乙> "),
    ],
)
def test_a_cell_by_its_type(kind, text, value):
    assert cells(raw_workbook([[(kind, text)]])) == [{0: value}]


def test_shared_strings_without_readings_and_with_formats():
    strings = (
        "<sst><si><t>甲</t></si>"
        '<si><r><t>同</t></r><r><rPr/><t>心</t></r><rPh sb="0" eb="1"><t>tong</t></rPh></si></sst>'
    )
    rels = (
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    content = raw_workbook([[("s", "1"), ("s", "0")]], rels=rels, sharedStrings=strings)
    assert cells(content) == [{0: "同心", 1: "甲"}]
    assert refused(raw_workbook([[("s", "2")]], rels=rels, sharedStrings=strings)) == (
        "The workbook is damaged and cannot be read."
    )


def test_names_with_a_prefix_and_cells_without_an_address():
    content = packed(
        '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is>'
        "<x:t>甲</x:t></x:is></x:c></x:row><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert [(row.number, row.cells) for row in read(content).rows] == [(1, {0: 1, 1: "甲"}), (2, {0: 2})]


@pytest.mark.parametrize(
    ("format_id", "own", "serial", "value"),
    [
        (14, "", "42886", datetime.datetime(2017, 5, 31)),
        (31, "", "42886", datetime.datetime(2017, 5, 31)),
        (57, "", "42886", datetime.datetime(2017, 5, 31)),
        (170, 'yyyy"年"m"月"d"日"', "42886.5", datetime.datetime(2017, 5, 31, 12)),
        (170, '0.00"days"', "42886", 42886),
        (0, "", "42886", 42886),
        (14, "", "0.5", Fault("0.5")),
        (14, "", "99999999999", Fault("#####")),
    ],
)
def test_dates_are_told_by_the_format_of_the_cell(format_id, own, serial, value):
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="170" formatCode="{own.replace(chr(34), "&quot;")}"/></numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="{format_id}"/>'
        "</cellXfs></styleSheet>"
    )
    rels = (
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/styles" Target="styles.xml"/></Relationships>'
    )
    sheet = (
        f'<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>{serial}</v></c></row></sheetData></worksheet>'
    )
    assert cells(packed(sheet, rels=rels, styles=styles)) == [{0: value}]


def test_the_named_sheet_is_read_else_the_first_one_in_sight():
    def more(book, page):
        book.add_worksheet("待填").write(0, 0, "二")
        page.hide()
        book.worksheets()[1].activate()

    content = workbook(["一"], prepare=more)
    assert (read(content).name, read(content).others) == ("待填", ["Sheet1"])
    content = workbook(["一"], prepare=lambda book, page: book.add_worksheet("待填").write(0, 0, "二"))
    assert read(content).name == "Sheet1"
    assert read(content, names=("待填",)).rows[0].cells == {0: "二"}


def test_formulas_and_merged_cells_are_named():
    def more(book, page):
        page.write_formula("C5", "=1+1", None, 2)
        page.write_formula("D9", "=A1")
        page.merge_range("A1:C1", "标题")
        page.merge_range("A3:A7", "甲")

    sheet = read(workbook(["x"], ["y"], prepare=more))
    assert sheet.formulas == [(5, "C5"), (9, "D9")]
    assert sheet.merged == [(1, "A1:C1"), (7, "A3:A7")]
    with pytest.raises(DomainError, match="Cells with formulas: C5, D9"):
        sheet.refuse_formulas(2)
    with pytest.raises(DomainError, match="Merged cells: A3:A7"):
        sheet.refuse_merged(2)
    sheet.refuse_merged(8)
    sheet.refuse_formulas(10)


def test_of_many_formulas_the_first_ten_are_named():
    def more(book, page):
        for line in range(1, 31):
            page.write_formula(line, 0, "=1")

    with pytest.raises(DomainError) as refusal:
        read(workbook(["x"], prepare=more)).refuse_formulas()
    assert refusal.value.reason.text == (
        "Cells with formulas: A2, A3, A4, A5, A6, A7, A8, A9, A10, A11 and 20 more."
    )


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "“表.xls” is no Excel workbook (.xlsx)."),
        (
            "表.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99,
            "“表.xlsx” is an old workbook (.xls) or protected with a password.",
        ),
        ("表.csv", b"a,b", "“表.csv” is no Excel workbook (.xlsx)."),
        ("表.xlsx", b"%PDF-1.4", "“表.xlsx” is no Excel workbook (.xlsx)."),
        ("表.xlsx", b"", "“表.xlsx” is no Excel workbook (.xlsx)."),
        ("表.xlsx", b"PK\x03\x04" + b"0" * 99, "The workbook is damaged and cannot be read."),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_content(name, content, text):
    assert refused(content, name) == text


def test_a_zip_without_a_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    assert refused(stream.getvalue()) == "“表.xlsx” is no Excel workbook (.xlsx)."


@pytest.mark.parametrize("place", [0.3, 0.5, 0.95])
def test_a_damaged_workbook_is_refused_and_nothing_else_happens(place):
    content = bytearray(workbook(*([f"甲{number}", number] for number in range(200))))
    start = int(len(content) * place)
    content[start : start + 40] = b"\xff" * 40
    with pytest.raises(DomainError):
        take(bytes(content))


def test_a_workbook_cut_short_is_refused():
    assert refused(workbook(["甲"])[:-200]) == "The workbook is damaged and cannot be read."


OVERSIZED = "The workbook unpacks to more than can be read here."


def peak_of(content: bytes) -> tuple[str, int]:
    """The refusal of a workbook, and the most bytes that were held meanwhile."""
    tracemalloc.start()
    try:
        text = refused(content)
        return text, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_refused_unopened():
    """150 MB of blanks in 150 kB."""
    content = sheet_of(" " * 150_000_000)
    assert len(content) < 200_000
    text, most = peak_of(content)
    assert text == OVERSIZED
    assert most < 2_000_000


def test_a_bomb_that_lies_about_its_size_is_refused_while_it_unpacks():
    """The directory claims a hundred bytes; what comes out is counted, and no more is taken than was claimed."""
    content = bytearray(sheet_of(" " * 20_000_000))
    start = content.rindex(b"PK\x01\x02")
    content[start + 24 : start + 28] = struct.pack("<I", 100)
    text, most = peak_of(bytes(content))
    assert text == "The workbook is damaged and cannot be read."
    assert most < 3_000_000


def test_rows_that_never_end_stop_at_the_limit():
    """Half a million rows: nothing is held beyond what may be imported."""
    rows = "".join(f"<row><c><v>{number * 7919 % 1_000_003}</v></c></row>" for number in range(500_000))
    content = sheet_of(f"<sheetData>{rows}</sheetData>")
    text, most = peak_of(content)
    assert text == "The sheet has more than 20000 rows."
    assert most < 20_000_000


def test_a_row_that_never_ends_stops_at_the_last_column_of_a_table():
    """A million cells in one row."""
    cells = "".join(f"<c><v>{number * 7919 % 1_000_003}</v></c>" for number in range(1_000_000))
    content = sheet_of(f"<sheetData><row>{cells}</row></sheetData>")
    text, most = peak_of(content)
    assert text == "Cell GS1 holds something far outside the table."
    assert most < 2_000_000


def test_more_files_than_a_workbook_needs_are_refused():
    assert refused(packed("<worksheet/>", **{f"p{number}": "" for number in range(2_001)})) == OVERSIZED


def test_entities_that_swell_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert refused(packed(bomb)) == "The workbook is damaged and cannot be read."


def test_a_value_far_outside_the_table_is_named():
    far = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(sheet_of(far + "</sheetData>")) == (
        "Cell XFD1048576 holds something far outside the table."
    )
    # Formatted but empty cells out there are common and do no harm.
    empty = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"/></sheetData>'
    )
    assert cells(sheet_of(empty)) == [{0: 1}]


def test_a_workbook_without_a_visible_sheet_is_refused():
    hidden = '<workbook xmlns:r="urn:r"><sheets><sheet name="a" r:id="rId1" state="veryHidden"/></sheets></workbook>'
    assert refused(packed("<worksheet/>", workbook=hidden)) == "The workbook has no sheet that is not hidden."


def test_days_of_the_calendar_of_1904():
    styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    rels = (
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/styles" Target="styles.xml"/></Relationships>'
    )
    sheets = '<sheets><sheet name="a" r:id="rId1"/></sheets>'
    book = f'<workbook xmlns:r="urn:r"><workbookPr date1904="1"/>{sheets}</workbook>'
    sheet = '<worksheet><sheetData><row r="1"><c r="A1" s="0"><v>41424</v></c></row></sheetData></worksheet>'
    content = packed(sheet, workbook=book, rels=rels, styles=styles)
    assert cells(content) == [{0: datetime.datetime(2017, 5, 31)}]


@pytest.mark.parametrize(("letters", "index"), [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16_383)])
def test_columns_by_letters(letters, index):
    assert column_index(letters) == index
    assert column_letters(index) == letters
    assert column_index("a1") is None
