"""A list as of a past day is, cell by cell, what the export made on that day said."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import Unit
from sites.models import PlaqueRecord, Site, SiteRecord
from sites.services import (
    award_own_plaque,
    confirm_plaque,
    demand_rectification,
    merge_site,
    move_site,
    record_handling,
    register_plaque,
    rename_site,
    replace_plaque,
    revoke_plaque,
    update_site,
)
from sites.services.records import keep_records
from tests.applications.conftest import png

DAY = datetime.date


def cells(client, name: str, **query) -> list[tuple]:
    """What the exported workbook of a list says, its head, its sheet's name and order included."""
    response = client.get(reverse(name), {"export": "xlsx", **query})
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    return [(sheet.title,), *sheet.values]


def ledger(client, programme, day) -> list[tuple]:
    response = client.get(reverse("sites:plaque_ledger", args=[programme.pk]), {"day": day.isoformat()})
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    # The second line says when it was drawn up.
    return [row for number, row in enumerate(sheet.values) if number != 1]


@pytest.fixture
def changes(climb, people, xiangtan, make_site):
    """Days of changes, by day; each is a list of steps."""
    held, shaoshan = {}, xiangtan.areas["韶山市"]

    def plaque(name, code):
        return held[name][code]

    def begin():
        held.update({"甲": climb("甲社区", "city"), "乙": climb("乙社区"), "丙": climb("丙社区")})
        make_site("丁村", category="village")

    def site(name):
        return Site.objects.get(name=name)

    return {
        DAY(2017, 6, 1): [begin],
        DAY(2017, 6, 2): [
            lambda: rename_site(actor=people.office, site=site("甲社区"), name="新甲社区", reason="更名"),
            lambda: record_handling(
                actor=people.county, plaque=plaque("乙", "county"), kind="hung", done_on=DAY(2017, 6, 1)
            ),
        ],
        # Nothing happens on 3 June; on the 5th a revocation of the 3rd is written down.
        DAY(2017, 6, 4): [
            lambda: demand_rectification(
                actor=people.office, plaque=plaque("甲", "city"), by=DAY(2017, 7, 1), reason="台账"
            ),
            lambda: move_site(actor=people.office, site=site("丙社区"), area=shaoshan, reason="区划调整"),
        ],
        DAY(2017, 6, 5): [
            lambda: revoke_plaque(
                actor=people.county, plaque=plaque("乙", "county"), reason="停办", ended_on=DAY(2017, 6, 3)
            ),
        ],
        DAY(2017, 6, 6): [
            lambda: merge_site(actor=people.office, site=site("新甲社区"), into=site("乙社区"), reason="合并"),
            lambda: update_site(actor=people.county, site=site("丁村"), revision=1, name="丁新村", address="新路"),
        ],
        DAY(2017, 6, 8): [
            lambda: record_handling(
                actor=people.county, plaque=plaque("乙", "county"), kind="retrieved", done_on=DAY(2017, 6, 7)
            ),
            lambda: replace_plaque(actor=people.neighbour, plaque=plaque("丙", "county"), reason="损坏"),
        ],
    }  # fmt: skip


def test_any_past_day_says_what_its_export_said(changes, people, xiangtan, signed_in):
    queries = {
        "sites:list": ({"sort": "name"}, {"sort": "-category"}, {"level": xiangtan.levels["county"].pk},
                       {"q": "甲"}, {"q": "xj"}, {"area": xiangtan.areas["韶山市"].pk}, {"state": "merged"}),
        "sites:plaques": ({"sort": "site"}, {"sort": "-number"}, {"level": xiangtan.levels["city"].pk},
                          {"q": "乙"}, {"state": "revoked"}, {"to_hand_in": "true"}, {"year": "2017"},
                          {"category": xiangtan.categories["community"].pk}),
    }  # fmt: skip

    def exports(name, day, **as_of):
        """Both lists whole for everybody, for the office also some of its questions, others each day."""
        client, office = signed_in(getattr(people, name)), name == "office"
        found = {
            (view, str(query)): cells(client, view, **query, **as_of)
            for view, asked in queries.items()
            for query in ({}, *(asked[day.day % 3 :: 3] if office else ()))
        }
        return found | ({"ledger": ledger(client, xiangtan.programme, day)} if office else {})

    days = [DAY(2017, 6, number) for number in (1, 2, 3, 4, 5, 6, 8)]
    said = {}
    for day in days:
        clock.set_today(day)
        for step in changes.get(day, ()):
            step()
        for name in ("office", "county", "neighbour"):
            said[day, name] = exports(name, day)
    clock.set_today(DAY(2018, 1, 10))
    for (day, name), before in said.items():
        assert exports(name, day, as_of=day.isoformat()) == before, (day, name)
    # The days do differ, and the late revocation shows only from the day it was written down.
    office = {day: said[day, "office"]["sites:plaques", "{}"] for day in days}
    assert len({str(rows[1:]) for rows in office.values()}) == 6
    revoked = [day.day for day, rows in office.items() if any("Revoked" in row for row in rows)]
    assert revoked == [5, 6, 8]


