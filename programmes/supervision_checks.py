"""What a schema cannot say of the groups' work in a programme file: names that must be known, order, patterns, days.

Yields (place, reason) as programmes.checks does.
"""

import datetime
import itertools

from django.utils.translation import gettext as _

from programmes.check_parts import Findings, article, pattern, twice, unknown

#: The rungs an overdue finding climbs, lowest first.
RUNGS = ("remind", "letter", "talk", "propose")
AT = ("cycle", "supervision")


def supervision_contradictions(data: dict, units: set[str]) -> Findings:
    """Everything in checklists, findings, meetings, tasks and reminders that makes no sense together.

    `units` are the codes of the units below the programme's owner.
    """
    supervision = data["cycle"].get("supervision", {})
    yield from article(data, supervision, AT)
    yield from _checklists(data, supervision.get("checklists", []))
    if "findings" in supervision:
        yield from _findings(supervision["findings"])
    yield from _meetings(data, supervision.get("meetings", []))
    yield from twice(supervision.get("phases", []), (*AT, "phases"))
    # The city gives itself tasks too.
    yield from _tasks(data, units | {data["programme"]["owner"]})
    yield from _reminders(data)


def _checklists(data: dict, checklists: list[dict]) -> Findings:
    categories = {category["code"] for category in data["categories"]}
    yield from twice(checklists, (*AT, "checklists"))
    for number, checklist in enumerate(checklists):
        here = (*AT, "checklists", number)
        if checklist["for"] == "unit" and "categories" in checklist:
            yield (*here, "categories"), _("only a checklist for sites may name categories")
        for position, code in enumerate(checklist.get("categories", [])):
            yield from unknown(code, categories, (*here, "categories", position))
        yield from twice(checklist["items"], (*here, "items"))
        for position, item in enumerate(checklist["items"]):
            yield from _item(data, item, (*here, "items", position))


def _item(data: dict, item: dict, place: tuple) -> Findings:
    yield from article(data, item, place)
    if item["kind"] == "choice" and "choices" not in item:
        yield place, _("a choice needs “choices”")
    if item["kind"] != "choice" and "choices" in item:
        yield (*place, "choices"), _("only a choice has “choices”")


def _findings(findings: dict) -> Findings:
    place = (*AT, "findings")
    yield from twice(findings["severities"], (*place, "severities"))
    ladder = findings.get("ladder", {})
    for below, above in itertools.pairwise(RUNGS):
        if ladder and ladder[above] <= ladder[below]:
            words = {"above": above, "below": below}
            yield (*place, "ladder", above), _("“%(above)s” must come later than “%(below)s”") % words
    if "letter" in findings:
        letter, at = findings["letter"], (*place, "letter")
        yield from pattern(letter["number"], {"year", "number"}, {"number"}, (*at, "number"))
        yield from pattern(letter["addressee"], {"unit"}, set(), (*at, "addressee"))


def _meetings(data: dict, meetings: list[dict]) -> Findings:
    place = (*AT, "meetings")
    yield from twice(meetings, place)
    for number, meeting in enumerate(meetings):
        here = (*place, number)
        yield from article(data, meeting, here)
        for key in ("starts_on", "due_on"):
            if key in meeting:
                yield from _outside(data, meeting[key], (*here, key))
        if meeting.get("starts_on", "") > meeting.get("due_on", "9999"):
            yield (*here, "starts_on"), _("begins after it is due")


def _tasks(data: dict, units: set[str]) -> Findings:
    tasks, place = data["cycle"].get("tasks", []), ("cycle", "tasks")
    phases = {phase["code"] for phase in data["cycle"].get("supervision", {}).get("phases", [])}
    yield from twice(tasks, place)
    for number, task in enumerate(tasks):
        here = (*place, number)
        yield from article(data, task, here)
        # The summary of a year may be due in the January after it.
        yield from _outside(data, task["due_on"], (*here, "due_on"), years=2)
        if "phase" in task:
            yield from unknown(task["phase"], phases, (*here, "phase"))
        for position, code in enumerate([] if task["units"] == "areas" else task["units"]):
            if code not in units:
                words = {"value": code}
                yield (*here, "units", position), _("“%(value)s” is no unit of this programme") % words


def _reminders(data: dict) -> Findings:
    """Weeks from which the head is told must lie among the weeks in which anybody is told."""
    reminders = data["cycle"].get("reminders", {})
    weeks, climbs = reminders.get("overdue_weeks"), reminders.get("escalate_after_weeks")
    if weeks is not None and climbs is not None and climbs > weeks:
        yield (
            ("cycle", "reminders", "escalate_after_weeks"),
            _("nobody is reminded any more after %(weeks)s weeks") % {"weeks": weeks},
        )


def _outside(data: dict, day: str, place: tuple, years: int = 1) -> Findings:
    year = data["cycle"]["year"]
    if not year <= datetime.date.fromisoformat(day).year < year + years:
        yield place, _("%(day)s lies outside the year %(year)s") % {"day": day, "year": year}
