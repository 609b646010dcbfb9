"""Applications counted again from the rows and their logs by plain loops: the funnel, where it stands still, the quota.

`year` is the scene of `test_year_sections`, `role` one of those who ask in it.
"""

import statistics

from applications.models import Application, ApplicationLog, QuotaPlace
from assessments.models import Assessment, AssessmentLog
from dashboard.sections import funnel, quota, standstill
from tests.dashboard.year import TODAY
from tests.dashboard.year_figures import asked, day_of, figures, state_on


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
