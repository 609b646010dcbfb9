"""The sections on the year's work, worked out by hand, and counted again from the rows and their logs."""

import datetime

import pytest
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from applications.models import Application
from assessments.models import Review
from assessments.services import report_review, return_review, save_review
from dashboard.sections import ROW_SETS, findings, funnel, milestones, quarters, quota, reviews, standstill
from sites.services import update_site
from supervision.models import Finding
from tests.assessments.reviewing import filled_in
from tests.dashboard.recounted_duties import check_findings, check_late, check_reviews
from tests.dashboard.recounted_filings import check_funnel, check_quota, check_standing
from tests.dashboard.year import TODAY, Year
from tests.dashboard.year_figures import DAYS, asked, figures

ROLES = ("leader", "county", "province", "neighbour")


@pytest.fixture
def year(xiangtan, people, make_site, make_user):
    """The year played to its end, the four who ask, and the areas each of them reads."""
    scene = Year(xiangtan, people, make_site, make_user).play()
    province = make_user("province", Role.LEADER, xiangtan.city.parent)
    scene.levels, scene.city, every = xiangtan.levels, xiangtan.city, set(xiangtan.areas.values())
    scene.askers = {"leader": people.leader, "county": people.county, "province": province}
    scene.areas = {"leader": every, "county": {xiangtan.areas["湘潭县"]}, "province": every}
    scene.askers["neighbour"], scene.areas["neighbour"] = people.neighbour, {xiangtan.areas["韶山市"]}
    translation.activate("en")
    return scene


# --- the funnel -------------------------------------------------------------------------------------------


def the_funnel_by_hand(year):
    """Six filed on 24 May; on the 26th three accepted; on 13 June 甲 on notice, 戊 failed; at the end 甲 awarded."""
    leader = year.askers["leader"]

    def line(day):
        section = funnel.section(asked(leader, day))
        return list(figures(section)["Total"].values()), list(figures(section, 1)["Total"].values())

    assert line(datetime.date(2017, 5, 23)) == ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0])
    assert line(DAYS[0]) == ([6, 3, 0, 0, 0], [6, 0, 0, 0, 0, 6])
    assert line(DAYS[1]) == ([6, 3, 2, 1, 0], [3, 0, 1, 1, 1, 6])
    assert line(TODAY) == ([6, 3, 2, 1, 1], [2, 1, 1, 1, 1, 6])


def with_a_level_chosen_the_funnel_goes_by_area(year, xiangtan):
    section = funnel.section(asked(year.askers["leader"], level=xiangtan.levels["city"].pk))
    found = figures(section)
    assert list(found)[:3] == ["Xiangtan County", "Xiangxiang", "Shaoshan"]
    assert list(found["Xiangtan County"].values()) == [4, 3, 2, 1, 1]
    assert list(found["Shaoshan"].values()) == [1, 0, 0, 0, 0]
    community = asked(year.askers["leader"], category=xiangtan.categories["community"].pk)
    assert figures(funnel.section(community))["Total"]["Applications filed"] == 3  # 甲 戊 己


# --- standing still ---------------------------------------------------------------------------------------


def standing_still_by_hand(year, people):
    """On 7 June: 甲 and 戊 assessed since the 6th, 乙 accepted and 丙 returned on 25 May."""
    section = standstill.section(asked(people.leader, datetime.date(2017, 6, 7)))
    assert {label: tuple(line.values()) for label, line in figures(section).items()} == {
        "Returned for correction": (1, "13 days", "13 days"),
        "Accepted, assessment not begun": (1, "13 days", "13 days"),
        "Being assessed": (2, "1 day", "1 day"),
        "Total": (4, "13 days", "7 days"),
    }
    # The county of the draft sees its own.
    own = figures(standstill.section(asked(people.neighbour, datetime.date(2017, 6, 7))))
    assert tuple(own["Draft"].values()) == (1, "8 days", "8 days")


# --- the quota --------------------------------------------------------------------------------------------


