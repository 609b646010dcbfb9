"""The reminders before 31 May: who still owes, on which day, never twice."""

import datetime
from types import SimpleNamespace

import pytest

from accounts import clock
from applications.enums import ApplicationState
from applications.models import Application
from applications.reminders import areas_that_owe, filing_duties, office_duties
from applications.services import grant_extension, return_for_correction, submit
from notices.duties import one_round
from notices.models import Digest, Message, Reminder
from notices.tasks import send_reminders


def reminded(person, kind="application") -> list[tuple]:
    """(day of the digest, stage, due) of what a person got."""
    rows = Reminder.objects.filter(recipient=person, kind=kind, digest__message__isnull=False)
    return list(rows.order_by("id").values_list("digest__day", "stage", "due_on"))


def day(month, number):
    return datetime.date(2017, month, number)


DUE = day(5, 31)


def test_only_who_owes_is_reminded_and_only_once(draft, fill, people, xiangtan, on_day):
    on_day(2017, 5, 25)
    send_reminders()
    send_reminders()
    assert reminded(people.county) == reminded(people.neighbour) == [(day(5, 25), 3, DUE)]
    assert reminded(people.leader) == reminded(people.other_county) == []
    # 湘潭县 fills both its places; its neighbour does not.
    city = submit(actor=people.county, application=fill(draft(), people.county))
    places = xiangtan.cycle.places.filter(area=xiangtan.areas["湘潭县"], level=xiangtan.levels["province"])
    Application.objects.filter(pk=city.pk).update(state=ApplicationState.ACCEPTED)
    province = Application.objects.create(
        cycle=xiangtan.cycle, site=city.site, level=xiangtan.levels["province"], area=city.area, number="省级",
        state=ApplicationState.SUBMITTED, created_by=people.county, created_at=city.created_at,
    )  # fmt: skip
    places.update(application=province)
    areas = list(xiangtan.areas.values())
    assert [area.name for area in areas_that_owe(xiangtan.cycle, areas)] == [
        "湘乡市", "韶山市", "雨湖区", "岳塘区", "高新区", "经开区", "昭山示范区"
    ]  # fmt: skip
    on_day(2017, 5, 27)
    send_reminders()
    assert reminded(people.county) == [(day(5, 25), 3, DUE)]
    assert reminded(people.neighbour) == [(day(5, 25), 3, DUE), (day(5, 27), 1, DUE)]


def test_days_missed_are_caught_up_with_one_message(people, on_day):
    on_day(2017, 5, 30)  # the worker was down since before the first stage
    send_reminders()
    assert reminded(people.county) == [(day(5, 30), 1, DUE)]
    assert Message.objects.filter(recipient=people.county).count() == 1


def test_an_area_without_staff_is_the_offices_matter(people, xiangtan, on_day):
    on_day(2017, 5, 31)
    send_reminders()
    told = Reminder.objects.filter(recipient=people.office, kind="application")
    assert [row.subject.split("：")[1][:3] for row in told.order_by("id")] == [
        "湘乡市", "雨湖区", "岳塘区", "高新区", "经开区", "昭山示"
    ]  # fmt: skip
    assert set(told.values_list("stage", flat=True)) == {0}


def test_the_office_hears_once_who_is_late(people, xiangtan):
    today = DUE
    while today < day(7, 10):
        today += datetime.timedelta(days=1)
        clock.set_today(today)
        send_reminders()
    # 1 June 2017 is a Thursday. Nothing can be handed in any more, so it stays at that.
    weeks = [(day(6, 1), -1, DUE)]
    assert reminded(people.county) == weeks
    # All eight areas are late.
    assert reminded(people.office) == [week for week in weeks for _area in range(8)]
    assert Digest.objects.filter(recipient=people.office, day=day(6, 1)).count() == 1


def test_an_extended_area_is_reminded_of_its_own_day(people, xiangtan, on_day):
    grant_extension(
        actor=people.office, cycle=xiangtan.cycle, area=xiangtan.areas["湘潭县"],
        until=day(6, 9), reason="洪灾",
    )  # fmt: skip
    on_day(2017, 6, 8)
    send_reminders()
    assert reminded(people.county) == [(day(6, 8), 1, day(6, 9))]
    assert reminded(people.neighbour) == [(day(6, 8), -1, DUE)]


def test_a_returned_form_is_its_own_duty_by_its_own_day(draft, fill, people, xiangtan, on_day):
    on_day(2017, 5, 31)
    application = submit(actor=people.county, application=fill(draft(), people.county))
    return_for_correction(actor=people.office, application=application, reason="缺页")
    # Ten working days after 31 May 2017: 14 June.
    [duty] = [duty for duty in filing_duties() if duty.kind == "correction"]
    assert (duty.due_on, duty.stages, duty.unit.name) == (day(6, 14), (3, 1, 0), "湘潭县")
    on_day(2017, 6, 9)
    send_reminders()
    assert reminded(people.county, "correction") == [(day(6, 9), 3, day(6, 14))]


def test_the_office_hears_before_the_approval_ends(people, xiangtan, on_day):
    """31 December 2017 is a Sunday; the tenth working day before it is 18 December."""
    [duty] = [duty for duty in office_duties() if duty.kind == "approval"]
    assert (duty.kind, duty.due_on, duty.stages) == ("approval", day(12, 31), (30, 10))
    on_day(2017, 12, 18)
    send_reminders()
    assert reminded(people.office, "approval") == [(day(12, 18), 10, day(12, 31))]


@pytest.mark.parametrize("kind", ["midyear_check", "promotion_meeting", "other"])
def test_other_dates_of_the_scheme_are_the_offices_and_never_overdue(kind, people, xiangtan):
    milestone = xiangtan.cycle.milestones.create(
        code="self", kind=kind, name="年中自查", due_on=day(7, 14), remind_before=[3, 1]
    )
    for number in (11, 13, 14, 17, 24):
        clock.set_today(day(7, number))
        send_reminders()
    # 14 July 2017 is a Friday.
    assert reminded(people.office, "milestone") == [(day(7, 11), 3, day(7, 14)), (day(7, 13), 1, day(7, 14))]
    assert milestone.due_on == day(7, 14)


def test_the_sources_ask_the_same_number_of_questions_for_one_area_as_for_many(
    people, xiangtan, make_user, draft, fill, django_assert_num_queries
):
    def ask():
        with one_round():
            return SimpleNamespace(filing=list(filing_duties()), office=list(office_duties()))

    with django_assert_num_queries(9):
        ask()
    for name, area in xiangtan.areas.items():
        for number in range(4):
            make_user(f"{name}{number}", "unit_staff", area)
    with django_assert_num_queries(9):
        found = ask()
    assert sum(len(duty.owed_by) for duty in found.filing) == 34
