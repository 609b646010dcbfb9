"""The demonstration: complete, honest about being one, and the same after a second load."""

import datetime
from collections import Counter
from decimal import Decimal

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from accounts.enums import Role
from accounts.models import RoleAssignment, User
from applications.eligibility import eligibility
from applications.models import Application, QuotaPlace
from applications.quota import quotas
from config.settings import demo as demo_settings
from programmes import demo
from sites.life_selectors import fund_sums, overview, waiting_for
from sites.models import Plaque, Site
from sites.selectors import areas_of
from sites.services import recount
from tests.sites.tallies import journal, journal_of_rows


def test_a_second_load_adds_nothing(demonstration, count_rows):
    before = count_rows()
    assert demo.load().total() == 0
    assert count_rows() == before


def test_an_account_for_every_role_area_and_group(demonstration):
    held = set(RoleAssignment.objects.values_list("role", flat=True))
    assert held == set(Role.values)
    staffed = RoleAssignment.objects.filter(role=Role.UNIT_STAFF).values_list("unit", flat=True)
    assert set(staffed) == {area.pk for area in areas_of(demonstration.programme)}
    assert Counter(RoleAssignment.objects.values_list("role", flat=True)) == {
        "unit_staff": 8,
        "office": 1,
        "leader": 2,  # one in the city, one in the province
        "assessor": 3,
        "supervisor": 5,
        "liaison": 1,
        "seal_keeper": 10,  # eight areas, the city, the province
        "auditor": 1,
        "system_admin": 1,
        "security_admin": 1,
    }


def test_the_login_page_shows_the_password_that_opens():
    assert demo_settings.DEMO_PASSWORD == demo.DEMO_PASSWORD


def test_every_demo_account_says_so_and_opens_with_the_shown_password(demonstration):
    for user in User.objects.all():
        assert user.is_demo
        assert "演示" in user.title
        assert user.check_password(demo.DEMO_PASSWORD)
        validate_password(demo.DEMO_PASSWORD, user)


def test_sites_of_every_area_and_category_say_that_they_are_made_up(demonstration):
    areas = set(Site.objects.values_list("area__name", flat=True))
    assert areas == set(demonstration.areas)
    assert set(Site.objects.values_list("category__code", flat=True)) == set(demonstration.categories)
    assert not Site.objects.exclude(name__endswith="（演示）").exists()


def test_earlier_plaques_are_of_2014_to_2016_with_a_paper(demonstration):
    plaques = Plaque.objects.all()
    assert {plaque.awarded_on.year for plaque in plaques} == {2014, 2015, 2016}
    assert Counter(plaque.state for plaque in plaques) == {"valid": plaques.count() - 1, "claimed": 1}
    for plaque in plaques:
        with plaque.paper.open() as file, Image.open(file) as picture:
            picture.verify()


def test_applications_stand_in_every_early_state(demonstration):
    assert Counter(Application.objects.values_list("state", flat=True)) == {
        "draft": 2,
        "submitted": 3,
        "returned": 1,
        "accepted": 1,
    }
    days = [
        timezone.localdate(moment)
        for moment in Application.objects.order_by("id").values_list("created_at", flat=True)
    ]
    assert days == sorted(days)
    assert days[-1] < datetime.date(2017, 5, 22)


def test_xiangtan_county_has_both_places_free(demonstration):
    county = demonstration.areas["湘潭县"]
    left = {found.level.code: found.left for found in quotas(demonstration.cycle, county).values()}
    assert left == {"city": 1, "province": 1}
    assert QuotaPlace.objects.exclude(application=None).count() == 5


def test_some_may_climb_and_some_may_not(demonstration):
    answers = {
        (name, level): eligibility(
            Site.objects.get(name=name), demonstration.rules[level], datetime.date(2017, 5, 22)
        )
        for name, level in LADDER
    }
    assert {key: (answer.ok, answer.earliest) for key, answer in answers.items()} == LADDER


#: Whether a site may apply for a level on the demonstration's first day, and else from when.
LADDER = {
    ("易俗河同心社区（演示）", "city"): (True, None),  # holds the county's plaque
    ("石潭同心乡村（演示）", "city"): (False, None),  # no plaque
    ("易俗河同心社区（演示）", "province"): (False, None),  # no city plaque
    ("乌石同心乡村（演示）", "province"): (
        False,
        None,
    ),  # held for too short: until 16 December, after the last day
    ("窑湾同心社区（演示）", "province"): (True, None),  # held long enough
    ("壶天同心乡村（演示）", "province"): (False, None),  # registered, not confirmed
}


def test_a_site_has_a_life_and_its_liaison_waits_for_the_county(demonstration):
    site = Site.objects.get(name="易俗河同心社区（演示）")
    tiles = {tile.kind.code: (tile.count, tile.waiting) for tile in overview(site).tiles}
    assert tiles == {
        "activities": (2, 1), "venues": (2, 0), "co-builders": (1, 0), "office-holders": (2, 0),
        "secondments": (1, 0), "funds": (3, 0), "figures": (2, 0), "plans": (1, 0), "photos": (3, 1),
    }  # fmt: skip
    assert fund_sums(site.funds.all()).total == Decimal("122345.60")
    liaison = site.liaisons.get().user
    assert liaison.username == "yisuhe"
    (refused,) = waiting_for(liaison)
    assert "县侨联" in refused.text


def test_the_kept_counts_agree_with_the_rows(demonstration):
    kept = journal(demonstration.programme)
    assert kept == journal_of_rows(demonstration.programme)
    recount(programme=demonstration.programme)
    assert kept == journal(demonstration.programme)


def test_the_command_refuses_an_installation_that_is_no_demonstration(xiangtan):
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_command_with_force(xiangtan, settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path
    call_command("load_demo", "--force")
    assert "33 accounts, 25 sites, 7 applications" in capsys.readouterr().out


def test_the_programme_comes_first(db):
    with pytest.raises(CommandError, match="load_programme"):
        call_command("load_demo", "--force")
