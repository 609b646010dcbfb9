"""Another system that asks for what changed since it last asked misses nothing: edits, reprints, imported changes."""

import datetime
from dataclasses import replace
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import AuditEvent
from publicity.models import Coverage
from publicity.services import coverage as register
from publicity.services.imported import write_coverage
from sites.models import SiteRecord
from sites.services import rename_site
from tests.api.conftest import bearer, token_for
from tests.publicity.coverage import DAY, piece


@pytest.fixture
def put(xiangtan, people):
    """put("标题", area="湘潭县"): an entry of the register, by the county's staff."""

    def do(title, **fields):
        given = {"is_reprint": fields.pop("is_reprint", None)}
        entry = register.record_coverage(
            actor=people.county,
            programme=xiangtan.programme,
            area=xiangtan.areas["湘潭县"],
            piece=piece(title=title, **fields),
            **given,
        )
        return Coverage.objects.get(pk=entry.pk)

    return do


@pytest.fixture
def changed(xiangtan, people, on_day):
    """changed("coverage"): the ids of what changed on or after 1 August 2017, when it then is."""
    secret = token_for(people, xiangtan.areas["湘潭县"], days=200)

    def do(name, since="2017-08-01"):
        address = f"/api/v1/{name}?updated_since={quote(since)}"
        answer = Client().get(address, headers=bearer(secret))
        assert answer.status_code == 200, answer.content.decode()
        return [row["id"] for row in answer.json()["items"]]

    return do


def test_an_entry_that_was_corrected(put, changed, people, on_day):
    one, other = put("同心共建"), put("另一篇")
    on_day(2017, 8, 1)
    assert changed("coverage") == []
    register.change_coverage(
        actor=people.county, coverage=one, revision=1, piece=piece(title="同心共建（改）")
    )
    assert changed("coverage") == [one.pk]
    on_day(2017, 8, 2)
    register.withdraw_coverage(actor=people.county, coverage=other, reason="误登")
    assert changed("coverage", "2017-08-02T00:00:00+08:00") == [other.pk]


def test_reprints_that_point_elsewhere_now(put, changed, people, on_day):
    first = put("同心共建")
    second = put("同心共建", outlet="某省日报", is_reprint=True)
    third = put("同心共建", outlet="某网", published_on=DAY(2017, 4, 20), is_reprint=True)
    on_day(2017, 8, 1)
    register.withdraw_coverage(actor=people.county, coverage=first, reason="误登")
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.same_as, third.same_as) == (None, second)
    assert changed("coverage") == [first.pk, second.pk, third.pk]


def test_reprints_of_what_turns_out_a_reprint(put, changed, people, on_day):
    first, second = put("甲稿"), put("乙稿")
    third = put("乙稿", outlet="某网", is_reprint=True)
    on_day(2017, 8, 1)
    register.decide_reprint(actor=people.county, coverage=second, original=first)
    assert changed("coverage") == [second.pk, third.pk]


def test_an_entry_that_a_table_changed(put, changed, people, xiangtan, on_day):
    one = put("同心共建")
    put("另一篇")
    on_day(2017, 8, 1)
    one.place = "第8版"
    write_coverage(
        actor=people.county, programme=xiangtan.programme, new=[], changed=[one], fields=("place",)
    )
    assert Coverage.objects.get(pk=one.pk).place == "第8版"
    assert changed("coverage") == [one.pk]


def test_what_was_only_looked_at_has_not_changed(put, changed, people, on_day):
    one = put("同心共建")
    on_day(2017, 8, 1)
    AuditEvent.objects.create(
        at=datetime.datetime(2017, 8, 1, 4, tzinfo=datetime.UTC), actor=people.county, actor_name="x",
        action="coverage.change", result="refused", object_type="publicity.coverage", object_id=str(one.pk),
    )  # fmt: skip
    assert changed("coverage") == []


def test_the_moment_itself_counts_to_the_microsecond_in_any_zone(make_site, people, changed):
    site = make_site()
    rename_site(actor=people.office, site=site, name="同心社区乙", reason="更名")
    moment = datetime.datetime(2017, 8, 1, 16, 0, 0, 123456, tzinfo=datetime.UTC)
    SiteRecord.objects.filter(site=site, superseded_at=None).update(recorded_at=moment)
    asked = {
        "2017-08-01T16:00:00.123456Z": True,
        "2017-08-01T16:00:00.123457Z": False,
        "2017-08-02T00:00:00.123456+08:00": True,
        "2017-08-02T00:00:00.123457": False,  # without a zone: the office's
        "2017-08-02T00:00:00.123456": True,
        "2017-08-01T05:00:00.123456-11:00": True,
    }
    assert {since: changed("sites", since) == [site.pk] for since in asked} == asked


def test_rows_added_while_somebody_reads_page_by_page_come_once_and_at_the_end(make_site, people, xiangtan):
    headers = bearer(token_for(people, xiangtan.areas["湘潭县"]))
    sites = [make_site(f"点{number}").pk for number in range(3)]
    seen, after = [], 0
    while after is not None:
        page = Client().get(f"/api/v1/sites?limit=2&after={after}", headers=headers).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if len(seen) == 2:
            sites += [make_site(f"新点{number}").pk for number in range(2)]
    assert seen == sites


def test_an_entry_is_changed_back_and_forth_and_comes_with_its_last_change(put, changed, people, on_day):
    one = put("同心共建")
    on_day(2017, 8, 1)
    register.change_coverage(actor=people.county, coverage=one, revision=1, piece=piece(title="改一次"))
    on_day(2017, 9, 1)
    back = replace(piece(title="同心共建"))
    register.change_coverage(actor=people.county, coverage=one, revision=2, piece=back)
    assert changed("coverage", "2017-08-31") == [one.pk]
