"""One's own reminders and why, the office's ledger, absences: who finds what, and what it costs."""

import datetime

import pytest
from django.urls import reverse

from accounts import clock
from notices.models import Absence, Reminder
from notices.reminding.calendar_duty import calendar_duties, waiting_for

DUE = datetime.date(2017, 5, 31)


@pytest.fixture
def remember(xiangtan):
    """remember(person, 3): so many rows of the ledger for a person."""

    def make(person, count, **fields):
        first = Reminder.objects.count()
        values = {
            "kind": "task",
            "subject": "年度计划",
            "why": "您是经办人",
            "due_on": DUE,
            "state": "delivered",
        } | fields
        Reminder.objects.bulk_create(
            Reminder(
                duty=f"t:{first + number}", stage=3, recipient=person, planned_for=DUE,
                planned_at=clock.now(), sent_at=clock.now(), **values,
            )
            for number in range(count)
        )  # fmt: skip

    return make


def rows(answer) -> list[tuple]:
    return [(row.recipient_id, row.subject) for row in answer.context["listing"].page]


def test_everybody_sees_the_own_reminders_and_why(client, people, remember):
    remember(people.county, 1)
    remember(people.neighbour, 1, subject="别人的")
    client.force_login(people.county)
    answer = client.get(reverse("notices:reminders"))
    assert rows(answer) == [(people.county.pk, "年度计划")]
    assert "您是经办人" in answer.content.decode()


def test_the_office_reads_the_ledger_of_its_own_city(client, people, remember):
    remember(people.county, 1)
    remember(people.other_county, 1, subject="邻市的")
    for person, expected in ((people.office, "年度计划"), (people.other_city, "邻市的")):
        client.force_login(person)
        answer = client.get(reverse("notices:reminder_ledger"))
        assert [subject for _person, subject in rows(answer)] == [expected]
    client.force_login(people.office)
    assert rows(client.get(reverse("notices:reminder_ledger"), {"q": "湘潭县", "state": "delivered"})) == [
        (people.county.pk, "年度计划")
    ]
    assert rows(client.get(reverse("notices:reminder_ledger"), {"state": "read"})) == []
    assert client.get(reverse("notices:reminder_ledger"), {"export": "xlsx"})["Content-Type"].endswith(
        "sheet"
    )


@pytest.mark.parametrize(("view", "queries"), [("notices:reminders", 7), ("notices:reminder_ledger", 8)])
def test_the_lists_cost_the_same_for_one_as_for_thirty(
    view, queries, client, people, remember, django_assert_num_queries
):
    client.force_login(people.office)
    remember(people.office, 1)
    client.get(reverse(view))
    with django_assert_num_queries(queries):
        client.get(reverse(view), {"sort": "-due_on"})
    remember(people.office, 29)
    with django_assert_num_queries(queries):
        client.get(reverse(view), {"sort": "-due_on"})


def test_absences_are_entered_and_ended_on_the_page(client, people, on_day):
    on_day(2017, 5, 22)
    client.force_login(people.county)
    page = reverse("notices:absences")
    days = {"from_day": "2017-05-29", "to_day": "2017-06-02"}
    assert client.post(page, days | {"deputy": people.neighbour.pk}).status_code == 200
    assert client.post(page, days | {"deputy": people.office.pk}).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.deputy, absence.entered_by) == (people.county, people.office, people.county)
    # A neighbour neither sees nor ends it; nor may a county enter one for another.
    client.force_login(people.neighbour)
    assert client.post(reverse("notices:absence_end", args=[absence.pk])).status_code == 404
    assert client.get(page, {"person": people.county.pk}).status_code == 404
    client.force_login(people.office)
    assert client.get(page, {"person": people.county.pk}).context["person"] == people.county
    client.post(reverse("notices:absence_end", args=[absence.pk]))
    absence.refresh_from_db()
    assert absence.ended_at is not None


def test_the_page_says_when_nobody_can_deputise(client, people):
    client.force_login(people.office)
    client.cookies["django_language"] = "en"
    page = reverse("notices:absences")
    assert "There is nobody who could deputise" in client.get(page).content.decode()
    assert "There is nobody" not in client.get(page, {"person": people.assessor.pk}).content.decode()


@pytest.mark.parametrize(
    ("today", "missing"),
    [((2030, 10, 31), []), ((2030, 11, 1), [2031]), ((2031, 3, 31), [2031]), ((2031, 4, 1), [])],
)
def test_from_november_on_the_coming_years_calendar_is_asked_for(today, missing, people, on_day):
    on_day(*today)
    assert [int(duty.key.split(":")[1]) for duty in calendar_duties()] == missing
    for person in (people.office, people.system_admin):
        assert len(waiting_for(person)) == len(missing)
    assert waiting_for(people.county) == []
    for duty in calendar_duties():
        assert {owed.user.username for owed in duty.owed_by} == {"office", "sysadmin", "othercity"}
