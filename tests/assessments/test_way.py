"""The whole way from an accepted application to the plaque, for the city and for the province."""

import datetime

import pytest

from accounts.errors import DomainError
from accounts.models import AuditEvent
from accounts.staircase import broken_rows
from applications.models import Application
from assessments.models import Assessment, AssessmentLog, Objection, Recommendation
from assessments.services import (
    assign_assessor,
    award,
    close_assessment,
    decide_objection,
    decline,
    deliberate,
    open_assessment,
    publish_notice,
    recommend,
    record_answer,
    record_objection,
)
from notices.models import Message
from sites.enums import PlaqueState
from sites.models import Plaque
from sites.services import revoke_plaque

DAY = datetime.date


def fresh(assessment: Assessment) -> Assessment:
    return Assessment.objects.get(pk=assessment.pk)


def test_city_way_ends_with_the_first_number_of_the_year(accepted, score, people, xiangtan, on_day):
    application = accepted()
    on_day(2017, 9, 20)
    assessment = open_assessment(actor=people.office, application=application)
    sheets = [
        assign_assessor(actor=people.office, assessment=assessment, assessor=person)
        for person in (people.assessor, people.assessor2)
    ]
    on_day(2017, 9, 22)
    score(sheets[0], "88")
    score(sheets[1], "85.5")
    closed = close_assessment(actor=people.office, assessment=assessment)
    assert (closed.state, str(closed.score), closed.vetoed) == ("passed", "86.75", False)
    on_day(2017, 9, 27)
    deliberate(
        actor=people.leader,
        assessment=fresh(assessment),
        held_on=DAY(2017, 9, 26),
        minutes_number="部务会纪要〔2017〕12号",
        approved=True,
        opinion="同意",
    )
    # Thursday 28, Friday 29, make-up Saturday 30 September; 1 to 8 October off; Monday 9, Tuesday 10.
    notice = publish_notice(actor=people.office, assessment=fresh(assessment), starts_on=DAY(2017, 9, 28))
    assert (notice.working_days, notice.ends_on) == (5, DAY(2017, 10, 10))
    on_day(2017, 10, 10)
    with pytest.raises(DomainError) as refusal:
        award(actor=people.office, assessment=fresh(assessment))
    assert refusal.value.reason.earliest == DAY(2017, 10, 11)
    on_day(2017, 10, 11)
    plaque = award(actor=people.office, assessment=fresh(assessment))
    assert (plaque.number, plaque.awarded_on, plaque.level) == (
        "潭同社〔2017〕1号",
        DAY(2017, 10, 11),
        xiangtan.levels["city"],
    )
    assert fresh(assessment).state == "awarded"
    assert Application.objects.get().state == "awarded"
    assert [(row.from_state, row.to_state) for row in assessment.log.all()] == [
        ("scoring", "passed"),
        ("passed", "approved"),
        ("approved", "noticed"),
        ("noticed", "awarded"),
    ]
    assert broken_rows(AssessmentLog, assessment) == []
    assert "潭同社〔2017〕1号" in Message.objects.filter(recipient=people.county).first().body


def test_second_award_of_the_year_counts_on(noticed, people, on_day):
    first = noticed(name="同心社区甲", category="village")
    on_day(2017, 6, 5)
    assert award(actor=people.office, assessment=first).number == "潭同村〔2017〕1号"
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=fresh(first))
    assert Plaque.objects.filter(number__startswith="潭同村").count() == 1


def test_province_way_takes_the_number_given_above(approved, people, xiangtan, on_day):
    assessment = approved(level="province")
    on_day(2017, 6, 20)
    recommendation = recommend(
        actor=people.office,
        assessment=assessment,
        rank=1,
        reason="成效最突出",
        sent_on=DAY(2017, 6, 19),
    )
    on_day(2017, 12, 5)
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=fresh(assessment))
    record_answer(
        actor=people.office,
        recommendation=recommendation,
        confirmed=True,
        answered_on=DAY(2017, 12, 4),
        answer_number="湘统函〔2017〕88号",
        plaque_number="湘同〔2017〕17号",
    )
    with pytest.raises(DomainError) as refusal:
        award(actor=people.office, assessment=fresh(assessment), awarded_on=DAY(2017, 12, 3))
    assert "2017年12月4日" in refusal.value.reason.text
    plaque = award(actor=people.office, assessment=fresh(assessment), awarded_on=DAY(2017, 12, 4))
    assert (plaque.number, plaque.level) == ("湘同〔2017〕17号", xiangtan.levels["province"])
    assert [row.to_state for row in assessment.log.all()] == [
        "passed",
        "approved",
        "recommended",
        "confirmed",
        "awarded",
    ]


