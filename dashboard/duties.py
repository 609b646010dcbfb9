"""What counties and parks owe in a year, and which of them had not done it at the end of a day."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.names import in_language
from applications.deadlines import effective_date, filing_deadlines
from applications.enums import MilestoneKind, Step
from applications.models import Application, LevelRule, Milestone
from assessments.enums import ReviewAction, ReviewState
from assessments.models import Review, ReviewLog
from assessments.reviewing.days import REPORT_DAYS
from dashboard.filings import was_accepted, was_assessed
from dashboard.past import due_then, meeting_kinds_then, milestones_then, state_then
from dashboard.question import Question
from supervision.enums import MeetingState, TaskState
from supervision.finding_days import days_from_each
from supervision.models import Meeting, MeetingLog, Task, TaskDay, TaskLog


@dataclass(frozen=True)
class Owed:
    """One duty of a year. `missing` are the ids of the units that have not done it, with their last day.

    `milestone` is the kind of the date of the scheme it belongs to, if any; meetings and tasks have a day of their own.
    """

    code: str
    title: str
    missing: dict[int, datetime.date] = field(default_factory=dict)
    milestone: str = ""
    due_on: datetime.date | None = None

    def late(self, day: datetime.date) -> list[int]:
        """The ids of those whose last day was over."""
        return [unit for unit, due in self.missing.items() if due < day]


def owed_by_then(question: Question) -> list[Owed]:
    """The duties of the year with those of the areas asked about that have not done them; eleven queries at most,
    whatever their number, one more of a past day: for the days that were others then."""
    return [owed for find in _KINDS.values() for owed in find(question)]


def owed_of(question: Question, code: str) -> Owed | None:
    """One of the duties by its code; None for one the year does not know."""
    find = _KINDS.get(code.partition(".")[0])
    return next((owed for owed in find(question) if owed.code == code), None) if find else None


def _of_milestone(code: str, kind: MilestoneKind, missing: dict[int, datetime.date]) -> Owed:
    return Owed(code=code, title=str(kind.label), missing=missing, milestone=kind.value)


def _milestone(question: Question, kind: MilestoneKind) -> Milestone | None:
    """The date of the scheme of a kind, with the day it had."""
    return next(iter(milestones_then(question, question.cycle.milestones.filter(kind=kind))), None)


def _filing(question: Question) -> Iterator[Owed]:
    """Areas that have filed nothing; the last day is the one granted to them by the day asked about."""
    milestone = _milestone(question, MilestoneKind.APPLICATIONS_DUE)
    if milestone is None:
        return
    deadlines = filing_deadlines(
        question.cycle, question.shown_areas, granted_by=question.moment, milestone=milestone
    )
    filed = Application.objects.filter(
        cycle=question.cycle, area__in=question.shown_areas, filed_first_at__lte=question.moment
    )
    done = set(filed.order_by().values_list("area_id", flat=True).distinct())
    missing = {area: day for area, day in deadlines.items() if area not in done}
    yield _of_milestone("filing", MilestoneKind.APPLICATIONS_DUE, missing)


def _reports(question: Question) -> Iterator[Owed]:
    """Areas that still owe reports of sites on the review's list; the day is the earliest of their reports."""
    if not question.cycle.review:
        return
    rows = Review.objects.filter(
        cycle=question.cycle, area__in=question.shown_areas, opened_at__lte=question.moment
    ).annotate(state_then=state_then(question, ReviewLog, ReviewState.OPEN.value))
    waiting = list(rows.filter(state_then=ReviewState.OPEN.value).order_by("area_id", "id"))
    missing: dict[int, datetime.date] = {}
    for review, day in zip(waiting, _report_days(question, waiting), strict=True):
        if day:
            missing[review.area_id] = min(day, missing.get(review.area_id, day))
    yield _of_milestone("review", MilestoneKind.REVIEW, missing)


