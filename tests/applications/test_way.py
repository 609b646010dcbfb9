"""From a draft to the office's decision: who may do what, when, and what stands in the way."""

import datetime
from itertools import product

import pytest

from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent
from accounts.staircase import broken_rows
from applications.enums import APPLICATION_TRANSITIONS, ApplicationAction, ApplicationState
from applications.models import Application, ApplicationLog, QuotaPlace
from applications.rules import ACTION_ROLES, why_not_submit
from applications.selectors import changes_since_last, waiting_for
from applications.services import (
    accept,
    grant_extension,
    grant_extra_place,
    refuse,
    return_for_correction,
    save_form,
    start_application,
    submit,
    transition,
    withdraw,
)
from notices.models import Message
from sites.services import award_own_plaque
from tests.applications.conftest import confirm, png


def test_submitting_takes_the_place_and_tells_the_office(draft, fill, people, xiangtan, on_day):
    application = fill(draft(), people.county)
    on_day(2017, 5, 31)
    submit(actor=people.county, application=application)
    application.refresh_from_db()
    assert application.state == "submitted"
    assert application.number == "xiangtan-2017-0001"
    assert application.versions.count() == 1
    assert QuotaPlace.objects.get(application=application).level == xiangtan.levels["city"]
    assert Message.objects.get(recipient=people.office).subject == "湘潭县已申报：同心社区甲（市级）"


def test_refused_the_day_after_the_deadline_unless_extended(draft, fill, people, xiangtan, on_day):
    application = fill(draft(), people.county)
    on_day(2017, 6, 1)
    with pytest.raises(DomainError) as refusal:
        submit(actor=people.county, application=application)
    assert "2017年5月31日" in refusal.value.reason.text
    assert "潭市统通〔2017〕5号" in refusal.value.reason.article
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["湘潭县"],
        until=datetime.date(2017, 6, 5),
        reason="洪灾",
    )
    submit(actor=people.county, application=application)
    assert Application.objects.get().state == "submitted"


def test_second_application_needs_an_extra_place(draft, fill, people, xiangtan):
    first, second = fill(draft("甲"), people.county), fill(draft("乙"), people.county)
    submit(actor=people.county, application=first)
    with pytest.raises(DomainError) as refusal:
        submit(actor=people.county, application=second)
    assert refusal.value.reason.text == "湘潭县的市级名额已用完：1/1。"
    with pytest.raises(DomainError):
        grant_extra_place(
            actor=people.office,
            cycle=xiangtan.cycle,
            level=xiangtan.levels["city"],
            area=xiangtan.areas["湘潭县"],
            reason=" ",
        )
    grant_extra_place(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=xiangtan.levels["city"],
        area=xiangtan.areas["湘潭县"],
        reason="考察认可",
    )
    submit(actor=people.county, application=second)
    assert Application.objects.filter(state="submitted").count() == 2


def test_no_draft_without_the_county_plaque(make_site, people, xiangtan):
    with pytest.raises(DomainError) as refusal:
        start_application(actor=people.county, site=make_site(), rule=xiangtan.rules["city"])
    assert "潭市统通〔2017〕5号" in refusal.value.reason.article


def test_starting_twice_gives_the_same_draft(draft, people, xiangtan):
    first = draft()
    assert start_application(actor=people.county, site=first.site, rule=xiangtan.rules["city"]) == first


def test_a_neighbour_can_do_nothing(draft, fill, people):
    application = fill(draft(), people.county)
    for person in (people.neighbour, people.other_city, people.other_county, people.assessor, people.nobody):
        with pytest.raises(DomainError):
            submit(actor=person, application=application)
        with pytest.raises(DomainError):
            save_form(actor=person, application=application, revision=application.revision, data={})
    submit(actor=people.county, application=application)
    for person in (people.county, people.neighbour, people.other_city, people.leader):
        with pytest.raises(DomainError):
            accept(actor=person, application=application)
    assert Application.objects.get().state == "submitted"


def test_returned_corrected_and_resubmitted_shows_what_changed(draft, fill, people, on_day):
    application = fill(draft(), people.county)
    on_day(2017, 5, 31)
    submit(actor=people.county, application=application)
    on_day(2017, 6, 1)
    return_for_correction(actor=people.office, application=application, reason="请补充活动情况")
    application.refresh_from_db()
    # Ten working days from Friday 2 June 2017: no holiday in between.
    assert application.correct_by == datetime.date(2017, 6, 15)
    assert [todo.due for todo in waiting_for(people.county)] == [datetime.date(2017, 6, 15)]
    application = save_form(
        actor=people.county,
        application=application,
        revision=application.revision,
        data={"creation": "活动十二次。"},
    )
    with pytest.raises(DomainError):  # the scan is of the form before the correction
        submit(actor=people.county, application=application)
    confirm(people.county, application, "new.png")
    on_day(2017, 6, 15)
    submit(actor=people.county, application=application)
    assert changes_since_last(application) == [("创建情况", "组织健全，活动经常。", "活动十二次。")]
    assert QuotaPlace.objects.filter(application=application).count() == 1


