"""A finding's way in literal days: due days, more time, questions, the ladder, letters and proposals."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import DomainError
from accounts.staircase import broken_rows
from assessments.models import RevocationProposal
from notices.duties import owed_now
from notices.models import Message
from supervision.finding_days import rung_day
from supervision.finding_duties import findings_owed
from supervision.finding_todo import waiting_for
from supervision.models import Finding, FindingLog, Recheck, ReminderLetter, SupervisionGroup
from supervision.services import record_finding
from supervision.services.coordination import answer_finding, decide_extension, refer_finding
from supervision.services.escalation import (
    climb_overdue,
    lay_proposal_aside,
    order_letter,
    propose_to_office,
    record_talk,
    remind,
    take_up_proposal,
)
from supervision.services.findings import drop_finding, recheck_finding, reopen_finding, report_finding
from tests.applications.conftest import png
from tests.assessments.reviewing import plaque_of  # noqa: F401 - fixture
from tests.supervision.finding_fixtures import (  # noqa: F401 - fixtures
    again,
    cast,
    climbed,
    found,
    hold_talk,
    more_time,
    referred,
    reported,
    send_letter,
)


def day(month, number, year=2017) -> datetime.date:
    return datetime.date(year, month, number)


def todos(user) -> list[tuple[str, datetime.date | None]]:
    fresh = type(user).objects.get(pk=user.pk)
    return [(todo.text, todo.due) for todo in waiting_for(fresh)]


@pytest.fixture(autouse=True)
def _english(xiangtan):
    from django.utils import translation

    translation.activate("en")


# --- recorded ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "due"), [("grave", day(5, 27)), ("major", day(6, 6)), ("minor", day(6, 20))]
)
def test_due_days_pass_over_the_dragon_boat_festival(found, severity, due):  # noqa: F811
    """22 May 2017 was a Monday; 27 May was a make-up Saturday, 28 to 30 May were off."""
    assert found(severity=severity).due_on == due


def test_a_finding_over_the_national_holiday(found, on_day):  # noqa: F811
    """Thursday 28 September: 30 September was a make-up Saturday, 1 to 8 October off."""
    on_day(2017, 9, 28)
    finding = found(severity="grave")
    assert finding.due_on == day(10, 11)
    assert rung_day(finding, "remind") == day(10, 12)


def test_the_same_uid_is_the_same_finding_and_numbers_have_no_gap(found, cast):  # noqa: F811
    uid = uuid.uuid4()
    first = found(uid=uid)
    assert found(site=first.site, uid=uid, text="再次发送") == first
    with pytest.raises(DomainError):
        found(site=first.site, severity="unheard of")
    assert found(site=first.site).number == "2017-2"
    assert (first.number, first.text, first.escalation.state) == (
        "2017-1",
        "活动室漏雨，半年未开放。",
        "none",
    )
    told = Message.objects.filter(url=f"/supervision/findings/{first.pk}/")
    assert {row.recipient.username for row in told} == {"county", "town"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_on": day(5, 22)}, "must lie ahead"),
        ({"due_on": day(5, 28)}, "is a day off"),
        ({"kind": "secret"}, "Choose whether"),
        ({"text": "  "}, "Write what was found"),
    ],
)
def test_what_a_finding_must_be(found, fields, words):  # noqa: F811
    with pytest.raises(DomainError, match=words):
        found(**fields)
    assert not Finding.objects.exists()


def test_a_unit_elsewhere_does_not_put_it_right(found, xiangtan, cast):  # noqa: F811
    with pytest.raises(DomainError, match="does not lie in"):
        found(owner=xiangtan.areas["韶山市"])
    assert found("同心社区乙", owner=cast.units.section).due_on == day(6, 6)
    with pytest.raises(DomainError, match="Only members of"):
        record_finding(
            actor=cast.other_group, group=SupervisionGroup.objects.get(areas__area=xiangtan.areas["湘潭县"]),
            cycle=xiangtan.cycle, kind="defect", severity="minor", text="x", owner=cast.units.town,
            unit=cast.units.town, area=xiangtan.areas["湘潭县"],
        )  # fmt: skip


# --- reported, looked at again ----------------------------------------------------------------------------


def test_reported_reopened_reported_closed(found, cast, on_day):  # noqa: F811
    finding = found()
    on_day(2017, 6, 1)
    report_finding(actor=cast.town, finding=finding, text="屋顶已修好。", files=[png("屋顶.png")])
    assert again(finding).files.get().name == "屋顶.png"
    # Ten working days after 1 June.
    assert todos(cast.group) == [("Take a second look · 同心社区甲", day(6, 15))]
    on_day(2017, 6, 5)
    with pytest.raises(DomainError, match="between the report and today"):
        look(cast, finding, checked_on=day(5, 31), is_settled=True)
    look(cast, finding, is_settled=False, note="仍在渗水", due_on=day(6, 12))
    assert (again(finding).state, again(finding).due_on) == ("open", day(6, 12))
    assert todos(cast.town) == [("Put right and report · 同心社区甲", day(6, 12))]
    reported(cast, finding)
    look(cast, finding, is_settled=True)
    assert (again(finding).state, todos(cast.town), todos(cast.group)) == ("closed", [], [])
    on_day(2017, 9, 4)
    reopen_finding(actor=cast.group, finding=finding, reason="又漏雨")
    assert (again(finding).state, again(finding).due_on) == ("open", day(9, 18))
    drop_finding(actor=cast.office, finding=again(finding), reason="房屋已拆除")
    assert again(finding).state == "dropped"
    assert [row.action for row in finding.log.all()] == [
        "report", "reopen", "report", "close", "reopen", "drop",
    ]  # fmt: skip
    assert broken_rows(FindingLog, finding) == []


def look(cast, finding, *, is_settled, note="", due_on=None, checked_on=None) -> Recheck:  # noqa: F811
    from accounts import clock

    return recheck_finding(
        actor=cast.group, finding=again(finding), checked_on=checked_on or clock.today(),
        is_settled=is_settled, note=note, due_on=due_on,
    )  # fmt: skip


def test_a_file_of_another_kind_leaves_nothing_behind(found, cast):  # noqa: F811
    finding = found()
    wrong = SimpleUploadedFile("程序.exe", b"MZ")
    with pytest.raises(DomainError):
        report_finding(actor=cast.town, finding=finding, text="屋顶已修好。", files=[wrong])
    assert (again(finding).state, finding.reports.count()) == ("open", 0)


# --- more time --------------------------------------------------------------------------------------------


def test_more_time_at_most_twenty_working_days_in_all(found, cast, on_day):  # noqa: F811
    finding = found()
    first = more_time(cast, finding, until=day(6, 20))
    assert first.working_days == 10
    with pytest.raises(DomainError, match="waits for its answer already"):
        more_time(cast, finding)
    assert todos(cast.group) == [("Decide: more time is asked for · 同心社区甲", day(6, 6))]
    decide_extension(actor=cast.group, extension=first, granted=True, reason="同意")
    assert again(finding).due_on == day(6, 20)
    with pytest.raises(DomainError, match=r"11 working days more; 10 are left.*4 July 2017"):
        more_time(cast, finding, until=day(7, 5))
    second = more_time(cast, finding, until=day(7, 4))
    decide_extension(actor=cast.office, extension=second, granted=False, reason="材料已到")
    assert (again(finding).due_on, second.state) == (day(6, 20), "refused")
    on_day(2017, 6, 21)
    with pytest.raises(DomainError, match="was over on 20 June 2017"):
        more_time(cast, finding, until=day(6, 28))


@pytest.mark.parametrize(
    ("until", "words"),
    [(day(6, 6), "after the present one"), (day(6, 10), "day off"), (day(5, 22), "must lie ahead")],
)
def test_days_that_are_no_more_time(found, cast, until, words):  # noqa: F811
    with pytest.raises(DomainError, match=words):
        more_time(cast, found(), until=until)


def test_while_more_time_is_asked_for_nothing_climbs(found, cast, on_day):  # noqa: F811
    finding = found()
    request = more_time(cast, finding)
    on_day(2017, 6, 8)
    assert climb_overdue() == 0
    decide_extension(actor=cast.group, extension=request, granted=False, reason="不同意")
    assert climb_overdue() == 1


def test_a_report_settles_a_request(found, cast):  # noqa: F811
    finding = found()
    request = more_time(cast, finding)
    reported(cast, finding)
    request.refresh_from_db()
    assert (request.state, request.log.get().actor) == ("refused", None)


# --- help from elsewhere ----------------------------------------------------------------------------------


def test_the_clock_stands_still_while_a_section_is_asked(found, cast, on_day):  # noqa: F811
    finding = found()
    on_day(2017, 5, 26)
    asked = refer_finding(
        actor=cast.town, finding=finding, to_unit=cast.units.section, question="需协调维修资金。"
    )
    # Ten working days after 26 May: 27 and 31 May, 1, 2, 5 to 9 and 12 June.
    assert asked.answer_by == day(6, 12)
    assert todos(cast.section) == [("Answer: help is asked for · 同心社区甲", day(6, 12))]
    assert todos(cast.town) == []
    on_day(2017, 6, 12)
    assert climb_overdue() == 0
    answer_finding(actor=cast.section, finding=again(finding), answer="资金已落实。")
    # Ten working days after 6 June.
    assert (again(finding).state, again(finding).due_on) == ("open", day(6, 20))
    assert finding.log.last().reason == "资金已落实。\n（等待答复10个工作日，整改期限顺延至2017年6月20日）"
    with pytest.raises(DomainError):
        answer_finding(actor=cast.section, finding=again(finding), answer="再答")


def test_answered_the_same_day_nothing_moves_and_a_report_settles_the_question(found, cast):  # noqa: F811
    finding = referred(cast, found())
    answer_finding(actor=cast.office, finding=finding, answer="已协调。")
    assert again(finding).due_on == day(6, 6)
    again_asked = referred(cast, again(finding), cast.units.city)
    assert todos(cast.office) == [("Answer: help is asked for · 同心社区甲", day(6, 6))]
    reported(cast, again_asked)
    assert [row.state for row in finding.coordinations.all()] == ["answered", "settled"]
    assert todos(cast.office) == []


def test_whom_one_may_ask(found, cast, xiangtan):  # noqa: F811
    finding = found()
    with pytest.raises(DomainError, match="cannot be asked here"):
        referred(cast, finding, xiangtan.areas["韶山市"])
    with pytest.raises(DomainError, match="put right by the unit itself"):
        refer_finding(
            actor=cast.town, finding=found(site=finding.site, kind="defect"), to_unit=cast.units.section,
            question="?",
        )  # fmt: skip


# --- the ladder -------------------------------------------------------------------------------------------


def test_the_days_of_the_rungs(found):  # noqa: F811
    """Due on Tuesday 6 June 2017: 1, 3, 10 and 20 working days later."""
    finding = found()
    days = {action: rung_day(finding, action) for action in ("remind", "letter", "talk", "propose")}
    assert days == {"remind": day(6, 7), "letter": day(6, 9), "talk": day(6, 20), "propose": day(7, 4)}


def test_the_reminder_goes_by_itself_and_once(found, cast, on_day):  # noqa: F811
    finding = found()
    on_day(2017, 6, 6)
    assert climb_overdue() == 0
    Message.objects.all().delete()
    on_day(2017, 6, 7)
    assert [climb_overdue(), climb_overdue()] == [1, 0]
    told = Message.objects.filter(url=f"/supervision/findings/{finding.pk}/")
    assert sorted(row.recipient.username for row in told) == ["county", "group", "town"]
    assert finding.escalation.log.get().actor is None


def test_no_rung_is_left_out_and_none_comes_early(found, cast, on_day):  # noqa: F811
    finding = found()
    on_day(2017, 7, 31)
    with pytest.raises(DomainError, match="not possible while the state"):
        order_letter(actor=cast.group, finding=finding)
    remind(actor=cast.group, finding=finding)
    with pytest.raises(DomainError, match="not possible while the state"):
        hold_talk(cast.group, again(finding))
    order_letter(actor=cast.group, finding=again(finding))
    # Five working days to answer the letter come before the talk.
    assert ReminderLetter.objects.get().answer_by == day(8, 7)
    with pytest.raises(DomainError, match="Possible from 8 August 2017 on"):
        hold_talk(cast.group, again(finding))


def test_nobody_is_asked_to_a_talk_over_a_letter_that_never_went_out(climbed, cast, on_day):  # noqa: F811
    finding = climbed("letter")
    on_day(2017, 6, 20)
    said = {
        "held_on": day(6, 20),
        "led_by": "分管副部长",
        "with_whom": "镇党委书记",
        "minutes": "两周内修好。",
    }
    with pytest.raises(DomainError, match="The reminder letter has not gone out yet"):
        record_talk(actor=cast.group, finding=finding, **said)
    send_letter(cast.group, finding)
    assert record_talk(actor=cast.group, finding=again(finding), **said).finding == finding


def test_a_day_agreed_in_the_talk_is_the_new_day(climbed, cast, on_day):  # noqa: F811
    finding = climbed("letter")
    on_day(2017, 6, 21)
    with pytest.raises(DomainError, match="between the reminder letter and today"):
        hold_talk(cast.group, finding, held_on=day(6, 8))
    hold_talk(cast.group, again(finding), agreed_day=day(7, 7))
    assert again(finding).due_on == day(7, 7)
    assert climb_overdue() == 0
    # 20 less 10 working days after the day agreed on.
    assert rung_day(again(finding), "propose") == day(7, 21)
    on_day(2017, 7, 20)
    with pytest.raises(DomainError, match="Possible from 21 July 2017 on"):
        propose_to_office(actor=cast.group, finding=again(finding), text="建议通报")
    on_day(2017, 7, 21)
    propose_to_office(actor=cast.group, finding=again(finding), text="建议通报")
    assert todos(cast.office) == [("Decide on the group's proposal · 同心社区甲", None)]


def test_a_proposal_never_takes_a_plaque_back_by_itself(
    climbed, found, cast, plaque_of, on_day, people  # noqa: F811
):  # fmt: skip
    plaque = plaque_of("甲社区", 2014)
    finding = climbed("propose", site=plaque.site)
    assert (finding.proposal.plaque, plaque.state) == (plaque, "valid")
    with pytest.raises(DomainError):
        take_up_proposal(actor=cast.group, proposal=finding.proposal, begin_revocation=True)
    take_up_proposal(actor=cast.office, proposal=finding.proposal, reason="同意", begin_revocation=True)
    begun = RevocationProposal.objects.get()
    assert (again(finding).proposal.revocation, begun.proposed_by, begun.state) == (
        begun,
        cast.office,
        "proposed",
    )
    assert begun.reason == "建议收回牌匾（督导问题2017-1）"
    plaque.refresh_from_db()
    assert plaque.state == "valid"


def test_laid_aside_needs_a_reason(climbed, cast):  # noqa: F811
    finding = climbed("propose")
    with pytest.raises(DomainError, match="Write the reason"):
        lay_proposal_aside(actor=cast.office, proposal=finding.proposal, reason=" ")
    lay_proposal_aside(actor=cast.office, proposal=finding.proposal, reason="已另行安排")
    assert again(finding).proposal.state == "laid_aside"


def test_what_the_group_is_told_to_do(climbed, cast, on_day):  # noqa: F811
    climbed("remind")
    on_day(2017, 6, 8)
    assert todos(cast.group) == []
    on_day(2017, 6, 9)
    assert todos(cast.group) == [("A reminder letter is possible · 同心社区甲", None)]


# --- reminders --------------------------------------------------------------------------------------------


def duties() -> list[tuple]:
    return [
        (duty.kind, duty.due_on, duty.stages, sorted(owed.user.username for owed in duty.owed_by))
        for duty in findings_owed()
    ]


def test_what_is_owed_as_a_source_of_reminders(found, cast):  # noqa: F811
    finding = found()
    assert duties() == [("finding", day(6, 6), (5, 3, 1, 0), ["county", "town"])]
    referred(cast, finding)
    assert duties() == [("coordination", day(6, 6), (3, 1, 0), ["section"])]
    answer_finding(actor=cast.section, finding=again(finding), answer="已协调。")
    reported(cast, again(finding))
    assert duties() == [("recheck", day(6, 6), (1, 0), ["group"])]
    assert any(duty.key == f"recheck:{finding.pk}:2017-06-06" for duty in owed_now())


def test_sources_and_todos_take_as_many_queries_for_thirty(found, cast, django_assert_num_queries):  # noqa: F811
    first = found()
    with django_assert_num_queries(4):
        list(findings_owed())
    with django_assert_num_queries(4):
        todos(cast.town)
    for _number in range(29):
        found(site=first.site)
    with django_assert_num_queries(4):
        assert len(list(findings_owed())) == 30
    with django_assert_num_queries(4):
        assert len(todos(cast.town)) == 30
