"""The reminders before the acceptance must be done (end of November in the reference programme)."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.selectors import users_with_role
from accounts.words import lazy_day, lazy_list
from applications.deadlines import effective_date
from applications.enums import ApplicationState, MilestoneKind
from applications.models import Application, Cycle
from applications.reminders import stage_due
from assessments.enums import AssessmentState
from assessments.models import ScoreSheet
from notices.services import remind_once


def remind_of_acceptance(cycle: Cycle) -> int:
    """Remind assessors of sheets not handed in, and the office of applications not assessed to the end.

    Returns how many reminders were sent now.
    """
    sent = 0
    for milestone in cycle.milestones.filter(kind=MilestoneKind.ACCEPTANCE_DUE):
        due_on = effective_date(milestone)
        stage = stage_due(due_on, milestone.remind_before, clock.today())
        if stage is not None:
            step = f"accept:{milestone.pk}:{due_on.isoformat()}:{stage}"
            sent += _remind_assessors(cycle, step, due_on) + _remind_office(cycle, step, due_on)
        elif clock.today() > due_on:
            sent += _tell_office_what_is_late(cycle, f"accept-late:{milestone.pk}:{due_on.isoformat()}")
    return sent


def unassessed(cycle: Cycle):
    """Accepted applications whose assessment is not closed yet."""
    closed = [state for state in AssessmentState.values if state != AssessmentState.SCORING]
    return Application.objects.filter(cycle=cycle, state=ApplicationState.ACCEPTED).exclude(
        assessment__state__in=closed
    )


def _remind_assessors(cycle: Cycle, step: str, due_on) -> int:
    owed = ScoreSheet.objects.filter(
        assessment__application__cycle=cycle, assessment__state=AssessmentState.SCORING, handed_in_at=None
    ).select_related("assessor")
    people = {sheet.assessor_id: sheet.assessor for sheet in owed}
    return sum(
        remind_once(
            step=step,
            recipient=person,
            subject=format_lazy(gettext_lazy("Score sheets are due by {day}"), day=lazy_day(due_on)),
            url=reverse("assessments:list"),
        )
        for person in people.values()
    )


def _remind_office(cycle: Cycle, step: str, due_on) -> int:
    count = unassessed(cycle).count()
    if not count:
        return 0
    return _tell_office(
        cycle,
        step,
        format_lazy(
            gettext_lazy("Acceptance is due by {day}: {count} applications are not assessed yet"),
            day=lazy_day(due_on),
            count=count,
        ),
        "",
    )


def _tell_office_what_is_late(cycle: Cycle, step: str) -> int:
    late = list(unassessed(cycle).select_related("site"))
    if not late:
        return 0
    return _tell_office(
        cycle,
        step,
        gettext_lazy("Acceptance not done in time"),
        lazy_list([application.site for application in late]),
    )


def _tell_office(cycle: Cycle, step: str, subject, body) -> int:
    return sum(
        remind_once(step=step, recipient=person, subject=subject, body=body, url=reverse("assessments:list"))
        for person in users_with_role(Role.OFFICE, cycle.programme.owner)
    )
