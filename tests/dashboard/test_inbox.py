"""The first page after signing in: exactly what waits for that person, the most urgent first."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.services import grant_role
from applications.models import Cycle
from applications.services import grant_extension, grant_extra_place
from assessments.models import Assessment, IndicatorSet, ScoreSheet
from notices.models import Message
from notices.services import notify
from sites.services import register_plaque
from supervision.models import Task
from tests.applications.conftest import png

INBOX = reverse("dashboard:inbox")


@pytest.fixture
def waiting(client_of):
    """waiting(user): what the page says waits for the person: (text, day, words)."""

    def do(user):
        found = client_of(user).get(INBOX).context["waiting"]
        return [
            (item.todo.text, item.due and item.due.day.isoformat(), item.due and item.due.words)
            for item in found
        ]

    return do


@pytest.fixture
def assess(xiangtan):
    """assess(application, assessor): an open assessment with a score sheet for the assessor."""

    def do(application, assessor):
        assessment = Assessment.objects.create(
            application=application,
            indicator_set=IndicatorSet.objects.get(category=application.site.category),
            started_at=timezone.now(),
        )
        return ScoreSheet.objects.create(assessment=assessment, assessor=assessor, assigned_at=timezone.now())

    return do


@pytest.fixture
def only_applications(xiangtan):
    """No meeting is owed and no task is given: what waits of them is tested in tests/supervision."""
    Task.objects.all().delete()
    Cycle.objects.update(supervision=xiangtan.cycle.supervision | {"meetings": []})


@pytest.fixture
def scene(people, make_site, file, assess, xiangtan, day, only_applications):
    """湘潭县: a draft, two returned, one submitted, a claimed plaque; 韶山市: one being assessed."""
    sites = {name: make_site(name) for name in "甲乙丙丁"} | {"己": make_site("己", area="韶山市")}
    file(sites["甲"], "city", "draft")
    file(sites["乙"], "city", "returned", correct_by=day("2017-06-05"))
    file(sites["丙"], "province", "returned", correct_by=day("2017-05-25"))
    file(sites["丁"], "province", "submitted")
    assess(file(sites["己"], "city", "accepted"), people.assessor)
    register_plaque(
        actor=people.county,
        site=sites["甲"],
        level=xiangtan.levels["city"],
        number="潭同社〔2015〕3号",
        awarded_on=day("2015-11-20"),
        paper=png(),
    )
    return sites


def test_county_staff_sees_drafts_and_returns_by_their_last_day(scene, people, waiting, on_day):
    assert waiting(people.county) == [
        ("Correct and resubmit: 丙 (Province level)", "2017-05-31", "9 days left"),
        ("Finish and submit: 甲 (City level)", "2017-05-31", "9 days left"),
        ("Correct and resubmit: 乙 (City level)", "2017-06-05", "14 days left"),
    ]
    on_day(2017, 6, 3)
    assert waiting(people.county) == [
        ("Correct and resubmit: 丙 (Province level)", "2017-05-31", "3 days overdue"),
        ("Finish and submit: 甲 (City level)", "2017-05-31", "3 days overdue"),
        ("Correct and resubmit: 乙 (City level)", "2017-06-05", "2 days left"),
    ]


def test_the_office_sees_papers_to_check_plaques_to_confirm_and_open_assessments(scene, people, waiting):
    found = waiting(people.office)
    assert [line for line in found if line[0].startswith(("Check", "Confirm"))] == [
        ("Check the papers: 丁 (Province level)", None, None),
        ("Confirm an earlier plaque: 甲 (City level)", None, None),
    ]
    # What has a day comes before what has none.
    days = [day for _text, day, _words in found]
    assert days == sorted(days, key=lambda day: day or "9999")


def test_an_assessor_sees_the_own_sheet_and_nobody_elses(scene, people, waiting, client_of):
    assert waiting(people.assessor) == [("Assess: 己 (City level)", "2017-11-30", "192 days left")]
    assert waiting(people.assessor2) == []
    page = client_of(people.assessor).get(INBOX)
    assert page.context["sheets"] == (0, 1)
    assert "0 of 1 handed in" in page.content.decode()
    page = client_of(people.assessor2).get(INBOX)
    assert page.context["sheets"] == (0, 0)
    assert "No site has been given to you to assess yet." in page.content.decode()


@pytest.mark.parametrize(
    "who", ["neighbour", "leader", "auditor", "system_admin", "security_admin", "other_city", "other_county"]
)
def test_nothing_of_this_waits_for_anybody_else(who, scene, people, waiting, client_of):
    person = getattr(people, who)
    assert waiting(person) == []
    assert "Nothing waits for you." in client_of(person).get(INBOX).content.decode()


def test_a_person_without_a_role_is_told_whom_to_ask(people, client_of):
    page = client_of(people.nobody).get(INBOX).content.decode()
    assert "Your account has no role yet" in page
    assert "Nothing waits for you" not in page


def test_county_staff_sees_deadline_and_quota(scene, people, client_of):
    page = client_of(people.county).get(INBOX)
    (year,) = page.context["years"]
    (desk,) = year.desks
    assert (desk.area.name, desk.deadline.day.isoformat(), desk.is_extended) == (
        "湘潭县",
        "2017-05-31",
        False,
    )
    assert [
        (use.quota.level.code, use.quota.taken, use.quota.places, use.quota.extra) for use in desk.quotas
    ] == [("city", 1, 1, 0), ("province", 1, 1, 0)]
    text = page.content.decode()
    assert text.count("1 of 1 used") == 2
    assert "9 days left" in text
    assert "6 working days" in text
    assert reverse("sites:new") in text
    assert year.counts == []


def test_an_extension_and_an_extra_place_are_told(scene, people, xiangtan, client_of, day):
    county = xiangtan.areas["湘潭县"]
    grant_extension(
        actor=people.office, cycle=xiangtan.cycle, area=county, until=day("2017-06-06"), reason="汛期"
    )
    grant_extra_place(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=xiangtan.levels["city"],
        area=county,
        reason="考察认可",
    )
    page = client_of(people.county).get(INBOX)
    desk = page.context["years"][0].desks[0]
    assert (desk.deadline.day.isoformat(), desk.is_extended) == ("2017-06-06", True)
    text = page.content.decode()
    assert "Extended for you by the leadership office" in text
    assert "extended to 6 June 2017 · 15 days left" in text
    assert "1 of 2 used" in text
    assert "1 extra place" in text
    assert "Extended" not in client_of(people.neighbour).get(INBOX).content.decode()


def test_an_area_with_a_later_day_is_not_told_that_it_is_over(people, xiangtan, client_of, day, on_day):
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["湘潭县"],
        until=day("2017-06-06"),
        reason="汛期",
    )
    on_day(2017, 6, 3)
    text = client_of(people.county).get(INBOX).content.decode()
    assert "extended to 6 June 2017 · 3 days left" in text
    assert "ended 3 days ago" not in text
    assert "ended 3 days ago" in client_of(people.neighbour).get(INBOX).content.decode()


def test_of_two_areas_only_one_has_a_later_day(people, xiangtan, make_user, client_of, day, on_day):
    both = make_user("both", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    grant_role(actor=None, user=both, role=Role.UNIT_STAFF, unit=xiangtan.areas["韶山市"])
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["韶山市"],
        until=day("2017-06-06"),
        reason="汛期",
    )
    on_day(2017, 6, 3)
    filing = client_of(both).get(INBOX).context["years"][0].dates[0]
    assert [(own.area.name, own.due.days) for own in filing.own] == [("韶山市", 3)]
    assert (filing.is_over, filing.is_replaced) == (False, False)


def test_applying_comes_first_and_only_while_one_may(people, xiangtan, client_of, on_day):
    def buttons():
        text = client_of(people.county).get(INBOX).content.decode()
        return [text.find(">Choose a site and apply<"), text.find(">Register a site<")], text

    (apply, register), text = buttons()
    assert 0 < apply < register
    on_day(2017, 6, 1)
    (apply, register), text = buttons()
    assert (apply, register > 0) == (-1, True)
    assert "The last day for filing was 31 May 2017. The leadership office can grant an extension." in text


def test_the_quota_opens_the_applications_that_take_it(scene, people, client_of):
    client = client_of(people.county)
    desk = client.get(INBOX).context["years"][0].desks[0]
    for use in desk.quotas:
        assert client.get(use.url).context["listing"].page.paginator.count == use.quota.taken == 1


def test_staff_of_two_areas_has_two_desks_and_both_lists(scene, xiangtan, people, make_user, file, client_of):
    both = make_user("both", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    grant_role(actor=None, user=both, role=Role.UNIT_STAFF, unit=xiangtan.areas["韶山市"])
    file(scene["己"], "province", "draft")
    page = client_of(both).get(INBOX)
    assert [desk.area.name for desk in page.context["years"][0].desks] == ["湘潭县", "韶山市"]
    assert [item.todo.text[-18:] for item in page.context["waiting"]].count("己 (Province level)"[-18:]) == 1
    assert len(page.context["waiting"]) == 4


@pytest.mark.parametrize("who", ["office", "leader"])
def test_office_and_leaders_see_counts_that_open_their_lists(who, scene, people, client_of):
    client = client_of(getattr(people, who))
    (year,) = client.get(INBOX).context["years"]
    assert year.desks == []
    assert [(label, number.count) for label, number in year.counts] == [
        ("Submitted", 1),
        ("Returned for correction", 2),
        ("Accepted", 1),
        ("Plaque awarded", 0),
    ]
    for _label, number in year.counts:
        assert client.get(number.url).context["listing"].page.paginator.count == number.count


@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        ("auditor", ["accounts:audit"]),
        ("system_admin", ["accounts:users", "notices:calendar"]),
        ("security_admin", ["accounts:users"]),
        ("county", []),
        ("leader", []),
    ],
)
def test_those_who_look_after_the_system_are_shown_their_pages(who, addresses, people, client_of):
    pointers = client_of(getattr(people, who)).get(INBOX).context["pointers"]
    assert [url for _text, url in pointers] == [reverse(address) for address in addresses]


def test_no_open_year_is_said_in_words(people, xiangtan, client_of):
    type(xiangtan.cycle).objects.update(state="closed")
    for person in (people.county, people.office):
        page = client_of(person).get(INBOX)
        assert page.context["years"] == []
        assert "No year is open" in page.content.decode()


def test_only_the_last_five_unread_messages_of_ones_own(people, client_of):
    for number in range(7):
        notify(recipients=[people.county], subject=f"消息{number}", url="/")
    notify(recipients=[people.neighbour], subject="别人的消息", url="/")
    Message.objects.filter(subject="消息6").update(read_at=timezone.now())
    page = client_of(people.county).get(INBOX)
    assert [message.subject for message in page.context["unread"]] == [f"消息{n}" for n in (5, 4, 3, 2, 1)]
    assert "See all 6 unread messages" in page.content.decode()


def test_strangers_are_sent_to_sign_in(db):
    assert Client().get(INBOX).url == f"{reverse('accounts:login')}?next={INBOX}"


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("who", "state", "queries"),
    [
        ("county", "draft", 35),
        ("office", "submitted", 38),
        ("leader", "submitted", 19),
        ("assessor", "accepted", 14),
    ],
)
def test_the_first_page_costs_the_same_whatever_waits(
    rows, who, state, queries, people, make_site, file, assess, client_of, django_assert_num_queries
):
    for number in range(rows):
        application = file(make_site(f"点{number}"), "city", state)
        if state == "accepted":
            assess(application, people.assessor)
    client = client_of(getattr(people, who))
    # Beside the applications: the county's first task and its joint conference, the office's promotion meeting.
    beside = {"county": 2, "office": 1, "leader": -rows}.get(who, 0)
    assert len(client.get(INBOX).context["waiting"]) == rows + beside
    with django_assert_num_queries(queries):
        client.get(INBOX)


def test_nothing_is_overdue_on_the_last_day_itself(scene, people, waiting, on_day):
    on_day(2017, 5, 31)
    assert [words for _text, day, words in waiting(people.county) if day == "2017-05-31"] == [
        "today",
        "today",
    ]
