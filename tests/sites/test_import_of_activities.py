"""Tables of activities: found again by site, day and name."""

import datetime

import pytest

from sites.models import Activity
from tests.sites.tables import counts, refusals

pytestmark = pytest.mark.usefixtures("english")


def activities_table(desk, *rows) -> bytes:
    return desk.table(*rows, keys=("area", "site", "held_on", "name", "participants"))


def test_activities_by_site_day_and_name(desk, make_site, people):
    site = make_site("甲社区")
    table = activities_table(
        desk("activities"),
        ["湘潭县", "甲社区", "2017年5月4日", "法律咨询", 60],
        ["湘潭县", "甲社区", "2017-4", "义诊", None],
        ["湘潭县", "甲社区", datetime.date(2017, 5, 4), "义诊", "１２"],
    )
    check = desk("activities").check(table)
    assert counts(check) == (3, 0, 0, 0)
    desk("activities").write(check)
    assert list(site.activities.values_list("held_on", "name", "participants", "recorded_by")) == [
        (datetime.date(2017, 5, 4), "义诊", 12, people.county.pk),
        (datetime.date(2017, 5, 4), "法律咨询", 60, people.county.pk),
        (datetime.date(2017, 4, 1), "义诊", None, people.county.pk),
    ]
    assert counts(desk("activities").check(table)) == (0, 0, 3, 0)
    changed = activities_table(desk("activities"), ["湘潭县", "甲社区", "2017.5.4", "法律咨询", 61])
    check = desk("activities").check(changed)
    assert check.result["changed"][0]["fields"] == [["Number of participants", "60", "61"]]
    desk("activities").write(check)
    assert site.activities.get(name="法律咨询").participants == 61


def test_activities_that_cannot_be(desk, make_site):
    make_site("甲社区")
    table = activities_table(
        desk("activities"),
        ["湘潭县", "甲社区", "2017-05-23", "法律咨询", 60],
        ["湘潭县", "甲社区", "1217-05-04", "法律咨询", 60],
        ["湘潭县", "甲社区", "2017-02-30", "法律咨询", 60],
        ["湘潭县", "甲社区", "2017-05-04", None, "若干"],
        ["湘潭县", "甲社区", "2017-05-04", "法律咨询", 1.5],
        ["湘潭县", "甲社区", "2017-05-05", "法律咨询", 1],
        ["湘潭县", "甲社区", "2017.5.5", " 法律咨询", 1],
    )
    assert refusals(desk("activities").check(table)) == {
        2: ["Date: The day of the activity lies in the future."],
        3: ["Date: The year 1217 cannot be right."],
        4: ["Date: There is no such day: 2017-02-30."],
        5: [
            "Activity: The cell is empty. Fill it in.",
            "Number of participants: “若干” is no number. Write digits only, without a unit: 507, not 507 persons.",
        ],
        6: ["Number of participants: A whole number is wanted here."],
        8: ["Activity: Row 7 is about the same thing. Keep one of the two rows."],
    }
    assert Activity.objects.count() == 0
