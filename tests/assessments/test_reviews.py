"""The annual review: who is on the list, what is known beforehand, report, visit, result, proposal."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.errors import DomainError, StaleForm
from accounts.staircase import broken_rows
from applications.services import submit
from assessments.models import Review, ReviewedPlaque, ReviewLog, RevocationProposal
from assessments.review_tables import review_table
from assessments.reviewing.fields import filled_sections, share_known
from assessments.reviewing.todo import waiting_for
from assessments.reviewing.work import draw_due_lists
from assessments.services import (
    decide_proposal,
    demand_review_rectification,
    draw_reviews,
    drop_review,
    fail_review,
    pass_review,
    propose_revocation,
    record_proposal_answer,
    report_rectification,
    report_review,
    return_review,
    save_review,
    withdraw_proposal,
)
from notices.models import Message, Reminder
from notices.tasks import send_reminders
from sites.models import Activity, Plaque
from sites.services import set_figures, suspend_plaque
from sites.services.life import add_entry
from tests.applications.conftest import draft, fill  # noqa: F401 - fixtures
from tests.assessments.reviewing import (  # noqa: F401 - fixtures
    drawn,
    filled_in,
    group,
    look_at,
    plaque_of,
    reported,
    visited,
)


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


def day(year, month, number):
    return datetime.date(year, month, number)


def on_list(cycle) -> list[tuple[str, str]]:
    rows = ReviewedPlaque.objects.filter(review__cycle=cycle).order_by("plaque__site__name", "id")
    return [(row.review.site.name, row.plaque.level.code) for row in rows]


# --- the list ---------------------------------------------------------------------------------------------


def test_the_list_takes_plaques_of_two_years_before_and_earlier(xiangtan, people, plaque_of):  # noqa: F811
    old = plaque_of("甲社区", 2014)
    plaque_of("甲社区", 2016, "province", site=old.site)  # the form names it, the list does not
    plaque_of("乙社区", 2015)
    plaque_of("丙社区", 2016)
    plaque_of("丁社区", 2012, "county")
    both = plaque_of("戊社区", 2013, area="韶山市")
    plaque_of("戊社区", 2015, "province", area="韶山市", site=both.site)
    resting = plaque_of("己社区", 2015)
    suspend_plaque(actor=people.office, plaque=resting, reason="核查")
    clock.set_today(day(2017, 8, 1))
    assert draw_reviews(actor=people.office, cycle=xiangtan.cycle) == 5
    assert on_list(xiangtan.cycle) == [
        ("乙社区", "city"),
        ("己社区", "city"),
        ("戊社区", "city"),
        ("戊社区", "province"),
        ("甲社区", "city"),
    ]
    review = Review.objects.get(site=old.site)
    assert review.prefill["plaques"]["value"] == (
        "市级 潭同社〔2014〕甲社区号（2014年11月20日）；省级 province2016甲社区（2016年11月20日）"
    )
    assert review.report_by == day(2017, 8, 15)
    assert Message.objects.filter(recipient=people.county, url=reverse("assessments:reviews")).count() == 1


def test_drawn_again_it_adds_what_is_missing_and_never_doubles(xiangtan, people, plaque_of):  # noqa: F811
    first = plaque_of("甲社区", 2014)
    clock.set_today(day(2017, 8, 1))
    assert [draw_due_lists(), draw_due_lists()] == [1, 0]
    plaque_of("乙社区", 2015)
    plaque_of("甲社区", 2015, "province", site=first.site)
    assert draw_reviews(actor=people.office, cycle=xiangtan.cycle) == 2
    assert draw_due_lists() == 0
    assert Review.objects.count() == 2
    drop_review(actor=people.office, review=Review.objects.get(site=first.site), reason="已交回")
    assert draw_due_lists() == 0


def test_nobody_draws_before_august_and_only_the_office_draws(xiangtan, people, plaque_of):  # noqa: F811
    plaque_of("甲社区", 2014)
    clock.set_today(day(2017, 7, 31))
    assert draw_due_lists() == 0
    with pytest.raises(DomainError, match="The review begins on"):
        draw_reviews(actor=people.office, cycle=xiangtan.cycle)
    clock.set_today(day(2017, 8, 1))
    for person in (people.county, people.leader, people.other_city):
        with pytest.raises(DomainError):
            draw_reviews(actor=person, cycle=xiangtan.cycle)


def test_a_missed_august_is_caught_up_but_a_drawn_list_is_left_alone_afterwards(xiangtan, people, plaque_of):  # noqa: F811
    plaque_of("甲社区", 2014)
    clock.set_today(day(2017, 9, 4))
    assert draw_due_lists() == 1
    plaque_of("乙社区", 2014)
    assert draw_due_lists() == 0


def test_drawing_many_takes_no_more_queries_than_drawing_few(
    xiangtan,
    people,
    plaque_of,  # noqa: F811
    django_assert_num_queries,
):
    plaque_of("社区0", 2014)
    assert str(xiangtan.cycle.programme.owner)  # read once, before counting
    clock.set_today(day(2017, 8, 1))
    # One to hold the sites, three for the journal of figures, two more the first time something is counted in an area
    # and category.
    with django_assert_num_queries(29):
        draw_reviews(actor=people.office, cycle=xiangtan.cycle)
    clock.set_today(day(2017, 5, 22))
    for number in range(1, 6):
        plaque_of(f"社区{number}", 2014)
    clock.set_today(day(2017, 8, 1))
    with django_assert_num_queries(27):
        draw_reviews(actor=people.office, cycle=xiangtan.cycle)


# --- what is known beforehand -----------------------------------------------------------------------------


def test_fifteen_of_eighteen_entries_are_known_of_a_site_that_is_kept_up(
    xiangtan,
    people,
    draft,  # noqa: F811
    fill,  # noqa: F811
    plaque_of,  # noqa: F811
):
    application = draft("甲社区")
    submit(actor=people.county, application=fill(application, people.county))
    site = application.site
    plaque_of("甲社区", 2015, site=site)
    set_figures(site=site, year=2015, values={"members": 480})
    set_figures(site=site, year=2016, values={"members": 507, "enterprises": 72, "investment": "36.5"})
    for held_on, name in (
        (day(2015, 12, 31), "迎新联谊"),
        (day(2016, 1, 1), "新年座谈"),
        (day(2017, 4, 3), "法律咨询进社区"),
    ):
        add_entry(model=Activity, actor=people.county, site=site, held_on=held_on, name=name)
    clock.set_today(day(2017, 8, 1))
    draw_reviews(actor=people.office, cycle=xiangtan.cycle)
    review = Review.objects.get()
    assert share_known(review) == (15, 18)
    unknown = {row.code for _title, rows in filled_sections(review) for row in rows if not row.source}
    assert unknown == {"beneficiaries", "problems", "next_steps"}
    assert {code: review.prefill[code] for code in ("members", "activities", "last_activity", "venues")} == {
        "members": {"value": "507", "as_of": "2016", "source": "figure:members"},
        "activities": {
            "value": "2", "as_of": "2017-08-01", "since": "2016-01-01", "source": "activities:count",
        },
        "last_activity": {
            "value": "2017年4月3日　法律咨询进社区", "as_of": "2017-08-01", "source": "activities:last",
        },
        "venues": {
            "value": "组织健全，活动经常。", "as_of": "2017-05-22", "source": "application:place",
        },
    }  # fmt: skip


def test_of_a_site_whose_figures_alone_are_known_seventy_per_cent_are(xiangtan, people, plaque_of):  # noqa: F811
    plaque = plaque_of("甲社区", 2015)
    figures = {"members": 507, "enterprises": 72, "investment": 36, "beneficiaries": 1200}
    set_figures(site=plaque.site, year=2016, values=figures)
    add_entry(model=Activity, actor=people.county, site=plaque.site, held_on=day(2017, 4, 3), name="义诊")
    clock.set_today(day(2017, 8, 1))
    draw_reviews(actor=people.office, cycle=xiangtan.cycle)
    assert share_known(Review.objects.get()) == (13, 18)


# --- the report -------------------------------------------------------------------------------------------


def test_a_changed_value_keeps_what_was_known_and_a_restored_one_its_source(drawn, people):  # noqa: F811
    review = drawn()
    saved = save_review(
        actor=people.county, review=review, revision=1, data={"address": "新路2号", "problems": "无"}
    )
    assert (saved.data, saved.revision) == ({"address": "新路2号", "problems": "无"}, 2)
    row = next(row for _title, rows in filled_sections(saved) for row in rows if row.code == "address")
    assert (row.value, row.known, row.is_changed) == ("新路2号", "某路1号", True)
    again = save_review(actor=people.county, review=review, revision=2, data={"address": "某路1号"})
    assert again.data == {"problems": "无"}
    with pytest.raises(StaleForm):
        save_review(actor=people.county, review=review, revision=2, data={"address": "旧窗口"})
    with pytest.raises(DomainError):
        save_review(actor=people.neighbour, review=review, revision=3, data={})


def test_an_incomplete_report_says_what_is_missing(drawn, people):  # noqa: F811
    review = drawn()
    with pytest.raises(DomainError, match=r"Still empty: .*What is lacking, Next steps"):
        report_review(actor=people.county, review=review)


def test_a_late_report_is_taken_and_a_returned_one_gets_a_new_day(drawn, people):  # noqa: F811
    review = drawn()
    clock.set_today(day(2017, 8, 21))
    save_review(actor=people.county, review=review, revision=1, data=filled_in(review))
    late = report_review(actor=people.county, review=review)
    assert (late.state, late.report_by) == ("reported", day(2017, 8, 15))
    returned = return_review(actor=people.office, review=late, reason="活动次数与台账不符")
    assert (returned.state, returned.report_by) == ("open", day(2017, 9, 4))
    assert report_review(actor=people.county, review=returned).state == "reported"
    assert broken_rows(ReviewLog, returned) == []


def test_reports_due_are_reminded_of_once_a_stage_and_the_office_hears_who_is_late(drawn, people):  # noqa: F811
    drawn()
    sent = []
    for today in (day(2017, 8, 9), day(2017, 8, 10), day(2017, 8, 11), day(2017, 8, 14), day(2017, 8, 16)):
        clock.set_today(today)
        send_reminders()
        rows = Reminder.objects.filter(kind="review", digest__day=today).order_by("id")
        sent.append(list(rows.values_list("recipient__username", "stage")))
    # Three and one working days before 15 August, then county and office.
    late = [("county", -1), ("office", -1)]
    assert sent == [[], [("county", 3)], [], [("county", 1)], late]
    assert "甲社区" in Message.objects.filter(recipient=people.office).latest("id").body


# --- visit and result -------------------------------------------------------------------------------------


def test_only_the_areas_own_group_or_the_office_visits(reported, people, group):  # noqa: F811
    review = reported()
    for person in (group.other, people.county, people.leader, people.assessor):
        with pytest.raises(DomainError):
            look_at(person, review)
    assert look_at(group.own, review).opinion == "pass"
    assert Review.objects.get().state == "visited"


def test_rectified_looked_at_again_and_passed(visited, people, group):  # noqa: F811
    review = visited()
    with pytest.raises(DomainError, match="must lie ahead"):
        demand_review_rectification(
            actor=people.office, review=review, findings="台账缺失", rectify_by=clock.today()
        )
    demand_review_rectification(
        actor=people.office, review=review, findings="台账缺失", rectify_by=day(2017, 9, 1)
    )
    plaque = Plaque.objects.get()
    assert (plaque.state, plaque.rectify_by) == ("rectifying", day(2017, 9, 1))
    clock.set_today(day(2017, 8, 25))
    report_rectification(actor=people.county, review=review, text="已补齐2016年以来台账")
    with pytest.raises(DomainError, match="second look"):
        pass_review(actor=people.office, review=review)
    look_at(group.own, review)
    done = pass_review(actor=people.office, review=review)
    assert (done.state, done.decided_on, Plaque.objects.get().state) == ("passed", day(2017, 8, 25), "valid")


def test_passing_lets_a_period_of_validity_run_anew(visited, people, xiangtan):  # noqa: F811
    level = xiangtan.levels["city"]
    level.validity_months = 36
    level.save()
    review = visited()
    Plaque.objects.update(valid_until=day(2017, 11, 19))
    pass_review(actor=people.office, review=review)
    assert Plaque.objects.get().valid_until == day(2020, 7, 31)


def test_a_site_that_did_not_report_may_be_failed(drawn, people):  # noqa: F811
    review = drawn()
    with pytest.raises(DomainError, match="may report until"):
        fail_review(actor=people.office, review=review, findings="逾期未报")
    clock.set_today(day(2017, 8, 16))
    fail_review(actor=people.office, review=review, findings="逾期未报")
    assert RevocationProposal.objects.get().reason == "2017年度复核不合格：逾期未报"


# --- taking plaques back ----------------------------------------------------------------------------------


@pytest.fixture
def proposed(visited, people):  # noqa: F811
    """proposed(level="city"): a failed review's proposal."""

    def make(**fields) -> RevocationProposal:
        review = visited(**fields)
        fail_review(actor=people.office, review=review, findings="两年未开展活动")
        return RevocationProposal.objects.get()

    return make


