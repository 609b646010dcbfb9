"""A table of 10,000 sites with 37 planted mistakes: exactly those are refused, mended and imported."""

import datetime
import io

import pytest
from django.utils import translation
from openpyxl import load_workbook

from accounts.errors import DomainError
from accounts.models import AuditEvent
from sites.models import Programme, Site
from sites.services import close_site
from tests.sites.tables import Desk, counts, opened, workbook
from tests.sites.tallies import counted_tally, kept

HEADS = (
    "County or park",
    "Category",
    "Site name",
    "Township or street",
    "Address",
    "Person in charge",
    "Contact",
    "Telephone",
    "Short description",
    "Flagship",
)

AREA, CATEGORY, NAME, UNIT, ADDRESS, PERSON, CONTACT, PHONE, PROFILE, FLAGSHIP = range(10)
CATEGORIES = ("同心园区", "同心项目", "同心社区", "同心乡村")
UNITS = ("易俗河镇", "花石镇", "石潭镇", "乌石镇")
AREAS = "Possible: Xiangtan County."
EMPTY = "The cell is empty. Fill it in."
AS_TEXT = "Set the cell's format to “text” and type the number again."
PASTED = "Delete the text and type it again instead of pasting it."
TWICE = "Keep one of the two rows."

#: Row as Excel counts it: what is wrong in it, and the reasons the county reads.
MISTAKES = {
    17: ({NAME: ""}, [f"Site name: {EMPTY}"]),
    60: ({AREA: None}, [f"County or park: {EMPTY}"]),
    95: ({CATEGORY: ""}, [f"Category: {EMPTY}"]),
    130: ({ADDRESS: None}, [f"Address: {EMPTY}"]),
    171: ({PERSON: "   "}, [f"Person in charge: {EMPTY}"]),
    233: ({NAME: "甲" * 101}, ["Site name: The text has 101 characters; at most 100 fit. Shorten it."]),
    301: ({ADDRESS: "路" * 201}, ["Address: The text has 201 characters; at most 200 fit. Shorten it."]),
    377: (
        {PERSON: "任" * 101},
        ["Person in charge: The text has 101 characters; at most 100 fit. Shorten it."],
    ),
    402: ({CONTACT: "联" * 101}, ["Contact: The text has 101 characters; at most 100 fit. Shorten it."]),
    455: ({PHONE: "0" * 41}, ["Telephone: The text has 41 characters; at most 40 fit. Shorten it."]),
    512: (
        {PROFILE: "字" * 1001},
        ["Short description: The text has 1001 characters; at most 1000 fit. Shorten it."],
    ),
    600: ({AREA: "韶山市"}, ["County or park: Only County staff of Shaoshan may do this."]),
    688: ({AREA: "雨湖区"}, ["County or park: Only County staff of Yuhu District may do this."]),
    750: ({AREA: "邻市某县"}, [f"County or park: “邻市某县” is not in the list. {AREAS}"]),
    820: ({AREA: 42}, [f"County or park: “42” is not in the list. {AREAS}"]),
    903: (
        {CATEGORY: "同心学校"},
        [
            "Category: “同心学校” is not in the list. Possible: Tongxin Park, Tongxin Project, Tongxin Community, "
            "Tongxin Village."
        ],
    ),
    1000: ({UNIT: "清溪镇"}, ["Township or street: Qingxi Town does not belong to Xiangtan County."]),
    1111: ({UNIT: "银田镇"}, ["Township or street: Yintian Town does not belong to Xiangtan County."]),
    1500: (
        {UNIT: "无此镇"},
        [
            "Township or street: “无此镇” is not in the list. Possible: Yisuhe Town, Huashi Town, Shitan Town, "
            "Wushi Town, Baishi Town, Zhonglupu Town."
        ],
    ),
    2017: (
        {NAME: "示范点02015", CATEGORY: "同心乡村"},
        [f"Site name: Row 2016 is about the same thing. {TWICE}"],
    ),
    2500: (
        {NAME: "示范点00017", CATEGORY: "同心项目"},
        [f"Site name: Row 18 is about the same thing. {TWICE}"],
    ),
    3000: (
        {NAME: " 　示范点02998 ", CATEGORY: "同心社区"},
        [f"Site name: Row 2999 is about the same thing. {TWICE}"],
    ),
    3333: (
        {NAME: "已关闭的社区", CATEGORY: "同心社区"},
        ["Site name: The site is closed. The leadership office can reopen it."],
    ),
    3700: ({FLAGSHIP: "也许"}, ["Flagship: “也许” is neither yes nor no."]),
    4000: ({FLAGSHIP: 2}, ["Flagship: “2” is neither yes nor no."]),
    4444: (
        {PHONE: 123456789012345678},
        [f"Telephone: Excel keeps only the first 15 digits of a number. {AS_TEXT}"],
    ),
    5000: ({PHONE: "1.38E+10"}, [f"Telephone: Excel has shortened the number to 1.38E+10. {AS_TEXT}"]),
    5555: (
        {PHONE: datetime.date(2017, 5, 31)},
        [f"Telephone: Excel has turned the number into a date. {AS_TEXT}"],
    ),
    6000: (
        {NAME: "示范\x07点"},
        [f"Site name: There is a character in the cell that cannot be stored (U+0007). {PASTED}"],
    ),
    6500: (
        {CONTACT: "某\x00某"},
        [f"Contact: There is a character in the cell that cannot be stored (U+0000). {PASTED}"],
    ),
    7000: (
        {ADDRESS: "", FLAGSHIP: "maybe"},
        [f"Address: {EMPTY}", "Flagship: “maybe” is neither yes nor no."],
    ),
    7500: (
        {CATEGORY: "乡村", UNIT: "韶山乡", PERSON: None},
        [
            "Category: “乡村” is not in the list. Possible: Tongxin Park, Tongxin Project, Tongxin Community, "
            "Tongxin Village.",
            "Township or street: Shaoshan Township does not belong to Xiangtan County.",
            f"Person in charge: {EMPTY}",
        ],
    ),
    8000: ({FLAGSHIP: datetime.date(2017, 5, 31)}, ["Flagship: “2017-05-31” is neither yes nor no."]),
    8500: ({UNIT: "Qingxi Town"}, ["Township or street: Qingxi Town does not belong to Xiangtan County."]),
    9000: ({NAME: "　\u200b　"}, [f"Site name: {EMPTY}"]),
    9500: ({AREA: "高新区"}, ["County or park: Only County staff of Xiangtan High-tech Zone may do this."]),
    10_001: (
        {PROFILE: "甲\x0b乙"},
        [f"Short description: There is a character in the cell that cannot be stored (U+000B). {PASTED}"],
    ),
}


