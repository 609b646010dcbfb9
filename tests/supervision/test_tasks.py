"""Tasks: who gives, reports, confirms and takes over; what comes out of the file; Harbin's loop from data alone."""

import datetime
import threading
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.db import transaction as database
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import Unit, User
from applications.models import Cycle
from applications.services import next_cycle
from notices.models import Message
from programmes.files import ProgrammeFileError, read
from programmes.services import load
from supervision.enums import TASK_TRANSITIONS, TaskAction, TaskState
from supervision.meeting_selectors import owed_meetings
from supervision.models import Task
from supervision.services.staircase import transition
from supervision.services.tasks import (
    break_down,
    cancel_task,
    confirm_task,
    give_tasks,
    move_task,
    report_done,
    report_progress,
    return_task,
    take_over,
)
from supervision.task_duties import tasks_owed, waiting_for
from supervision.task_ledger import ledger_of
from supervision.task_progress import progress_by_task, progress_of
from supervision.task_rules import may_take_task
from supervision.task_selectors import tasks_for_list, with_words
from tests.applications.conftest import png

HARBIN = Path(__file__).parent.parent / "data" / "harbin-tasks.yaml"
DAY = datetime.date
_S, _A = TaskState, TaskAction
COUNTY, OFFICE = frozenset({"county"}), frozenset({"office"})
TOWNSHIP, ABOVE = frozenset({"township"}), frozenset({"county", "office"})
#: Who may take a step: with a task of 湘潭县 the office gave, with the part 湘潭县 gave one of its townships, and with
#: the city's own; by state and action.
TASKS = {
    "湘潭县": {
        _S.OPEN: {_A.REPORT: COUNTY, _A.MOVE: OFFICE, _A.CANCEL: OFFICE},
        _S.REPORTED: {_A.CONFIRM: OFFICE, _A.RETURN: OFFICE},
        _S.DONE: {},
        _S.CANCELLED: {},
    },
    "part": {
        _S.OPEN: {_A.REPORT: TOWNSHIP, _A.MOVE: ABOVE, _A.CANCEL: ABOVE},
        _S.REPORTED: {_A.CONFIRM: ABOVE, _A.RETURN: ABOVE},
        _S.DONE: {},
        _S.CANCELLED: {},
    },
    "city": {
        _S.OPEN: {_A.REPORT: OFFICE, _A.MOVE: OFFICE, _A.CANCEL: OFFICE},
        _S.REPORTED: {_A.CONFIRM: OFFICE, _A.RETURN: OFFICE},
        _S.DONE: {},
        _S.CANCELLED: {},
    },
}


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def township(xiangtan):
    return Unit.objects.filter(parent=xiangtan.areas["湘潭县"], kind="township").order_by("pk")[0]


@pytest.fixture
def plan(xiangtan):
    """湘潭县's first task of the file: the plan for the year, due on 16 June 2017."""
    return Task.objects.select_related("cycle__programme__owner").get(code="plan", unit__name="湘潭县")


@pytest.fixture
def given(xiangtan, people):
    """given("湘潭县", ...): a task of the office for some areas, due on 30 June 2017."""

    def make(*areas, title="统战进社区", due_on=None, units=(), **fields):
        chosen = [*units, *(xiangtan.areas[name] for name in areas)]
        return give_tasks(
            actor=people.office, cycle=xiangtan.cycle, units=chosen, title=title,
            due_on=due_on or DAY(2017, 6, 30), **fields,
        )  # fmt: skip

    return make


def refusal(call, **arguments) -> str:
    with pytest.raises(DomainError) as caught, database.atomic():
        call(**arguments)
    return str(caught.value)


def again(person) -> User:
    return User.objects.get(pk=person.pk)


# --- who may ------------------------------------------------------------------------------------------------


def test_the_table_names_every_state_and_action():
    for table in TASKS.values():
        assert set(table) == set(_S)
        assert {(state, action) for state in table for action in table[state]} == set(TASK_TRANSITIONS)
    assert {action for _state, action in TASK_TRANSITIONS} == set(_A)