def test_a_leader_decides_with_minutes_and_the_plaque_is_taken_back(proposed, people):
    proposal = proposed()
    assert Plaque.objects.get().state == "valid"
    with pytest.raises(DomainError, match="number of the minutes"):
        decide_proposal(actor=people.leader, proposal=proposal, approved=True, opinion="同意")
    with pytest.raises(DomainError):
        decide_proposal(
            actor=people.office, proposal=proposal, approved=True, minutes_number="1号", opinion="同意"
        )
    decide_proposal(
        actor=people.leader, proposal=proposal, approved=True, minutes_number="部务会纪要〔2017〕15号", opinion="同意"
    )  # fmt: skip
    plaque = Plaque.objects.get()
    assert (plaque.state, plaque.ended_on) == ("revoked", day(2017, 8, 1))
    row = plaque.log.get(action="revoke")
    assert (row.actor, row.reason) == (
        people.leader,
        "2017年度复核不合格：两年未开展活动（部务会纪要〔2017〕15号）",
    )


def test_a_plaque_of_the_department_above_rests_until_its_answer(proposed, people):
    proposal = proposed(level="province")
    decide_proposal(
        actor=people.leader, proposal=proposal, approved=True, minutes_number="1号", opinion="同意上报"
    )
    assert Plaque.objects.get().state == "suspended"
    with pytest.raises(DomainError):
        record_proposal_answer(
            actor=people.leader, proposal=proposal, taken_back=True, answered_on=clock.today(),
            answer_number="湘统函〔2017〕30号", reason="同意收回",
        )  # fmt: skip
    clock.set_today(day(2017, 9, 20))
    record_proposal_answer(
        actor=people.office, proposal=proposal, taken_back=True, answered_on=day(2017, 9, 18),
        answer_number="湘统函〔2017〕30号", reason="同意收回",
    )  # fmt: skip
    plaque = Plaque.objects.get()
    assert (plaque.state, plaque.ended_on) == ("revoked", day(2017, 9, 18))


