"""Annual reviews in the journal of figures: by area, category and state, under the year of their cycle."""

from collections.abc import Iterator

from assessments.enums import ReviewState
from assessments.models import Review, ReviewLog
from sites.measures import day_of
from sites.models import Programme
from sites.tallies import Cell, Change, stay

REVIEWS = "reviews"


def review_cell(programme_id: int, area_id: int, category_id: int, state: str, year: int) -> Cell:
    """Where a review counts; it stays with the area it was opened in."""
    return Cell(REVIEWS, programme_id, area_id, area_id, category_id=category_id, state=str(state), year=year)


def cell_of(review: Review, state: str) -> Cell:
    """Where a review in a state counts, with its cycle and site at hand."""
    cycle, site = review.cycle, review.site
    return review_cell(cycle.programme_id, review.area_id, site.category_id, state, cycle.year)


def review_changes(programme: Programme) -> Iterator[Change]:
    """Every step of the programme's reviews, from their opening on."""
    steps: dict[int, list] = {}
    log = ReviewLog.objects.filter(subject__cycle__programme=programme).order_by("id")
    for review, before, after, at in log.values_list("subject", "from_state", "to_state", "at"):
        if before != after:
            steps.setdefault(review, []).append((day_of(at), after))
    reviews = Review.objects.filter(cycle__programme=programme).order_by()
    rows = reviews.values_list("pk", "area", "site__category", "cycle__year", "opened_at")
    for review, area, category, year, opened_at in rows.iterator(5_000):
        stays = [(day_of(opened_at), ReviewState.OPEN.value), *steps.get(review, ())]
        ends = [day for day, _state in stays[1:]] + [None]
        for (begins, state), until in zip(stays, ends, strict=True):
            yield from stay(review_cell(programme.pk, area, category, state, year), begins, until)
