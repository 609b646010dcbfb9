"""The plan of visits: proposed, put off, cancelled; who may; list, calendar, progress; to-dos and reminders."""
# ruff: noqa: F811 - fixtures are asked for by name

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.errors import DomainError
from accounts.models import AuditEvent
from applications.services import next_cycle
from sites.services import close_site
from supervision.enums import VISIT_TRANSITIONS, VisitAction, VisitState
from supervision.models import PlannedVisit
from supervision.plan_duties import visits_owed
from supervision.plan_rules import why_not_visit_action
from supervision.plan_selectors import month_of, planned_visits_of
from supervision.plan_todo import waiting_for
from supervision.services import cancel_visit, join_group, leave_group, move_visit, plan_visit, plan_year
from tests.supervision.field_work import planned, recorded, team  # noqa: F401 - fixtures

LIST = "/supervision/plan/"


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


def day(month, number, year=2017):
    return datetime.date(year, month, number)


def client_of(person) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def say(answer) -> str:
    return answer.content.decode()


# --- the year ---------------------------------------------------------------------------------------------


def test_the_year_is_laid_out_once_on_working_days(team, xiangtan, make_site):
    sites = [make_site(f"点{number}") for number in range(3)]
    make_site("别处", area="韶山市")
    assert plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle) == 3
    rows = PlannedVisit.objects.order_by("from_day")
    assert [row.site for row in rows] == sites
    # 23 May to 31 December 2017 are 154 working days: the 26th, 78th and 129th of them, the middle of each third.
    assert [row.from_day for row in rows] == [day(6, 28), day(9, 8), day(11, 24)]
    assert [row.to_day for row in rows] == [row.from_day for row in rows]
    assert plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle) == 0
    event = AuditEvent.objects.get(action="visit.plan_year")
    assert event.detail == {"count": 3, "year": 2017}


def test_what_was_visited_or_planned_is_not_proposed_again(
    team,
    xiangtan,
    make_site,
    planned,
    recorded,
    people,
):
    first, second, closed, left = (make_site(f"点{number}") for number in range(4))
    planned(first, day(6, 1))
    recorded(second, day(5, 22))
    close_site(actor=people.county, site=closed, reason="撤销")
    assert plan_year(actor=people.office, group=team.own_group, cycle=xiangtan.cycle) == 1
    assert PlannedVisit.objects.exclude(site=first).get().site == left


def test_several_visits_a_year_go_round_by_round(team, xiangtan, make_site):
    one, two = make_site("甲"), make_site("乙")
    xiangtan.cycle.supervision["visits_a_year"] = 2
    assert plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle) == 4
    rows = PlannedVisit.objects.order_by("from_day", "id")
    assert [row.site for row in rows] == [one, two, one, two]


def test_a_scheme_without_a_number_and_a_year_that_is_over(team, xiangtan, on_day):
    xiangtan.cycle.supervision.pop("visits_a_year")
    with pytest.raises(DomainError, match="does not say how often"):
        plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle)
    on_day(2018, 1, 2)
    with pytest.raises(DomainError, match="2017 is over"):
        plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle)


def test_on_the_last_day_of_the_year_the_rest_is_put_on_it(team, xiangtan, make_site, on_day):
    make_site()
    on_day(2017, 12, 31)
    assert plan_year(actor=team.own, group=team.own_group, cycle=xiangtan.cycle) == 1
    assert PlannedVisit.objects.get().from_day == day(12, 31)


# --- one visit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (day(6, 2), day(6, 1), "before the first"),
        (day(12, 31), day(1, 1, 2018), "must lie in the year 2017"),
        (day(5, 20), day(5, 21), "This day is over"),
    ],
)
def test_days_a_visit_cannot_have(planned, make_site, first, last, words):
    with pytest.raises(DomainError, match=words):
        planned(make_site(), first, last)


def test_only_places_of_the_groups_areas_on_that_day(team, people, planned, make_site, xiangtan):
    with pytest.raises(DomainError, match="lies in no area"):
        planned(make_site("别处", area="韶山市"), day(6, 1))
    own = team.own_group.areas.get()
    own.valid_to = day(7, 1)
    own.save()
    site = make_site()
    assert planned(site, day(6, 30)).area == people.county.unit
    with pytest.raises(DomainError, match="lies in no area"):
        planned(site, day(7, 1))
    with pytest.raises(DomainError, match="lies in no area"):
        planned(site, day(6, 30), day(7, 3))
    assert planned(people.county.unit, day(6, 1)).site is None