@pytest.mark.parametrize("whose", TASKS)
def test_task_by_action_by_role(whose, plan, given, people, make_user, xiangtan, township):
    other = Unit.objects.filter(parent=township.parent).exclude(pk=township.pk).first()
    people.township = make_user("township", Role.UNIT_STAFF, township)
    people.other_township = make_user("othertownship", Role.UNIT_STAFF, other)
    people.county_leader = make_user("countyleader", Role.LEADER, xiangtan.areas["湘潭县"])
    people.keeper = make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"])
    people.supervisor = make_user("supervisor", Role.SUPERVISOR, xiangtan.city)
    people.liaison = make_user("liaison", Role.LIAISON, xiangtan.areas["湘潭县"])
    people.province = make_user("province", Role.OFFICE, xiangtan.city.parent)
    everybody = {name: again(person) for name, person in vars(people).items()}
    assert {row.role for user in everybody.values() for row in user.role_assignments.all()} == set(Role)
    task = plan
    if whose == "part":
        task = break_down(
            actor=people.county, task=plan, units=[township], title="分项", due_on=DAY(2017, 6, 1)
        )[0]
    elif whose == "city":
        task = given(units=[xiangtan.city])[0]
    for state in _S:
        Task.objects.filter(pk=task.pk).update(state=state)
        fresh = tasks_for_list(people.office).get(pk=task.pk)
        found, offered = {}, {}
        for action in _A:
            may = frozenset(name for name, user in everybody.items() if _succeeds(fresh, action, user))
            found |= {action: may} if may else {}
            may = frozenset(name for name, user in everybody.items() if may_take_task(user, fresh, action))
            offered |= {action: may} if may else {}
        assert found == offered == TASKS[whose][state], state


def _succeeds(task, action, user) -> bool:
    try:
        with database.atomic():
            transition(obj=Task.objects.get(pk=task.pk), action=action, actor=user, reason="理由")
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def test_only_the_office_gives_tasks_and_only_inside_the_programme(xiangtan, people):
    said = {"cycle": xiangtan.cycle, "title": "任务", "due_on": DAY(2017, 6, 30)}
    county = {"units": [xiangtan.areas["湘潭县"]]}
    for name in ("county", "neighbour", "leader", "other_city", "nobody", "system_admin"):
        assert "Only Leadership office" in refusal(give_tasks, actor=getattr(people, name), **said, **county)
    outside = Unit.objects.get(code="430299")
    assert "does not lie below" in refusal(give_tasks, actor=people.office, **said, units=[outside])
    assert "at least one unit" in refusal(give_tasks, actor=people.office, **said, units=[])
    past = said | {"due_on": DAY(2017, 5, 21)}
    assert "The day is over" in refusal(give_tasks, actor=people.office, **past, **county)
    far = said | {"due_on": DAY(2019, 1, 1)}
    assert "lies outside the year 2017" in refusal(give_tasks, actor=people.office, **far, **county)
    january = said | {"due_on": DAY(2018, 1, 5)}
    assert len(give_tasks(actor=people.office, **january, **county)) == 1


# --- the way of a task ----------------------------------------------------------------------------------------


def test_from_report_to_return_to_done(plan, people):
    report_progress(actor=people.county, task=plan, progress=40, text="已起草", files=[png("初稿.png")])
    assert "between 0 and 100" in refusal(
        report_progress, actor=people.county, task=plan, progress=101, text="x"
    )
    assert "Write what was done" in refusal(
        report_progress, actor=people.county, task=plan, progress=50, text=" "
    )
    assert "not a file of an allowed kind" in refusal(
        report_progress, actor=people.county, task=plan, text="x", files=[png("表.exe")]
    )
    report_done(actor=people.county, task=plan, text="已印发")
    assert Message.objects.filter(recipient=people.office, subject__contains="湘潭县").count() == 1
    assert "Write the reason" in refusal(return_task, actor=people.office, task=plan, reason="")
    return_task(actor=people.office, task=plan, reason="缺责任人")
    found = with_words(tasks_for_list(people.county).filter(pk=plan.pk))[0]
    assert (found.state, found.state_words, found.percent, found.due_words) == (
        "open",
        "Returned",
        100,
        "25 days left",
    )
    report_done(actor=people.county, task=plan, text="已补充")
    confirm_task(actor=people.office, task=plan)
    plan.refresh_from_db()
    assert (plan.state, [row.action for row in plan.log.all()]) == (
        "done",
        ["report", "return", "report", "confirm"],
    )
    assert [(row.progress, row.text) for row in plan.reports.all()] == [
        (40, "已起草"), (100, "已印发"), (100, "已补充"),
    ]  # fmt: skip
    assert "not possible while" in refusal(report_progress, actor=people.county, task=plan, text="x")