def quota_by_hand(year, people):
    """Three extra places on 23 May; four of 湘潭县's applications take one, 己 gave its place back on 27 May."""

    def lines(day):
        found = figures(quota.section(asked(people.leader, day)))
        return {name: tuple(found[name].values()) for name in ("Xiangtan County", "Shaoshan", "Total")}

    assert lines(datetime.date(2017, 5, 22)) == {
        "Xiangtan County": (1, 0, 0, "0 %"),
        "Shaoshan": (1, 0, 0, "0 %"),
        "Total": (8, 0, 0, "0 %"),
    }
    assert lines(DAYS[0])["Shaoshan"] == (1, 0, 1, "100 %")
    assert lines(TODAY) == {
        "Xiangtan County": (4, 3, 4, "100 %"),
        "Shaoshan": (1, 0, 0, "0 %"),
        "Total": (11, 3, 4, "36 %"),
    }


# --- dates and who is late --------------------------------------------------------------------------------


def dates_by_hand(year, people):
    section = milestones.section(asked(people.leader, datetime.date(2017, 6, 5)))
    found = {label: tuple(line.values()) for label, line in figures(section).items()}
    # 湘潭县 and 韶山市 (withdrawn later) have filed; nobody has been assessed; the city's meeting fills June.
    assert found == {
        "Applications due": ("31 May 2017 · ended 5 days ago · later for 1 county or park", 6, 6),
        "Promotion meeting": ("30 June 2017 · 25 days left", 1, 0),
        "Annual review": ("31 August 2017 · 87 days left", 0, 0),
        "Acceptance done": ("30 November 2017 · 178 days left", 1, 0),
    }
    assert figures(section, 2) == {"Shaoshan": {"Last day granted": "7 June 2017 · 2 days left"}}
    before = milestones.section(asked(people.leader, datetime.date(2017, 5, 29)))
    assert len(before.tables) == 2  # the later day was granted on the 30th


def test_a_report_returned_later_was_late_before(year, people, xiangtan):
    """癸 had until 14 August. Returned on 18 August it has until 1 September; on the 16th it was late all the same."""
    review = Review.objects.get(site=year.sites["癸"])
    clock.set_today(datetime.date(2017, 8, 17))
    save_review(actor=people.neighbour, review=review, revision=review.revision, data=filled_in(review))
    report_review(actor=people.neighbour, review=review)
    clock.set_today(datetime.date(2017, 8, 18))
    return_review(actor=people.office, review=Review.objects.get(pk=review.pk), reason="数字不符")
    clock.set_today(TODAY)
    assert Review.objects.get(pk=review.pk).report_by == datetime.date(2017, 9, 1)

    def late(*day):
        found = figures(milestones.section(asked(people.leader, datetime.date(2017, *day))))
        return found["Annual review"]["Not yet done by"], found["Annual review"]["Late"]

    assert [late(8, 14), late(8, 16), late(8, 17), late(8, 25), late(9, 4)] == [
        (1, 0), (1, 1), (0, 0), (1, 0), (1, 1),
    ]  # fmt: skip


# --- reviews ----------------------------------------------------------------------------------------------


def reviews_by_hand(year, people):
    def line(*day):
        found = figures(reviews.section(asked(people.leader, datetime.date(2017, *day))))
        return tuple(found["2017 so far"].values())

    assert [line(7, 31), line(8, 1), line(8, 9), line(8, 10)] == [
        (0, 0, 0, 0, 0), (0, 0, 3, 0, 3), (0, 0, 3, 0, 3), (1, 1, 1, 0, 3),
    ]  # fmt: skip


# --- findings ---------------------------------------------------------------------------------------------


def overdue_findings_by_hand(year, people):
    """1 due 8 June, reported on the 14th, reopened on the 20th until the 30th; 2 due 8 June, on 2 June put off until
    the 15th; 3 due 31 May, reported on 6 June, closed on the 13th."""

    def line(*day):
        found = figures(findings.section(asked(people.county, datetime.date(2017, *day))))
        return tuple(found["Supervision Group Xiangtan County"].values())

    # To be put right, of them overdue, waiting for the second look, closed, taken back, all, longest overdue.
    assert line(5, 24) == (0, 0, 0, 0, 0, 0, "–")
    assert line(5, 31) == (3, 0, 0, 0, 0, 3, "–")
    assert line(6, 1) == (3, 1, 0, 0, 0, 3, "1 day")
    assert line(6, 10) == (2, 1, 1, 0, 0, 3, "2 days")
    assert line(6, 14) == (1, 0, 1, 1, 0, 3, "–")
    assert line(6, 16) == (1, 1, 1, 1, 0, 3, "1 day")
    assert line(6, 22) == (2, 1, 0, 1, 0, 3, "7 days")
    assert line(9, 15) == (2, 2, 0, 1, 0, 3, "92 days")