def test_correction_ends_with_its_day(draft, fill, people, on_day):
    application = fill(draft(), people.county)
    on_day(2017, 5, 31)
    submit(actor=people.county, application=application)
    return_for_correction(actor=people.office, application=application, reason="请补充")
    on_day(2017, 6, 15)
    with pytest.raises(DomainError):
        submit(actor=people.county, application=application)


def test_refusing_and_withdrawing_free_the_place(draft, fill, people):
    application = fill(draft(), people.county)
    submit(actor=people.county, application=application)
    withdraw(actor=people.county, application=application, reason="改报他处")
    assert not QuotaPlace.objects.filter(application=application).exists()
    other = fill(draft("乙"), people.county)
    submit(actor=people.county, application=other)
    refuse(actor=people.office, application=other, reason="不符合条件")
    assert QuotaPlace.objects.exclude(application=None).count() == 0


def test_second_window_is_noticed_and_loses_nothing(draft, people):
    application = draft()
    save_form(actor=people.county, application=application, revision=1, data={"creation": "第一窗口"})
    with pytest.raises(StaleForm):
        save_form(actor=people.county, application=application, revision=1, data={"creation": "第二窗口"})
    assert Application.objects.get().data["creation"] == "第一窗口"


def test_what_still_stands_in_the_way_is_listed_whole(draft):
    reasons = [reason.text for reason in why_not_submit(draft())]
    assert len(reasons) == 2
    assert "创建情况、" in reasons[0]


def test_every_refusal_and_step_is_on_the_record(draft, fill, people):
    application = fill(draft(), people.county)
    submit(actor=people.county, application=application)
    accept(actor=people.office, application=application)
    rows = list(
        ApplicationLog.objects.filter(subject=application).values_list("from_state", "to_state", "actor")
    )
    assert rows == [
        ("draft", "submitted", people.county.pk),
        ("submitted", "accepted", people.office.pk),
    ]
    assert broken_rows(ApplicationLog, application) == []
    ApplicationLog.objects.filter(subject=application, action="submit").update(reason="事后改写")
    assert len(broken_rows(ApplicationLog, application)) == 1
    assert AuditEvent.objects.filter(action="application.accept", actor=people.office).count() == 1


@pytest.mark.parametrize(
    ("state", "action"), list(product(ApplicationState.values, ApplicationAction.values))
)
def test_only_the_table_moves_an_application(state, action, draft, people):
    application = draft()
    Application.objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()
    if (state, action) in APPLICATION_TRANSITIONS and action != ApplicationAction.SUBMIT:
        actor = people.county if ACTION_ROLES[action] == ("unit_staff",) else people.office
        transition(obj=application, action=action, actor=actor, reason="理由")
        assert Application.objects.get().state == APPLICATION_TRANSITIONS[state, action]
    else:
        with pytest.raises(DomainError):
            transition(obj=application, action=action, actor=people.county, reason="理由")
        assert Application.objects.get().state == state


def test_every_action_names_its_roles():
    assert set(ACTION_ROLES) == set(ApplicationAction)


def test_province_needs_the_city_plaque_for_a_year(make_site, people, xiangtan, on_day):
    from applications.eligibility import eligibility
    from sites.services import confirm_plaque, register_plaque

    site = make_site()
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    plaque = register_plaque(
        actor=people.county,
        site=site,
        level=xiangtan.levels["city"],
        number="潭同社〔2016〕9号",
        awarded_on=datetime.date(2016, 5, 23),
        paper=png("授牌.png"),
    )
    rule = xiangtan.rules["province"]
    # Not confirmed by the office yet: it does not count.
    assert eligibility(site, rule).earliest is None
    confirm_plaque(actor=people.office, plaque=plaque)
    on_day(2017, 5, 22)
    answer = eligibility(site, rule)
    assert not answer.ok
    assert answer.earliest == datetime.date(2017, 5, 23)
    on_day(2017, 5, 23)
    assert eligibility(site, rule).ok


def test_a_year_from_the_leap_day_ends_on_the_28th(make_site, people, xiangtan, on_day):
    from applications.eligibility import why_not_on_ladder
    from sites.services import confirm_plaque, register_plaque

    site = make_site()
    plaque = register_plaque(
        actor=people.county,
        site=site,
        level=xiangtan.levels["city"],
        number="潭同社〔2016〕8号",
        awarded_on=datetime.date(2016, 2, 29),
        paper=png(),
    )
    confirm_plaque(actor=people.office, plaque=plaque)
    rule = xiangtan.rules["province"]
    assert why_not_on_ladder(site, rule, datetime.date(2017, 2, 27)).earliest == datetime.date(2017, 2, 28)
    assert why_not_on_ladder(site, rule, datetime.date(2017, 2, 28)) is None