def test_a_whole_is_the_mean_of_its_parts(plan, people, make_user, township):
    staff = make_user("township", Role.UNIT_STAFF, township)
    units = list(Unit.objects.filter(parent=township.parent, kind="township").order_by("pk")[:3])
    late = {"actor": people.county, "task": plan, "units": units, "title": "分项"}
    assert "its parts cannot be due later" in refusal(break_down, **late, due_on=DAY(2017, 6, 17))
    elsewhere = late | {"units": [plan.unit]}
    assert "does not lie below" in refusal(break_down, **elsewhere, due_on=DAY(2017, 6, 1))
    assert "may do this" in refusal(break_down, **late | {"actor": people.neighbour}, due_on=DAY(2017, 6, 1))
    first, second, third = break_down(**late, due_on=DAY(2017, 6, 1))
    report_progress(actor=staff, task=first, progress=50, text="过半")
    report_done(actor=staff, task=first, text="完成")
    confirm_task(actor=people.county, task=first)
    report_progress(actor=people.county, task=plan, progress=90, text="自报不算")
    # 100, 0, 0: a third, rounded down; what the county typed is not stored beside it.
    assert (progress_of(plan).percent, progress_of(plan).parts, progress_of(plan).done) == (33, 3, 1)
    assert (Task.objects.get(pk=plan.pk).progress, plan.reports.get().progress) == (0, 33)
    assert progress_by_task([plan])[plan.pk] == progress_of(plan)
    assert "Parts of the task are not done yet" in refusal(
        report_done, actor=people.county, task=plan, text="完成"
    )
    cancel_task(actor=people.county, task=second, reason="合并")
    assert progress_of(plan).percent == 50
    cancel_task(actor=people.office, task=third, reason="合并")
    report_done(actor=people.county, task=plan, text="完成")
    assert progress_of(Task.objects.get(pk=plan.pk)).percent == 100


def test_parts_of_parts_count_through(plan, people, township):
    village = Unit.objects.filter(parent=township).first() or Unit.objects.create(
        code="village", name="某村", kind="village", parent=township, path=f"{township.path}999999/"
    )
    part = break_down(
        actor=people.county, task=plan, units=[township], title="分项", due_on=DAY(2017, 6, 10)
    )[0]
    below = break_down(
        actor=people.office, task=part, units=[village, village], title="再分", due_on=DAY(2017, 6, 5)
    )
    Task.objects.filter(pk=below[0].pk).update(progress=25)
    Task.objects.filter(pk=below[1].pk).update(progress=50)
    assert [progress_of(task).percent for task in (plan, part)] == [37, 37]
    cancel_task(actor=people.office, task=plan, reason="取消")
    assert set(Task.objects.filter(title__in=["分项", "再分"]).values_list("state", flat=True)) == {
        "cancelled"
    }


def test_a_whole_is_not_cancelled_over_a_part_that_waits(plan, people, township, make_user):
    staff = make_user("township", Role.UNIT_STAFF, township)
    part = break_down(actor=people.county, task=plan, units=[township], title="分项", due_on=DAY(2017, 6, 1))[
        0
    ]
    report_done(actor=staff, task=part, text="完成")
    assert Message.objects.filter(recipient=people.county, subject__contains="分项").count() == 1
    assert "Confirm or return them first" in refusal(
        cancel_task, actor=people.office, task=plan, reason="取消"
    )


def test_a_day_is_moved_with_a_reason(plan, people, township):
    part = break_down(
        actor=people.county, task=plan, units=[township], title="分项", due_on=DAY(2017, 6, 10)
    )[0]
    assert "Write the reason" in refusal(
        move_task, actor=people.office, task=plan, due_on=DAY(2017, 6, 20), reason=" "
    )
    assert "Move the parts first" in refusal(
        move_task, actor=people.office, task=plan, due_on=DAY(2017, 6, 9), reason="提前"
    )
    assert "cannot be due later" in refusal(
        move_task, actor=people.county, task=part, due_on=DAY(2017, 6, 17), reason="推后"
    )
    move_task(actor=people.office, task=plan, due_on=DAY(2017, 6, 20), reason="防汛")
    assert Task.objects.get(pk=plan.pk).due_on == DAY(2017, 6, 20)
    assert plan.log.get().reason == "防汛"


# --- the file -------------------------------------------------------------------------------------------------


