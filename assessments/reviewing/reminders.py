"""What counties owe in the annual review: reports of the list, and what was found lacking to be put right."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import Unit
from accounts.words import lazy_day, lazy_list, lazy_name
from applications.enums import MilestoneKind
from applications.models import Cycle
from applications.reminding import (
    is_rehearsal,
    make_duty,
    milestones_of,
    reminded_cycles,
    staff_of,
    stages_of,
)
from assessments.enums import ReviewState
from assessments.models import Review
from assessments.reviewing.days import report_day
from assessments.reviewing.drawing import undrawn_plaques
from notices.duties import Duty
from notices.enums import DutyKind
from sites.models import Site

#: What an area owes by a day: its sites.
Reports = dict[tuple[Unit, datetime.date], list[Site]]


def review_duties() -> Iterator[Duty]:
    """Reports by area and day, rectifications one by one; nothing for schemes without a review."""
    for cycle in reminded_cycles():
        if not cycle.review:
            continue
        waiting = Review.objects.filter(cycle=cycle, state__in=(ReviewState.OPEN, ReviewState.RECTIFYING))
        reviews = list(waiting.select_related("site", "area").order_by("id"))
        reports: Reports = {}
        for review in reviews:
            if review.state == ReviewState.OPEN and review.report_by:
                reports.setdefault((review.area, review.report_by), []).append(review.site)
        if is_rehearsal():
            _add_undrawn(cycle, reports)
        yield from _reports(cycle, reports)
        lacking = [review for review in reviews if review.state == ReviewState.RECTIFYING]
        yield from _rectifications(cycle, lacking)


def _reports(cycle: Cycle, reports: Reports) -> Iterator[Duty]:
    named = [milestone.remind_before for milestone in milestones_of(cycle, MilestoneKind.REVIEW)]
    stages = (named and named[0]) or stages_of(cycle, DutyKind.REVIEW)
    words = gettext_lazy("Annual review: reports of {area} are due by {day}")
    for (area, day), sites in reports.items():
        yield make_duty(
            cycle,
            key=f"review:{cycle.pk}:{area.pk}:{day}",
            kind=DutyKind.REVIEW,
            due_on=day,
            stages=stages,
            subject=format_lazy(words, area=lazy_name(area), day=lazy_day(day)),
            url=reverse("assessments:reviews"),
            owed_by=staff_of(area),
            unit=area,
            detail=lazy_list([site.name for site in sites]),
        )


def _rectifications(cycle: Cycle, reviews: list[Review]) -> Iterator[Duty]:
    words = gettext_lazy("Annual review: what was lacking at {site} is to be put right by {day}")
    for review in reviews:
        yield make_duty(
            cycle,
            key=f"rectify:{review.pk}:{review.rectify_by}",
            kind=DutyKind.RECTIFICATION,
            due_on=review.rectify_by,
            subject=format_lazy(words, site=review.site.name, day=lazy_day(review.rectify_by)),
            url=reverse("assessments:review", args=[review.pk]),
            owed_by=staff_of(review.area),
            unit=review.area,
            detail=review.findings,
        )


def _add_undrawn(cycle: Cycle, reports: Reports) -> None:
    """In a rehearsal: the sites whose forms the scheduled work would have opened by the clock's day, with the last day
    they would have been given then."""
    starts_on = next((milestone.starts_on for milestone in milestones_of(cycle, MilestoneKind.REVIEW)), None)
    if starts_on is None or clock.today() < starts_on:
        return
    plaques = undrawn_plaques(cycle).exclude(valid_until__lt=starts_on)
    sites = Site.objects.filter(pk__in=plaques.values("site")).exclude(reviews__cycle=cycle)
    with clock.travel(starts_on):
        day = report_day(cycle)
    for site in sites.select_related("area").order_by("area", "id"):
        reports.setdefault((site.area, day), []).append(site)
