"""What the scheduled work does for the annual review: draws lists that have begun."""

from accounts import clock
from applications.models import Cycle
from applications.reminders import open_cycles
from assessments.review_rules import why_not_draw
from assessments.reviewing.days import review_days
from assessments.services.reviews import draw_reviews


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
