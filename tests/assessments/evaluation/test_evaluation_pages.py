"""Who sees what of the evaluation, and its pages: overview, points, report, answer, ranking, talks."""

import datetime
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts import clock
from accounts.enums import Role
from accounts.models import AuditEvent, User
from assessments.evaluation_selectors import overview
from assessments.evaluation_todo import waiting_for
from assessments.models import (
    ClassMember,
    Duty,
    DutyPoints,
    DutyReport,
    Evaluation,
    TalkProposal,
    UnitClass,
    UnitEvaluation,
    UnitObjection,
)
from assessments.services import evaluations as services
from assessments.services.evaluation_points import score_duty
from dashboard.inbox import waiting
from tests.assessments.evaluation.conftest import EACH


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def client_of(db):
    def sign_in(user) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return sign_in


def page(name, *args) -> str:
    return reverse(f"assessments:{name}", args=args)


# --- access ---------------------------------------------------------------------------------------------------


def seen(user, model) -> int:
    return model.objects.visible_to(User.objects.get(pk=user.pk)).count()


def test_rows_by_person(first, county, make_user):
    """Before and after sending and closing: the unit its own rows, office and leader all, others nothing."""
    services.report_duty(
        actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"), duty=first.duty("1.1"),
        done_on=datetime.date(2023, 3, 15), text="已研究",
    )  # fmt: skip
    models = (UnitClass, ClassMember, Evaluation, Duty, UnitEvaluation, DutyReport, DutyPoints)
    everything = [3, 8, 4, 5, 32, 1, 13]
    nothing = [0] * 7
    people = {
        "office": (county.office, everything),
        "leader": (county.leader, everything),
        "a1": (county.staff["a1"], [1, 1, 4, 5, 4, 1, 0]),
        "a2": (county.staff["a2"], [1, 1, 4, 5, 4, 0, 0]),
        "b1": (county.staff["b1"], [1, 1, 4, 5, 4, 0, 0]),
        "outside any class": (make_user("d1", Role.UNIT_STAFF, county.units["d1"]), nothing),
        "staff of the owner": (make_user("o1", Role.UNIT_STAFF, county.owner), nothing),
        "office above": (make_user("above", Role.OFFICE, county.units["bigcity"]), nothing),
        "leader of a unit": (make_user("l1", Role.LEADER, county.units["a1"]), nothing),
        "assessor": (make_user("as", Role.ASSESSOR, county.owner), nothing),
        "auditor": (make_user("au", Role.AUDITOR, county.owner), nothing),
        "no role": (make_user("no", None, county.owner), nothing),
    }
    found = {name: [seen(user, model) for model in models] for name, (user, _counts) in people.items()}
    assert found == {name: counts for name, (_user, counts) in people.items()}
    first.send(1)
    assert [seen(county.staff[unit], DutyPoints) for unit in ("a1", "b1")] == [2, 2]
    services.object_to_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"), text="不同意")
    assert [
        seen(user, UnitObjection) for user in (county.office, county.staff["a1"], county.staff["a2"])
    ] == [1, 1, 0]


@pytest.mark.parametrize("state", ["open", "scored", "closed"])
def test_pages_by_person(state, first, county, client_of, make_user):
    if state != "open":
        first.send(1)
    if state == "closed":
        first.close(1)
    quarter, cycle, duty = first.quarter(1).pk, county.cycle.pk, first.duty("1.1").pk
    own, neighbour = first.row(1, "a1").pk, first.row(1, "a2").pk
    people = {
        "office": county.office, "leader": county.leader, "a1": county.staff["a1"],
        "outside": make_user("d1", Role.UNIT_STAFF, county.units["d1"]),
    }  # fmt: skip
    all_see, deciders, nobody = {"office", "leader", "a1"}, {"office", "leader"}, set()
    expected = {
        ("evaluation",): all_see,
        ("evaluation_quarter", quarter): deciders,
        ("evaluation_score", quarter, duty): {"office"} if state == "open" else nobody,
        ("evaluation_unit", own): all_see,
        ("evaluation_unit", neighbour): deciders,
        ("evaluation_report", own, duty): {"a1"} if state == "open" else nobody,
        ("evaluation_report", neighbour, duty): nobody,
        ("evaluation_decide", own): nobody,
        ("evaluation_ranking", quarter): all_see if state == "closed" else deciders,
        ("evaluation_year", cycle): all_see,
        ("evaluation_talks", cycle): deciders,
        ("evaluation_classes", cycle): deciders,
    }
    found = {
        door: {
            name
            for name, user in people.items()
            if client_of(user).get(page(*door)).status_code in (200, 302)
        }
        for door in expected
    }
    assert found == expected


