"""The ledger of activities on a site's page."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import DomainError
from accounts.models import AuditEvent
from sites.models import Activity
from sites.services import close_site
from sites.services.life import add_entry

MAY = datetime.date(2017, 5, 4)


@pytest.fixture
def client_of():
    def do(person):
        client = Client()
        client.force_login(person)
        client.cookies["django_language"] = "en"
        return client

    return do


def test_an_activity_is_entered_and_on_the_audit_trail(make_site, people):
    site = make_site()
    activity = add_entry(
        model=Activity,
        actor=people.county,
        site=site,
        held_on=MAY,
        name="法律咨询",
        place="工作站",
        participants=60,
    )
    assert list(site.activities.all()) == [activity]
    assert (activity.recorded_by, activity.participants) == (people.county, 60)
    event = AuditEvent.objects.get(action="activity.record")
    assert (event.actor, event.unit, event.object_label) == (people.county, site.area, "2017-05-04 法律咨询")


def test_only_the_sites_own_staff_enters_one(make_site, people):
    site = make_site()
    for person in (people.neighbour, people.office, people.leader, people.other_county, people.nobody):
        with pytest.raises(DomainError):
            add_entry(model=Activity, actor=person, site=site, held_on=MAY, name="法律咨询")
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("day", [datetime.date(2017, 5, 23), datetime.date(217, 5, 4)])
def test_a_day_that_cannot_be_is_refused(make_site, people, day):
    with pytest.raises(DomainError):
        add_entry(model=Activity, actor=people.county, site=make_site(), held_on=day, name="法律咨询")


def test_the_same_twice_and_a_closed_site_are_refused(make_site, people):
    site = make_site()
    add_entry(model=Activity, actor=people.county, site=site, held_on=MAY, name="法律咨询")
    with pytest.raises(DomainError):
        add_entry(model=Activity, actor=people.county, site=site, held_on=MAY, name="法律咨询")
    close_site(actor=people.county, site=site, reason="拆迁")
    with pytest.raises(DomainError):
        add_entry(model=Activity, actor=people.county, site=site, held_on=MAY, name="义诊")
    assert Activity.objects.count() == 1


def test_the_page_of_the_site_shows_the_latest_and_takes_a_new_one(make_site, people, client_of):
    site = make_site()
    client = client_of(people.county)
    values = {"held_on": "2017-05-04", "name": "法律咨询", "participants": "60"}
    address = reverse("sites:activities", args=[site.pk])
    assert client.post(address, values).url == reverse("sites:detail", args=[site.pk])
    page = client.get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert "法律咨询" in page
    assert "60 persons" in page
    assert address in page
    reader = client_of(people.leader).get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert "法律咨询" in reader
    assert f'action="{address}"' not in reader
    for person in (people.neighbour, people.other_county):
        assert client_of(person).get(address).status_code == 404
    assert client_of(people.leader).post(address, values | {"name": "义诊"}).status_code == 200
    assert Activity.objects.count() == 1


def test_a_wrong_entry_is_named_and_what_was_typed_stays(make_site, people, client_of):
    address = reverse("sites:activities", args=[make_site().pk])
    values = {"held_on": "2017-02-30", "name": "法律咨询", "participants": "-1"}
    page = client_of(people.county).post(address, values)
    assert set(page.context["form"].errors) == {"held_on", "participants"}
    assert "法律咨询" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_ledger_has_pages_and_costs_the_same_whatever_its_length(
    rows, make_site, people, client_of, django_assert_num_queries
):
    site = make_site()
    for number in range(rows):
        add_entry(model=Activity, actor=people.county, site=site, held_on=MAY, name=f"活动{number}")
    client = client_of(people.county)
    address = reverse("sites:activities", args=[site.pk])
    client.get(address)
    with django_assert_num_queries(9):
        page = client.get(address)
    assert len(page.context["page"].object_list) == min(rows, 25)
    detail = client.get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert ("All 30 activities" in detail) == (rows == 30)
