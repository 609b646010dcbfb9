"""The sections on the year's work, counted again from the rows and their logs by plain loops, and by hand."""

import datetime
import statistics

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from accounts import clock
from accounts.enums import Role
from accounts.models import User
from applications.models import Application, ApplicationLog, Extension, QuotaPlace
from assessments.models import Assessment, AssessmentLog, Review, ReviewLog
from assessments.services import report_review, return_review, save_review
from dashboard.question import ask
from dashboard.sections import ROW_SETS, findings, funnel, milestones, quarters, quota, reviews, standstill
from sites.models import Plaque
from sites.services import update_site
from supervision.models import Finding, FindingLog, Meeting, MeetingLog, Task, TaskLog
from tests.assessments.evaluation.conftest import county, first, play  # noqa: F401
from tests.assessments.reviewing import filled_in
from tests.dashboard.year import TODAY, Year

DAYS = [datetime.date(2017, 5, 26), datetime.date(2017, 6, 13), datetime.date(2017, 8, 9), TODAY]
ROLES = ("leader", "county", "province", "neighbour")


@pytest.fixture
def year(xiangtan, people, make_site, make_user):
    """The year played to its end, and the three who ask."""
    scene = Year(xiangtan, people, make_site, make_user).play()
    province = make_user("province", Role.LEADER, xiangtan.city.parent)
    scene.levels, scene.city, every = xiangtan.levels, xiangtan.city, set(xiangtan.areas.values())
    scene.askers = {"leader": people.leader, "county": people.county, "province": province}
    scene.areas = {"leader": every, "county": {xiangtan.areas["湘潭县"]}, "province": every}
    scene.askers["neighbour"], scene.areas["neighbour"] = people.neighbour, {xiangtan.areas["韶山市"]}
    translation.activate("en")
    return scene


def asked(user, day=None, **query):
    given = QueryDict(mutable=True)
    given.update({key: str(value) for key, value in query.items()})
    if day is not None:
        given["as_of"] = day.isoformat()
    return ask(User.objects.get(pk=user.pk), given)


def figures(section, place=0) -> dict:
    """{row: {column: number or words}} of a table, its totals under "Total"."""
    table = section.tables[place]
    rows = [*table.rows, *([table.total] if table.total else [])]
    return {
        row.label: {
            column: getattr(cell, "count", None) if hasattr(cell, "count") else cell.text
            for column, cell in zip(table.columns, row.numbers, strict=True)
        }
        for row in rows
    }


def day_of(moment) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None


def state_on(log, pk: int, day: datetime.date, start: str) -> str:
    """The state of an object at the end of a day, row by row."""
    state = start
    for row in log.objects.order_by("id"):
        if row.subject_id == pk and day_of(row.at) <= day:
            state = row.to_state
    return state


# --- the funnel -------------------------------------------------------------------------------------------


def recount_funnel(areas, day) -> dict:
    """Level by level: how many came how far, and what became of them."""
    found: dict = {}
    for application in Application.objects.select_related("level", "area"):
        if application.area not in areas or not application.filed_first_at:
            continue
        if day_of(application.filed_first_at) > day:
            continue
        line = found.setdefault(
            str(application.level), dict.fromkeys(["filed", "accepted", "assessed", "noticed"], 0)
        )
        line["filed"] += 1
        reached = {
            row.to_state
            for row in ApplicationLog.objects.all()
            if row.subject_id == application.pk and day_of(row.at) <= day
        }
        line["accepted"] += "accepted" in reached
        for assessment in Assessment.objects.all():
            if assessment.application_id == application.pk:
                steps = [row for row in AssessmentLog.objects.all() if row.subject_id == assessment.pk]
                line["assessed"] += any(
                    row.from_state == "scoring" and day_of(row.at) <= day for row in steps
                )
                line["noticed"] += any(row.to_state == "noticed" and day_of(row.at) <= day for row in steps)
        state = state_on(ApplicationLog, application.pk, day, "draft")
        end = state if state in ("awarded", "refused", "withdrawn", "declined") else "under way"
        line[end] = line.get(end, 0) + 1
    return found