def words_of(answer) -> str:
    """A page without its CSRF tokens, whose random letters may spell any short name."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_unit_reads_the_ranking_of_its_own_class_only(first, county, client_of):
    first.send(1)
    first.close(1)
    text = words_of(client_of(county.staff["a1"]).get(page("evaluation_ranking", first.quarter(1).pk)))
    assert [name in text for name in ("A1", "A2", "A3", "B1", "C1")] == [True, True, True, False, False]
    year = words_of(client_of(county.staff["b1"]).get(page("evaluation_year", county.cycle.pk)))
    assert [name in year for name in ("A1", "B1", "B2", "C1")] == [False, True, True, False]


def test_a_programme_without_evaluation_shows_nothing_of_it(people, first, county, client_of):
    """Xiangtan beside the small county in one installation: no menu entry, no page, no to-do."""
    clock.set_today(datetime.date(2023, 4, 3))
    menu = page("evaluation")
    for user in (people.office, people.leader, people.county, people.assessor, people.auditor):
        client = client_of(user)
        assert menu not in client.get(reverse("dashboard:inbox")).content.decode()
        for door in (
            ("evaluation",), ("evaluation_quarter", first.quarter(1).pk), ("evaluation_year", county.cycle.pk),
            ("evaluation_unit", first.row(1, "a1").pk), ("evaluation_talks", county.cycle.pk),
        ):  # fmt: skip
            assert client.get(page(*door)).status_code == 404
        assert waiting_for(user) == []
    for user in (county.office, county.leader, county.staff["a1"]):
        assert menu in client_of(user).get(reverse("dashboard:inbox")).content.decode()


# --- pages ----------------------------------------------------------------------------------------------------


def test_the_overview_says_what_is_missing(play, county, django_assert_num_queries):
    clock.set_today(datetime.date(2023, 3, 21))
    services.report_duty(
        actor=county.staff["a1"], unit_evaluation=play.row(1, "a1"), duty=play.duty("1.1"),
        done_on=datetime.date(2023, 3, 15), text="已研究",
    )  # fmt: skip
    play_points(play, county, "a2")
    office, quarter = User.objects.get(pk=county.office.pk), play.quarter(1)
    with django_assert_num_queries(6):
        tables = overview(office, quarter)
    assert [
        (table.unit_class.code, [[cell.word for cell in row.cells] for row in table.rows]) for table in tables
    ] == [
        ("one", [["reported", "open"], ["scored", "open"], ["late", "open"]]),
        ("two", [["late", "open"], ["late", "open"]]),
        ("three", [["late"], ["late"], ["late"]]),
    ]


def play_points(play, county, unit):
    score_duty(
        actor=county.office, evaluation=play.quarter(1), duty=play.duty("1.1"),
        entries={play.row(1, unit).pk: {
            "points": Decimal(10), "done_on": datetime.date(2023, 3, 1), "reason": "", "seen": 0,
        }},
    )  # fmt: skip


def test_points_are_entered_for_a_class_at_once(play, county, client_of):
    clock.set_today(datetime.date(2023, 3, 25))
    url = page("evaluation_score", play.quarter(1).pk, play.duty("1.1").pk) + "?class=one"
    a1, a2, a3 = (play.row(1, unit).pk for unit in ("a1", "a2", "a3"))
    client = client_of(county.office)
    filled = {f"seen_{pk}": "0" for pk in (a1, a2, a3)}
    refused = client.post(url, filled | {f"points_{a1}": "9", f"done_on_{a1}": "2023-03-20"})
    assert (refused.status_code, DutyPoints.objects.count()) == (200, 0)
    assert "need a reason" in refused.content.decode()
    filled |= {
        f"points_{a1}": "9", f"done_on_{a1}": "2023-03-20", f"reason_{a1}": "缺纪要",
        f"points_{a2}": "0", f"reason_{a2}": "未开展",
    }  # fmt: skip
    assert client.post(url, filled).status_code == 302
    rows = DutyPoints.objects.order_by("pk").values_list("unit_evaluation", "points", "done_on", "reason")
    assert list(rows) == [
        (a1, Decimal(9), datetime.date(2023, 3, 20), "缺纪要"),
        (a2, Decimal(0), None, "未开展"),
    ]
    stale = client.post(url, filled | {f"points_{a1}": "10"})
    assert "another window" in stale.content.decode()
    assert DutyPoints.objects.count() == 2
    emptied = client.post(url, {f"seen_{a1}": "1", f"points_{a1}": ""})
    assert "not emptied" in emptied.content.decode()


def test_full_points_for_all_who_reported(play, county, client_of):
    for unit in ("a1", "a2"):
        services.report_duty(
            actor=county.staff[unit], unit_evaluation=play.row(1, unit), duty=play.duty("1.1"),
            done_on=datetime.date(2023, 3, 1), text="已研究",
        )  # fmt: skip
    url = page("evaluation_score", play.quarter(1).pk, play.duty("1.1").pk)
    assert client_of(county.office).post(url, {"full": "1"}).status_code == 302
    assert 'value="10"' in client_of(county.office).get(url).content.decode()
    assert (
        list(DutyPoints.objects.values_list("points", "done_on"))
        == [(Decimal(10), datetime.date(2023, 3, 1))] * 2
    )


def test_a_unit_reports_with_and_without_a_paper(play, county, client_of):
    row, duty = play.row(1, "a1"), play.duty("1.1")
    url, client = page("evaluation_report", row.pk, duty.pk), client_of(county.staff["a1"])
    assert client.post(url, {"done_on": "2023-03-01", "text": "已研究"}).status_code == 302
    paper = SimpleUploadedFile("纪要.pdf", b"%PDF-1.7\n%%EOF\n")
    assert client.post(url, {"done_on": "2023-03-01", "text": "已研究", "upload": paper}).status_code == 302
    wrong = SimpleUploadedFile("纪要.pdf", b"MZ not a pdf")
    assert client.post(url, {"done_on": "2023-03-01", "text": "已研究", "upload": wrong}).status_code == 200
    assert list(DutyReport.objects.order_by("pk").values_list("file_name", flat=True)) == ["", "纪要.pdf"]
    file = page("evaluation_file", DutyReport.objects.last().pk)
    answers = {name: client_of(user).get(file).status_code for name, user in (
        ("own", county.staff["a1"]), ("neighbour", county.staff["a2"]), ("office", county.office),
    )}  # fmt: skip
    assert answers == {"own": 200, "neighbour": 404, "office": 200}
    assert client.get(page("evaluation_file", DutyReport.objects.first().pk)).status_code == 404


def test_from_sending_to_the_talk_on_the_pages(first, county, client_of):
    """The way a browser goes: send, confirm, object, decide, close, and at the year's end the talk."""
    office, a1, a3 = (client_of(user) for user in (county.office, county.staff["a1"], county.staff["a3"]))
    quarter = first.quarter(1).pk
    clock.set_today(datetime.date(2023, 4, 3))
    assert "Send to the units" in office.get(page("evaluation_quarter", quarter)).content.decode()
    office.post(page("evaluation_send", quarter))
    own = page("evaluation_unit", first.row(1, "a1").pk)
    assert "15.00 + 1.50 = 16.50" in a1.get(own).content.decode()
    a1.post(page("evaluation_confirm", first.row(1, "a1").pk))
    assert a3.post(page("evaluation_object", first.row(1, "a3").pk), {"text": ""}).status_code == 200
    a3.post(page("evaluation_object", first.row(1, "a3").pk), {"text": "记录已补齐"})
    assert [first.row(1, unit).state for unit in ("a1", "a2", "a3")] == ["confirmed", "sent", "objected"]
    decide, duty = page("evaluation_decide", first.row(1, "a3").pk), first.duty("1.1").pk
    second = first.duty("1.2").pk
    answer = {
        "upheld": "yes", "findings": "属实", f"points_{duty}": "10", f"done_on_{duty}": "2023-03-10",
        f"points_{second}": "5", f"done_on_{second}": "2023-03-01",
    }  # fmt: skip
    assert office.post(decide, answer | {f"points_{duty}": "12"}).status_code == 200
    assert office.post(decide, answer).status_code == 302
    assert (first.row(1, "a3").state, str(first.row(1, "a3").total)) == ("decided", "16.50")
    office.post(page("evaluation_close", quarter))  # a2 may still answer
    assert first.quarter(1).state == "scored"
    clock.set_today(datetime.date(2023, 4, 8))
    office.post(page("evaluation_close", quarter))
    assert (first.quarter(1).state, first.row(1, "a2").state) == ("closed", "silent")
    assert (
        "Recomputed from the ledger: matches."
        in office.get(page("evaluation_quarter", quarter)).content.decode()
    )
    DutyPoints.objects.filter(duty=duty, unit_evaluation__unit__code="a2").update(points=1)
    assert "does not match" in office.get(page("evaluation_quarter", quarter)).content.decode()
    assert AuditEvent.objects.filter(action="evaluation.close", result="refused").count() == 1


