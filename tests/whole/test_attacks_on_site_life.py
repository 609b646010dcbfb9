"""What somebody might try on the ledgers of a site, and what its liaison may not see."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts import clock
from accounts.errors import DomainError
from accounts.models import User
from sites.life_selectors import fund_sums
from sites.models import Fund, Site
from sites.services import add_entry, change_entry, confirm_entry
from tests.sites.conftest import liaison_of, signed_in  # noqa: F401 - fixtures
from tests.sites.life import VALUES
from tests.supervision.field_work import recorded, team  # noqa: F401 - fixtures

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


def test_the_same_money_sent_twice_is_one_entry(site, people, liaison_of):
    for actor in (people.county, liaison_of(site)):
        before = Fund.objects.count()
        how = {"actor": actor, "site": site, "model": Fund}
        add_entry(**how, **VALUES[Fund] | {"name": f"财政{actor.pk}"})
        with pytest.raises(DomainError):
            add_entry(**how, **VALUES[Fund] | {"name": f"财政{actor.pk}"})
        assert Fund.objects.count() == before + 1


def test_the_same_money_later_or_from_elsewhere_is_another(site, people, make_site, on_day):
    values = VALUES[Fund]
    add_entry(actor=people.county, site=site, model=Fund, **values)
    add_entry(actor=people.county, site=make_site("同心社区乙"), model=Fund, **values)
    on_day(2017, 5, 23)
    add_entry(actor=people.county, site=site, model=Fund, **values)
    assert Fund.objects.count() == 3


def test_two_changes_of_one_sum_count_once(site, people, liaison_of):
    liaison = liaison_of(site)
    first = add_entry(actor=people.county, site=site, model=Fund, **VALUES[Fund])
    proposed = change_entry(actor=liaison, entry=first, amount=Decimal(70_000))
    change_entry(actor=people.county, entry=first, amount=Decimal(60_000))
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=proposed)
    with pytest.raises(DomainError):
        confirm_entry(actor=User.objects.get(pk=liaison.pk), entry=proposed)
    standing = Fund.objects.filter(state="confirmed")
    assert [fund.amount for fund in standing] == [Decimal(60_000)]
    assert fund_sums(Fund.objects.filter(site=site)).total == Decimal(60_000)


def test_what_a_liaison_may_not_see(site, make_site, liaison_of, recorded, signed_in, people):
    visit = recorded(site, clock.today(), pictures=[4], findings=[
        {"uid": uuid.uuid4(), "kind": "defect", "severity": "minor", "text": "台账缺失"}
    ])  # fmt: skip
    liaison = signed_in(liaison_of(site))
    finding, photo = visit.findings.get(), visit.photos.get()
    other = make_site("同心社区丙")
    fund = add_entry(actor=people.county, site=other, model=Fund, **VALUES[Fund])
    for address in (
        reverse("supervision:finding", args=[finding.pk]),
        reverse("supervision:inspection", args=[visit.pk]),
        reverse("supervision:inspection_photo", args=[photo.pk]),
        reverse("supervision:field"),
        reverse("supervision:field_pack"),
        reverse("sites:entry", args=["funds", fund.pk]),
        reverse("sites:life", args=[other.pk, "funds"]),
    ):
        assert liaison.get(address).status_code == 404, address
