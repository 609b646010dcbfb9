"""Exported lists: what a printer and a spreadsheet need to know."""

import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.workbook import write_workbook


def made(*rows, headers=("名称", "得分"), title="考核验收 2017-11-15") -> io.BytesIO:
    stream = io.BytesIO()
    write_workbook(stream, headers=headers, rows=iter(rows), title=title)
    stream.seek(0)
    return stream


def sheet(*rows, **fields):
    return load_workbook(made(*rows, **fields)).active


def test_the_sheet_bears_the_lists_name_within_what_excel_allows():
    assert sheet(("甲", 1)).title == "考核验收 2017-11-15"
    assert sheet(("甲", 1), title="a/b:c" + "长" * 40).title == "a b c" + "长" * 26
    assert sheet(("甲", 1), title="'甲'").title == "甲"


def test_it_prints_across_a4_with_its_head_on_every_page():
    found = sheet(("甲", 1), title="名单 & 得分")
    setup = found.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == (
        "landscape",
        9,
        None,
        0,
    )
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.print_title_rows == "$1:$1"
    assert found.freeze_panes == "A2"
    assert found.oddHeader.center.text == "名单 && 得分"
    assert found.oddFooter.center.text == "&P / &N"


def test_columns_are_as_wide_as_their_longest_line_up_to_a_limit():
    found = sheet(("同心社区", "ab"), ("甲\n乙丙", "字" * 50))
    # Four Chinese characters of 2.1 each and 2 of margin (Excel adds its own 5 pixels); 40 is the most.
    assert found.column_dimensions["A"].width == pytest.approx(10.4, abs=0.75)
    assert found.column_dimensions["B"].width == pytest.approx(40, abs=0.75)
    assert found["B3"].alignment.wrap_text
    # Fifty characters of 2.1 need three lines of 38.
    assert [found.row_dimensions[number].height for number in (1, 2, 3)] == [None, None, 45]


def test_numbers_stay_numbers_and_texts_stay_texts():
    found = sheet(("0731", Decimal("86.50")), ("430300198001010011", 7), (True, None))
    assert [(cell.value, cell.data_type) for cell in found[2]] == [("0731", "s"), (86.5, "n")]
    assert [(cell.value, cell.data_type) for cell in found[3]] == [("430300198001010011", "s"), (7, "n")]
    assert [cell.value for cell in found[4]] == ["True", None]
    # Excel's own format for text: typed again, 0731 does not become 731.
    assert found["A2"].number_format == "@"
    assert found["B2"].number_format == "General"


@pytest.mark.parametrize("text", ["=1+1", "+86 731", "-5", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1"])
def test_no_text_becomes_a_formula(text):
    found = sheet((text, "https://example.cn/"))
    assert (found["A2"].value, found["A2"].data_type) == (text, "s")
    # Even where somebody sets the cell to another format and presses Enter in it.
    assert found["A2"].quotePrefix
    assert not found["B2"].quotePrefix
    assert found["B2"].hyperlink is None
    assert b"<f>" not in zipfile.ZipFile(made((text, ""))).read("xl/worksheets/sheet1.xml")


def test_characters_no_workbook_holds_are_dropped_and_the_rest_is_kept():
    found = sheet(
        ("堃昇玥喆𠮷\x00\x0b村\ufffe\x1f", "<甲> & “乙”"), ("_x0041_", " 首尾 "), ("一\r\n二", "字" * 40_000)
    )
    assert [cell.value for cell in found[2]] == ["堃昇玥喆𠮷村", "<甲> & “乙”"]
    assert found["A4"].value == "一\n二"
    assert found["B3"].value == " 首尾 "
    # Excel takes 32,767 characters a cell.
    assert found["B4"].value == "字" * 32_766 + "…"
    # Excel reads _x0041_ as an A unless its first underscore is written so, too.
    assert b"_x005F_x0041_" in zipfile.ZipFile(made(("_x0041_", ""))).read("xl/worksheets/sheet1.xml")


def test_an_empty_list_is_a_head_alone():
    assert [[cell.value for cell in row] for row in sheet().rows] == [["名称", "得分"]]


def test_a_list_of_one_column_and_one_beyond_the_rows_measured():
    rows = [(f"第{number}个",) for number in range(1, 301)]
    found = CalamineWorkbook.from_filelike(made(*rows, headers=("名称",))).get_sheet_by_index(0).to_python()
    assert len(found) == 301
    assert (found[0], found[1], found[300]) == (["名称"], ["第1个"], ["第300个"])


def test_a_separator_among_the_characters_does_no_harm():
    assert [cell.value for cell in sheet(("甲\x1f乙", "丙"))[2]] == ["甲乙", "丙"]


def test_a_second_sheet_says_what_was_asked_and_nothing_of_it_is_a_formula():
    stream = io.BytesIO()
    about = [("范围", "=1+1"), ("条数", 3)]
    write_workbook(stream, headers=["名称"], rows=[("甲",)], title="名单", about=about)
    first, second = load_workbook(stream).worksheets
    assert [[cell.value for cell in row] for row in first.iter_rows()] == [["名称"], ["甲"]]
    assert [[cell.value for cell in row] for row in second.iter_rows()] == [["范围", "=1+1"], ["条数", "3"]]
    assert (second["B1"].data_type, second["B1"].quotePrefix) == ("s", True)
    assert (second.page_setup.orientation, second.page_setup.paperSize) == ("landscape", 9)
