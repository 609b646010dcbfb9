"""Renaming, moving and merging sites: the leadership office's, logged, with the plaques going on."""

import datetime

import pytest
from django.urls import reverse

from accounts.errors import DomainError
from accounts.staircase import broken_rows
from applications.models import Application, QuotaPlace
from applications.services import submit
from sites.models import Plaque, Site, SiteLog
from sites.services import (
    award_own_plaque,
    merge_site,
    move_site,
    register_plaque,
    rename_site,
    suspend_plaque,
    update_site,
)
from tests.applications.conftest import draft, fill, png  # noqa: F401 - fixtures
from tests.sites.plaques import plaque_in_force
from tests.sites.test_ledger_moves import check_counts

DAY = datetime.date


def test_a_name_on_a_plaque_is_changed_by_the_office_alone(climb, people):
    site = climb("甲社区")["county"].site
    with pytest.raises(DomainError) as refusal:
        update_site(actor=people.county, site=site, revision=1, name="新甲社区")
    assert refusal.value.reason.remedy
    update_site(actor=people.county, site=site, revision=1, name="甲社区", address="新路")
    for person in (people.county, people.leader, people.other_city):
        with pytest.raises(DomainError):
            rename_site(actor=person, site=site, name="新甲社区", reason="更名")
    with pytest.raises(DomainError):
        rename_site(actor=people.office, site=site, name="新甲社区", reason=" ")
    rename_site(actor=people.office, site=site, name="新甲社区", reason="县政府批复")
    site = Site.objects.get()
    assert (site.name, site.initials, site.state, site.revision) == ("新甲社区", "xjsq", "active", 3)
    row = SiteLog.objects.get()
    assert (row.action, row.reason, row.actor) == ("rename", "甲社区 → 新甲社区\n县政府批复", people.office)
    assert broken_rows(SiteLog, site) == []


def test_the_county_corrects_the_name_of_a_site_without_a_plaque(make_site, people):
    site = make_site("甲社区")
    update_site(actor=people.county, site=site, revision=1, name="甲社区（更正）")
    assert Site.objects.get().name == "甲社区（更正）"


def test_a_taken_name_is_refused_in_words(climb, make_site, people):
    site = climb("甲社区")["county"].site
    make_site("乙社区")
    with pytest.raises(DomainError, match="乙社区"):
        rename_site(actor=people.office, site=site, name="乙社区", reason="更名")
    assert SiteLog.objects.count() == 0


def test_a_site_moves_with_its_plaques_and_counts(climb, people, xiangtan):
    plaques = climb("甲社区", "city")
    site, shaoshan = plaques["city"].site, xiangtan.areas["韶山市"]
    township = shaoshan.children.first()
    with pytest.raises(DomainError):
        move_site(actor=people.county, site=site, area=shaoshan, reason="区划调整")
    with pytest.raises(DomainError):
        move_site(actor=people.office, site=site, area=xiangtan.areas["雨湖区"], unit=township, reason="区划")
    with pytest.raises(DomainError):
        move_site(actor=people.office, site=site, area=site.area, reason="原地")
    move_site(actor=people.office, site=site, area=shaoshan, unit=township, reason="区划调整")
    site = Site.objects.get()
    assert (site.area, site.unit) == (shaoshan, township)
    assert plaque_in_force(site, xiangtan.levels["city"]) == plaques["city"]
    check_counts(xiangtan)
    assert not Site.objects.visible_to(people.county).exists()
    # The county's plaques are the new county's to deal with.
    suspend_plaque(actor=people.neighbour, plaque=Plaque.objects.get(level__code="county"), reason="停办")


def test_an_application_under_way_blocks_moving_and_merging(draft, fill, make_site, people, xiangtan):  # noqa: F811
    application = fill(draft("甲社区"), people.county)
    site, other = application.site, make_site("乙社区")
    award_own_plaque(actor=people.county, site=other, level=xiangtan.levels["county"], reason="文件")
    steps = (
        lambda: move_site(actor=people.office, site=site, area=xiangtan.areas["韶山市"], reason="区划"),
        lambda: merge_site(actor=people.office, site=site, into=other, reason="合并"),
        lambda: merge_site(actor=people.office, site=other, into=site, reason="合并"),
    )
    for step in steps:
        with pytest.raises(DomainError, match=application.number):
            step()
    submit(actor=people.county, application=application)
    with pytest.raises(DomainError, match=application.number):
        steps[0]()


