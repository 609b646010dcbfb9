"""The reminders before 31 May: who still owes, on which day, never twice."""

import datetime

import pytest

from applications.enums import ApplicationState
from applications.models import Application
from applications.reminders import owes_application, remind_of_deadline, stage_due
from applications.services import grant_extension, submit
from applications.tasks import remind_deadlines
from notices.models import Message

DUE = datetime.date(2017, 5, 31)


def sent_to(person) -> list[str]:
    return list(Message.objects.filter(recipient=person).order_by("id").values_list("subject", flat=True))


# 27 May 2017 was a working Saturday, 28 to 30 May the Dragon Boat days off: counted back from 31 May the working
# days are 27, 26, 25, 24, 23, 22, 19, 18, 17, 16.
@pytest.mark.parametrize(
    ("day", "stage"), [(15, None), (16, 10), (24, 10), (25, 3), (26, 3), (27, 1), (28, 1), (31, 1)]
)
def test_stages_count_working_days(day, stage, xiangtan):
    assert stage_due(DUE, [10, 3, 1], datetime.date(2017, 5, day)) == stage


def test_nothing_after_the_end(xiangtan):
    assert stage_due(DUE, [10, 3, 1], datetime.date(2017, 6, 1)) is None


def test_only_who_owes_is_reminded_and_only_once(draft, fill, people, xiangtan, on_day):
    on_day(2017, 5, 26)
    remind_deadlines()
    remind_deadlines()
    assert len(sent_to(people.county)) == 1
    assert len(sent_to(people.neighbour)) == 1
    assert sent_to(people.office) == sent_to(people.leader) == sent_to(people.other_county) == []
    # 湘潭县 fills both its places; its neighbour does not.
    city = submit(actor=people.county, application=fill(draft(), people.county))
    places = xiangtan.cycle.places.filter(area=xiangtan.areas["湘潭县"], level=xiangtan.levels["province"])
    Application.objects.filter(pk=city.pk).update(state=ApplicationState.ACCEPTED)
    province = Application.objects.create(
        cycle=xiangtan.cycle, site=city.site, level=xiangtan.levels["province"], area=city.area, number="省级",
        state=ApplicationState.SUBMITTED, created_by=people.county, created_at=city.created_at,
    )  # fmt: skip
    places.update(application=province)
    assert not owes_application(xiangtan.cycle, xiangtan.areas["湘潭县"])
    on_day(2017, 5, 27)
    remind_deadlines()
    assert len(sent_to(people.county)) == 1
    assert len(sent_to(people.neighbour)) == 2


def test_days_missed_are_caught_up_with_one_message(people, on_day):
    on_day(2017, 5, 30)  # the worker was down since before the first stage
    assert remind_deadlines() == 2
    assert len(sent_to(people.county)) == 1


def test_the_office_gets_the_list_of_the_late_once(people, xiangtan, on_day):
    on_day(2017, 6, 1)
    remind_deadlines()
    on_day(2017, 6, 2)
    remind_deadlines()
    message = Message.objects.get(recipient=people.office)
    assert message.body == "湘潭县、湘乡市、韶山市、雨湖区、岳塘区、高新区、经开区、昭山示范区"
    assert sent_to(people.county) == []


def test_an_extended_area_is_reminded_of_its_own_day(people, xiangtan, on_day):
    grant_extension(
        actor=people.office, cycle=xiangtan.cycle, area=xiangtan.areas["湘潭县"],
        until=datetime.date(2017, 6, 9), reason="洪灾",
    )  # fmt: skip
    Message.objects.all().delete()
    on_day(2017, 6, 8)
    assert remind_of_deadline(xiangtan.cycle) == 1
    assert "2017年6月9日" in sent_to(people.county)[0]
    assert sent_to(people.neighbour) == []