def changed_file(tmp_path, change) -> Path:
    """Harbin's file with something else in it."""
    data = yaml.safe_load(HARBIN.read_text(encoding="utf-8"))
    change(data["cycle"])
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_harbins_loop_runs_from_data_alone(people, make_user):
    clock.set_today(DAY(2023, 2, 1))
    load(HARBIN)
    cycle = Cycle.objects.select_related("programme__owner").get(year=2023)
    assert Task.objects.filter(cycle=cycle).count() == 8
    office = make_user("harbin", Role.OFFICE, Unit.objects.get(code="harbin"))
    daoli = make_user("daoli", Role.UNIT_STAFF, Unit.objects.get(code="daoli"))
    owed = {(d.kind.code, d.unit.code): d.owed for d in owed_meetings(cycle)}
    assert owed == {("quarter_call", "daoli"): 4, ("quarter_call", "nangang"): 4, ("kickoff", "harbin"): 0}
    first = Task.objects.get(cycle=cycle, code="t1", unit__code="daoli")
    assert (first.article, first.detail) == ("工作方案 第三部分", "明确责任人")
    report_done(actor=daoli, task=first, text="已制定")
    confirm_task(actor=office, task=first)
    clock.set_today(DAY(2023, 7, 11))
    ledger = ledger_of(cycle, with_words(tasks_for_list(office).filter(cycle=cycle)))
    assert [(phase.name, phase.sum.all, phase.sum.done, phase.sum.late) for phase in ledger.phases] == [
        ("年初计划", 2, 1, 1), ("半年自查", 2, 0, 2), ("日常督导", 1, 0, 0), ("年底考核", 3, 0, 0),
    ]  # fmt: skip
    assert [unit.code for unit in ledger.units] == ["harbin", "daoli", "gongnong", "nangang"]
    assert {(duty.stages, duty.overdue_weeks) for duty in tasks_owed() if duty.unit.code == "daoli"} == {
        ((5, 0), 2)
    }


def test_a_file_loaded_twice_writes_nothing_and_a_changed_one_leaves_what_was_begun(
    people, tmp_path, make_user
):
    clock.set_today(DAY(2023, 2, 1))
    load(HARBIN)
    again_report = load(HARBIN)
    assert (again_report.wrote, again_report.unchanged["task"], again_report.notes) == (False, 8, [])
    daoli = make_user("daoli", Role.UNIT_STAFF, Unit.objects.get(code="daoli"))
    begun = Task.objects.get(code="t1", unit__code="daoli", cycle__year=2023)
    report_progress(actor=daoli, task=begun, progress=10, text="开始")

    def change(cycle):
        cycle["tasks"][0]["due_on"] = "2023-03-20"
        cycle["tasks"][1:2] = [
            {"code": "t5", "title": "新任务", "due_on": "2023-05-01", "units": ["nangang"]}
        ]

    report = load(changed_file(tmp_path, change))
    assert (report.created["task"], report.changed["task"]) == (1, 1)
    days = dict(Task.objects.filter(code="t1").values_list("unit__code", "due_on"))
    assert days == {"daoli": DAY(2023, 3, 10), "nangang": DAY(2023, 3, 20)}
    assert set(Task.objects.filter(code="t2").values_list("state", flat=True)) == {"open"}
    assert sorted(report.notes) == [
        "“制定年度工作计划” of 道里区 was begun: it stays as it is.",
        "“半年自查报告” of 南岗区 is not in the file any more: it stays until the office cancels it.",
        "“半年自查报告” of 道里区 is not in the file any more: it stays until the office cancels it.",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["tasks"][0].update(phase="nowhere"), "“nowhere” is not defined"),
        (lambda c: c["tasks"][0].update(units=["430000"]), "“430000” is no unit of this programme"),
        (lambda c: c["tasks"][0].update(due_on="2025-01-01"), "2025-01-01 lies outside the year 2023"),
        (lambda c: c["tasks"][1].update(code="t1"), "code “t1” is used twice"),
        (lambda c: c["tasks"][0].update(article="none"), "“none” is not defined"),
        (lambda c: c["supervision"]["phases"][1].update(code="draft"), "code “draft” is used twice"),
        (lambda c: c["supervision"]["meetings"][0].update(article="none"), "“none” is not defined"),
        (lambda c: c["supervision"]["meetings"][1].update(starts_on="2023-04-01"), "begins after it is due"),
        (lambda c: c["supervision"]["meetings"][1].update(due_on="2022-03-15"), "lies outside the year 2023"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path, change, words):
    with pytest.raises(ProgrammeFileError, match=words):
        read(changed_file(tmp_path, change))


# --- from year to year -------------------------------------------------------------------------------------------


@pytest.fixture
def following(xiangtan, people):
    """The year 2018, opened after 2017's tasks; 湘潭县's plan is cancelled, the office added a task with parts."""

    def make():
        clock.set_today(DAY(2018, 2, 1))
        return next_cycle(
            actor=people.office, cycle=xiangtan.cycle, scheme_title="方案", scheme_number="1号",
            scheme_issued_on=DAY(2018, 1, 15), approval_basis="批复", approved_by="市委",
            approval_number="1号", approval_valid_until=None,
        )  # fmt: skip

    return make


