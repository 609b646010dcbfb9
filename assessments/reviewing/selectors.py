"""Reviews and proposals as lists and pages read them, in a fixed number of queries."""

import datetime

from django.db.models import Exists, OuterRef, Prefetch, Subquery

from applications.deadlines import effective_date
from applications.enums import MilestoneKind
from applications.models import Cycle, Milestone
from assessments.enums import ReviewAction
from assessments.models import Review, ReviewedPlaque, ReviewLog, RevocationLetter, RevocationProposal
from assessments.reviewing.drawing import OVER
from assessments.reviewing.progress import next_in_review


def reviews_for_list(user):
    """Reviews a person may see with what a row shows; `seen_last` is the last step that was taken."""
    plaques = ReviewedPlaque.objects.select_related("plaque__level").order_by("plaque__level__rank")
    return (
        Review.objects.visible_to(user)
        .select_related("cycle__programme__owner", "site__category", "area")
        .prefetch_related(Prefetch("plaques", plaques, to_attr="listed"))
        .annotate(last_step=_last_step())
    )


def reviews_under_way(user):
    """Reviews a person may see that are not over, with what the to-do list says of them and no more: in the time of the
    review they are thousands. Related rows that many share are fetched beside, once each."""
    return (
        Review.objects.visible_to(user)
        .exclude(state__in=OVER)
        .only("cycle", "area", "state", "report_by", "rectify_by", "site__name")
        .select_related("site")
        .prefetch_related("cycle__programme__owner", "area")
        .annotate(last_step=_last_step())
        .order_by("id")
    )


def _last_step() -> Subquery:
    return Subquery(ReviewLog.objects.filter(subject=OuterRef("pk")).order_by("-id").values("action")[:1])


def with_next_step(reviews) -> list[Review]:
    """The reviews of one page, each with what is asked next as `next`; one query for all their cycles."""
    rows = list(reviews)
    due = last_days({row.cycle_id for row in rows})
    for row in rows:
        row.next = next_in_review(row, due.get(row.cycle_id), is_seen=row.last_step == ReviewAction.VISIT)
    return rows


def last_days(cycle_ids) -> dict[int, datetime.date]:
    """By when the review of each cycle must be done, by cycle id."""
    milestones = Milestone.objects.filter(cycle_id__in=cycle_ids, kind=MilestoneKind.REVIEW)
    return {milestone.cycle_id: effective_date(milestone) for milestone in milestones}


def proposals_for_list(user):
    """Proposals a person may see, with the letter (`has_letter`) where there is one."""
    letters = RevocationLetter.objects.filter(plaque=OuterRef("plaque")).exclude(pdf="")
    return (
        RevocationProposal.objects.visible_to(user)
        .select_related(
            "plaque__level__programme__owner",
            "plaque__site__category",
            "plaque__site__area",
            "review__cycle",
            "proposed_by",
            "decided_by",
        )
        .annotate(has_letter=Exists(letters))
    )


def results_of(cycle: Cycle) -> dict[int, Review]:
    """The review of each plaque on a cycle's list, by plaque id; one query."""
    rows = ReviewedPlaque.objects.filter(review__cycle=cycle).select_related("review")
    return {row.plaque_id: row.review for row in rows}