@pytest.fixture
def proposed(first, county):
    row = first.row(1, "a3")
    return TalkProposal.objects.create(
        cycle=county.cycle, unit=row.unit, unit_class=row.unit_class, rank=3, total=40, proposed_at=clock.now(),
        arithmetic={"method": "sum", "quarters": {"1": "40.00"}, "total": "40.00"},
    )  # fmt: skip


def test_the_talk_on_its_page(proposed, county, client_of):
    clock.set_today(datetime.date(2024, 1, 5))
    listed = page("evaluation_talks", county.cycle.pk)
    text = client_of(county.leader).get(listed).content.decode()
    assert 'value="2024-01-05"' in text
    assert 'value="2024-07-04"' in text  # six months of key management, proposed by the rule
    decide, hold = page("evaluation_talk_decide", proposed.pk), page("evaluation_talk_hold", proposed.pk)
    assert client_of(county.staff["a3"]).get(listed).status_code == 404
    assert client_of(county.leader).post(decide, {"ordered": "yes", "opinion": ""}).status_code == 200
    client_of(county.leader).post(
        decide,
        {"ordered": "yes", "opinion": "同意", "managed_from": "2024-01-05", "managed_to": "2024-07-04"},
    )
    client_of(county.office).post(hold, {"held_on": "2024-01-05", "note": "限期整改"})
    proposed.refresh_from_db()
    assert (proposed.state, proposed.held_on, proposed.managed_to) == (
        "held", datetime.date(2024, 1, 5), datetime.date(2024, 7, 4),
    )  # fmt: skip
    assert "限期整改" in client_of(county.staff["a3"]).get(listed).content.decode()
    assert client_of(county.staff["a2"]).get(listed).status_code == 404