def test_the_quota_stays_with_the_old_county(draft, fill, people, xiangtan):  # noqa: F811
    application = submit(actor=people.county, application=fill(draft("甲社区"), people.county))
    Application.objects.filter(pk=application.pk).update(state="awarded")
    old = application.area
    move_site(actor=people.office, site=application.site, area=xiangtan.areas["韶山市"], reason="区划")
    place = QuotaPlace.objects.get(application=application)
    assert (place.area, Application.objects.get().area) == (old, old)


def test_what_the_survivor_lacks_goes_on_there_the_rest_ends(climb, people, xiangtan, on_day):
    gone, stays = climb("甲社区", "province"), climb("乙社区")
    on_day(2018, 3, 5)
    site, into = gone["county"].site, stays["county"].site
    with pytest.raises(DomainError, match="授牌编号"):
        merge_site(actor=people.office, site=site, into=into, reason="村居合并")
    merge_site(
        actor=people.office, site=site, into=into, reason="村居合并", numbers={"province": "湘同〔2018〕1号"}
    )
    site.refresh_from_db()
    assert (site.state, site.merged_into) == ("merged", into)
    assert {code: Plaque.objects.get(pk=plaque.pk).state for code, plaque in gone.items()} == {
        "county": "lapsed",
        "city": "replaced",
        "province": "replaced",
    }
    taken = Plaque.objects.filter(site=into).order_by("level__rank")
    assert [(one.number, one.state, one.counted_from) for one in taken] == [
        ("潭县同社〔2017〕2号", "valid", DAY(2017, 5, 2)),
        ("潭同社〔2018〕1号", "valid", DAY(2017, 5, 2)),
        ("湘同〔2018〕1号", "valid", DAY(2017, 5, 2)),
    ]
    check_counts(xiangtan)
    with pytest.raises(DomainError, match="乙社区"):
        award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="再授")


def test_what_cannot_be_merged(climb, make_site, people, xiangtan):
    site, into = climb("甲社区")["county"].site, make_site("乙社区")
    village = make_site("丙村", category="village")
    for person, one, other in (
        (people.county, site, into),
        (people.office, site, site),
        (people.office, site, village),
    ):
        with pytest.raises(DomainError):
            merge_site(actor=person, site=one, into=other, reason="合并")
    register_plaque(
        actor=people.county, site=into, level=xiangtan.levels["city"], number="潭同社〔2015〕3号",
        awarded_on=DAY(2015, 12, 1), paper=png(),
    )  # fmt: skip
    with pytest.raises(DomainError, match="乙社区"):
        merge_site(actor=people.office, site=site, into=into, reason="合并")
    assert SiteLog.objects.count() == 0


def test_the_office_changes_a_site_on_its_page(climb, make_site, people, xiangtan, signed_in):
    site, into = climb("甲社区")["county"].site, make_site("乙社区")
    url = reverse("sites:change", args=[site.pk])
    assert signed_in(people.county).get(url).status_code == 404
    client = signed_in(people.office)
    assert client.get(url).status_code == 200
    client.post(url, {"step": "rename", "name": "新甲社区", "reason": "更名"})
    wrong = client.post(url, {"step": "move", "unit": xiangtan.city.pk, "reason": "区划"})
    assert wrong.context["move_form"].errors
    client.post(url, {"step": "move", "unit": xiangtan.areas["韶山市"].pk, "reason": "区划"})
    assert (Site.objects.get(pk=site.pk).name, Site.objects.get(pk=site.pk).area.name) == (
        "新甲社区",
        "韶山市",
    )
    done = client.post(url, {"step": "merge", "into": into.pk, "reason": "合并"}, follow=True)
    assert done.redirect_chain == [(reverse("sites:detail", args=[into.pk]), 302)]
    assert Site.objects.get(pk=site.pk).merged_into == into
    page = client.get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert "Merged into another site" in page
    assert "甲社区 → 新甲社区" in page


def test_a_plaque_of_a_day_to_come_blocks_a_merger_in_words(climb, make_site, on_day, people, xiangtan):
    site, into = make_site("甲社区"), climb("乙社区", "city")["county"].site
    on_day(2017, 9, 4)
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    on_day(2017, 5, 22)
    with pytest.raises(DomainError, match="2017年9月"):
        merge_site(actor=people.office, site=site, into=into, reason="村居合并")
    assert set(Site.objects.values_list("state", flat=True)) == {"active"}
