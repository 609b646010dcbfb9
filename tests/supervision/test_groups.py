"""Supervision groups: what they look after, who belongs to them, and what their members may see."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent, User
from accounts.services import grant_role
from applications.models import Application
from programmes.services import load_file
from sites.models import Site
from supervision.models import SupervisionGroup
from supervision.services import edit_group, end_area, give_area, join_group, leave_group
from tests.conftest import xiangtan_file

LIST = "/supervision/"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def groups(xiangtan):
    return {group.name: group for group in SupervisionGroup.objects.all()}


@pytest.fixture
def group(groups):
    return groups["湘潭县督导组"]


@pytest.fixture
def other(groups):
    return next(group for group in groups.values() if group.areas.count() == 3)


@pytest.fixture
def filed(xiangtan, make_site, people):
    """One application of each of two areas, as if handed in; a third still a draft."""
    made = []
    for name, area, state in [
        ("同心社区甲", "湘潭县", "submitted"),
        ("同心社区乙", "湘潭县", "draft"),
        ("同心社区丙", "韶山市", "accepted"),
    ]:
        site = make_site(name=name, area=area)
        application = Application.objects.create(
            cycle=xiangtan.cycle,
            site=site,
            level=xiangtan.levels["city"],
            area=site.area,
            number=name,
            created_by=people.county,
            created_at=site.registered_at,
            state=state,
            filed_first_at=None if state == "draft" else site.registered_at,
        )
        made.append(application)
    return made


def fresh(user) -> User:
    """The person as the next request loads him: what was read of his roles before is forgotten."""
    return User.objects.get(pk=user.pk)


def seen(user) -> tuple[set, set]:
    user = fresh(user)
    return (
        set(Site.objects.visible_to(user).values_list("name", flat=True)),
        set(Application.objects.visible_to(user).values_list("number", flat=True)),
    )


NOTHING = (set(), set())


def test_the_scheme_s_five_groups_and_their_areas(groups):
    areas = {name: {row.area.name for row in group.areas.all()} for name, group in groups.items()}
    assert sorted(map(sorted, areas.values())) == sorted(
        map(
            sorted,
            [{"湘潭县"}, {"湘乡市"}, {"韶山市"}, {"雨湖区", "经开区"}, {"岳塘区", "高新区", "昭山示范区"}],
        )
    )


def test_a_member_sees_exactly_the_areas_of_the_group(filed, people, group):
    assert seen(people.nobody) == NOTHING
    membership = join_group(actor=people.office, group=group, user=people.nobody)
    # The draft of 同心社区乙 is still the county's own.
    assert seen(people.nobody) == ({"同心社区甲", "同心社区乙"}, {"同心社区甲"})
    leave_group(actor=people.office, membership=membership)
    assert seen(people.nobody) == NOTHING


def test_an_area_followed_through_another_group_stays(filed, people, groups, group):
    second = next(each for each in groups.values() if each.areas.filter(area__name="韶山市").exists())
    give_area(group=second, area=people.county.unit, valid_from=group.areas.get().valid_from)
    first = join_group(actor=people.office, group=group, user=people.nobody)
    join_group(actor=people.office, group=second, user=people.nobody)
    leave_group(actor=people.office, membership=first)
    assert seen(people.nobody)[0] == {"同心社区甲", "同心社区乙", "同心社区丙"}


def test_the_role_comes_and_goes_with_the_membership(people, group, other):
    first = join_group(actor=people.office, group=group, user=people.nobody)
    second = join_group(actor=people.office, group=other, user=people.nobody)
    held = people.nobody.role_assignments.filter(role=Role.SUPERVISOR, valid_to=None)
    assert held.count() == 1
    leave_group(actor=people.office, membership=first)
    assert held.count() == 1
    leave_group(actor=people.office, membership=second)
    assert held.count() == 0


def test_a_role_given_by_a_person_stays(people, group, xiangtan):
    grant_role(actor=people.security_admin, user=people.nobody, role=Role.SUPERVISOR, unit=xiangtan.city)
    leave_group(
        actor=people.office, membership=join_group(actor=people.office, group=group, user=people.nobody)
    )
    assert people.nobody.role_assignments.filter(role=Role.SUPERVISOR, valid_to=None).count() == 1


def test_joining_and_leaving_are_dated_rows(people, group, on_day):
    on_day(2017, 6, 1)
    membership = join_group(actor=people.office, group=group, user=people.nobody)
    assert join_group(actor=people.office, group=group, user=people.nobody) == membership
    on_day(2017, 9, 1)
    leave_group(actor=people.office, membership=membership)
    on_day(2018, 1, 2)
    with pytest.raises(DomainError):
        leave_group(actor=people.office, membership=membership)
    join_group(actor=people.office, group=group, user=people.nobody)
    rows = group.memberships.filter(user=people.nobody).values_list("valid_from", "valid_to")
    assert [tuple(map(str, row)) for row in rows] == [("2017-06-01", "2017-09-01"), ("2018-01-02", "None")]
    assert [
        (event.action, event.actor, event.detail)
        for event in AuditEvent.objects.filter(action__startswith="group.").order_by("id")
    ] == [
        ("group.join", people.office, {"member": "nobody"}),
        ("group.leave", people.office, {"member": "nobody"}),
        ("group.join", people.office, {"member": "nobody"}),
    ]


@pytest.mark.parametrize("who", ["county", "neighbour", "leader", "other_city", "system_admin", "nobody"])
def test_only_the_office_changes_members(people, group, who):
    actor = getattr(people, who)
    with pytest.raises(DomainError):
        join_group(actor=actor, group=group, user=people.nobody)
    membership = join_group(actor=people.office, group=group, user=people.assessor)
    with pytest.raises(DomainError):
        leave_group(actor=actor, membership=membership)
    assert group.memberships.filter(valid_to=None).count() == 1


def test_nobody_of_another_city_joins(people, group):
    with pytest.raises(DomainError):
        join_group(actor=people.office, group=group, user=people.other_city)


# --- pages --------------------------------------------------------------------------------------------------


def shown(client, person) -> list[str]:
    client.force_login(person)
    return [group.name for group, _figures, _mine in client.get(LIST).context["rows"]]


def test_who_sees_which_groups(client, people, groups, group, other):
    assert shown(client, people.office) == shown(client, people.leader) == list(groups)
    assert shown(client, people.county) == ["湘潭县督导组"]
    assert shown(client, people.other_city) == shown(client, people.nobody) == []
    membership = join_group(actor=people.office, group=other, user=people.nobody)
    assert shown(client, people.nobody) == [other.name]
    leave_group(actor=people.office, membership=membership)
    assert shown(client, people.nobody) == []
    assert client.get(reverse("supervision:detail", args=[other.pk])).status_code == 404


def test_numbers_open_the_rows_behind_them(client, people, filed):
    client.force_login(people.office)
    content = client.get(LIST).content.decode()
    county = people.county.unit
    assert f'<a href="/sites/?area={county.pk}&amp;state=active">2</a>' in content
    assert f'href="/applications/?area={county.pk}&amp;state=submitted"' in content
    assert f"area={county.pk}&amp;state=draft" not in content
    client.force_login(people.county)
    assert f"area={county.pk}&amp;state=draft" in client.get(LIST).content.decode()


@pytest.mark.parametrize("more", [0, 30])
def test_the_list_takes_the_same_queries(client, people, group, make_user, django_assert_num_queries, more):
    for number in range(more):
        person = make_user(f"member{number}", None, people.county.unit)
        join_group(actor=people.office, group=group, user=person)
    client.force_login(people.office)
    client.get(LIST)
    with django_assert_num_queries(11):
        client.get(LIST)


@pytest.mark.parametrize("more", [0, 30])
def test_a_group_s_page_takes_the_same_queries(
    client, people, group, make_user, django_assert_num_queries, more
):
    for number in range(more):
        person = make_user(f"member{number}", None, people.county.unit)
        membership = join_group(actor=people.office, group=group, user=person)
        if number % 2:
            leave_group(actor=people.office, membership=membership)
    client.force_login(people.office)
    address = reverse("supervision:detail", args=[group.pk])
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)


def test_the_office_adds_and_ends_members_on_the_page(client, people, group):
    client.force_login(people.office)
    address = reverse("supervision:detail", args=[group.pk])
    assert (
        client.post(reverse("supervision:join", args=[group.pk]), {"user": people.nobody.pk}).url == address
    )
    membership = group.memberships.get()
    content = client.get(address).content.decode()
    assert "End the membership of nobody" in content
    assert client.post(reverse("supervision:leave", args=[membership.pk])).url == address
    content = client.get(address).content.decode()
    assert "Earlier members" in content
    assert "End the membership of nobody" not in content


def test_people_of_another_city_cannot_be_picked(client, people, group):
    client.force_login(people.office)
    address = reverse("supervision:join", args=[group.pk])
    content = client.post(address, {"user": people.other_city.pk}).content.decode()
    assert "Select a valid choice" in content
    assert group.memberships.count() == 0


def test_others_see_no_buttons_and_are_refused(client, people, group):
    membership = join_group(actor=people.office, group=group, user=people.nobody)
    client.force_login(people.county)
    content = client.get(reverse("supervision:detail", args=[group.pk])).content.decode()
    assert "Add a member" not in content
    assert "End the membership" not in content
    client.post(reverse("supervision:join", args=[group.pk]), {"user": people.assessor.pk})
    client.post(reverse("supervision:leave", args=[membership.pk]))
    assert list(group.memberships.values_list("user", "valid_to")) == [(people.nobody.pk, None)]
    refusals = AuditEvent.objects.filter(actor=people.county, result="refused").order_by("id")
    assert [event.action for event in refusals] == ["group.join", "group.leave"]
    client.force_login(people.other_city)
    assert client.post(reverse("supervision:join", args=[group.pk])).status_code == 404
    assert client.post(reverse("supervision:leave", args=[membership.pk])).status_code == 404
    assert client.get(reverse("supervision:leave", args=[membership.pk])).status_code == 302


# --- days ---------------------------------------------------------------------------------------------------


def day(month, number):
    return datetime.date(2017, month, number)


def may_see(user, on: datetime.date) -> bool:
    """Whether the person sees a site of 湘潭县 on a day, by the list and by its page."""
    clock.set_today(on)
    client = Client()
    client.force_login(user)
    site = Site.objects.get(name="同心社区甲")
    by_list = site.name in seen(user)[0]
    assert (client.get(reverse("sites:detail", args=[site.pk])).status_code == 200) == by_list
    return by_list


def test_the_last_day_is_in_and_the_next_is_out(filed, people, group):
    join_group(actor=people.office, group=group, user=people.nobody, valid_from=day(6, 1), valid_to=day(7, 1))
    days = [day(5, 31), day(6, 1), day(6, 30), day(7, 1)]
    assert [may_see(people.nobody, on) for on in days] == [False, True, True, False]
    roles = people.nobody.role_assignments.values_list("role", "valid_from", "valid_to")
    assert list(roles) == [("supervisor", day(6, 1), day(7, 1))]


def test_an_end_set_later_and_set_anew(filed, people, group, on_day):
    membership = join_group(actor=people.office, group=group, user=people.nobody)
    leave_group(actor=people.office, membership=membership, valid_to=day(9, 1))
    assert [may_see(people.nobody, on) for on in (day(8, 31), day(9, 1))] == [True, False]
    on_day(2017, 8, 1)
    leave_group(actor=people.office, membership=membership, valid_to=day(8, 16))
    assert [may_see(people.nobody, on) for on in (day(8, 15), day(8, 16))] == [True, False]
    on_day(2017, 8, 20)
    with pytest.raises(DomainError):
        leave_group(actor=people.office, membership=membership, valid_to=day(9, 1))


def test_access_lasts_as_long_as_the_longest_membership(filed, people, groups, group, on_day):
    second = groups["韶山市督导组"]
    give_area(group=second, area=people.county.unit, valid_from=day(5, 15))
    join_group(actor=people.office, group=group, user=people.nobody, valid_to=day(7, 1))
    join_group(actor=people.office, group=second, user=people.nobody, valid_to=day(9, 1))
    assert [may_see(people.nobody, on) for on in (day(7, 1), day(8, 31), day(9, 1))] == [True, True, False]


def test_two_memberships_with_a_gap_between_them(filed, people, groups, group):
    second = groups["韶山市督导组"]
    give_area(group=second, area=people.county.unit, valid_from=day(5, 15))
    join_group(actor=people.office, group=group, user=people.nobody, valid_to=day(6, 1))
    join_group(actor=people.office, group=second, user=people.nobody, valid_from=day(8, 1))
    days = [day(5, 31), day(6, 1), day(7, 31), day(8, 1)]
    assert [may_see(people.nobody, on) for on in days] == [True, False, False, True]


def test_an_area_given_and_taken_with_its_days(filed, people, groups, on_day):
    second, county = groups["韶山市督导组"], people.county.unit
    join_group(actor=people.office, group=second, user=people.nobody)
    row = give_area(actor=people.office, group=second, area=county, valid_from=day(6, 1), valid_to=day(8, 1))
    days = [day(5, 31), day(6, 1), day(7, 31), day(8, 1)]
    assert [may_see(people.nobody, on) for on in days] == [False, True, True, False]
    on_day(2017, 7, 1)
    end_area(actor=people.office, group_area=row, valid_to=day(7, 11))
    assert [may_see(people.nobody, on) for on in (day(7, 10), day(7, 11))] == [True, False]
    clock.set_today(day(7, 11))
    client = Client()
    client.force_login(people.nobody)
    areas = client.get(reverse("supervision:detail", args=[second.pk])).context["group"].present_areas
    assert [row.area.name for row in areas] == ["韶山市"]


def test_days_that_cut_across_each_other_are_refused(people, group):
    translation.activate("en")
    join_group(actor=people.office, group=group, user=people.nobody, valid_from=day(6, 1), valid_to=day(7, 1))
    refused = [(day(6, 15), day(8, 1), "already"), (day(8, 2), day(8, 1), "before the first")]
    for begins, ends, words in refused:
        with pytest.raises(DomainError, match=words):
            join_group(actor=people.office, group=group, user=people.nobody, valid_from=begins, valid_to=ends)
    with pytest.raises(DomainError, match="already"):
        give_area(actor=people.office, group=group, area=people.county.unit)
    with pytest.raises(DomainError, match="is no county or park"):
        give_area(actor=people.office, group=group, area=people.other_county.unit)
    with pytest.raises(DomainError, match="This day is over"):
        end_area(actor=people.office, group_area=group.areas.get(), valid_to=day(5, 1))


@pytest.mark.parametrize("who", ["county", "neighbour", "leader", "other_city", "system_admin", "nobody"])
def test_only_the_office_changes_areas_and_leaders(people, group, who):
    actor = getattr(people, who)
    with pytest.raises(DomainError):
        give_area(actor=actor, group=group, area=people.neighbour.unit)
    with pytest.raises(DomainError):
        end_area(actor=actor, group_area=group.areas.get())
    with pytest.raises(DomainError):
        edit_group(actor=actor, group=group, leader="组长", sections=[])


def test_what_the_office_changed_by_hand_outlasts_the_programme_file(people, group, groups, xiangtan):
    edit_group(actor=people.office, group=group, leader="副部长", sections=["干部科", "", "研究室"])
    end_area(actor=people.office, group_area=groups["韶山市督导组"].areas.get())
    load_file(xiangtan_file())
    group.refresh_from_db()
    assert (group.leader, group.sections) == ("副部长", ["干部科", "研究室"])
    today = clock.today()
    assert [row.area.name for row in group.areas.on(today)] == ["湘潭县"]
    assert list(groups["韶山市督导组"].areas.on(today)) == []
    assert groups["湘乡市督导组"].areas.on(today).count() == 1


def test_the_office_s_pages_take_last_days(client, people, group):
    client.force_login(people.office)
    address = reverse("supervision:detail", args=[group.pk])
    said = {"user": people.nobody.pk, "valid_from": "2017-06-01", "last_day": "2017-06-30"}
    client.post(reverse("supervision:join", args=[group.pk]), said)
    membership = group.memberships.get()
    assert (membership.valid_from, membership.valid_to) == (day(6, 1), day(7, 1))
    content = client.get(address).content.decode()
    assert "Members to come" in content
    assert "last day 30 June 2017" in content
    client.post(reverse("supervision:leave", args=[membership.pk]), {"last_day": "2017-06-20"})
    assert group.memberships.get().valid_to == day(6, 21)
    bad = client.post(reverse("supervision:join", args=[group.pk]), said | {"last_day": "2017-05-30"})
    assert "The last day lies before the first." in bad.content.decode()
    client.post(reverse("supervision:area", args=[group.pk]), {"area": people.neighbour.unit.pk})
    row = group.areas.get(area=people.neighbour.unit)
    client.post(reverse("supervision:area_end", args=[row.pk]), {"last_day": "2017-05-31"})
    assert group.areas.get(pk=row.pk).valid_to == day(6, 1)
    client.post(reverse("supervision:edit", args=[group.pk]), {"leader": "部长", "sections": "甲科\n\n乙科"})
    group.refresh_from_db()
    assert (group.leader, group.sections) == ("部长", ["甲科", "乙科"])
    client.force_login(people.county)
    for name, key in (("area", group.pk), ("edit", group.pk), ("area_end", row.pk)):
        client.post(reverse(f"supervision:{name}", args=[key]), {"leader": "别人", "area": row.area_id})
    assert group.areas.count() == 2
    group.refresh_from_db()
    assert group.leader == "部长"