def row(number: int) -> list:
    """Row `number` of the table, as Excel counts, without a mistake."""
    site = number - 1
    return [
        "湘潭县",
        CATEGORIES[site % 4],
        f"示范点{site:05d}",
        UNITS[site % 4],
        f"某路{site}号",
        "主任",
        None,
        13_800_000_000 + site,
        None,
        "否",
    ]


@pytest.fixture(scope="session")
def table() -> bytes:
    rows = []
    for number in range(2, 10_002):
        values = row(number)
        for place, value in MISTAKES.get(number, ({}, []))[0].items():
            values[place] = value
        rows.append(values)
    return workbook(HEADS, *rows)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def desk(people, xiangtan, make_site):
    close_site(actor=people.county, site=make_site("已关闭的社区"), reason="拆迁")
    people.county.language = "en"
    people.county.save()
    return Desk(people.county, xiangtan.programme)


def test_ten_thousand_sites_with_thirty_seven_mistakes(desk, table, xiangtan):
    check = desk.check(table)
    assert counts(check) == (9_963, 0, 0, 37)
    assert {line["row"]: line["reasons"] for line in check.result["refused"]} == {
        number: reasons for number, (_values, reasons) in MISTAKES.items()
    }
    assert Site.objects.count() == 1
    assert AuditEvent.objects.filter(action="site.import").count() == 0

    # All or nothing: with a refused row it is nothing.
    with pytest.raises(DomainError, match="37 rows are refused, so nothing was imported"):
        desk.write(check)
    assert Site.objects.count() == 1

    done = desk.write(check, take_good=True)
    assert counts(done) == (9_963, 0, 0, 37)
    assert Site.objects.count() == 9_964
    event = AuditEvent.objects.get(action="site.import")
    assert (event.detail["new"], event.detail["refused"], event.detail["name"]) == (9_963, 37, "表.xlsx")
    assert event.detail["sha256"] == check.result["sha256"]
    site = Site.objects.get(name="示范点00001")
    assert (site.initials, site.phone, site.unit.name) == ("sfd00001", "13800000001", "花石镇")
    assert (site.registered_by, site.area.name, str(site.category.name)) == (
        desk.person,
        "湘潭县",
        "同心项目",
    )

    # The error workbook: the rows as they were and why; mended, it imports as it is.
    lines = opened(check)
    assert len(lines) == 38
    assert lines[0] == [
        "County or park*", "Category*", "Site name*", "Township or street", "Address*", "Person in charge*",
        "Contact", "Telephone", "Short description", "Flagship", "Why it was not imported",
    ]  # fmt: skip
    assert lines[16] == [*row(903)[:1], "同心学校", *row(903)[2:], MISTAKES[903][1][0]]
    assert [line[-1] for line in lines[1:]] == ["\n".join(reasons) for _values, reasons in MISTAKES.values()]
    mended = desk.check(_mended(check))
    assert counts(mended) == (37, 0, 0, 0)
    assert counts(desk.write(mended)) == (37, 0, 0, 0)
    assert Site.objects.count() == 10_001

    # The same table once more changes nothing.
    before = _state()
    again = desk.check(_whole())
    assert counts(again) == (0, 0, 10_000, 0)
    assert counts(desk.write(again)) == (0, 0, 10_000, 0)
    assert _state() == before
    assert before["tally"] == counted_tally(xiangtan.programme)
    assert before["revisions"] == {1}


def _mended(check) -> bytes:
    """The error workbook with every row put right by hand; the reasons still stand beside them."""
    with check.output.open("rb") as file:
        book = load_workbook(io.BytesIO(file.read()))
    for line, number in enumerate(MISTAKES, start=2):
        for place, value in enumerate(row(number), start=1):
            cell = book.worksheets[0].cell(line, place)
            # As the reason tells the clerk: a number typed into a cell made for dates would be one again.
            cell.number_format = "@"
            cell.value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _whole() -> bytes:
    return workbook(HEADS, *(row(number) for number in range(2, 10_002)))


def _state() -> dict:
    return {
        "sites": Site.objects.count(),
        "revisions": set(Site.objects.values_list("revision", flat=True)),
        "events": AuditEvent.objects.count(),
        "tally": kept(Programme.objects.get()),
    }
