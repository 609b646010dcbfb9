"""What a clerk writes into a cell, and what the record keeps or why it is refused."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.sheet_parts import Fault
from sites.imports.values import Choice, Code, Day, Number, Text, Unfit, Whole, YesNo, is_blank


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def refused(value, raw) -> str:
    with pytest.raises(Unfit) as refusal:
        value.read(raw)
    return str(refusal.value.reason)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  同心　社区  甲 ", "同心 社区 甲"),
        ("Ａ座（东）", "Ａ座（东）"),
        ("堃昇玥喆𠮷", "堃昇玥喆𠮷"),
        ("甲\u200b乙\ufeff", "甲乙"),
        ("甲\r\n乙", "甲 乙"),
        ("=1+1", "=1+1"),
        (7, "7"),
        (2.5, "2.5"),
        (datetime.datetime(2017, 5, 31), "2017-05-31"),
        (True, "yes"),
    ],
)
def test_a_name_keeps_its_characters(raw, kept):
    assert Text(most=100).read(raw) == kept


def test_a_description_keeps_its_lines():
    assert Text(most=100, lines=True).read(" 一\r\n\r\n二\r三 ") == "一\n\n二\n三"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
def test_what_cannot_be_stored_is_named(character):
    found = refused(Text(most=100, lines=True), f"甲{character}乙")
    assert found.startswith(
        f"There is a character in the cell that cannot be stored (U+{ord(character):04X})."
    )


def test_an_error_value_is_shown_back():
    assert (
        refused(Text(most=9), Fault("#N/A"))
        == "The cell shows the error “#N/A”. Write the value into the cell."
    )


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (13812345678, "13812345678"),
        ("13812345678.0", "13812345678"),
        ("０７３１－１２３４５６７８", "0731-12345678"),
        ("007", "007"),
        ("潭同社〔2015〕３号", "潭同社〔2015〕3号"),
        (" 0731 - 5555 ", "0731 - 5555"),
        ("1.5", "1.5"),
        (100000000000000, "100000000000000"),
    ],
)
def test_a_code_is_half_width_and_keeps_its_noughts(raw, kept):
    assert Code(most=40).read(raw) == kept


@pytest.mark.parametrize(
    ("raw", "start"),
    [
        (430302199001011234, "Excel keeps only the first 15 digits of a number."),
        (4.30302199001011e17, "Excel keeps only the first 15 digits of a number."),
        ("4.30E+17", "Excel has shortened the number to 4.30E+17."),
        (datetime.datetime(2017, 5, 1), "Excel has turned the number into a date."),
        ("0" * 41, "The text has 41 characters; at most 40 fit."),
    ],
)
def test_a_code_excel_has_spoilt_is_refused(raw, start):
    assert refused(Code(most=40), raw).startswith(start)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (507, "507"),
        ("５０７", "507"),
        (" 1,234.50 ", "1234.5"),
        ("１，２３４", "1234"),
        (0.1 + 0.2, "0.3"),
        ("1 234", "1234"),
        (0, "0"),
        ("1e3", "1000"),
        (99999999999999, "99999999999999"),
    ],
)
def test_a_number_however_it_is_written(raw, kept):
    assert Number(places=2).read(raw) == Decimal(kept)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("507人", "“507人” is no number. Write digits only, without a unit: 507, not 507 persons."),
        ("三百", "“三百” is no number. Write digits only, without a unit: 507, not 507 persons."),
        ("1_000", "“1_000” is no number. Write digits only, without a unit: 507, not 507 persons."),
        ("NaN", "“NaN” is no number. Write digits only, without a unit: 507, not 507 persons."),
        ("Infinity", "“Infinity” is no number. Write digits only, without a unit: 507, not 507 persons."),
        (True, "“yes” is no number. Write digits only, without a unit: 507, not 507 persons."),
        (
            datetime.datetime(2017, 5, 31),
            "“2017-05-31” is no number. Write digits only, without a unit: 507, not 507 persons.",
        ),
        (-1, "The number must not be less than 0."),
        (0.125, "At most 2 decimal places are kept."),
        (100000000000000, "The number is too large."),
        (1e300, "The number is too large."),
        ("1e-999999", "“1e-999999” is no number. Write digits only, without a unit: 507, not 507 persons."),
        (Fault("#DIV/0!"), "The cell shows the error “#DIV/0!”. Write the value into the cell."),
    ],
)
def test_what_is_no_number_is_refused(raw, text):
    assert refused(Number(places=2), raw) == text


def test_a_whole_number_within_its_bounds():
    year = Whole(least=1980, most=2017)
    assert (year.read("２０１６"), year.read(2016.0), type(year.read(2016))) == (2016, 2016, int)
    assert refused(year, 2018) == "The number must not be greater than 2017."
    assert refused(year, 1979) == "The number must not be less than 1980."
    assert refused(Whole(), 1.5) == "A whole number is wanted here."
    assert refused(Whole(), 3_000_000_000) == "The number must not be greater than 2000000000."


MAY = datetime.date(2017, 5, 31)


@pytest.mark.parametrize(
    "raw",
    [
        "2017年5月31日",
        "2017年05月31",
        "2017.5.31",
        "2017/5/31",
        "2017-05-31",
        "２０１７．５．３１",
        "20170531",
        20170531,
        " 2017 年 5 月 31 日 ",
        "2017-05-31 00:00:00",
        "2017-05-31T00:00",
        datetime.datetime(2017, 5, 31),
        datetime.datetime(2017, 5, 31, 9, 30),
    ],
)
def test_a_day_however_an_office_writes_it(raw):
    assert Day().read(raw) == MAY


@pytest.mark.parametrize("raw", ["2017年5月", "2017-5", "2017.05", "2017/5", 2017.5])
def test_a_month_alone_is_its_first_or_its_last_day(raw):
    assert Day().read(raw) == datetime.date(2017, 5, 1)
    assert Day(month_ends=True).read(raw) == MAY


def test_the_last_day_of_months():
    ends = Day(month_ends=True)
    assert ends.read("2016-2") == datetime.date(2016, 2, 29)
    assert ends.read("2015年12月") == datetime.date(2015, 12, 31)
    assert ends.read("9999-12") == datetime.date(9999, 12, 31)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("2017-02-30", "There is no such day: 2017-02-30."),
        ("2017年13月", "There is no such day: 2017年13月."),
        ("20171301", "There is no such day: 20171301."),
        ("0000-01-01", "There is no such day: 0000-01-01."),
        ("17.5.31", "“17.5.31”: the year wants four digits. Write it like 2016-09-30."),
        ("去年", "“去年” is no date. Write it like 2016-09-30."),
        ("2017", "“2017” is no date. Write it like 2016-09-30."),
        (42886, "“42886” is no date. Write it like 2016-09-30."),
        (2017.1, "2017.1 may be January or October: Excel drops the last nought. Write it as 2017-10 or 2017年10月."),
        (True, "“True” is no date. Write it like 2016-09-30."),
        (1e300, "Excel keeps only the first 15 digits of a number. Set the cell's format to “text” and type the "
                "number again."),
        (Fault("#####"), "The cell shows the error “#####”. Write the value into the cell."),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_in_words(raw, text):
    assert refused(Day(), raw) == text


@pytest.mark.parametrize("raw", ["是", "有", "√", "Yes", "ＹＥＳ", True, 1, "1"])
def test_yes(raw):
    assert YesNo().read(raw) is True


@pytest.mark.parametrize("raw", ["否", "无", "no", False, 0, "×"])
def test_no(raw):
    assert YesNo().read(raw) is False


def test_a_choice_by_any_of_its_names():
    choice = Choice.of([("a", "甲"), ("b", "乙"), ("c", "甲")], lambda each: (each[1], each[0]))
    assert choice.read(" Ｂ ") == ("b", "乙")
    assert choice.read("c") == ("c", "甲")
    assert refused(choice, "甲") == (
        "“甲” means more than one thing here. Write the code from the code list instead."
    )
    assert refused(choice, "丙") == "“丙” is not in the list. Possible: 甲, 乙, 甲."
    several = Choice.of([("a", "甲"), ("c", "甲")], lambda each: (each[1], each[0]), several=True)
    assert several.read("甲") == [("a", "甲"), ("c", "甲")]


@pytest.mark.parametrize("raw", [None, "", " ", "　\t", "\u200b \ufeff"])
def test_blank_is_what_nobody_sees(raw):
    assert is_blank(raw)
    assert not is_blank(0)