def _report_days(question: Question, reviews: list[Review]) -> list[datetime.date | None]:
    """The last day each report had on the day asked about: a return after it set another one."""
    returns = ReviewLog.objects.filter(subject__in=reviews, action=ReviewAction.RETURN).order_by()
    counted = returns.values_list("subject_id").annotate(
        later=Count("pk", filter=Q(at__gt=question.moment)), last=Max("at", filter=Q(at__lte=question.moment))
    )
    changed = {subject: last for subject, later, last in counted if later} if question.is_past else {}
    report_days = question.cycle.review.get("report_working_days", REPORT_DAYS)
    counts: dict[int, set[tuple[datetime.date, int]]] = {}
    for review in reviews:
        if review.pk in changed:
            counts[review.pk] = {(timezone.localdate(review.opened_at), report_days)}
            if last := changed[review.pk]:
                counts[review.pk].add((timezone.localdate(last), question.cycle.correction_working_days))
    days = days_from_each({pair for pairs in counts.values() for pair in pairs})
    return [
        max(days[pair] for pair in counts[review.pk]) if review.pk in counts else review.report_by
        for review in reviews
    ]


def _acceptance(question: Question) -> Iterator[Owed]:
    """Areas with accepted applications that nobody has assessed to the end."""
    milestone = _milestone(question, MilestoneKind.ACCEPTANCE_DUE)
    if milestone is None:
        return
    steps = LevelRule.objects.filter(cycle=question.cycle).values_list("level_id", "steps")
    assessed = [level for level, names in steps if Step.ACCEPTANCE in names]
    rows = Application.objects.filter(
        was_accepted(question), cycle=question.cycle, area__in=question.shown_areas, level__in=assessed
    ).exclude(was_assessed(question))
    areas = rows.order_by().values_list("area_id", flat=True).distinct()
    missing = dict.fromkeys(areas, effective_date(milestone))
    yield _of_milestone("acceptance", MilestoneKind.ACCEPTANCE_DUE, missing)


def _meetings(question: Question) -> Iterator[Owed]:
    """Meetings of the scheme that were not held as often as it asks; the owner's own where no area was chosen."""
    kinds = [kind for kind in meeting_kinds_then(question) if kind.least]
    if not kinds:
        return
    owner = question.programme.owner
    units = question.shown_areas if question.area else [*question.shown_areas, owner]
    rows = Meeting.objects.filter(
        cycle=question.cycle, unit__in=units, recorded_at__lte=question.moment
    ).annotate(state_then=state_then(question, MeetingLog, MeetingState.PLANNED.value))
    held = rows.filter(state_then=MeetingState.HELD.value).order_by().values_list("kind", "unit_id")
    times = {(kind, unit): count for kind, unit, count in held.annotate(count=Count("pk"))}
    for kind in kinds:
        callers = [unit.pk for unit in units if kind.is_called_by(unit, owner)]
        if callers:
            missing = {pk: kind.due_on for pk in callers if times.get((kind.code, pk), 0) < kind.least}
            yield Owed(
                code=f"meeting.{kind.code}",
                title=str(kind),
                missing=missing,
                milestone=kind.code if kind.code in MilestoneKind.values else "",
                due_on=kind.due_on,
            )


def _tasks(question: Question) -> Iterator[Owed]:
    """Tasks of the task list that counties and parks have not reported as done; what they broke down is their own."""
    rows = Task.objects.filter(
        cycle=question.cycle, unit__in=question.shown_areas, made_at__lte=question.moment
    ).annotate(
        state_then=state_then(question, TaskLog, TaskState.OPEN.value),
        due_then=due_then(question, TaskDay, "task"),
    )
    known = rows.exclude(state_then=TaskState.CANCELLED.value).order_by("due_then", "id")
    lists: dict[str, list[Task]] = {}
    for task in known:
        lists.setdefault(task.code or f"{task.title}|{task.phase}", []).append(task)
    for tasks in lists.values():
        first = tasks[0]
        yield Owed(
            code=f"task.{first.code or first.pk}",
            title=in_language({"title": first.title, "title_en": first.title_en}, "title"),
            due_on=first.due_then,
            missing=_earliest(task for task in tasks if task.state_then == TaskState.OPEN.value),
        )


def _earliest(tasks: Iterable[Task]) -> dict[int, datetime.date]:
    """The earliest day of each unit's tasks."""
    found: dict[int, datetime.date] = {}
    for task in tasks:
        found[task.unit_id] = min(task.due_then, found.get(task.unit_id, task.due_then))
    return found


#: By the first part of their codes, in the order of the year.
_KINDS = {
    "filing": _filing,
    "review": _reports,
    "acceptance": _acceptance,
    "meeting": _meetings,
    "task": _tasks,
}