def test_province_confirmation_needs_a_number_no_other_plaque_carries(approved, people, xiangtan):
    assessment = approved(level="province")
    recommendation = recommend(
        actor=people.office, assessment=assessment, rank=1, reason="好", sent_on=DAY(2017, 5, 22)
    )
    Plaque.objects.create(
        site=assessment.application.site,
        level=xiangtan.levels["province"],
        number="湘同〔2016〕1号",
        awarded_on=DAY(2016, 12, 1),
        ended_on=DAY(2017, 1, 1),
        state=PlaqueState.REVOKED,
        origin="awarded",
    )
    answer = {
        "actor": people.office,
        "recommendation": recommendation,
        "confirmed": True,
        "answered_on": DAY(2017, 5, 22),
        "answer_number": "湘统函〔2017〕88号",
    }
    for number in ("", "湘同〔2016〕1号"):
        with pytest.raises(DomainError):
            record_answer(**answer, plaque_number=number)
    assert fresh(assessment).state == "recommended"


def test_province_declining_ends_the_application_with_the_reason(approved, people):
    assessment = approved(level="province")
    recommendation = recommend(
        actor=people.office, assessment=assessment, rank=1, reason="好", sent_on=DAY(2017, 5, 22)
    )
    answer = {
        "actor": people.office,
        "recommendation": recommendation,
        "confirmed": False,
        "answered_on": DAY(2017, 5, 22),
        "answer_number": "湘统函〔2017〕88号",
    }
    with pytest.raises(DomainError):
        record_answer(**answer, reason=" ")
    record_answer(**answer, reason="名额已满")
    assert fresh(assessment).state == "declined"
    assert Application.objects.get().state == "declined"
    assert Message.objects.filter(recipient=people.county).first().body == "名额已满"


def test_a_rank_is_given_once(approved, many, people, xiangtan):
    first = approved(level="province")
    (second,) = many(1, level="province", state="approved", score=85)
    recommend(actor=people.office, assessment=first, rank=1, reason="好", sent_on=DAY(2017, 5, 22))
    with pytest.raises(DomainError):
        recommend(actor=people.office, assessment=second, rank=1, reason="好", sent_on=DAY(2017, 5, 22))
    assert fresh(second).state == "approved"
    recommend(actor=people.office, assessment=fresh(second), rank=2, reason="好", sent_on=DAY(2017, 5, 22))
    assert list(Recommendation.objects.values_list("rank", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"reason": " "}, {"sent_on": DAY(2017, 5, 23)}], ids=["rank", "reason", "future"]
)
def test_a_recommendation_has_rank_reason_and_a_day_that_came(approved, people, wrong):
    given = {"rank": 1, "reason": "好", "sent_on": DAY(2017, 5, 22)} | wrong
    with pytest.raises(DomainError):
        recommend(actor=people.office, assessment=approved(level="province"), **given)


def test_failing_ends_the_application_and_tells_the_county(opened, people, score):
    assessment = opened(people.assessor)
    score(assessment.sheets.get(), "79.99")
    closed = close_assessment(actor=people.office, assessment=assessment)
    assert (closed.state, str(closed.score)) == ("failed", "79.99")
    assert Application.objects.get().state == "declined"
    assert "79.99" in Message.objects.filter(recipient=people.county).first().body


def test_declined_deliberation_ends_the_application(passed, people):
    assessment = passed()
    deliberate(
        actor=people.leader,
        assessment=assessment,
        held_on=DAY(2017, 5, 22),
        minutes_number="12号",
        approved=False,
        opinion="特色不明显",
    )
    assert fresh(assessment).state == "declined"
    assert Application.objects.get().state == "declined"
    assert Message.objects.filter(recipient=people.county).first().body == "特色不明显"


def test_deliberation_cannot_lie_in_the_future(passed, people):
    with pytest.raises(DomainError):
        deliberate(
            actor=people.leader,
            assessment=passed(),
            held_on=DAY(2017, 5, 23),
            minutes_number="12号",
            approved=True,
            opinion="同意",
        )


@pytest.mark.parametrize("starts_on", [DAY(2017, 5, 21), DAY(2017, 6, 23), DAY(2071, 5, 22)])
def test_notice_begins_today_or_within_a_month(approved, people, starts_on):
    with pytest.raises(DomainError):
        publish_notice(actor=people.office, assessment=approved(), starts_on=starts_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        # Saturday 27 May was a make-up working day, 28 to 30 May (dragon boat) off: 27, 31, 1, 2, 5.
        (DAY(2017, 5, 27), DAY(2017, 6, 5)),
        # Saturday 3 June was off: 5, 6, 7, 8, 9.
        (DAY(2017, 6, 3), DAY(2017, 6, 9)),
    ],
    ids=["make-up Saturday", "free Saturday"],
)
def test_notice_begun_on_a_saturday(approved, people, starts_on, ends_on):
    notice = publish_notice(actor=people.office, assessment=approved(), starts_on=starts_on)
    assert notice.ends_on == ends_on


