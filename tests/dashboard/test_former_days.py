"""Days that were moved: a past day is asked about the day that held then, to the last second of the day."""

import copy
import datetime
import importlib

import pytest
from django.apps import apps
from django.utils import timezone, translation

from accounts import clock
from applications.models import SchemeDay
from dashboard.sections import ROW_SETS, milestones
from programmes.files import ProgrammeFile
from programmes.services import load_file
from sites.as_of import end_of
from supervision.models import Finding, FindingDay, Task, TaskDay
from supervision.services.coordination import ask_extension, decide_extension
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.tasks import move_task
from tests.conftest import xiangtan_file
from tests.dashboard.year import Year
from tests.dashboard.year_figures import asked, figures

DAY = datetime.date


@pytest.fixture
def year(xiangtan, people, make_site, make_user):
    """The year with more days for finding 1 after its first second look, on 20 June, set 30 June."""
    scene = Year(xiangtan, people, make_site, make_user)

    def more_time():
        finding = Finding.objects.get(pk=scene.findings[0].pk)
        wish = ask_extension(actor=people.county, finding=finding, until=DAY(2017, 7, 5), reason="等待材料")
        decide_extension(actor=scene.member, extension=wish, granted=True, reason="同意")

    def sent_back():
        finding = Finding.objects.get(pk=scene.findings[0].pk)
        report_finding(actor=people.county, finding=finding, text="已修好")
        recheck_finding(
            actor=scene.member,
            finding=finding,
            checked_on=clock.today(),
            is_settled=False,
            note="仍在漏雨",
            due_on=DAY(2017, 7, 14),
        )

    translation.activate("en")
    scene.play(((6, 22, more_time), (7, 6, sent_back)))
    return scene


def due_on(year, *day) -> tuple:
    """The day finding 1 was due, and the days it was overdue, asked as of a day of 2017."""
    rows = ROW_SETS["findings"]
    found = rows.rows(asked(year.people.leader, DAY(2017, *day)), {}).get(pk=year.findings[0].pk)
    return (found.due_then.month, found.due_then.day), rows.columns[-1].value(found)


def test_a_day_set_by_a_second_look_is_known_after_it_was_moved_again(year):
    """Recorded on 25 May for 8 June; reopened on 20 June until the 30th; on the 22nd put off until 5 July; reopened on
    6 July until the 14th."""
    assert due_on(year, 5, 25) == due_on(year, 6, 8) == ((6, 8), 0)
    assert due_on(year, 6, 9) == ((6, 8), 1)
    assert due_on(year, 6, 19) == ((6, 8), 0)  # reported on the 14th
    assert due_on(year, 6, 20) == due_on(year, 6, 21) == ((6, 30), 0)
    assert due_on(year, 6, 22) == due_on(year, 7, 5) == ((7, 5), 0)
    assert due_on(year, 7, 6) == due_on(year, 7, 14) == ((7, 14), 0)
    assert due_on(year, 7, 15) == ((7, 14), 1)


def test_what_is_moved_before_midnight_counts_on_the_day(year):
    row = FindingDay.objects.get(due_on=DAY(2017, 6, 30))
    row.until = end_of(DAY(2017, 6, 22))
    row.save()
    assert due_on(year, 6, 22) == ((7, 5), 0)
    row.until += datetime.timedelta(microseconds=1)
    row.save()
    assert timezone.localtime(row.until).strftime("%d %H:%M") == "23 00:00"
    assert due_on(year, 6, 22) == ((6, 30), 0)
    assert due_on(year, 6, 23) == ((7, 5), 0)


def test_an_upgrade_brings_along_what_is_on_record(year):
    """First days and what was granted are; which day a second look set is not: the next one known stands for it."""
    written = set(FindingDay.objects.values_list("finding", "due_on"))
    FindingDay.objects.all().delete()
    importlib.import_module("supervision.migrations.0003_former_days").carry_days(apps, None)
    carried = set(FindingDay.objects.values_list("finding", "due_on"))
    assert written - carried == {(year.findings[0].pk, DAY(2017, 6, 30))}
    assert carried < written
    assert due_on(year, 6, 9) == ((6, 8), 1)
    assert due_on(year, 6, 21) == ((7, 5), 0)
    assert due_on(year, 7, 15) == ((7, 14), 1)


def line(people, day, row, place) -> tuple:
    """Not yet done by, and late, of a row of the dates of the year."""
    found = figures(milestones.section(asked(people.leader, DAY(2017, *day))), place)[row]
    return found["Not yet done by"], found["Late"]


def test_a_task_that_was_moved_was_late_before(xiangtan, people, on_day):
    """The plan of the year is due on 16 June; of 韶山市 on 1 June moved to the 9th, and on the 15th to the 30th."""
    translation.activate("en")
    task = Task.objects.get(unit=xiangtan.areas["韶山市"], code="plan")
    on_day(2017, 6, 1)
    move_task(actor=people.office, task=task, due_on=DAY(2017, 6, 9), reason="提前")
    on_day(2017, 6, 15)
    move_task(actor=people.office, task=task, due_on=DAY(2017, 6, 30), reason="推迟")
    on_day(2017, 9, 1)
    assert set(TaskDay.objects.values_list("due_on", flat=True)) == {DAY(2017, 6, 16), DAY(2017, 6, 9)}
    row = "Plan of the county or park for the year"
    assert [line(people, day, row, 1) for day in ((6, 9), (6, 10), (6, 14), (6, 15), (6, 16), (6, 17))] == [
        (8, 0), (8, 1), (8, 1), (8, 0), (8, 0), (8, 7),
    ]  # fmt: skip
    assert line(people, (7, 1), row, 1) == (8, 8)


def test_a_date_of_the_scheme_a_newer_file_moved_stands_as_it_was(xiangtan, people, on_day):
    """The promotion meeting is due on 30 June; the file of the 3rd says the 10th, that of the 20th the end of July."""
    translation.activate("en")
    for day, promotion in ((3, "2017-06-10"), (20, "2017-07-31")):
        data = copy.deepcopy(xiangtan_file().data)
        for row in (*data["cycle"]["milestones"], *data["cycle"]["supervision"]["meetings"]):
            if row["code"] in ("promotion", "promotion_meeting"):
                row["due_on"] = promotion
        on_day(2017, 6, day)
        assert load_file(ProgrammeFile(xiangtan_file().path, data)).wrote
        assert not load_file(ProgrammeFile(xiangtan_file().path, data)).wrote
    assert SchemeDay.objects.count() == 4  # the date and the kind of meeting, twice each
    on_day(2017, 9, 1)
    found = {
        day: (
            figures(milestones.section(asked(people.leader, DAY(2017, *day))))["Promotion meeting"][
                "Falls due"
            ],
            line(people, day, "Promotion meeting", 0),
        )
        for day in ((6, 2), (6, 3), (6, 10), (6, 11), (6, 20), (8, 1))
    }
    assert found == {
        (6, 2): ("30 June 2017 · 28 days left", (1, 0)),
        (6, 3): ("10 June 2017 · 7 days left", (1, 0)),
        (6, 10): ("10 June 2017 · today", (1, 0)),
        (6, 11): ("10 June 2017 · ended 1 day ago", (1, 1)),
        (6, 20): ("31 July 2017 · 41 days left", (1, 0)),
        (8, 1): ("31 July 2017 · ended 1 day ago", (1, 1)),
    }