def test_the_office_moves_a_unit_on_the_page(play, county, client_of):
    url, two = page("evaluation_classes", county.cycle.pk), UnitClass.objects.get(code="two")
    values = {
        "unit": county.units["a1"].pk,
        "unit_class": two.pk,
        "valid_from": "2023-04-01",
        "reason": "机构改革",
    }
    assert client_of(county.leader).post(url, values).status_code == 404
    assert client_of(county.office).post(url, values | {"valid_from": "2023-04-02"}).status_code == 200
    assert client_of(county.office).post(url, values).status_code == 302
    assert [play.row(number, "a1").unit_class.code for number in (1, 2)] == ["one", "two"]


# --- export ---------------------------------------------------------------------------------------------------


def sheet_rows(answer) -> list[tuple]:
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_the_official_tables(first, county, client_of):
    first.send(1)
    first.close(1)
    client = client_of(county.office)
    rows = sheet_rows(client.get(page("evaluation_ranking", first.quarter(1).pk) + "?export=xlsx"))
    assert rows[0][0] == "Quarterly evaluation of units, 2023, quarter 1"
    silent = "Taken as confirmed: no answer by the last day"
    assert rows[3:7] == [
        ("Class I", *[None] * 6),
        (1, "A1", "15.00", "1.50", "16.50", 1, silent),
        (2, "A2", "15.00", "1.00", "16.00", 2, silent),
        (3, "A3", "13.00", "1.00", "14.00", 3, silent),
    ]
    year = sheet_rows(client.get(page("evaluation_year", county.cycle.pk) + "?export=xlsx"))
    assert year[2] == ("No.", "Unit", "Quarter 1", "Year", "Rank in the class", "Remark")
    assert year[4] == (1, "A1", "16.50", "16.50", 1, "")
    assert AuditEvent.objects.filter(action="evaluation.export").count() == 2


