"""What waits for a person in the annual review: reports, visits, results, decisions, answers."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.models import UnitUserObjectPermission
from accounts.scope import units_with_role
from applications.enums import CycleState, MilestoneKind
from applications.models import Cycle, Milestone
from assessments.enums import ProposalState
from assessments.models import Review
from assessments.reviewing.progress import next_in_proposal
from assessments.reviewing.selectors import proposals_for_list, reviews_under_way, with_next_step
from notices.todo import Todo

_ROLES = (Role.UNIT_STAFF, Role.OFFICE, Role.LEADER, Role.SUPERVISOR)


def waiting_for(user) -> list[Todo]:
    """The list to be drawn, and the next step of each review and proposal that is this person's to take."""
    if not units_with_role(user, _ROLES):
        return []
    return [*_lists_to_draw(user), *_steps_to_take(user), *_proposals(user)]


def _lists_to_draw(user) -> list[Todo]:
    owners = units_with_role(user, (Role.OFFICE,))
    if not owners:
        return []
    today = clock.today()
    begun = [
        milestone
        for milestone in Milestone.objects.filter(
            kind=MilestoneKind.REVIEW,
            starts_on__lte=today,
            cycle__state=CycleState.OPEN,
            cycle__year=today.year,
            cycle__programme__owner__in=owners,
            cycle__reviews=None,
        ).select_related("cycle__programme")
        if milestone.cycle.review.get("levels")
    ]
    return [
        Todo(
            text=_("Draw the list of the annual review"),
            url=reverse("assessments:review_draw", args=[milestone.cycle_id]),
            due=milestone.due_on,
            detail=str(milestone.cycle),
        )
        for milestone in begun
    ]


def _steps_to_take(user) -> list[Todo]:
    staff = {unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))}
    office = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    followed = set()
    if units_with_role(user, (Role.SUPERVISOR,)):
        followed = set(_follows().filter(user=user).values_list("content_object_id", flat=True))
    if not staff | office | followed:
        return []
    rows = with_next_step(reviews_under_way(user))
    looked_after = _looked_after(rows) if office else set()
    return [
        _todo(row)
        for row in rows
        if (row.next.role == Role.UNIT_STAFF and row.area_id in staff)
        or (row.next.role == Role.SUPERVISOR and row.area_id in followed)
        or (row.cycle.programme.owner_id in office and _is_the_offices(row, looked_after))
    ]


def _is_the_offices(review: Review, looked_after: set[int]) -> bool:
    """Results are the office's; so is a visit where no group looks after the area, and what was not put right."""
    if review.next.role == Role.SUPERVISOR:
        return review.area_id not in looked_after
    overdue = review.rectify_by is not None and clock.today() > review.rectify_by
    return review.next.role == Role.OFFICE or (review.state == "rectifying" and overdue)


def _looked_after(rows: list[Review]) -> set[int]:
    """The areas of some reviews that a supervision group follows."""
    areas = {row.area_id for row in rows}
    return set(_follows().filter(content_object__in=areas).values_list("content_object_id", flat=True))


def _follows():
    """What the members of supervision groups follow today."""
    return UnitUserObjectPermission.objects.on(clock.today()).filter(permission__codename="follow_unit")


def _proposals(user) -> list[Todo]:
    deciding = {unit.pk for unit in units_with_role(user, (Role.LEADER,))}
    office = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    if not deciding | office:
        return []
    states = (ProposalState.PROPOSED, ProposalState.PASSED_ON)
    owners = {Role.LEADER: deciding, Role.OFFICE: office}
    found = []
    for proposal in proposals_for_list(user).filter(state__in=states).order_by("id"):
        upcoming = next_in_proposal(proposal)
        if proposal.plaque.level.programme.owner_id in owners[upcoming.role]:
            url = reverse("assessments:proposal", args=[proposal.pk])
            text = f"{upcoming.text} · {proposal.plaque.site}"
            found.append(
                Todo(text=text, url=url, detail=f"{proposal.plaque.site.area} · {proposal.plaque.number}")
            )
    return found


def _todo(review: Review) -> Todo:
    return Todo(
        text=f"{review.next.text} · {review.site}",
        url=reverse("assessments:review", args=[review.pk]),
        due=review.next.due,
        detail=f"{review.area} · {review.cycle}",
    )


def cycles_with_review(user) -> list[Cycle]:
    """The cycles a person sees whose scheme has a review, newest first."""
    return [cycle for cycle in Cycle.objects.visible_to(user).select_related("programme") if cycle.review]
