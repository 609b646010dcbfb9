"""The quarterly evaluation of units: arithmetic worked out by hand, the way through a year, refusals."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts import clock
from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent
from accounts.staircase import broken_rows
from assessments.evaluation_selectors import recompute_year, year_ranking
from assessments.evaluation_sums import last_places, ranks, recompute
from assessments.models import (
    DutyPoints,
    Evaluation,
    EvaluationLog,
    TalkProposal,
    UnitEvaluation,
    UnitEvaluationLog,
)
from assessments.services import evaluation_talks as talks
from assessments.services import evaluations as services
from assessments.services.evaluation_classes import place_unit
from assessments.services.evaluation_points import score_duty, score_reported
from notices.models import Message
from tests.assessments.evaluation.conftest import EACH, EVERYTHING


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# --- the arithmetic -------------------------------------------------------------------------------------------


def test_a_quarter_worked_out_by_hand(first):
    first.send(1)
    first.close(1)
    assert first.totals(1) == {
        "a1": ("16.50", 1),  # 15 + 1 + 1, of which 1.5 count
        "a2": ("16.00", 2),  # 15 + 0.5 + 0.5
        "a3": ("14.00", 3),  # 13 + 0 + 1
        "b1": ("15.50", 1),  # 15 + 0.5
        "b2": ("5.50", 2),  # 5 + 0.5
        "c1": ("10.50", 1),  # a tie
        "c2": ("10.50", 1),
        "c3": ("9.50", 3),  # the second place is left out
    }
    assert first.row(1, "a1").arithmetic == {
        "lines": [
            {
                "duty": "1.1", "name": "议事", "most": "10.00", "due_on": "2023-03-20", "done_on": "2023-03-15",
                "points": "10.00", "reason": "", "bonus": "1.00", "entry": _entry(first, "1.1", "a1"),
            },
            {
                "duty": "1.2", "name": "计划", "most": "5.00", "due_on": "2023-03-31", "done_on": "2023-03-26",
                "points": "5.00", "reason": "", "bonus": "1.00", "entry": _entry(first, "1.2", "a1"),
            },
        ],
        "points": "15.00", "bonus_earned": "2.00", "bonus_cap": "1.5", "bonus": "1.50", "total": "16.50",
    }  # fmt: skip


def _entry(play, code, unit):
    return DutyPoints.objects.get(duty__code=code, unit_evaluation__unit__code=unit).pk


def test_a_year_of_four_quarters_three_classes(first, county):
    """Ties, the cap, a late duty, an objection that is upheld: every total of the year by hand."""
    first.send(1)
    _object(first, county, "a3", "补交了完整记录")
    services.decide_unit_objection(
        actor=county.office,
        objection=first.row(1, "a3").objection,
        upheld=True,
        findings="核实属实",
        # 10 + 5, five days early each: 1 + 1, of which 1.5 count.
        corrections={
            first.duty("1.1").pk: {"points": Decimal(10), "done_on": day("2023-03-10"), "reason": ""}
        },
    )
    first.close(1)
    assert {unit: first.totals(1)[unit] for unit in ("a1", "a2", "a3")} == {
        "a1": ("16.50", 1), "a2": ("16.00", 3), "a3": ("16.50", 1),
    }  # fmt: skip
    # Quarter 2: all in time (+0.5), but a2 late and c3 without full points.
    first.give(
        "2.1",
        dict.fromkeys(EACH, EVERYTHING)
        | {"a2": ("10", "2023-06-21", ""), "c3": ("4", "2023-06-20", "站点未建")},
    )
    # Quarter 3: b2 five days early (+1), everybody else a day late.
    first.give(
        "3.1",
        dict.fromkeys(EACH, ("10", "2023-09-21", "")) | {"b2": ("10", "2023-09-15", "")},
    )
    # Quarter 4: nobody did anything but class two.
    first.give(
        "4.1",
        dict.fromkeys(EACH, ("0", None, "未报送"))
        | {"b1": ("10", "2023-12-20", ""), "b2": ("10", "2023-12-20", "")},
    )
    for number in (2, 3, 4):
        first.send(number)
        first.close(number)
    rankings = year_ranking(county.office, county.cycle)
    found = {row.unit.code: (str(row.total), row.rank, row.last) for one in rankings for row in one.rows}
    assert found == {
        "a1": ("37.00", 1, False),  # 16.5 + 10.5 + 10 + 0
        "a2": ("36.00", 3, True),  # 16 + 10 + 10 + 0
        "a3": ("37.00", 1, False),  # 16.5 + 10.5 + 10 + 0
        "b1": ("46.50", 1, False),  # 15.5 + 10.5 + 10 + 10.5
        "b2": ("37.50", 2, True),  # 5.5 + 10.5 + 11 + 10.5
        "c1": ("31.00", 1, False),  # 10.5 + 10.5 + 10 + 0
        "c2": ("31.00", 1, False),
        "c3": ("23.50", 3, True),  # 9.5 + 4 + 10 + 0
    }
    proposals = {one.unit.code: (str(one.total), one.rank, one.state) for one in TalkProposal.objects.all()}
    assert proposals == {
        "a2": ("36.00", 3, "proposed"), "b2": ("37.50", 2, "proposed"), "c3": ("23.50", 3, "proposed"),
    }  # fmt: skip
    assert first.talk("b2").arithmetic == {
        "method": "sum",
        "quarters": {"1": "5.50", "2": "10.50", "3": "11.00", "4": "10.50"},
        "total": "37.50",
    }
    rows = [row for one in rankings for row in one.rows]
    assert recompute_year(county.cycle, rows) == []
    for number in (1, 2, 3, 4):
        assert recompute(first.quarter(number)) == []
    TalkProposal.objects.filter(unit__code="b2").update(total="40.00")
    wrong = recompute_year(county.cycle, rows)
    assert [(one.what, one.stored, one.found) for one in wrong] == [("total", "40.00 / 2", "37.50 / 2")]


def _object(play, county, unit, text):
    services.object_to_result(actor=county.staff[unit], unit_evaluation=play.row(1, unit), text=text)


@pytest.mark.parametrize(
    ("totals", "placed"),
    [
        ({1: 5, 2: 5, 3: 4}, {1: 1, 2: 1, 3: 3}),
        ({1: 3, 2: 3, 3: 3}, {1: 1, 2: 1, 3: 1}),
        ({1: 1, 2: 2, 3: 3}, {1: 3, 2: 2, 3: 1}),
    ],
)
def test_equal_totals_share_a_rank(totals, placed):
    assert ranks({key: Decimal(value) for key, value in totals.items()}) == placed


@pytest.mark.parametrize(
    ("totals", "count", "last"),
    [
        ({1: 5, 2: 4, 3: 3}, 1, {3}),
        ({1: 5, 2: 4, 3: 3}, 2, {2, 3}),
        ({1: 5, 2: 3, 3: 3}, 1, {2, 3}),  # a shared last place
        ({1: 5, 2: 4, 3: 4, 4: 3}, 2, {2, 3, 4}),  # the second last place is shared
        ({1: 5, 2: 5}, 1, set()),  # a class of equals has no last
        ({1: 5}, 1, set()),
        ({}, 1, set()),
        ({1: 5, 2: 4}, 0, set()),
    ],
)
def test_last_places(totals, count, last):
    assert last_places({key: Decimal(value) for key, value in totals.items()}, count) == last


def test_the_mean_of_the_year_is_rounded_half_up(first, county):
    county.cycle.evaluation["year"]["method"] = "mean"
    county.cycle.save()
    first.give("2.1", dict.fromkeys(EACH, EVERYTHING) | {"c3": ("4.25", "2023-06-20", "站点未建")})
    for number in (1, 2):
        first.send(number)
        first.close(number)
    found = {
        row.unit.code: str(row.total) for one in year_ranking(county.office, county.cycle) for row in one.rows
    }
    # a1 (16.5 + 10.5) ÷ 2, a2 (16 + 10.5) ÷ 2, a3 (14 + 10.5) ÷ 2, c3 (9.5 + 4.25) ÷ 2 = 6.875
    assert found == {
        "a1": "13.50", "a2": "13.25", "a3": "12.25", "b1": "13.00", "b2": "8.00", "c1": "10.50", "c2": "10.50",
        "c3": "6.88",
    }  # fmt: skip


# --- the ledger -----------------------------------------------------------------------------------------------


def test_a_row_changed_behind_its_back_shows(first):
    first.send(1)
    first.close(1)
    assert recompute(first.quarter(1)) == []
    DutyPoints.objects.filter(duty__code="1.1", unit_evaluation__unit__code="a2").update(
        points="10.00", done_on="2023-03-01"
    )
    wrong = recompute(first.quarter(1))
    # a2 would have 15 + min(1 + 0.5, 1.5) = 16.5 and share the first place; a3 stays third.
    assert {(str(one.row), one.what, one.stored, one.found) for one in wrong if one.what != "arithmetic"} == {
        (str(first.row(1, "a2")), "total", "16.00", "16.50"),
        (str(first.row(1, "a2")), "rank", "2", "1"),
    }
    assert [one.row for one in wrong if one.what == "arithmetic"] == [first.row(1, "a2"), first.quarter(1)]


def test_a_stored_total_or_rank_changed_shows(first):
    first.send(1)
    first.close(1)
    UnitEvaluation.objects.filter(unit__code="b1").update(total="20.00", rank=2)
    assert [(one.what, one.stored, one.found) for one in recompute(first.quarter(1))] == [
        ("total", "20.00", "15.50"),
        ("rank", "2", "1"),
    ]


def test_later_rules_do_not_change_what_was_sent(first, county):
    first.send(1)
    county.cycle.evaluation["bonus_cap"] = "0.5"
    county.cycle.save()
    assert recompute(first.quarter(1)) == []
    first.close(1)
    assert first.totals(1)["a1"] == ("16.50", 1)


def test_every_step_is_logged_in_a_chain_that_shows_a_change(first, county):
    first.send(1)
    services.confirm_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"))
    first.close(1)
    row = first.row(1, "a1")
    assert [(log.action, log.actor) for log in row.log.all()] == [
        ("send", county.office), ("confirm", county.staff["a1"]),
    ]  # fmt: skip
    assert [log.action for log in first.row(1, "b2").log.all()] == ["send", "lapse"]
    assert [log.action for log in first.quarter(1).log.all()] == ["send", "close"]
    assert broken_rows(UnitEvaluationLog, row) == broken_rows(EvaluationLog, first.quarter(1)) == []
    UnitEvaluationLog.objects.filter(subject=row, action="send").update(content_hash="0" * 64)
    assert [log.action for log in broken_rows(UnitEvaluationLog, row)] == ["send"]
    assert AuditEvent.objects.filter(action="unitevaluation.lapse").count() == 7


def test_a_correction_is_a_further_row(first, county):
    first.give("1.1", {"a1": ("9", "2023-03-15", "复核扣分")})
    rows = DutyPoints.objects.filter(duty__code="1.1", unit_evaluation__unit__code="a1")
    assert [str(row.points) for row in rows] == ["10.00", "9.00"]
    first.give("1.1", {"a1": ("9", "2023-03-15", "复核扣分")})
    assert rows.count() == 2  # the same again is not written again


# --- the way --------------------------------------------------------------------------------------------------


def test_silence_until_the_last_day_confirms_and_is_recorded_as_such(first, county):
    first.send(1)
    # Sent on Monday 3 April 2023; 5 April was a day off: 4, 6 and 7 April.
    assert first.quarter(1).confirm_by == day("2023-04-07")
    clock.set_today(day("2023-04-07"))
    assert services.lapse_all_silent() == 0
    services.confirm_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"))
    clock.set_today(day("2023-04-08"))
    with pytest.raises(DomainError, match="2023"):
        services.confirm_result(actor=county.staff["a2"], unit_evaluation=first.row(1, "a2"))
    with pytest.raises(DomainError, match="2023"):
        _object(first, county, "a2", "迟了")
    assert (services.lapse_all_silent(), services.lapse_all_silent()) == (7, 0)
    assert {first.row(1, unit).state for unit in EACH} == {"confirmed", "silent"}
    assert first.row(1, "a2").log.last().actor is None


def test_where_silence_is_no_confirmation_the_quarter_waits(first, county):
    county.cycle.evaluation["silence_confirms"] = False
    county.cycle.save()
    first.send(1)
    clock.set_today(day("2023-04-20"))
    assert services.lapse_all_silent() == 0
    with pytest.raises(DomainError):
        talks.close_quarter(actor=county.office, evaluation=first.quarter(1))
    # A late yes is still welcome.
    services.confirm_result(actor=county.staff["a1"], unit_evaluation=first.row(1, "a1"))
    assert first.row(1, "a1").state == "confirmed"


def test_closing_waits_for_answers_and_objections(first, county):
    first.send(1)
    with pytest.raises(DomainError, match="8"):
        talks.close_quarter(actor=county.office, evaluation=first.quarter(1))
    _object(first, county, "a3", "不同意")
    clock.set_today(day("2023-04-10"))
    with pytest.raises(DomainError, match="1"):
        talks.close_quarter(actor=county.office, evaluation=first.quarter(1))
    assert first.row(1, "a1").state == "sent"  # what the refused closing had lapsed is undone
    services.decide_unit_objection(
        actor=county.office,
        objection=first.row(1, "a3").objection,
        upheld=False,
        findings="维持",
        corrections={},
    )
    first.close(1)
    assert first.totals(1)["a3"] == ("14.00", 3)
    assert Evaluation.objects.get(quarter=1, cycle=county.cycle).state == "closed"


def test_an_objection_is_upheld_by_correcting_points_only(first, county):
    first.send(1)
    _object(first, county, "a3", "不同意")
    objection = first.row(1, "a3").objection
    same = {"points": Decimal(8), "done_on": day("2023-03-10"), "reason": "记录不全"}
    for upheld, findings, corrections in (
        (True, "属实", {}),
        (True, "属实", {first.duty("1.1").pk: same}),
        (False, " ", {}),
        (True, "属实", {first.duty("1.1").pk: same | {"points": Decimal(11)}}),
    ):
        with pytest.raises(DomainError):
            services.decide_unit_objection(
                actor=county.office,
                objection=objection,
                upheld=upheld,
                findings=findings,
                corrections=corrections,
            )
    assert (first.row(1, "a3").state, DutyPoints.objects.filter(objection=objection).count()) == (
        "objected",
        0,
    )


def test_sending_waits_for_the_last_duty_and_all_points(play, county):
    clock.set_today(day("2023-03-30"))
    with pytest.raises(DomainError, match="31"):
        services.send_quarter(actor=county.office, evaluation=play.quarter(1))
    clock.set_today(day("2023-03-31"))
    with pytest.raises(DomainError, match=r"13.*13"):
        services.send_quarter(actor=county.office, evaluation=play.quarter(1))


# --- reports and points ---------------------------------------------------------------------------------------


def report(play, county, unit="a1", code="1.1", done_on="2023-03-01", by=None, text="已研究"):
    return services.report_duty(
        actor=by or county.staff[unit],
        unit_evaluation=play.row(int(code[0]), unit),
        duty=play.duty(code),
        done_on=day(done_on),
        text=text,
    )


def test_a_unit_reports_without_photos_and_may_report_again(play, county):
    report(play, county)
    report(play, county, text="补充")
    assert [row.text for row in play.row(1, "a1").reports.all()] == ["已研究", "补充"]
    score_reported(actor=county.office, evaluation=play.quarter(1), duty=play.duty("1.1"))
    given = DutyPoints.objects.get()
    assert (given.unit_evaluation, str(given.points), given.done_on) == (
        play.row(1, "a1"),
        "10.00",
        day("2023-03-01"),
    )


@pytest.mark.parametrize(
    "changes",
    [{"done_on": "2023-03-02"}, {"text": " "}, {"by": "a2"}, {"by": "office"}, {"unit": "b1", "by": "a1"}],
    ids=["tomorrow", "nothing written", "neighbour", "office", "for another"],
)
def test_refused_reports(play, county, changes):
    by = changes.get("by")
    changes = changes | {"by": county.office if by == "office" else county.staff.get(by)}
    with pytest.raises(DomainError):
        report(play, county, **changes)


def test_a_duty_of_another_class_or_quarter_is_not_reported(play, county, make_user):
    c1 = make_user("staff-c1", "unit_staff", county.units["c1"])
    with pytest.raises(DomainError):
        report(play, county, unit="c1", code="1.2", by=c1)
    with pytest.raises(DomainError):
        services.report_duty(
            actor=county.staff["a1"], unit_evaluation=play.row(1, "a1"), duty=play.duty("2.1"),
            done_on=day("2023-03-01"), text="错",
        )  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [
        ("10.5", "2023-03-01", ""),
        ("-1", "2023-03-01", "扣"),
        ("9.125", "2023-03-01", "扣"),
        ("9", "2023-03-01", " "),
        ("10", None, ""),
        ("10", "2023-12-31", ""),
    ],
    ids=["too many", "negative", "three decimals", "no reason", "not done", "future"],
)
def test_refused_points(play, entry):
    with pytest.raises(DomainError):
        play.give("1.1", {"a1": entry})
    assert DutyPoints.objects.count() == 0


def test_another_day_than_reported_needs_a_reason(play, county):
    report(play, county, done_on="2023-03-01")
    with pytest.raises(DomainError):
        play.give("1.1", {"a1": ("10", "2023-03-22", "")})
    play.give("1.1", {"a1": ("10", "2023-03-22", "材料落款为22日")})
    assert DutyPoints.objects.get().done_on == day("2023-03-22")


def test_a_second_window_does_not_overwrite_the_first(play, county):
    play.give("1.1", {"a1": ("10", "2023-03-01", "")})
    with pytest.raises(StaleForm):
        score_duty(
            actor=county.office,
            evaluation=play.quarter(1),
            duty=play.duty("1.1"),
            entries={
                play.row(1, "a1").pk: {
                    "points": Decimal(5),
                    "done_on": day("2023-03-01"),
                    "reason": "x",
                    "seen": 0,
                }
            },
        )


def test_after_sending_neither_reports_nor_points(first, county):
    first.send(1)
    with pytest.raises(DomainError):
        report(first, county)
    with pytest.raises(DomainError):
        first.give("1.1", {"a1": ("9", "2023-03-15", "晚了")})


# --- classes --------------------------------------------------------------------------------------------------


def test_a_unit_changes_its_class_with_a_quarter(first, county):
    def place(unit="c3", to="two", on="2023-04-01", reason="机构改革", actor=None):
        return place_unit(
            actor=actor or county.office,
            unit=county.units[unit],
            unit_class=county.cycle.programme.unit_classes.get(code=to),
            valid_from=day(on),
            reason=reason,
        )

    for refused in (
        {"on": "2023-04-02"},  # not the first day of a quarter
        {"on": "2023-01-01"},  # has points in the first quarter
        {"reason": " "},
        {"unit": "smallcounty"},  # the owner itself
        {"unit": "bigcity"},
        {"actor": county.leader},
        {"actor": county.staff["a1"]},
    ):
        with pytest.raises(DomainError):
            place(**refused)
    place()
    assert [first.row(number, "c3").unit_class.code for number in (1, 2, 3, 4)] == [
        "three",
        "two",
        "two",
        "two",
    ]
    assert list(
        county.units["c3"]
        .class_memberships.values_list("unit_class__code", "valid_from", "valid_to")
        .order_by("valid_from")
    ) == [
        ("three", day("2023-01-01"), day("2023-04-01")),
        ("two", day("2023-04-01"), None),
    ]
    for number in (1, 2):
        if number == 2:
            first.give("2.1", dict.fromkeys(EACH, EVERYTHING))
        first.send(number)
        first.close(number)
    found = {row.unit.code: row.rank for one in year_ranking(county.office, county.cycle) for row in one.rows}
    # c3 was in two classes: its sum is compared with nobody's.
    assert found == {"a1": 1, "a2": 2, "a3": 3, "b1": 1, "b2": 2, "c1": 1, "c2": 1, "c3": None}


# --- the year's end -------------------------------------------------------------------------------------------


@pytest.fixture
def over(first):
    """A closed year; class three shares its first place, so it has c3 last; a3 and b2 are last too."""
    for number in (1, 2, 3, 4):
        if number > 1:
            first.give(f"{number}.1", dict.fromkeys(EACH, ("10", f"2023-{number * 3:02d}-20", "")))
        first.send(number)
        first.close(number)
    return first


def test_a_leader_decides_and_the_office_records_the_talk(over, county):
    assert sorted(TalkProposal.objects.values_list("unit__code", flat=True)) == ["a3", "b2", "c3"]
    assert Message.objects.filter(recipient=county.leader).count() == 1
    talks.propose_talks(cycle=county.cycle)
    assert TalkProposal.objects.count() == 3
    clock.set_today(day("2024-01-05"))
    decision = {
        "ordered": True,
        "opinion": "同意",
        "managed_from": day("2024-01-05"),
        "managed_to": day("2024-07-04"),
    }
    for wrong in (
        {"opinion": " "},
        {"managed_to": None},
        {"managed_to": day("2024-01-04")},
        {"actor": county.office},
        {"actor": county.staff["a3"]},
    ):
        with pytest.raises(DomainError):
            talks.decide_talk(**{"actor": county.leader, "proposal": over.talk("a3"), **decision, **wrong})
    with pytest.raises(DomainError):
        talks.record_talk(
            actor=county.office, proposal=over.talk("a3"), held_on=day("2024-01-05"), note="先谈"
        )
    talks.decide_talk(actor=county.leader, proposal=over.talk("a3"), **decision)
    talks.decide_talk(
        actor=county.leader, proposal=over.talk("b2"), ordered=False, opinion="新组建单位",
        managed_from=day("2024-01-05"), managed_to=day("2024-07-04"),
    )  # fmt: skip
    for wrong in (
        {"held_on": day("2024-01-04")},
        {"held_on": day("2024-01-06")},
        {"note": " "},
        {"actor": county.leader},
    ):
        with pytest.raises(DomainError):
            talks.record_talk(
                **{
                    "actor": county.office,
                    "proposal": over.talk("a3"),
                    "held_on": day("2024-01-05"),
                    "note": "限期整改",
                    **wrong,
                }
            )
    talks.record_talk(
        actor=county.office, proposal=over.talk("a3"), held_on=day("2024-01-05"), note="限期整改"
    )
    done, left = over.talk("a3"), over.talk("b2")
    assert (done.state, done.managed_from, done.managed_to) == ("held", day("2024-01-05"), day("2024-07-04"))
    assert (left.state, left.managed_from, left.managed_to) == ("dropped", None, None)
    assert [log.action for log in done.log.all()] == ["order", "hold"]
    # The unit reads what was ordered for it, and nothing of the others.
    assert list(TalkProposal.objects.visible_to(county.staff["a3"])) == [done]
    assert list(TalkProposal.objects.visible_to(county.staff["a1"])) == []


def test_the_command_that_checks_all_quarters(first, capsys):
    first.send(1)
    first.close(1)
    call_command("check_evaluations")
    assert capsys.readouterr().out.count("\n") == 1  # one quarter was sent, three are under way
    UnitEvaluationLog.objects.filter(action="lapse").update(reason="改动")
    with pytest.raises(CommandError):
        call_command("check_evaluations")
