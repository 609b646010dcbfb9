"""What had to be done by a day, counted again from the rows and their logs by plain loops: dates, reviews, findings.

`year` is the scene of `test_year_sections`, `role` one of those who ask in it.
"""

import datetime

from applications.models import Application, ApplicationLog, Extension
from assessments.models import Review, ReviewLog
from dashboard.sections import findings, milestones, reviews
from sites.models import Plaque
from supervision.models import Finding, FindingLog, Meeting, MeetingLog, Task, TaskLog
from tests.dashboard.year_figures import asked, day_of, figures, state_on


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


def check_reviews(year, role, day):
    section = reviews.section(asked(year.askers[role], day))
    counts = {"Review passed": 0, "Review not passed": 0, "Under way": 0, "Taken off the list": 0}
    words = {"passed": "Review passed", "failed": "Review not passed", "dropped": "Taken off the list"}
    for review in Review.objects.select_related("area"):
        if review.area in year.areas[role] and day_of(review.opened_at) <= day:
            counts[words.get(state_on(ReviewLog, review.pk, day, "open"), "Under way")] += 1
    found = figures(section)
    assert found["2017 so far"] == counts | {"Total": sum(counts.values())}
    assert list(found) == ["2017 so far", "Total"]  # no rows for years before there was anything
    revoked = [
        plaque
        for plaque in Plaque.objects.filter(state="revoked").select_related("site__area")
        if plaque.site.area in year.areas[role] and plaque.ended_on <= day
    ]
    assert figures(section, 1)["Total"]["City level"] == len(revoked)


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
