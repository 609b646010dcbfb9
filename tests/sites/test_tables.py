"""The plaque ledger as an office hands it up, and the queries of an export."""

import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts import clock
from accounts.models import AuditEvent
from accounts.tables import official_workbook
from sites.models import Plaque
from sites.services import award_own_plaque, confirm_plaque, register_plaque, revoke_plaque
from sites.tables import plaque_ledger
from tests.applications.conftest import png

DAY = datetime.date


@pytest.fixture
def client_of():
    def sign_in(person) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def ledger(xiangtan, people, make_site, on_day):
    """Two counties; 湘潭县 with a county plaque, taken back in November, and a city plaque of 2015."""
    first, second = make_site("=甲社区"), make_site("乙社区", area="韶山市")
    level = xiangtan.levels["county"]
    plaque = award_own_plaque(actor=people.county, site=first, level=level, reason="县委文件")
    award_own_plaque(actor=people.neighbour, site=second, level=level, reason="市委文件")
    old = register_plaque(
        actor=people.county,
        site=first,
        level=xiangtan.levels["city"],
        number="潭同社〔2015〕8号",
        awarded_on=DAY(2015, 11, 20),
        paper=png(),
    )
    confirm_plaque(actor=people.office, plaque=old)
    on_day(2017, 11, 20)
    revoke_plaque(actor=people.county, plaque=Plaque.objects.get(pk=plaque.pk), reason="活动停止")
    return SimpleRows(xiangtan)


class SimpleRows:
    def __init__(self, xiangtan):
        self.programme = xiangtan.programme

    def table(self, person, day):
        with translation.override("en"):
            return plaque_ledger(person, self.programme, day)

    def rows(self, person, day):
        return [(group.title, *row) for group in self.table(person, day).groups for row in group.rows]


def test_the_ledger_says_what_held_on_its_day(ledger, people):
    county = ["Tongxin Community", "Xiangtan County"]
    assert ledger.rows(people.office, DAY(2017, 11, 20)) == [
        ("County level (2)", "潭县同社〔2017〕1号", "=甲社区", *county, "22 May 2017", "县委文件", "Revoked",
         "20 November 2017, 活动停止, not yet handed in"),
        ("County level (2)", "韶同社〔2017〕1号", "乙社区", "Tongxin Community", "Shaoshan", "22 May 2017",
         "市委文件", "Valid", ""),
        ("City level (1)", "潭同社〔2015〕8号", "=甲社区", *county, "20 November 2015", "", "Suspended", ""),
    ]  # fmt: skip
    assert ledger.table(people.office, DAY(2017, 11, 20)).total == (
        "In all 3 plaques: 1 in force, 1 suspended, 1 ended."
    )
    # The day before it was in force, and before May it was not there at all.
    assert [row[7] for row in ledger.rows(people.office, DAY(2017, 11, 19))] == ["Valid"] * 3
    assert [row[1] for row in ledger.rows(people.office, DAY(2017, 1, 1))] == ["潭同社〔2015〕8号"]


def test_a_county_hands_up_its_own_rows(ledger, people):
    assert [row[2] for row in ledger.rows(people.neighbour, DAY(2017, 11, 20))] == ["乙社区"]
    assert ledger.rows(people.other_city, DAY(2017, 11, 20)) == []
    assert ledger.table(people.neighbour, DAY(2017, 11, 20)).filled_by == "Shaoshan"


def test_it_is_drawn_as_a_table_ready_to_be_signed(ledger, people):
    with translation.override("en"):
        stream = official_workbook(ledger.table(people.office, DAY(2017, 11, 20)))
    sheet = load_workbook(io.BytesIO(stream)).active
    assert sheet["A1"].value == "Plaque ledger of Four Tongxin Demonstration Sites (as of 20 November 2017)"
    assert sheet["A2"].value == "Filled in by: Xiangtan"
    assert sheet["F2"].value == "Drawn up on: 20 November 2017"
    assert [cell.value for cell in sheet[3]][:3] == ["No.", "Plaque number", "Site name"]
    assert [sheet.cell(row, 1).value for row in range(4, 10)] == [
        "County level (2)", 1, 2, "City level (1)", 3, "In all 3 plaques: 1 in force, 1 suspended, 1 ended.",
    ]  # fmt: skip
    name = sheet["C5"]
    assert (name.value, name.data_type, name.quotePrefix) == ("=甲社区", "s", True)
    assert name.border.left.style == name.border.top.style == "thin"
    assert [sheet.cell(11, column).value for column in (1, 4, 7)] == [
        "Person in charge of the unit:",
        "Checked by:",
        "Filled in by (person):",
    ]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$3:$3")
    assert sheet.print_area == "'Plaque ledger of Four Tongxin D'!$A$1:$I$11"
    assert sheet.oddFooter.center.text == "Page &P of &N"


def test_who_may_draw_it_up(ledger, people, client_of):
    url = reverse("sites:plaque_ledger", args=[ledger.programme.pk])
    for person in (people.assessor, people.auditor, people.nobody, people.other_city, people.other_county):
        assert client_of(person).get(url).status_code == 404
    response = client_of(people.county).get(url, {"day": "2017-05-22"})
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet["A1"].value.endswith("(as of 22 May 2017)")
    assert AuditEvent.objects.filter(action="plaque.ledger", actor=people.county).count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_ledger(count, xiangtan, people, make_site, django_assert_num_queries):
    for number in range(count):
        award_own_plaque(
            actor=people.county,
            site=make_site(f"社区{number}"),
            level=xiangtan.levels["county"],
            reason="文件",
        )
    # Roles, the units they reach, plaques, the reasons of those that ended, the metal plaques; names are joined.
    with django_assert_num_queries(5):
        plaque_ledger(people.office, xiangtan.programme, DAY(2017, 12, 31))
    # Of a past day: since when there are records, and the records.
    clock.set_today(DAY(2018, 1, 1))
    with django_assert_num_queries(2):
        plaque_ledger(people.office, xiangtan.programme, DAY(2017, 12, 31))


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_export(count, xiangtan, people, make_site, client_of, django_assert_num_queries):
    for number in range(count):
        award_own_plaque(
            actor=people.county,
            site=make_site(f"社区{number}"),
            level=xiangtan.levels["county"],
            reason="文件",
        )
    client = client_of(people.office)
    with django_assert_num_queries(15):
        response = client.get(reverse("sites:list"), {"export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert len(rows) == count + 1
    assert rows[1][6] == f"County level 潭县同社〔2017〕{count}号"