def test_a_closed_site_is_neither_planned_nor_put_off(planned, make_site, people):
    site = make_site()
    visit = planned(site, day(6, 1))
    close_site(actor=people.county, site=site, reason="撤销")
    visit = PlannedVisit.objects.get(pk=visit.pk)
    with pytest.raises(DomainError, match="is closed"):
        planned(visit.site, day(6, 2))
    with pytest.raises(DomainError, match="is closed"):
        move_visit(actor=people.office, visit=visit, from_day=day(6, 2))
    assert cancel_visit(actor=people.office, visit=visit, reason="已撤销").state == "cancelled"


def test_put_off_and_cancelled_with_their_log(planned, make_site, team):
    visit = planned(make_site(), day(6, 1))
    move_visit(actor=team.own, visit=visit, from_day=day(6, 5), to_day=day(6, 9), reason="防汛")
    with pytest.raises(DomainError, match="Write the reason"):
        cancel_visit(actor=team.own, visit=visit, reason=" ")
    cancel_visit(actor=team.own, visit=visit, reason="合并走访")
    visit.refresh_from_db()
    assert (visit.from_day, visit.to_day, visit.state) == (day(6, 5), day(6, 9), "cancelled")
    assert list(visit.log.values_list("action", "reason")) == [("move", "防汛"), ("cancel", "合并走访")]
    with pytest.raises(DomainError, match="not possible while"):
        move_visit(actor=team.own, visit=visit, from_day=day(6, 12))


def test_recorded_it_is_carried_out(planned, recorded, make_site):
    site = make_site()
    visit = planned(site, day(5, 22))
    recorded(site, day(5, 22), planned=visit)
    visit.refresh_from_db()
    assert visit.state == "done"


# --- the table --------------------------------------------------------------------------------------------

#: state -> step -> next state; what is not named is refused.
VISITS = {
    "planned": {"move": "planned", "carry_out": "done", "cancel": "cancelled"},
    "done": {"reopen": "planned"},
    "cancelled": {},
}
EVERYBODY = (
    "own", "other", "county", "neighbour", "office", "leader", "assessor", "auditor", "system_admin",
    "security_admin", "other_city", "other_county", "nobody",
)  # fmt: skip
MAY = {"own", "office", None}


def test_the_table_is_the_one_written_here():
    known = {(s.value, a.value): t.value for (s, a), t in VISIT_TRANSITIONS.items()}
    assert known == {(s, a): t for s, steps in VISITS.items() for a, t in steps.items()}
    assert set(VISITS) == set(VisitState.values)


def test_who_may_take_which_step(planned, make_site, team, people):
    visit = planned(make_site(), day(6, 1))
    everybody = {name: getattr(team, name, None) or getattr(people, name) for name in EVERYBODY} | {
        None: None
    }
    for action in VisitAction.values:
        allowed = {
            name
            for name, user in everybody.items()
            if why_not_visit_action(user, visit, action, "理由") is None
        }
        assert allowed == MAY, action


def test_a_member_only_until_the_last_day(planned, make_site, team, people, on_day):
    visit = planned(make_site(), day(9, 1))
    membership = team.own_group.memberships.get()
    leave_group(actor=people.office, membership=membership, valid_to=day(6, 1))
    on_day(2017, 5, 31)
    assert why_not_visit_action(team.own, visit, "carry_out") is None
    on_day(2017, 6, 1)
    assert "Only members" in why_not_visit_action(team.own, visit, "carry_out").text


def test_next_year_only_what_is_recorded_or_cancelled(planned, make_site, team, on_day):
    visit = planned(make_site(), day(6, 1))
    on_day(2018, 1, 2)
    answers = {action: why_not_visit_action(team.own, visit, action, "理由") for action in VisitAction.values}
    assert {action for action, refusal in answers.items() if refusal is None} == {
        "carry_out",
        "cancel",
        "reopen",
    }


# --- pages ------------------------------------------------------------------------------------------------


def test_list_and_calendar_take_as_many_queries_for_thirty_as_for_one(
    planned,
    make_site,
    people,
    team,
    django_assert_num_queries,
):
    client, month = client_of(people.office), reverse("supervision:plan_calendar") + "?month=2017-06"
    planned(make_site("点0"), day(6, 1))
    for rows in (1, 30):
        client.get(LIST), client.get(month)
        with django_assert_num_queries(QUERIES["list"]):
            assert f"{rows} entr" in say(client.get(LIST))
        with django_assert_num_queries(QUERIES["calendar"]):
            assert say(client.get(month)).count('class="day-visit') == rows
        for number in range(1, 30 if rows == 1 else 1):
            planned(make_site(f"点{number}"), day(6, 1 + number))
    assert client.get(LIST, {"export": "xlsx"}).status_code == 200


