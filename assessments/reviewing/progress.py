"""Where a review or a proposal stands, and who is asked for what next, by when."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from applications.progress import Next
from assessments.enums import ProposalState, ReviewAction, ReviewState
from assessments.models import Review, RevocationProposal
from assessments.progress import Stair
from assessments.review_rules import is_late, seen_again

_R = ReviewState
#: How far along the common way each state is: report, visit, result.
_PLACE = {_R.OPEN: 1, _R.REPORTED: 2, _R.VISITED: 3}


def next_in_review(
    review: Review, due: datetime.date | None = None, is_seen: bool | None = None
) -> Next | None:
    """What is asked next; None when all is over. `due` is the last day of the cycle's review, `is_seen` whether the
    second look was recorded, where the caller knows it."""
    if review.state == _R.OPEN:
        if is_late(review):
            return Next(Role.SUPERVISOR, _("Visit without a report: the county's day is over"), due)
        return Next(Role.UNIT_STAFF, _("Report on the site"), review.report_by)
    if review.state == _R.REPORTED:
        return Next(Role.SUPERVISOR, _("Visit the site"), due)
    if review.state == _R.VISITED:
        return Next(Role.OFFICE, _("Decide the result"), due)
    if review.state == _R.RECTIFYING:
        return Next(Role.UNIT_STAFF, _("Report the rectification"), review.rectify_by)
    if review.state == _R.RECTIFIED:
        if seen_again(review) if is_seen is None else is_seen:
            return Next(Role.OFFICE, _("Decide after the second look"), review.rectify_by)
        return Next(Role.SUPERVISOR, _("Look at the site again"), review.rectify_by)
    return None


def next_in_proposal(proposal: RevocationProposal) -> Next | None:
    return {
        ProposalState.PROPOSED: Next(Role.LEADER, _("Decide on taking the plaque back")),
        ProposalState.PASSED_ON: Next(Role.OFFICE, _("Record the answer of the department above")),
    }.get(proposal.state)


def review_stairs(review: Review, log: list, proposals: list[RevocationProposal]) -> list[Stair]:
    """The way of a review: list, report, visit, result, and what the result led to. `log` is oldest first."""
    here = _PLACE.get(review.state, 4)
    rows = [Stair(_("On the list"), "done", timezone.localdate(review.opened_at))]
    names = ((_("Report of the county"), ReviewAction.REPORT), (_("Visit"), ReviewAction.VISIT))
    for place, (label, action) in enumerate(names, start=1):
        day = _last_day(log, action) if here > place else None
        skipped = here > place and day is None
        rows.append(Stair(label, _state(place, here), day, _("none") if skipped else ""))
    rows.append(_result(review, here))
    if _last_day(log, ReviewAction.RECTIFY):
        rows.append(_rectification(review, log))
    return [*rows, *[_decision(proposal) for proposal in proposals]]


def _result(review: Review, here: int) -> Stair:
    if review.state in (_R.FAILED, _R.DROPPED):
        return Stair(_("Result"), "ended", review.decided_on, review.get_state_display())
    if review.state == _R.PASSED:
        return Stair(_("Result"), "done", review.decided_on, review.get_state_display())
    if here > 3:
        return Stair(_("Result"), "done", None, _("rectify"))
    return Stair(_("Result"), _state(3, here))


def _rectification(review: Review, log: list) -> Stair:
    under_way = review.state in (_R.RECTIFYING, _R.RECTIFIED)
    day = _last_day(log, ReviewAction.REPORT_RECTIFIED)
    return Stair(_("Rectification"), "now" if under_way else "done" if day else "ended", day)


def _decision(proposal: RevocationProposal) -> Stair:
    label = _("Plaque %(number)s") % {"number": proposal.plaque.number}
    day = proposal.decided_at and timezone.localdate(proposal.decided_at)
    waits = proposal.state in (ProposalState.PROPOSED, ProposalState.PASSED_ON)
    state = "now" if waits else "ended" if proposal.state == ProposalState.APPROVED else "done"
    return Stair(label, state, day, proposal.get_state_display())


def _state(place: int, here: int) -> str:
    return "done" if place < here else "now" if place == here else "todo"


def _last_day(log: list, action: str) -> datetime.date | None:
    return next((timezone.localdate(row.at) for row in reversed(log) if row.action == action), None)


def is_overdue(review: Review) -> bool:
    """Whether the day somebody was given is over."""
    late = review.state == _R.RECTIFYING and clock.today() > review.rectify_by
    return late or is_late(review)
