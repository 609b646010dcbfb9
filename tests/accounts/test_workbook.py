"""Exported lists: what a printer and a spreadsheet need to know."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from tablib import Dataset

from accounts.workbook import workbook


@pytest.fixture
def sheet():
    def make(*rows, headers=("名称", "得分"), title="考核验收 2017-11-15"):
        return load_workbook(io.BytesIO(workbook(Dataset(*rows, headers=headers), title))).active

    return make


def test_the_sheet_bears_the_lists_name_within_what_excel_allows(sheet):
    assert sheet(("甲", 1)).title == "考核验收 2017-11-15"
    assert sheet(("甲", 1), title="a/b:c" + "长" * 40).title == "a b c" + "长" * 26


def test_it_prints_across_a4_with_its_head_on_every_page(sheet):
    made = sheet(("甲", 1), title="名单 & 得分")
    setup = made.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert made.sheet_properties.pageSetUpPr.fitToPage
    assert made.print_title_rows == "$1:$1"
    assert made.freeze_panes == "A2"
    assert made.oddHeader.center.text == "名单 && 得分"


def test_columns_are_as_wide_as_their_longest_line_up_to_a_limit(sheet):
    made = sheet(("同心社区", "ab"), ("甲\n乙丙", "字" * 50))
    # Four Chinese characters of 2.1 each and 2 of margin; the second column is longer than 40 allow.
    assert made.column_dimensions["A"].width == pytest.approx(10.4)
    assert made.column_dimensions["B"].width == 40
    assert made["B3"].alignment.wrap_text
    # Fifty characters of 2.1 need three lines of 38.
    assert [made.row_dimensions[number].height for number in (1, 2, 3)] == [15, 15, 45]


def test_numbers_stay_numbers_and_texts_stay_texts(sheet):
    made = sheet(("=1+1", Decimal("86.50")), ("0731", ""))
    assert [(cell.value, cell.data_type) for cell in made[2]] == [("=1+1", "s"), (86.5, "n")]
    assert (made["A3"].value, made["A3"].data_type) == ("0731", "s")


def test_an_empty_list_is_a_head_alone(sheet):
    assert [[cell.value for cell in row] for row in sheet().rows] == [["名称", "得分"]]
