"""The reminders before the filing deadline (31 May in the reference programme): who still owes something, and when.

A stage is so many working days before an area's own last day. Late runs catch up: a stage counts as due from its day
on, only the nearest one is sent, and the ledger of `notices` keeps each stage from being sent twice.
"""

import datetime

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.selectors import users_with_role
from accounts.words import lazy_day, lazy_list
from applications.deadlines import filing_deadline, filing_milestone
from applications.enums import ApplicationState, CycleState
from applications.models import Application, Cycle, Milestone
from applications.quota import quotas
from notices.services import remind_once
from notices.workdays import working_days_before
from sites.selectors import areas_of

UNFINISHED = (ApplicationState.DRAFT, ApplicationState.RETURNED)


def stage_due(due_on: datetime.date, stages: list[int], today: datetime.date) -> int | None:
    """The nearest stage (working days before `due_on`) whose day has come; None before the first and after the end."""
    if today > due_on:
        return None
    come = [stage for stage in stages if working_days_before(due_on, stage) <= today]
    return min(come, default=None)


def owes_application(cycle: Cycle, area) -> bool:
    """An area owes something while it has a free place of its quota or an unfinished form."""
    if any(quota.left > 0 for quota in quotas(cycle, area).values()):
        return True
    return Application.objects.filter(cycle=cycle, area=area, state__in=UNFINISHED).exists()


def remind_of_deadline(cycle: Cycle) -> int:
    """Remind the staff of each area that still owes an application; returns how many reminders were sent now."""
    milestone = filing_milestone(cycle)
    if milestone is None:
        return 0
    return sum(_remind_area(cycle, milestone, area) for area in areas_of(cycle.programme))


def tell_office_who_is_late(cycle: Cycle) -> int:
    """After the deadline, list to the leadership office the areas that still owe; once per deadline."""
    milestone = filing_milestone(cycle)
    if milestone is None:
        return 0
    today = clock.today()
    late = [
        area
        for area in areas_of(cycle.programme)
        if filing_deadline(cycle, area) < today and owes_application(cycle, area)
    ]
    if not late:
        return 0
    return sum(
        remind_once(
            step=f"late:{milestone.pk}:{milestone.due_on.isoformat()}",
            recipient=person,
            subject=gettext_lazy("Applications not filed in time"),
            body=lazy_list(late),
            url=reverse("applications:list"),
        )
        for person in users_with_role(Role.OFFICE, cycle.programme.owner)
    )


def open_cycles():
    return Cycle.objects.filter(state=CycleState.OPEN).select_related("programme__owner")


def _remind_area(cycle: Cycle, milestone: Milestone, area) -> int:
    due_on = filing_deadline(cycle, area)
    stage = stage_due(due_on, milestone.remind_before, clock.today())
    if stage is None or not owes_application(cycle, area):
        return 0
    return sum(
        remind_once(
            step=f"file:{milestone.pk}:{due_on.isoformat()}:{stage}",
            recipient=person,
            subject=format_lazy(
                gettext_lazy("Applications are due by {day}: {area} still has places or unfinished forms"),
                day=lazy_day(due_on),
                area=area.name,
            ),
            url=reverse("dashboard:inbox"),
        )
        for person in users_with_role(Role.UNIT_STAFF, area)
    )
