"""Which plaques a cycle has reviewed: by the rule of its scheme, and what is not on the list yet."""

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from applications.models import Cycle
from assessments.enums import ReviewState
from assessments.models import Review, ReviewedPlaque
from assessments.reviewing.days import latest_award
from sites.enums import PlaqueState
from sites.models import Plaque

#: Plaques a site still has: a suspended one is reviewed as well, it is to be decided on.
REVIEWED_STATES = (PlaqueState.VALID, PlaqueState.RECTIFYING, PlaqueState.SUSPENDED)
OVER = (ReviewState.PASSED, ReviewState.FAILED, ReviewState.DROPPED)


def due_plaques(cycle: Cycle):
    """The plaques of the levels the scheme names that count from a day in or before the year so many years back and
    that their sites still have."""
    return (
        Plaque.objects.filter(
            site__programme=cycle.programme_id,
            level__code__in=cycle.review.get("levels", []),
            state__in=REVIEWED_STATES,
        )
        .annotate(since=Coalesce("held_since", "awarded_on"))
        .filter(since__lte=latest_award(cycle))
    )


def undrawn_plaques(cycle: Cycle):
    """Due plaques that are not on the cycle's list; of a site whose review is over none is added any more."""
    drawn = ReviewedPlaque.objects.filter(review__cycle=cycle, plaque=OuterRef("pk"))
    over = Review.objects.filter(cycle=cycle, site=OuterRef("site"), state__in=OVER)
    return due_plaques(cycle).filter(~Exists(drawn), ~Exists(over))
