"""What is owed in the acceptance and by a public notice: assessors' sheets, and what the office has to bring to an end.

Each source only reads, in a number of queries that depends on the open cycles alone.
"""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.words import lazy_day, lazy_list
from applications.deadlines import effective_date
from applications.enums import ApplicationState, MilestoneKind
from applications.models import Application, Cycle, Milestone
from applications.reminding import make_duty, milestones_of, office_of, reminded_cycles
from assessments.enums import AssessmentState
from assessments.models import PublicNotice, ScoreSheet
from notices.duties import Duty, Owed
from notices.enums import DutyKind


def unassessed(cycle: Cycle):
    """Accepted applications whose assessment is not closed yet."""
    closed = [state for state in AssessmentState.values if state != AssessmentState.SCORING]
    return Application.objects.filter(cycle=cycle, state=ApplicationState.ACCEPTED).exclude(
        assessment__state__in=closed
    )


def acceptance_duties() -> Iterator[Duty]:
    """Score sheets not handed in, applications not assessed to the end, public notices not brought to an end."""
    for cycle in reminded_cycles():
        for milestone in milestones_of(cycle, MilestoneKind.ACCEPTANCE_DUE):
            due_on = effective_date(milestone)
            yield from _sheets(cycle, due_on)
            yield from _acceptance(cycle, milestone, due_on)
        yield from _notices(cycle)


def _sheets(cycle: Cycle, due_on: datetime.date) -> Iterator[Duty]:
    """One duty for each assessor, whatever the number of sheets."""
    owed = ScoreSheet.objects.filter(
        assessment__application__cycle=cycle, assessment__state=AssessmentState.SCORING, handed_in_at=None
    ).select_related("assessor", "assessment__application__site")
    sheets: dict[User, list] = {}
    for sheet in owed.order_by("assessor", "id"):
        sheets.setdefault(sheet.assessor, []).append(sheet.assessment.application.site)
    for assessor, sites in sheets.items():
        yield make_duty(
            cycle,
            key=f"sheets:{cycle.pk}:{assessor.pk}:{due_on}",
            kind=DutyKind.SCORE_SHEET,
            due_on=due_on,
            subject=format_lazy(gettext_lazy("Score sheets are due by {day}"), day=lazy_day(due_on)),
            url=reverse("assessments:list"),
            owed_by=[Owed(assessor, gettext_lazy("These sites are yours to assess."))],
            detail=lazy_list(sites),
        )


def _acceptance(cycle: Cycle, milestone: Milestone, due_on: datetime.date) -> Iterator[Duty]:
    sites = [application.site for application in unassessed(cycle).select_related("site")]
    if not sites:
        return
    words = gettext_lazy("Acceptance is due by {day}: {count} applications are not assessed yet")
    yield make_duty(
        cycle,
        key=f"accept:{milestone.pk}:{due_on}",
        kind=DutyKind.ACCEPTANCE,
        due_on=due_on,
        stages=milestone.remind_before,
        subject=format_lazy(words, day=lazy_day(due_on), count=len(sites)),
        url=reverse("assessments:list"),
        owed_by=office_of(cycle),
        detail=lazy_list(sites),
    )


def _notices(cycle: Cycle) -> Iterator[Duty]:
    open_ones = PublicNotice.objects.filter(
        assessment__application__cycle=cycle, assessment__state=AssessmentState.NOTICED
    )
    words = gettext_lazy("The public notice of {site} ends on {day}; then the award is decided")
    for notice in open_ones.order_by("id"):
        yield make_duty(
            cycle,
            key=f"notice:{notice.pk}:{notice.ends_on}",
            kind=DutyKind.NOTICE_END,
            due_on=notice.ends_on,
            subject=format_lazy(words, site=notice.site_name, day=lazy_day(notice.ends_on)),
            url=reverse("assessments:detail", args=[notice.assessment_id]),
            owed_by=office_of(cycle),
        )