def a_day_granted_later_does_not_excuse_the_days_before(year, people):
    """Finding 2 was due on 8 June until the office granted the 15th on 2 June; asked of 26 May the 8th stands."""
    section = ask_rows("findings", people.leader, DAYS[0])
    assert [row.due_then for row in section] == [
        datetime.date(2017, 5, 31), datetime.date(2017, 6, 8), datetime.date(2017, 6, 8),
    ]  # fmt: skip
    assert max(row.due_then for row in ask_rows("findings", people.leader, DAYS[1])) == datetime.date(
        2017, 6, 15
    )


def ask_rows(code, user, day, **params):
    return list(ROW_SETS[code].rows(asked(user, day), params))


def test_a_past_day_knows_the_category_of_then(year, xiangtan, people):
    site = year.sites["子"]
    site.refresh_from_db()
    update_site(actor=people.county, site=site, revision=site.revision, category=xiangtan.categories["park"])
    found = {
        (day, code): figures(
            findings.section(asked(people.leader, day, category=xiangtan.categories[code].pk))
        )["Total"]["All"]
        for day in (DAYS[1], None)
        for code in ("project", "park")
    }
    assert found == {
        (DAYS[1], "project"): 1,
        (DAYS[1], "park"): 0,
        (None, "project"): 0,
        (None, "park"): 1,
    }


def liaisons_see_no_findings(year, xiangtan, make_user):
    liaison = make_user("liaison", Role.LIAISON, xiangtan.city)
    assert findings.section(asked(liaison)) is None
    assert figures(funnel.section(asked(liaison)))["Total"]["Applications filed"] == 0


def programmes_without_quarters_have_no_such_section(year):
    assert quarters.section(asked(year.askers["leader"])) is None


# --- all of them ------------------------------------------------------------------------------------------


def test_worked_out_by_hand(year, xiangtan, people, make_user):
    """One scene for all of them: each reads, none changes it."""
    the_funnel_by_hand(year)
    with_a_level_chosen_the_funnel_goes_by_area(year, xiangtan)
    standing_still_by_hand(year, people)
    quota_by_hand(year, people)
    dates_by_hand(year, people)
    reviews_by_hand(year, people)
    overdue_findings_by_hand(year, people)
    a_day_granted_later_does_not_excuse_the_days_before(year, people)
    liaisons_see_no_findings(year, xiangtan, make_user)
    programmes_without_quarters_have_no_such_section(year)


@pytest.mark.parametrize("role", ROLES)
def test_every_number_is_what_the_rows_and_logs_say(year, role):
    for check in (check_funnel, check_standing, check_quota, check_late, check_reviews, check_findings):
        for day in DAYS:
            check(year, role, day)


# --- cost -------------------------------------------------------------------------------------------------

COSTS = {
    funnel: (2, 2),
    standstill: (2, 2),
    quota: (2, 2),
    milestones: (12, 13),
    reviews: (1, 1),
    findings: (2, 2),
}


@pytest.mark.parametrize("copies", [1, 30])
def test_the_sections_cost_the_same_whatever_the_rows(year, people, copies, django_assert_num_queries):
    template = Application.objects.get(pk=year.filed["乙"].pk)
    finding = Finding.objects.get(pk=year.findings[1].pk)
    for number in range(copies):
        template.pk, template.number, template.level_id = None, f"copy-{number}", template.level_id
        template.state = "refused"
        template.save()
        finding.pk, finding.number, finding.uid = (
            None,
            f"copy-{number}",
            f"00000000-0000-0000-0000-{number:012d}",
        )
        finding.save()
    for module, (now, then) in COSTS.items():
        for day, queries in ((None, now), (DAYS[1], then)):
            question = asked(people.leader, day)
            question.programme.owner  # noqa: B018 - read with the cycle
            with django_assert_num_queries(queries, info=module.__name__):
                module.section(question)