# --- to-dos ---------------------------------------------------------------------------------------------------


def todos(user) -> list[tuple]:
    return [
        (todo.text, todo.due and todo.due.isoformat()) for todo in waiting_for(User.objects.get(pk=user.pk))
    ]


def test_what_waits_for_whom(first, county):
    clock.set_today(datetime.date(2023, 3, 15))
    assert todos(county.staff["a1"]) == [
        ("Quarterly duty: Agenda", "2023-03-20"), ("Quarterly duty: Plan", "2023-03-31"),
    ]  # fmt: skip
    services.report_duty(
        actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"), duty=first.duty("1.1"),
        done_on=datetime.date(2023, 3, 15), text="已研究",
    )  # fmt: skip
    assert todos(county.staff["a1"]) == [("Quarterly duty: Plan", "2023-03-31")]
    clock.set_today(datetime.date(2023, 3, 31))
    assert todos(county.office) == [("Send the points of the quarter to the units", None)]
    DutyPoints.objects.filter(duty=first.duty("1.1"), unit_evaluation__unit__code="a1").delete()
    assert todos(county.office) == [("Give points: 1 to give, 1 of them reported", "2023-03-31")]
    first.give("1.1", {"a1": ("10", "2023-03-15", "")})
    first.send(1)
    assert todos(county.staff["a1"])[0] == ("Confirm the points of the quarter, or object", "2023-04-07")
    services.object_to_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"), text="不同意")
    assert todos(county.office) == [("Decide the objection: A1", None)]
    services.decide_unit_objection(
        actor=county.office,
        objection=first.row(1, "a1").objection,
        upheld=False,
        findings="维持",
        corrections={},
    )
    assert todos(county.office) == []
    clock.set_today(datetime.date(2023, 4, 8))
    assert todos(county.office) == [("Close the quarter", None)]
    assert "Close the quarter" in [item.todo.text for item in waiting(User.objects.get(pk=county.office.pk))]


def test_talks_wait_for_the_leader_then_for_the_office(proposed, county):
    assert todos(county.leader) == [("Decide on a talk: A3", None)]
    TalkProposal.objects.update(state="ordered")
    assert todos(county.leader) == []
    assert ("Hold and record the talk: A3", None) in todos(county.office)


def test_to_dos_take_a_fixed_number_of_queries(people, first, county, django_assert_num_queries):
    for user, queries in (
        (people.county, 1),
        (people.office, 1),
        (people.auditor, 0),
        (county.staff["a1"], 4),
    ):
        fresh = User.objects.get(pk=user.pk)
        fresh._role_assignments = list(fresh.role_assignments.select_related("unit"))
        with django_assert_num_queries(queries):
            waiting_for(fresh)


def test_pages_take_a_fixed_number_of_queries(first, county, client_of, django_assert_max_num_queries):
    assert len(EACH) == 8
    with django_assert_max_num_queries(40):
        client_of(county.office).get(page("evaluation_quarter", first.quarter(1).pk))
