"""What the scheduled work does for the annual review: draws lists that have begun, reminds of reports."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.selectors import users_with_role
from accounts.words import lazy_day, lazy_list
from applications.models import Cycle
from applications.reminders import open_cycles, stage_due
from assessments.enums import ReviewState
from assessments.models import Review
from assessments.review_rules import why_not_draw
from assessments.reviewing.days import milestone_of, review_days
from assessments.services.reviews import draw_reviews
from notices.services import remind_once

#: Working days before the county's day on which it is reminded, where the milestone does not say.
_REMIND_BEFORE = [3, 1]


def draw_due_lists() -> int:
    """Draw the list of every open cycle whose review has begun; returns how many plaques were added.

    A list once drawn is completed until the review's last day; one that was missed is caught up within the year.
    """
    return sum(draw_reviews(actor=None, cycle=cycle) for cycle in open_cycles() if _is_due(cycle))


def _is_due(cycle: Cycle) -> bool:
    if not cycle.review or why_not_draw(None, cycle) is not None or cycle.year != clock.today().year:
        return False
    starts_on, last = review_days(cycle)
    if starts_on is None:
        return False
    return clock.today() <= last or not cycle.reviews.exists()


def remind_of_reviews() -> int:
    """Remind county staff of reports before their day, and tell the office once what is late; returns how many."""
    return sum(_remind(cycle) for cycle in open_cycles() if cycle.review)


def _remind(cycle: Cycle) -> int:
    milestone = milestone_of(cycle)
    before = (milestone and milestone.remind_before) or _REMIND_BEFORE
    open_ones = Review.objects.filter(cycle=cycle, state=ReviewState.OPEN, report_by__isnull=False)
    by_day: dict = {}
    for review in open_ones.select_related("site", "area").order_by("id"):
        by_day.setdefault((review.area, review.report_by), []).append(review)
    sent = 0
    for (area, day), reviews in by_day.items():
        step = f"review:{cycle.pk}:{area.pk}:{day.isoformat()}"
        sites = lazy_list([review.site.name for review in reviews])
        stage = stage_due(day, before, clock.today())
        if stage is not None:
            people = users_with_role(Role.UNIT_STAFF, area)
            subject = gettext_lazy("Annual review: reports are due by {day}")
            sent += _send(f"{step}:{stage}", people, format_lazy(subject, day=lazy_day(day)), sites)
        elif clock.today() > day:
            people = users_with_role(Role.OFFICE, cycle.programme.owner)
            subject = gettext_lazy("Annual review: no report from {area} by {day}")
            words = format_lazy(subject, area=area.name, day=lazy_day(day))
            sent += _send(f"{step}:late", people, words, sites)
    return sent


def _send(step: str, people, subject, body) -> int:
    url = reverse("assessments:reviews")
    return sum(
        remind_once(step=step, recipient=person, subject=subject, body=body, url=url) for person in people
    )