def test_the_department_above_may_leave_its_plaque(proposed, people):
    proposal = proposed(level="province")
    decide_proposal(
        actor=people.leader, proposal=proposal, approved=True, minutes_number="1号", opinion="同意上报"
    )
    record_proposal_answer(
        actor=people.office, proposal=proposal, taken_back=False, answered_on=clock.today(),
        answer_number="湘统函〔2017〕30号", reason="保留一年",
    )  # fmt: skip
    assert (Plaque.objects.get().state, RevocationProposal.objects.get().state) == ("valid", "rejected")


def test_found_otherwise_proposed_by_the_office_rejected_or_withdrawn(plaque_of, people):  # noqa: F811
    plaque = plaque_of("甲社区", 2016)
    proposal = propose_revocation(actor=people.office, plaque=plaque, reason="群众举报，经核实阵地已关闭")
    with pytest.raises(DomainError, match="waiting already"):
        propose_revocation(actor=people.office, plaque=plaque, reason="再次")
    with pytest.raises(DomainError):
        propose_revocation(actor=people.county, plaque=plaque, reason="-")
    decide_proposal(actor=people.leader, proposal=proposal, approved=False, opinion="限期恢复")
    second = propose_revocation(actor=people.office, plaque=plaque, reason="仍未恢复")
    withdraw_proposal(actor=people.office, proposal=second, reason="已恢复开放")
    assert Plaque.objects.get().state == "valid"
    assert [row.state for row in RevocationProposal.objects.order_by("id")] == ["rejected", "withdrawn"]


