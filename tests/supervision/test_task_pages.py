"""The task ledger and the pages of a task: what is shown, filtered, exported, printed, and who gets what."""

import datetime
import io
import shutil
import subprocess

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.models import Unit, User
from applications.models import Cycle
from supervision.enums import TaskState
from supervision.models import Task, TaskFile
from supervision.services.tasks import give_tasks, report_done, report_progress
from supervision.task_ledger import ledger_of
from supervision.task_selectors import tasks_for_list, with_words
from tests.applications.conftest import png

LIST_QUERIES = 19
PRINT_QUERIES = 15


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def plan(xiangtan):
    return Task.objects.get(code="plan", unit__name="湘潭县")


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(User.objects.get(pk=person.pk))
    return client


def say(answer) -> str:
    return answer.content.decode()


def url(name: str, *args) -> str:
    return reverse(f"supervision:{name}", args=args)


def test_the_ledger_takes_as_many_queries_for_240_as_for_24(people, xiangtan, django_assert_num_queries):
    client = client_of(people.office)
    client.get(url("tasks"))
    with django_assert_num_queries(LIST_QUERIES):
        assert "24 entries" in say(client.get(url("tasks")))
    for number in range(27):
        give_tasks(
            actor=people.office, cycle=xiangtan.cycle, units=list(xiangtan.areas.values()),
            title=f"任务{number}", due_on=datetime.date(2017, 8, 1), phase="supervision",
        )  # fmt: skip
    with django_assert_num_queries(LIST_QUERIES):
        assert "240 entries" in say(client.get(url("tasks")))
    with django_assert_num_queries(PRINT_QUERIES):
        assert client.get(url("task_ledger"), {"unit": xiangtan.areas["湘潭县"].pk}).status_code == 200


def test_totals_of_the_ledger_are_the_sums_of_its_parts(people, xiangtan, plan):
    clock.set_today(datetime.date(2017, 7, 20))
    report_done(actor=people.county, task=plan, text="完成")
    states = [TaskState.DONE, TaskState.CANCELLED, TaskState.OPEN]
    for number, task in enumerate(Task.objects.exclude(pk=plan.pk).order_by("pk")):
        Task.objects.filter(pk=task.pk).update(state=states[number % 3], progress=number * 4)
    rows = with_words(tasks_for_list(people.office))
    ledger = ledger_of(xiangtan.cycle, rows)
    counted = [task for task in rows if task.state != "cancelled"]
    for name in ("all", "done", "late"):
        by_unit = sum(getattr(one, name) for one in ledger.sums)
        by_phase = sum(getattr(phase.sum, name) for phase in ledger.phases)
        by_line = sum(getattr(line.sum, name) for phase in ledger.phases for line in phase.lines)
        assert getattr(ledger.sum, name) == by_unit == by_phase == by_line
    # By hand: 23 others in turn done, cancelled, open: 8, 8, 7; and 湘潭县's plan is reported.
    assert (ledger.sum.all, ledger.sum.done) == (len(counted), 8) == (16, 8)
    overdue = [task for task in counted if task.state == "open" and task.due_on < datetime.date(2017, 7, 20)]
    assert ledger.sum.late == len(overdue)
    assert ledger.sum.percent == sum(task.percent for task in counted) // 16


def test_filter_sort_search_and_the_words_of_lateness(people, xiangtan, plan):
    client = client_of(people.office)
    clock.set_today(datetime.date(2017, 6, 19))
    report_progress(actor=people.county, task=plan, progress=30, text="起草中")
    asked = {"overdue": "true", "unit": plan.unit_id}
    page = say(client.get(url("tasks"), asked))
    assert "1 entry" in page
    assert "3 days overdue" in page
    assert "起草中" in page
    found = {
        name: say(client.get(url("tasks"), query)).count('state-failed">Overdue<') > 0
        for name, query in {
            "initials": {"q": "xtx", "overdue": "true"},
            "phase": {"phase": "midyear"},
            "state": {"state": "open"},
            "other_unit": {"unit": xiangtan.areas["韶山市"].pk, "phase": "year_end"},
        }.items()
    }
    assert found == {"initials": True, "phase": False, "state": True, "other_unit": False}
    assert "8 entries" in say(client.get(url("tasks"), {"phase": "midyear", "sort": "-unit"}))
    assert "0 entries" in say(client_of(people.other_city).get(url("tasks")))