QUERIES = {"list": 27, "calendar": 9, "unvisited": 15}


def test_progress_by_area_opens_the_rows_behind_each_number(
    planned,
    recorded,
    make_site,
    people,
    team,
    on_day,
    xiangtan,
):
    sites = [make_site(f"点{number}") for number in range(4)]
    planned(sites[0], day(5, 25))
    planned(sites[1], day(6, 10))
    visit = planned(sites[2], day(5, 30))
    recorded(sites[2], day(5, 22), planned=visit)
    recorded(sites[3], day(5, 22))
    on_day(2017, 6, 1)
    client = client_of(people.office)
    rows = {row.area.name: row for row in client.get(LIST).context["progress"]}
    county = rows["湘潭县"]
    names = ("planned", "done", "coming", "overdue", "recorded", "unvisited")
    assert [getattr(county, name).count for name in names] == [3, 1, 1, 1, 2, 2]
    assert (county.sites, len(rows)) == (4, 8)
    shown = {
        name: client.get(getattr(county, name).url).context["listing"].page.paginator.count for name in names
    }
    # The list of the plan shows cancelled visits too; none is cancelled here.
    assert shown == {name: getattr(county, name).count for name in names}
    own = client_of(team.own).get(LIST).context["progress"]
    assert [row.area.name for row in own] == ["湘潭县"]


def test_sites_not_visited_with_the_days_planned(
    planned,
    recorded,
    make_site,
    people,
    xiangtan,
    django_assert_num_queries,
):
    url, client = reverse("supervision:unvisited"), client_of(people.office)
    planned(make_site("点0"), day(6, 1))
    recorded(make_site("去过"), day(5, 22))
    client.get(url)
    with django_assert_num_queries(QUERIES["unvisited"]):
        content = say(client.get(url))
    assert ("点0" in content, "去过" in content, "2017-06-01" in content) == (True, False, True)
    for number in range(1, 30):
        planned(make_site(f"点{number}"), day(6, 1))
    with django_assert_num_queries(QUERIES["unvisited"]):
        assert "30 entries" in say(client.get(url))


def test_a_month_shows_each_day_of_a_visit_and_what_is_overdue(planned, make_site, people, on_day):
    planned(make_site("甲"), day(5, 30), day(6, 2))
    on_day(2017, 6, 5)
    url = reverse("supervision:plan_calendar")
    weeks = client_of(people.office).get(url).context["weeks"]
    days = {cell.day: cell for week in weeks for cell in week}
    assert [key for key, cell in sorted(days.items()) if cell.visits] == [
        day(5, 30), day(5, 31), day(6, 1), day(6, 2),
    ]  # fmt: skip
    assert days[day(6, 1)].visits[0].standing_word == "Overdue"
    assert [cell.day for cell in days.values() if cell.today] == [day(6, 5)]
    assert days[day(5, 30)].works is False  # the day after the Dragon Boat Festival, off in 2017
    assert client_of(people.office).get(url, {"month": "garbage", "group": "x"}).status_code == 200
    assert month_of("0001-01", day(6, 5)) == day(6, 1)


def test_planning_on_the_pages(team, people, make_site):
    site, client = make_site(), client_of(team.own)
    url = reverse("supervision:visit_new", args=[team.own_group.pk])
    both = {"site": site.pk, "unit": site.unit_id, "from_day": "2017-06-01"}
    assert "either a site or a unit" in say(client.post(url, both))
    client.post(url, {"site": site.pk, "from_day": "2017-06-01", "purpose": "看台账"})
    visit = PlannedVisit.objects.get()
    page = reverse("supervision:visit", args=[visit.pk])
    assert "看台账" in say(client.get(page))
    move = reverse("supervision:visit_move", args=[visit.pk])
    assert "before the first" in say(client.post(move, {"from_day": "2017-06-05", "to_day": "2017-06-01"}))
    client.post(move, {"from_day": "2017-06-05", "to_day": "2017-06-07"})
    visit.refresh_from_db()
    assert (visit.from_day, visit.to_day) == (day(6, 5), day(6, 7))
    assert "nothing left to plan" in say(client.get(LIST))
    assert "Propose the visits<" not in say(client.get(LIST))
    make_site("点2")
    assert "1 visit to plan" in say(client.get(LIST))
    assert "Propose the visits<" in say(client.get(LIST))
    client.post(reverse("supervision:plan_year", args=[team.own_group.pk]))
    assert PlannedVisit.objects.count() == 2
    cancel = reverse("supervision:visit_cancel", args=[visit.pk])
    assert "This field is required" in say(client.post(cancel, {"reason": ""}))
    client.post(cancel, {"reason": "合并"})
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert "Put on these days" not in say(client.get(page))