# --- who is asked, and the table --------------------------------------------------------------------------


def asked(*people) -> list[list[tuple]]:
    return [[(todo.text, todo.due) for todo in waiting_for(person)] for person in people]


def test_the_next_step_waits_for_whoever_takes_it(plaque_of, xiangtan, people, group, again):  # noqa: F811
    everybody = ("county", "office", "leader")

    def waits() -> dict:
        found = {name: asked(again(getattr(people, name)))[0] for name in everybody}
        found["group"] = asked(again(group.own))[0]
        return {name: rows for name, rows in found.items() if rows}

    plaque_of("甲社区", 2014)
    clock.set_today(day(2017, 8, 1))
    assert waits() == {"office": [("Draw the list of the annual review", day(2017, 8, 31))]}
    draw_reviews(actor=people.office, cycle=xiangtan.cycle)
    review = Review.objects.get()
    assert waits() == {"county": [("Report on the site · 甲社区", day(2017, 8, 15))]}
    save_review(actor=people.county, review=review, revision=1, data=filled_in(review))
    report_review(actor=people.county, review=review)
    assert waits() == {"group": [("Visit the site · 甲社区", day(2017, 8, 31))]}
    look_at(group.own, review, "fail")
    assert waits() == {"office": [("Decide the result · 甲社区", day(2017, 8, 31))]}
    fail_review(actor=people.office, review=review, findings="无活动")
    assert waits() == {"leader": [("Decide on taking the plaque back · 甲社区", None)]}
    decide_proposal(
        actor=people.leader, proposal=review.proposals.get(), approved=True, minutes_number="1", opinion="同意"
    )  # fmt: skip
    assert waits() == {}


def test_the_table_shows_what_came_of_it(visited, plaque_of, people, xiangtan):  # noqa: F811
    plaque_of("乙社区", 2015)
    plaque_of("丙社区", 2013)
    failed = visited()
    others = {row.site.name: row for row in Review.objects.exclude(pk=failed.pk)}
    fail_review(actor=people.office, review=failed, findings="无活动")
    clock.set_today(day(2017, 8, 16))
    look_at(people.office, others["乙社区"])
    pass_review(actor=people.office, review=others["乙社区"], findings="成效明显")
    table = review_table(people.office, xiangtan.cycle)
    found = {row[1]: row[5:] for level in table.groups for row in level.rows}
    assert found == {
        "甲社区": ["Review not passed", "无活动", "1 August 2017"],
        "乙社区": ["Review passed", "成效明显", "16 August 2017"],
        "丙社区": ["", "", ""],
    }