def test_the_workbook_holds_exactly_what_is_shown(people, plan):
    report_progress(actor=people.county, task=plan, progress=30, text="=起草中")
    client = client_of(people.office)
    answer = client.get(url("tasks"), {"unit": plan.unit_id, "sort": "-due", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[6] for row in rows[1:]] == ["2017-12-15", "2017-07-14", "2017-06-16"]
    assert rows[3][2:5] == (
        "Plan of the county or park for the year",
        "明确创建对象、共建单位、时间安排和责任人，报领导小组办公室。",
        str(plan.unit),
    )
    assert rows[3][7:] == (30, "Under way", "25 days left", "=起草中", "2017-05-22")


def test_the_printed_ledger_says_what_it_shows_and_of_which_day(people, xiangtan, plan, tmp_path):
    clock.set_today(datetime.date(2017, 6, 19))
    answer = client_of(people.office).get(url("task_ledger"), {"overdue": "true"})
    pdf = tmp_path / "ledger.pdf"
    pdf.write_bytes(b"".join(answer))
    assert answer["content-type"] == "application/pdf"
    text = subprocess.run(
        [shutil.which("pdftotext"), "-layout", pdf, "-"], capture_output=True, check=True
    ).stdout.decode()
    for words in (
        "2017年度任务台账",
        "数据截至：2017年6月19日",
        "潭市统通〔2017〕5号",
        "湘潭县",
        "昭山示范区",
        "3天",
        "0／8",
    ):
        assert words in text, words
    nothing = client_of(people.office).get(url("task_ledger"), {"q": "没有这样的任务"})
    assert nothing.status_code == 302


def test_a_task_on_its_pages_from_report_to_done(people, plan):
    county, office = client_of(people.county), client_of(people.office)
    page = url("task", plan.pk)
    assert "Report as done" in say(county.get(page))
    assert "Report as done" not in say(office.get(page))
    half = {"text": "起草", "progress": "50", "files": [png("一.png"), png("二.png")]}
    assert "50%" in say(county.post(url("task_report", plan.pk), half, follow=True))
    assert "field-error" in say(county.post(url("task_report", plan.pk), {"text": "", "progress": "120"}))
    assert TaskFile.objects.count() == 2
    refused = say(county.post(url("task_confirm", plan.pk), {}, follow=True))
    assert "This step is not possible" in refused
    done = say(county.post(url("task_report", plan.pk), {"text": "完成", "done": "1"}, follow=True))
    assert "Reported; Xiangtan confirms it." in done
    assert "Confirm as done" in say(office.get(page))
    assert "Only Leadership office" in say(county.post(url("task_confirm", plan.pk), {}))
    assert "field-error" in say(office.post(url("task_return", plan.pk), {"reason": ""}))
    office.post(url("task_return", plan.pk), {"reason": "缺附件"})
    assert "缺附件" in say(county.get(page))
    county.post(url("task_report", plan.pk), {"text": "补齐", "done": "1"})
    office.post(url("task_confirm", plan.pk), {"reason": "同意"})
    assert Task.objects.get(pk=plan.pk).state == "done"
    file = url("task_file", TaskFile.objects.first().pk)
    got = {
        name: client_of(getattr(people, name)).get(file).status_code
        for name in ("county", "office", "neighbour")
    }
    assert got == {"county": 200, "office": 200, "neighbour": 404}


def test_the_office_gives_all_areas_a_task_and_a_county_breaks_it_down(people, xiangtan):
    office, county = client_of(people.office), client_of(people.county)
    give = url("task_give", xiangtan.cycle.pk)
    assert county.get(give).status_code == 404
    said = {"title": "摸底调查", "due_on": "2017-06-30", "phase": "supervision"}
    assert "Choose at least one unit" in say(office.post(give, said))
    assert "8 tasks were given" in say(office.post(give, said | {"all_areas": "on"}, follow=True))
    task = Task.objects.get(title="摸底调查", unit__name="湘潭县")
    towns = list(Unit.objects.filter(parent=task.unit, kind="township")[:2])
    parts = {"title": "乡镇摸底", "due_on": "2017-06-20", "units": [town.pk for town in towns]}
    page = say(county.post(url("task_break_down", task.pk), parts, follow=True))
    assert "0 of 2 done" in page
    assert Task.objects.filter(parent=task).count() == 2
    # The county's townships stand behind its own task in the table, and in the list below.
    ledger = office.get(url("tasks"), {"q": "摸底"}).context["ledger"]
    assert (len(ledger.units), ledger.sum.all) == (8, 8)
    part = Task.objects.filter(parent=task).first()
    assert "Only" in say(office.post(url("task_report", part.pk), {"text": "x", "done": "1"}))
    office.post(url("task_move", part.pk), {"due_on": "2017-06-25", "reason": "推后"})
    office.post(url("task_cancel", part.pk), {"reason": "取消"})
    part.refresh_from_db()
    assert (part.state, part.due_on) == ("cancelled", datetime.date(2017, 6, 25))


def test_the_button_for_last_years_list_is_the_offices(people, xiangtan):
    assert "Take over" not in say(client_of(people.office).get(url("tasks")))
    year_before = xiangtan.cycle
    tasks = list(Task.objects.all())
    year_before.pk, year_before.year, year_before._state.adding = None, 2016, True
    year_before.save()
    for task in tasks:
        task.pk, task.cycle, task.code, task._state.adding = None, year_before, f"{task.code}16", True
        task.save()
    page = say(client_of(people.office).get(url("tasks")))
    assert "24 tasks of the year before" in page
    assert "Take over" not in say(client_of(people.county).get(url("tasks")))
    present = Cycle.objects.get(year=2017)
    client_of(people.office).post(url("task_take_over", present.pk))
    assert present.tasks.count() == 48
    assert "Take over" not in say(client_of(people.office).get(url("tasks")))
