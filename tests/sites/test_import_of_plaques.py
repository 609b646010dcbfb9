"""Tables of earlier plaques: claims that count for nothing, and rows that cannot be."""

import datetime

import pytest

from accounts.errors import DomainError
from sites.models import Plaque
from sites.services import register_plaque, revoke_plaque
from tests.applications.conftest import png
from tests.sites.tables import counts, refusals
from tests.sites.tallies import counted_tally, kept

pytestmark = pytest.mark.usefixtures("english")


def plaques_table(desk, *rows) -> bytes:
    return desk.table(*rows, keys=("area", "site", "level", "number", "awarded_on", "reason"))


def test_plaques_come_as_claims_that_count_for_nothing(desk, make_site, people, xiangtan):
    site = make_site("甲社区")
    table = plaques_table(
        desk("plaques"),
        ["湘潭县", "甲社区", "县级", "潭县同社〔2015〕３号", "2015年11月", "旧文件"],
        ["湘潭县", "甲社区", "City level", "潭同社〔2016〕1号", "2016.12.1", None],
    )
    check = desk("plaques").check(table)
    assert counts(check) == (2, 0, 0, 0)
    desk("plaques").write(check)
    assert list(site.plaques.values_list("number", "awarded_on", "state", "origin", "reason", "paper")) == [
        ("潭县同社〔2015〕3号", datetime.date(2015, 11, 30), "claimed", "registered", "旧文件", ""),
        ("潭同社〔2016〕1号", datetime.date(2016, 12, 1), "claimed", "registered", "", ""),
    ]
    assert Plaque.objects.in_force().count() == 0
    assert Plaque.objects.first().check_code != Plaque.objects.last().check_code
    assert counts(desk("plaques").check(table)) == (0, 0, 2, 0)
    assert kept(xiangtan.programme) == counted_tally(xiangtan.programme)
    # While nobody has looked at a paper, a slip is mended by the table.
    mended = plaques_table(
        desk("plaques"), ["湘潭县", "甲社区", "县级", "潭县同社〔2015〕3号", "2015-11-20", None]
    )
    check = desk("plaques").check(mended)
    assert check.result["changed"][0]["fields"] == [["Awarded on", "2015-11-30", "2015-11-20"]]
    desk("plaques").write(check)
    assert Plaque.objects.get(level__code="county").awarded_on == datetime.date(2015, 11, 20)


def test_plaques_that_cannot_be(desk, make_site, people, xiangtan):
    site, other = make_site("甲社区"), make_site("乙社区")
    day = datetime.date(2015, 1, 5)
    levels = xiangtan.levels
    values = {"actor": people.county, "awarded_on": day, "paper": png()}
    register_plaque(site=site, level=levels["county"], number="旧1", **values)
    values["paper"] = png()
    taken = register_plaque(site=other, level=levels["county"], number="旧2", **values)
    revoke_plaque(actor=people.county, plaque=taken, reason="复核不合格")
    table = plaques_table(
        desk("plaques"),
        ["湘潭县", "甲社区", "县级", "旧1", "2015-01-06", None],
        ["湘潭县", "甲社区", "县级", "旧3", "2015-01-05", None],
        ["湘潭县", "甲社区", "市级", "旧4", "2017-05-01", None],
        ["湘潭县", "甲社区", "市级", "旧5", "2017-05-23", None],
        ["湘潭县", "甲社区", "市级", "旧6", "1217-05-23", None],
        ["湘潭县", "甲社区", "国家级", "旧7", "2015-01-05", None],
        ["湘潭县", "甲社区", "县级", "旧2", "2015-01-05", None],
        ["湘潭县", "乙社区", "省级", "旧8", "2015-01-05", None],
        ["湘潭县", "乙社区", "省级", "旧9", "2015-01-05", None],
        ["湘潭县", "甲社区", "省级", "旧8", "2015-01-05", None],
        ["湘潭县", "甲社区", "县级", "旧1", "2015-01-05", None],
        ["韶山市", "甲社区", "市级", "旧4", "2015-01-05", None],
    )
    check = desk("plaques").check(table)
    several = "Row {} is about the same thing. Keep one of the two rows."
    assert refusals(check) == {
        2: [
            "The plaque is on record with its paper, and differs here in: Awarded on. Delete the row, or correct it "
            "by what the paper says."
        ],
        3: [
            f"Level: {several.format(2)}",
            "Plaque number: The site already has a plaque of this level, with another number. Look at the site's "
            "plaques.",
        ],
        4: ["Awarded on: Plaques of this level are awarded here since 2017. File an application for it."],
        5: [f"Level: {several.format(4)}", "Awarded on: The date of the award lies in the future."],
        6: [f"Level: {several.format(4)}", "Awarded on: The year 1217 cannot be right."],
        7: ["Level: “国家级” is not in the list. Possible: County level, City level, Province level."],
        8: [f"Level: {several.format(2)}", "Plaque number: Another site has the plaque with this number."],
        10: [f"Level: {several.format(9)}"],
        11: [f"Plaque number: {several.format(9)}"],
        12: [f"Level: {several.format(2)}", f"Plaque number: {several.format(2)}"],
        13: ["County or park: Only County staff of Shaoshan may do this."],
    }
    assert counts(check) == (1, 0, 0, 11)


def test_the_leadership_office_imports_plaques_of_all_areas(desk, make_site, people):
    make_site("甲社区")
    make_site("乙社区", area="韶山市")
    office = desk("plaques", people.office)
    table = plaques_table(
        office,
        ["湘潭县", "甲社区", "市级", "旧1", "2015-01-05", None],
        ["韶山市", "乙社区", "市级", "旧2", "2015-01-05", None],
    )
    assert counts(office.write(office.check(table))) == (2, 0, 0, 0)
    with pytest.raises(DomainError):
        desk("sites", people.office).check(table)