def check_funnel(year, role, day):
    section = funnel.section(asked(year.askers[role], day))
    stages, outcomes = figures(section), figures(section, 1)
    expected = recount_funnel(year.areas[role], day)
    heads = {
        "filed": "Applications filed",
        "accepted": "Accepted",
        "assessed": "Assessed",
        "noticed": "Put on public notice",
    }
    ends = {
        "under way": "On the way",
        "awarded": "Plaque awarded",
        "refused": "Refused",
        "withdrawn": "Withdrawn",
        "declined": "Not awarded",
    }
    for level in ("City level", "Province level"):
        line = expected.get(level, {})
        for key, head in heads.items():
            if (level, key) == ("Province level", "noticed"):
                assert stages[level][head] == "no notice at this level"
            else:
                assert stages[level][head] == line.get(key, 0), (level, head)
        assert {key: outcomes[level][head] for key, head in ends.items()} == {
            key: line.get(key, 0) for key in ends
        }
        assert outcomes[level]["Total"] == stages[level]["Applications filed"]
    assert stages["Total"]["Applications filed"] == sum(line["filed"] for line in expected.values())


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


def recount_standing(areas, own_areas, day) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for application in Application.objects.select_related("area"):
        if application.area not in areas or day_of(application.created_at) > day:
            continue
        step, since = "draft", application.created_at
        for row in ApplicationLog.objects.order_by("id"):
            if row.subject_id == application.pk and day_of(row.at) <= day:
                step, since = row.to_state, row.at
        if step == "draft" and application.area not in own_areas:
            continue
        if step == "accepted":
            for assessment in Assessment.objects.filter(application=application):
                if day_of(assessment.started_at) <= day:
                    step, since = "scoring", assessment.started_at
                for row in AssessmentLog.objects.filter(subject=assessment).order_by("id"):
                    if day_of(row.at) <= day:
                        step, since = row.to_state, row.at
        if step not in ("awarded", "refused", "withdrawn", "declined"):
            found.setdefault(step, []).append((day - day_of(since)).days)
    return found


STEP_WORDS = {
    "draft": "Draft",
    "submitted": "Submitted, papers to be checked",
    "returned": "Returned for correction",
    "accepted": "Accepted, assessment not begun",
    "scoring": "Being assessed",
    "noticed": "On public notice",
}


def check_standing(year, role, day):
    own = year.areas[role] if role in ("county", "neighbour") else set()
    expected = recount_standing(year.areas[role], own, day)
    section = standstill.section(asked(year.askers[role], day))
    if not expected:
        assert section.tables == ()
        return
    found = figures(section)
    assert set(found) == {STEP_WORDS[step] for step in expected} | {"Total"}
    for step, days in expected.items():
        line = found[STEP_WORDS[step]]
        assert line["Applications"] == len(days)
        assert line["Longest"].split()[0] == str(max(days))
        assert line["Median"].split()[0] == f"{statistics.median(days):g}"
    longest = sorted((one for days in expected.values() for one in days), reverse=True)
    named = [int(line["Stands for"].split()[0]) for line in figures(section, 1).values()]
    assert named == longest[:10]


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


def check_quota(year, role, day):
    section = quota.section(asked(year.askers[role], day))
    for place, code in enumerate(("city", "province")):
        found = figures(section, place)
        for area in year.areas[role]:
            level = year.levels[code]
            places = [
                one
                for one in QuotaPlace.objects.filter(level=level, area=area)
                if one.granted_at is None or day_of(one.granted_at) <= day
            ]
            taken = [
                one
                for one in Application.objects.filter(level=level, area=area).exclude(filed_first_at=None)
                if day_of(one.filed_first_at) <= day
                and state_on(ApplicationLog, one.pk, day, "draft") not in ("refused", "withdrawn")
            ]
            line = found[str(area)]
            assert (line["Places"], line["Taken"]) == (len(places), len(taken))
            assert line["Of them extra"] == sum(one.is_extra for one in places)
            if day == TODAY:
                assert line["Taken"] == sum(one.application_id is not None for one in places)


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