def test_neighbours_see_no_plan_and_readers_no_buttons(planned, make_site, people, team):
    visit = planned(make_site(), day(6, 1))
    page, new = (
        reverse("supervision:visit", args=[visit.pk]),
        reverse("supervision:visit_new", args=[team.own_group.pk]),
    )
    for name in ("neighbour", "other_city", "other_county", "nobody"):
        client = client_of(getattr(people, name))
        assert client.get(page).status_code == client.get(new).status_code == 404
        assert client.get(LIST).context["listing"].page.paginator.count == 0
    assert client_of(team.other).get(page).status_code == 404
    for name in ("county", "leader"):
        client = client_of(getattr(people, name))
        assert "Put on these days" not in say(client.get(page))
        assert client.get(new).status_code == 404
        client.post(reverse("supervision:visit_cancel", args=[visit.pk]), {"reason": "不去"})
        client.post(reverse("supervision:plan_year", args=[team.own_group.pk]))
    visit.refresh_from_db()
    assert (visit.state, PlannedVisit.objects.count()) == ("planned", 1)


# --- to-dos, reminders, feed ------------------------------------------------------------------------------


def test_what_waits_for_members(planned, make_site, team, people, on_day):
    late, soon, far = (
        planned(make_site(f"点{n}"), d) for n, d in enumerate((day(5, 23), day(6, 7), day(6, 8)))
    )
    on_day(2017, 5, 31)
    # The first reminder comes five working days before: 1, 2, 5, 6 and 7 June.
    assert [(todo.text, todo.due) for todo in waiting_for(team.own)] == [
        ("Record, put off or take off the plan: 点0", late.to_day),
        ("Visit 点1", soon.to_day),
    ]
    assert waiting_for(team.other) == waiting_for(people.office) == waiting_for(people.county) == []
    assert list(planned_visits_of(team.own)) == [late, soon, far]
    assert list(planned_visits_of(people.office)) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_the_members_to_dos_cost_two_queries(
    planned,
    make_site,
    team,
    django_assert_num_queries,
    rows,
):
    for number in range(rows):
        planned(make_site(f"点{number}"), day(5, 23))
    team.own.refresh_from_db()
    waiting_for(team.own)
    with django_assert_num_queries(2):
        assert len(waiting_for(team.own)) == rows


def test_reminders_go_to_members_else_to_the_office(planned, make_site, team, people):
    visit = planned(make_site(), day(6, 1), day(6, 2))
    duty = next(iter(visits_owed()))
    assert (duty.key, duty.kind, duty.due_on, duty.stages) == (
        f"visit:{visit.pk}:2017-06-02", "visit", day(6, 2), (5, 1),
    )  # fmt: skip
    assert [owed.user for owed in duty.owed_by] == [team.own]
    assert str(duty.owed_by[0].why) == f"You belong to {team.own_group}, which carries it out."
    leave_group(actor=people.office, membership=team.own_group.memberships.get())
    assert [owed.user for owed in next(iter(visits_owed())).owed_by] == [people.office]
    cancel_visit(actor=people.office, visit=visit, reason="取消")
    assert list(visits_owed()) == []


def test_the_days_of_meetings_move_with_the_year(xiangtan, people, on_day):
    on_day(2018, 1, 10)
    following = next_cycle(
        actor=people.office, cycle=xiangtan.cycle, scheme_title="方案", scheme_number="潭市统通〔2018〕1号",
        scheme_issued_on=day(1, 5, 2018), approval_basis="-", approved_by="市委", approval_number="-",
        approval_valid_until=None,
    )  # fmt: skip
    meetings = {row["code"]: row for row in following.supervision["meetings"]}
    assert meetings["promotion_meeting"]["starts_on"] == "2018-06-01"
    assert meetings["promotion_meeting"]["due_on"] == "2018-06-30"
    assert "due_on" not in meetings["joint_conference"]
    assert following.supervision["checklists"] == xiangtan.cycle.supervision["checklists"]
    assert {row["code"]: row for row in xiangtan.cycle.supervision["meetings"]}["promotion_meeting"][
        "due_on"
    ] == "2017-06-30"


def test_a_second_member_plans_for_the_same_group(team, people, xiangtan, make_site, make_user):
    second = make_user("second", None, xiangtan.city)
    join_group(actor=people.office, group=team.own_group, user=second, valid_from=clock.today())
    visit = plan_visit(
        actor=second, group=team.own_group, cycle=xiangtan.cycle, target=make_site(), from_day=day(6, 1)
    )
    move_visit(actor=team.own, visit=visit, from_day=day(6, 2))
    assert visit.from_day == day(6, 2)