def test_last_years_list_is_taken_over_once(plan, given, people, following, xiangtan, township):
    whole = given(units=[xiangtan.city], title="全市")[0]
    parts = break_down(
        actor=people.office,
        task=whole,
        units=[xiangtan.areas["湘潭县"]],
        title="分项",
        due_on=DAY(2017, 6, 1),
    )
    break_down(actor=people.county, task=parts[0], units=[township], title="乡镇", due_on=DAY(2017, 6, 1))
    cancel_task(actor=people.office, task=plan, reason="取消")
    cycle = following()
    assert "Only Leadership office" in refusal(take_over, actor=people.county, cycle=cycle)
    # 24 of the file less the cancelled one, the whole and its part; what the county broke down stays behind.
    assert take_over(actor=people.office, cycle=cycle) == 25
    assert take_over(actor=people.office, cycle=cycle) == 0
    copy = cycle.tasks.get(title="分项")
    assert (copy.due_on, copy.parent.title, copy.state, copy.progress) == (DAY(2018, 6, 1), "全市", "open", 0)
    assert cycle.tasks.filter(code="plan").count() == 7
    assert not cycle.tasks.filter(title="乡镇").exists()
    assert Message.objects.filter(recipient=people.county, subject__contains="2018").count() == 1


# --- inbox and reminders --------------------------------------------------------------------------------------------


def test_inbox_of_the_county_and_the_office(plan, given, people, django_assert_num_queries):
    county, office = again(people.county), again(people.office)
    # 湘潭县 has its plan within thirty days; the self-check of 14 July and the year's summary not yet.
    assert [(todo.text, todo.due) for todo in waiting_for(county)] == [
        ("Task: 制定本地年度创建计划", DAY(2017, 6, 16))
    ]
    report_done(actor=people.county, task=plan, text="完成")
    assert waiting_for(county) == []
    assert [todo.text for todo in waiting_for(office)] == ["Confirm or return: 制定本地年度创建计划"]
    return_task(actor=people.office, task=plan, reason="补")
    assert [todo.text for todo in waiting_for(county)] == ["Task returned: 制定本地年度创建计划"]
    Task.objects.filter(code="plan").update(state="reported")
    assert [todo.text for todo in waiting_for(office)] == ["8 tasks reported as done: confirm them"]
    with django_assert_num_queries(1):
        waiting_for(office)
    nobody = again(people.nobody)
    with django_assert_num_queries(1):
        assert waiting_for(nobody) == []


def test_reminders_name_who_owes(plan, people, django_assert_num_queries):
    with django_assert_num_queries(2):
        duties = list(tasks_owed())
    assert len(duties) == 24
    duty = next(duty for duty in duties if duty.key.startswith(f"task:{plan.pk}:"))
    assert (duty.key, duty.due_on, duty.stages) == (
        f"task:{plan.pk}:2017-06-16", DAY(2017, 6, 16), (10, 3, 1, 0),
    )  # fmt: skip
    assert [owed.user for owed in duty.owed_by] == [people.county]
    assert str(duty.subject) == "Task due on 16 June 2017: 制定本地年度创建计划"
    report_done(actor=people.county, task=plan, text="完成")
    assert len(list(tasks_owed())) == 23


# --- two at once ---------------------------------------------------------------------------------------------------


def at_once(*calls) -> list[str]:
    start, outcomes = threading.Barrier(len(calls)), [""] * len(calls)

    def run(index, call):
        try:
            start.wait(timeout=10)
            call()
            outcomes[index] = "done"
        except DomainError:
            outcomes[index] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_returned_at_once_is_one_of_both(plan, people):
    report_done(actor=people.county, task=plan, text="完成")
    outcomes = at_once(
        lambda: confirm_task(actor=people.office, task=plan),
        lambda: confirm_task(actor=people.office, task=plan),
        lambda: return_task(actor=people.office, task=plan, reason="补"),
    )
    assert outcomes == ["done", "refused", "refused"]
    assert plan.log.count() == 2


@pytest.mark.django_db(transaction=True)
def test_taken_over_by_two_at_once_is_taken_over_once(plan, people, following):
    cycle = following()
    assert at_once(*[lambda: take_over(actor=people.office, cycle=cycle) for _click in range(2)]) == [
        "done",
        "done",
    ]
    assert cycle.tasks.count() == 24