def recount_duties(areas, owner, day) -> dict[str, tuple[int, int]]:
    """{duty: (not yet done by, of them late)}."""
    missing: dict[str, dict] = {"Applications due": {}, "Annual review": {}, "Acceptance done": {}}
    for area in areas:
        filed = [
            day_of(one.filed_first_at) for one in Application.objects.filter(area=area) if one.filed_first_at
        ]
        last = max(
            [datetime.date(2017, 5, 31)]
            + [one.until for one in Extension.objects.filter(area=area) if day_of(one.granted_at) <= day]
        )
        if not any(one <= day for one in filed):
            missing["Applications due"][area] = last
        for review in Review.objects.filter(area=area):
            if day_of(review.opened_at) <= day and state_on(ReviewLog, review.pk, day, "open") == "open":
                missing["Annual review"][area] = review.report_by
        for one in Application.objects.filter(area=area):
            closed = day_of(getattr(getattr(one, "assessment", None), "closed_at", None))
            if state_on(ApplicationLog, one.pk, day, "draft") == "accepted" and not (
                closed and closed <= day
            ):
                missing["Acceptance done"][area] = datetime.date(2017, 11, 30)
    for title, kind, callers, due in (
        ("Joint conference", "joint_conference", areas, datetime.date(2017, 12, 31)),
        ("Promotion meeting", "promotion_meeting", {owner}, datetime.date(2017, 6, 30)),
    ):
        missing[title] = {
            unit: due
            for unit in callers
            if not any(
                state_on(MeetingLog, one.pk, day, "planned") == "held"
                for one in Meeting.objects.filter(unit=unit, kind=kind)
                if day_of(one.recorded_at) <= day
            )
        }
    for title, code in (
        ("Plan of the county or park for the year", "plan"),
        ("Mid-year self-check and its report", "midyear"),
        ("Summary of the year", "year_end"),
    ):
        missing[title] = {
            task.unit: task.due_on
            for task in Task.objects.filter(code=code)
            if task.unit in areas and state_on(TaskLog, task.pk, day, "open") == "open"
        }
    return {title: (len(found), sum(due < day for due in found.values())) for title, found in missing.items()}


def check_late(year, role, day):
    section = milestones.section(asked(year.askers[role], day))
    found = figures(section) | figures(section, 1)
    expected = recount_duties(year.areas[role], year.city, day)
    assert {title: (line["Not yet done by"], line["Late"]) for title, line in found.items()} == expected


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


def check_reviews(year, role, day):
    section = reviews.section(asked(year.askers[role], day))
    counts = {"Review passed": 0, "Review not passed": 0, "Under way": 0, "Taken off the list": 0}
    words = {"passed": "Review passed", "failed": "Review not passed", "dropped": "Taken off the list"}
    for review in Review.objects.select_related("area"):
        if review.area in year.areas[role] and day_of(review.opened_at) <= day:
            counts[words.get(state_on(ReviewLog, review.pk, day, "open"), "Under way")] += 1
    found = figures(section)
    assert found["2017"] == counts | {"Total": sum(counts.values())}
    assert list(found) == ["2017", "Total"]  # no rows for years before there was anything
    revoked = [
        plaque
        for plaque in Plaque.objects.filter(state="revoked").select_related("site__area")
        if plaque.site.area in year.areas[role] and plaque.ended_on <= day
    ]
    assert figures(section, 1)["Total"]["City level"] == len(revoked)


def reviews_by_hand(year, people):
    def line(*day):
        found = figures(reviews.section(asked(people.leader, datetime.date(2017, *day))))
        return tuple(found["2017"].values())

    assert [line(7, 31), line(8, 1), line(8, 9), line(8, 10)] == [
        (0, 0, 0, 0, 0), (0, 0, 3, 0, 3), (0, 0, 3, 0, 3), (1, 1, 1, 0, 3),
    ]  # fmt: skip


# --- findings ---------------------------------------------------------------------------------------------


def check_findings(year, role, day):
    section = findings.section(asked(year.askers[role], day))
    counts = {"open": 0, "reported": 0, "closed": 0, "dropped": 0}
    for finding in Finding.objects.select_related("area"):
        if finding.area in year.areas[role] and day_of(finding.recorded_at) <= day:
            counts[state_on(FindingLog, finding.pk, day, "open")] += 1
    line = figures(section)["Total"]
    assert (line["Still to be put right"], line["Waiting for the second look"]) == (
        counts["open"],
        counts["reported"],
    )
    assert (line["Put right and closed"], line["Taken back"]) == (counts["closed"], counts["dropped"])
    assert line["All"] == sum(counts.values())


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


# --- quarterly results ------------------------------------------------------------------------------------


def test_quarterly_results_as_closed_by_the_day(county, first):  # noqa: F811
    """The quarter was closed on 10 April."""
    first.send(1)
    first.close(1)
    translation.activate("en")
    clock.set_today(datetime.date(2023, 5, 2))
    section = quarters.section(asked(county.leader))
    rows = {row.label: row.numbers for table in section.tables for row in table.rows}
    expected = {str(one.unit): one for one in first.quarter(1).units.select_related("unit")}
    assert set(rows) == set(expected)
    for label, (points, rank, together) in rows.items():
        assert (points.count, points.amount) == (1, expected[label].total)
        assert rank.text == str(expected[label].rank)
        assert together.amount == points.amount
    assert quarters.section(asked(county.leader, datetime.date(2023, 4, 9))) is None
    assert len(quarters.section(asked(county.leader, datetime.date(2023, 4, 10))).tables) == len(
        section.tables
    )


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
    milestones: (12, 12),
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