def test_objections_block_the_award_until_decided_and_for_good_when_upheld(noticed, people, on_day):
    assessment = noticed()  # 22 to 26 May
    assert assessment.notice.ends_on == DAY(2017, 5, 26)
    with pytest.raises(DomainError):  # tomorrow
        record_objection(
            actor=people.office, notice=assessment.notice, received_on=DAY(2017, 5, 23), text="数据不实"
        )
    on_day(2017, 5, 31)
    with pytest.raises(DomainError):  # after the notice
        record_objection(
            actor=people.office, notice=assessment.notice, received_on=DAY(2017, 5, 31), text="数据不实"
        )
    objection = record_objection(
        actor=people.office, notice=assessment.notice, received_on=DAY(2017, 5, 26), text="数据不实"
    )
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=fresh(assessment))
    with pytest.raises(DomainError):
        decide_objection(actor=people.office, objection=objection, upheld=False, findings=" ")
    decide_objection(actor=people.office, objection=objection, upheld=True, findings="查实")
    with pytest.raises(DomainError):  # decided once
        decide_objection(actor=people.office, objection=objection, upheld=False, findings="改口")
    assert Objection.objects.get().outcome == "upheld"
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=fresh(assessment))
    decline(actor=people.office, assessment=fresh(assessment), reason="异议成立")
    assert fresh(assessment).state == "declined"
    assert Application.objects.get().state == "declined"


def test_a_dismissed_objection_does_not_block(noticed, people, on_day):
    assessment = noticed()
    objection = record_objection(
        actor=people.office, notice=assessment.notice, received_on=DAY(2017, 5, 22), text="数据不实"
    )
    decide_objection(actor=people.office, objection=objection, upheld=False, findings="不属实")
    on_day(2017, 5, 27)
    assert award(actor=people.office, assessment=fresh(assessment)).number == "潭同社〔2017〕1号"


def test_award_asks_the_ladder_again(noticed, people, xiangtan, on_day):
    assessment = noticed()
    on_day(2017, 6, 5)
    county = Plaque.objects.get(level=xiangtan.levels["county"])
    revoke_plaque(actor=people.county, plaque=county, reason="停止创建")
    with pytest.raises(DomainError) as refusal:
        award(actor=people.office, assessment=fresh(assessment))
    assert "潭市统通〔2017〕5号" in refusal.value.reason.article
    assert not Plaque.objects.filter(level=xiangtan.levels["city"]).exists()
    assert fresh(assessment).state == "noticed"
    assert Application.objects.get().state == "accepted"


def test_a_confirmed_site_whose_lower_plaque_fell_is_not_stuck(approved, people, xiangtan):
    assessment = approved(level="province")
    recommendation = recommend(
        actor=people.office, assessment=assessment, rank=1, reason="好", sent_on=DAY(2017, 5, 22)
    )
    record_answer(
        actor=people.office,
        recommendation=recommendation,
        confirmed=True,
        answered_on=DAY(2017, 5, 22),
        answer_number="湘统函〔2017〕88号",
        plaque_number="湘同〔2017〕17号",
    )
    city = Plaque.objects.get(level=xiangtan.levels["city"])
    revoke_plaque(actor=people.office, plaque=city, reason="复核不合格")
    with pytest.raises(DomainError):
        award(actor=people.office, assessment=fresh(assessment))
    decline(actor=people.leader, assessment=fresh(assessment), reason="市级授牌已收回")
    assert fresh(assessment).state == "declined"


def test_the_plaque_is_not_dated_before_the_end_of_the_notice(noticed, people, on_day):
    assessment = noticed()  # until 26 May
    on_day(2017, 6, 5)
    for day in (DAY(2017, 5, 26), DAY(2017, 6, 6)):
        with pytest.raises(DomainError):
            award(actor=people.office, assessment=fresh(assessment), awarded_on=day)
    plaque = award(actor=people.office, assessment=fresh(assessment), awarded_on=DAY(2017, 5, 27))
    assert plaque.awarded_on == DAY(2017, 5, 27)


def test_ending_without_decision_is_no_way_around_deliberation_or_answer(passed, people):
    assessment = passed()
    with pytest.raises(DomainError):
        decline(actor=people.leader, assessment=assessment, reason="不想要")
    assert fresh(assessment).state == "passed"


def test_opening_is_for_the_office_and_only_for_accepted_applications(accepted, people):
    application = accepted()
    with pytest.raises(DomainError):
        open_assessment(actor=people.county, application=application)
    first = open_assessment(actor=people.office, application=application)
    assert open_assessment(actor=people.office, application=application) == first
    with pytest.raises(DomainError):
        open_assessment(actor=people.neighbour, application=application)
    Application.objects.update(state="submitted")
    first.delete()
    with pytest.raises(DomainError):
        open_assessment(actor=people.office, application=application)


def test_what_was_done_is_on_the_audit_trail(noticed, people, on_day):
    assessment = noticed()
    on_day(2017, 6, 5)
    award(actor=people.office, assessment=fresh(assessment))
    actions = AuditEvent.objects.filter(object_type="assessments.assessment", object_id=assessment.pk)
    assert list(actions.order_by("id").values_list("action", "actor_name")) == [
        ("assessment.open", "office"),
        ("assessor.assign", "office"),
        ("assessment.pass", "office"),
        ("assessment.approve", "leader"),
        ("assessment.publish", "office"),
        ("assessment.award", "office"),
    ]
