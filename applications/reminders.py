"""What is owed on the way to an application and by the office that runs the year: who is reminded, and of what.

Each source only reads, in a number of queries that depends on the open cycles alone, not on areas or people.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.words import lazy_day, lazy_name
from applications.deadlines import effective_date, filing_deadlines
from applications.enums import ApplicationState, CycleState, MilestoneKind
from applications.models import Application, Cycle, Milestone
from applications.quota import quotas_of
from applications.reminding import make_duty, milestones_of, office_of, reminded_cycles, staff_of, stages_of
from notices.duties import Duty
from notices.enums import DutyKind
from sites.selectors import areas_of

_TOLD_TO_THE_OFFICE = (MilestoneKind.MIDYEAR_CHECK, MilestoneKind.PROMOTION_MEETING, MilestoneKind.OTHER)


def open_cycles():
    return Cycle.objects.filter(state=CycleState.OPEN).select_related("programme__owner")


def filing_duties() -> Iterator[Duty]:
    """Applications due by area, each on its own last day, and returned forms by theirs."""
    for cycle in reminded_cycles():
        areas = list(areas_of(cycle.programme))
        deadlines = filing_deadlines(cycle, areas)
        if deadlines:
            yield from _filing(cycle, areas, deadlines)
            yield from _corrections(cycle, deadlines)


def areas_that_owe(cycle: Cycle, areas: list[Unit]) -> list[Unit]:
    """Areas with a free place of their quota or a form not handed in yet; two queries."""
    drafts = Application.objects.filter(cycle=cycle, area__in=areas, state=ApplicationState.DRAFT)
    unfinished = set(drafts.values_list("area", flat=True))
    quotas = quotas_of(cycle, areas)
    return [
        area
        for area in areas
        if area.pk in unfinished or any(quota.left > 0 for quota in quotas[area.pk].values())
    ]


def _filing(cycle: Cycle, areas: list[Unit], deadlines: dict[int, datetime.date]) -> Iterator[Duty]:
    [milestone] = milestones_of(cycle, MilestoneKind.APPLICATIONS_DUE)[:1]
    words = gettext_lazy("Applications are due by {day}: {area} still has places or unfinished forms")
    for area in areas_that_owe(cycle, areas):
        due_on = deadlines[area.pk]
        duty = make_duty(
            cycle,
            key=f"file:{milestone.pk}:{area.pk}:{due_on}",
            kind=DutyKind.APPLICATION,
            due_on=due_on,
            stages=milestone.remind_before,
            subject=format_lazy(words, day=lazy_day(due_on), area=lazy_name(area)),
            url=reverse("applications:list"),
            owed_by=staff_of(area),
            unit=area,
        )
        # Afterwards nothing can be handed in any more: once everybody hears who is late, then it is the office's.
        yield replace(duty, overdue_weeks=min(duty.overdue_weeks, 1))


def _corrections(cycle: Cycle, deadlines: dict[int, datetime.date]) -> Iterator[Duty]:
    returned = Application.objects.filter(cycle=cycle, state=ApplicationState.RETURNED)
    words = gettext_lazy("The returned application of {site} is to be corrected by {day}")
    for application in returned.select_related("site", "area").order_by("id"):
        due_on = max(filter(None, (deadlines.get(application.area_id), application.correct_by)))
        yield make_duty(
            cycle,
            key=f"correct:{application.pk}:{due_on}",
            kind=DutyKind.CORRECTION,
            due_on=due_on,
            subject=format_lazy(words, site=application.site.name, day=lazy_day(due_on)),
            url=reverse("applications:detail", args=[application.pk]),
            owed_by=staff_of(application.area),
            unit=application.area,
        )


def office_duties() -> Iterator[Duty]:
    """What the office itself owes: an approval that is about to end, and dates of the scheme nobody else is told of."""
    for cycle in reminded_cycles():
        if cycle.approval_valid_until:
            yield _approval(cycle)
        for milestone in milestones_of(cycle, *_TOLD_TO_THE_OFFICE):
            yield _milestone(cycle, milestone)


def _approval(cycle: Cycle) -> Duty:
    due_on = cycle.approval_valid_until
    words = gettext_lazy("The approval of the year {year} ends on {day}")
    return make_duty(
        cycle,
        key=f"approval:{cycle.pk}:{due_on}",
        kind=DutyKind.APPROVAL,
        due_on=due_on,
        subject=format_lazy(words, year=cycle.year, day=lazy_day(due_on)),
        url=reverse("applications:cycle"),
        owed_by=office_of(cycle),
        detail=cycle.approval_number,
    )


def _milestone(cycle: Cycle, milestone: Milestone) -> Duty:
    """A date the scheme names. Nothing here knows whether it was kept, so it is not told of as overdue."""
    due_on = effective_date(milestone)
    words = gettext_lazy("{milestone}: by {day}")
    duty = make_duty(
        cycle,
        key=f"milestone:{milestone.pk}:{due_on}",
        kind=DutyKind.MILESTONE,
        due_on=due_on,
        stages=milestone.remind_before or stages_of(cycle, DutyKind.MILESTONE),
        subject=format_lazy(words, milestone=lazy_name(milestone), day=lazy_day(due_on)),
        url=reverse("applications:cycle"),
        owed_by=office_of(cycle),
        detail=milestone.article,
    )
    return replace(duty, overdue_weeks=0)
