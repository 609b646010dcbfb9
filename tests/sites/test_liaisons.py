"""Site liaisons: who appoints whom, what they see, and what is left when the appointment ends."""

import datetime

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent, User
from applications.models import Application
from sites.models import Plaque, Site, SiteLiaison, SiteUserObjectPermission
from sites.services import add_entry, appoint_liaison, close_site, end_liaison
from tests.sites.life import VALUES

from sites.models import Fund  # isort: skip


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def person(make_user, xiangtan) -> User:
    """An account of 湘潭县 without a role."""
    return make_user("person", None, xiangtan.areas["湘潭县"])


def fresh(user) -> User:
    return User.objects.get(pk=user.pk)


def test_the_county_appoints_an_account_of_its_own_and_it_sees_that_site_only(
    site, make_site, person, people
):
    other = make_site("同心社区乙")
    assert list(Site.objects.visible_to(person)) == []
    liaison = appoint_liaison(actor=people.county, site=site, user=person)
    assert (liaison.valid_from, liaison.valid_to) == (datetime.date(2017, 5, 22), None)
    now = fresh(person)
    assert list(Site.objects.visible_to(now)) == [site]
    assert not Plaque.objects.visible_to(now).filter(site=other).exists()
    assert set(Plaque.objects.seen_by(now)) == set(Plaque.objects.visible_to(now))
    role = person.role_assignments.get()
    assert (role.role, role.unit, role.granted_by) == (Role.LIAISON, site.area, None)
    event = AuditEvent.objects.get(action="liaison.appoint")
    assert (event.actor, event.unit, event.detail) == (people.county, site.area, {"member": "person"})


def test_nobody_else_appoints_and_nobody_from_outside_is_appointed(site, person, people, make_user, xiangtan):
    for name in ("neighbour", "office", "leader", "other_county", "security_admin", "nobody"):
        with pytest.raises(DomainError):
            appoint_liaison(actor=getattr(people, name), site=site, user=person)
    outsider = make_user("outsider", None, xiangtan.areas["韶山市"])
    closed = make_user("closed", None, site.area)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    auditor = make_user("countyauditor", Role.AUDITOR, site.area)
    for wrong in (outsider, fresh(closed), auditor, people.office):
        with pytest.raises(DomainError):
            appoint_liaison(actor=people.county, site=site, user=wrong)
    assert SiteLiaison.objects.count() == 0
    assert SiteUserObjectPermission.objects.count() == 0


def test_once_only_and_not_for_a_closed_site(site, make_site, person, people):
    appoint_liaison(actor=people.county, site=site, user=person)
    with pytest.raises(DomainError):
        appoint_liaison(actor=people.county, site=site, user=person)
    other = make_site("同心社区乙")
    close_site(actor=people.county, site=other, reason="拆迁")
    with pytest.raises(DomainError):
        appoint_liaison(actor=people.county, site=other, user=person)


def test_with_the_last_appointment_the_role_ends_and_one_given_by_a_person_stays(
    site, make_site, person, people, on_day
):
    other = make_site("同心社区乙")
    first = appoint_liaison(actor=people.county, site=site, user=person)
    second = appoint_liaison(actor=people.county, site=other, user=person)
    on_day(2017, 6, 1)
    with pytest.raises(DomainError):
        end_liaison(actor=people.neighbour, liaison=first)
    end_liaison(actor=people.county, liaison=first)
    assert list(Site.objects.visible_to(fresh(person))) == [other]
    with pytest.raises(DomainError):
        end_liaison(actor=people.county, liaison=first)
    end_liaison(actor=people.county, liaison=second)
    assert list(Site.objects.visible_to(fresh(person))) == []
    assert person.role_assignments.get().valid_to == datetime.date(2017, 6, 1)
    assert SiteLiaison.objects.on(datetime.date(2017, 5, 31)).count() == 2
    assert SiteLiaison.objects.on(datetime.date(2017, 6, 1)).count() == 0


def test_a_liaison_acts_on_nothing_but_the_ledgers(site, liaison_of, people, signed_in, xiangtan):
    liaison = liaison_of(site)
    client = signed_in(liaison)
    assert client.get(reverse("sites:edit", args=[site.pk])).status_code == 404
    client.post(reverse("sites:close", args=[site.pk]), {"reason": "-"})
    client.post(reverse("applications:start", args=[site.pk, xiangtan.levels["city"].pk]))
    site.refresh_from_db()
    assert site.state == "active"
    assert Application.objects.count() == 0
    page = client.get(reverse("sites:detail", args=[site.pk])).content.decode()
    assert "Propose an activity" in page
    for words in ("Change particulars", "Register an earlier plaque", "Close this site"):
        assert words not in page


def test_the_first_page_leads_a_liaison_to_the_site_and_the_menu_to_the_ledgers(site, liaison_of, signed_in):
    liaison = liaison_of(site)
    page = signed_in(liaison).get(reverse("dashboard:inbox"))
    assert (f"Keep the ledgers of {site}", reverse("sites:detail", args=[site.pk])) in page.context[
        "pointers"
    ]
    addresses = [item["url"] for group in page.context["menu"] for item in group["items"]]
    assert {reverse("sites:list"), reverse("sites:waiting")} <= set(addresses)
    assert not {reverse("applications:list"), reverse("sites:plaques")} & set(addresses)


def test_the_page_appoints_ends_and_keeps_who_was_it(site, person, people, signed_in):
    url = reverse("sites:liaisons", args=[site.pk])
    client = signed_in(people.county)
    assert client.post(url, {"user": person.pk}).url == url
    page = client.get(url)
    (liaison,) = page.context["present"]
    assert person not in page.context["form"].fields["user"].queryset
    add_entry(actor=fresh(person), site=site, model=Fund, **VALUES[Fund])
    client.post(reverse("sites:liaison_end", args=[liaison.pk]))
    page = client.get(url)
    assert (page.context["present"], page.context["earlier"]) == ([], [liaison])
    assert signed_in(people.leader).post(url, {"user": person.pk}).status_code == 200
    assert signed_in(people.neighbour).get(url).status_code == 404
    assert SiteLiaison.objects.filter(valid_to=None).count() == 0


def test_the_accounts_page_gives_no_liaison_role_without_a_site(person, people, signed_in):
    page = signed_in(people.security_admin).get(reverse("accounts:user", args=[person.pk]))
    offered = {value for value, _label in page.context["form"].fields["role"].choices}
    assert offered == set(Role.values) - {"liaison"}