def test_the_page_says_of_which_day_it_is(make_site, people, signed_in, on_day):
    make_site("甲社区")
    on_day(2017, 6, 10)
    update_site(actor=people.county, site=Site.objects.get(), revision=1, name="新甲社区")
    client = signed_in(people.office)
    page = client.get(reverse("sites:list"), {"as_of": "2017-06-09"}).content.decode()
    assert "甲社区" in page
    assert "新甲社区" not in page
    assert "As it was on record at the end of 9 June 2017." in page
    before = client.get(reverse("sites:list"), {"as_of": "2017-01-01"}).content.decode()
    assert "Records have been kept since 22 May 2017" in before
    assert "甲社区" not in before
    for today in ("2017-06-10", "2030-01-01", "", "no day"):
        assert "新甲社区" in client.get(reverse("sites:list"), {"as_of": today}).content.decode()


def test_nothing_is_written_when_nothing_shown_changed(climb, people):
    plaque = climb("甲社区")["county"]
    site = plaque.site
    before = (SiteRecord.objects.count(), PlaqueRecord.objects.count())
    keep_records([site.pk])
    update_site(actor=people.county, site=site, revision=1, profile="不在列表上", figures={"members": 3})
    assert (SiteRecord.objects.count(), PlaqueRecord.objects.count()) == before
    update_site(actor=people.county, site=site, revision=2, address="新路2号")
    assert (SiteRecord.objects.count(), PlaqueRecord.objects.count()) == (before[0] + 1, before[1])
    closed, standing = SiteRecord.objects.order_by("-id")[1], SiteRecord.objects.latest("id")
    assert (closed.superseded_at, standing.superseded_at) == (standing.recorded_at, None)


def test_a_renamed_category_leaves_old_records_and_comes_with_the_next_change(make_site, people, xiangtan):
    site = make_site("甲社区")
    Unit.objects.filter(pk=site.area_id).update(name="改名县", name_en="")
    assert SiteRecord.objects.get().shown["area"]["name"] == "湘潭县"
    update_site(actor=people.county, site=site, revision=1, address="新路2号")
    assert SiteRecord.objects.get(superseded_at=None).shown["area"]["name"] == "改名县"


def test_every_way_of_registering_is_on_record(make_site, people, xiangtan):
    site = make_site("甲社区")
    claim = register_plaque(
        actor=people.county, site=site, level=xiangtan.levels["city"], number="潭同社〔2015〕3号",
        awarded_on=DAY(2015, 12, 1), paper=png(),
    )  # fmt: skip
    confirm_plaque(actor=people.office, plaque=claim)
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    states = PlaqueRecord.objects.filter(plaque=claim).order_by("id").values_list("state", flat=True)
    assert list(states) == ["claimed", "valid"]
    assert [number for _level, number in SiteRecord.objects.get(superseded_at=None).shown["plaques"]] == [
        "潭县同社〔2017〕1号",
        "潭同社〔2015〕3号",
    ]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("name", "live", "past"), [("sites:list", 15, 12), ("sites:plaques", 19, 13)])
def test_the_lists_cost_the_same_whatever_their_length(
    rows, name, live, past, climb, people, signed_in, on_day, django_assert_num_queries
):
    for number in range(rows):
        climb(f"社区{number}")
    on_day(2017, 5, 25)
    client = signed_in(people.county)
    client.get(reverse(name))
    with django_assert_num_queries(live):
        page = client.get(reverse(name))
    assert page.context["listing"].page.paginator.count == rows
    with django_assert_num_queries(past):
        page = client.get(reverse(name), {"as_of": "2017-05-22"})
    assert page.context["listing"].page.paginator.count == rows
