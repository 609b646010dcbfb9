"""Who may plan and record meetings, and why not now."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import Unit
from accounts.rules import has_role, why_not_role
from applications.enums import CycleState
from applications.models import Cycle
from supervision.enums import MEETING_TRANSITIONS, MeetingAction, MeetingState
from supervision.meeting_kinds import MeetingKind
from supervision.models import Meeting

#: Why a meeting is put off or does not take place is kept with it.
_NEED_WORDS = (MeetingAction.MOVE, MeetingAction.CANCEL)


def works_on_meetings(user, unit: Unit, owner: Unit) -> bool:
    """Whether the person records meetings of the unit: its own staff, and the leadership office for everybody."""
    return _why_not_person(user, unit, owner) is None


def why_not_plan_meeting(user, cycle: Cycle, kind: MeetingKind | None, unit: Unit) -> Reason | None:
    """Why this person may not plan a meeting of a kind for a unit (user None: the installation)."""
    owner = cycle.programme.owner
    refusal = _why_not_person(user, unit, owner)
    if refusal:
        return refusal
    if kind is None or not kind.is_called_by(unit, owner):
        return Reason(
            text=_("The scheme of %(year)s has no such meeting of this unit.") % {"year": cycle.year}
        )
    if cycle.state != CycleState.OPEN:
        return Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle})
    return None


def why_not_meeting_action(user, meeting: Meeting, action: str, reason: str = "") -> Reason | None:
    """Why this person may not take this step with a meeting, or None."""
    refusal = _why_not_person(user, meeting.unit, meeting.cycle.programme.owner)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the meeting."))
    return refusal


def may_take_meeting(user, meeting: Meeting, action: str) -> bool:
    """Whether a page offers this step to this person; words may still be missing."""
    known = (meeting.state, action) in MEETING_TRANSITIONS
    return known and why_not_meeting_action(user, meeting, action, "-") is None


def why_not_change_meeting(user, meeting: Meeting) -> Reason | None:
    """Why a meeting's particulars may not be changed by this person now: what was held stays as it was."""
    refusal = _why_not_person(user, meeting.unit, meeting.cycle.programme.owner)
    if refusal is None and meeting.state != MeetingState.PLANNED:
        refusal = Reason(
            text=_("The meeting is no longer a plan: it can no longer be changed."),
            remedy=_("Papers and minutes can still be added to a meeting that was held."),
        )
    return refusal


def why_not_add_papers(user, meeting: Meeting) -> Reason | None:
    """Why this person may not add papers to a meeting now."""
    refusal = _why_not_person(user, meeting.unit, meeting.cycle.programme.owner)
    if refusal is None and meeting.state == MeetingState.CANCELLED:
        refusal = Reason(text=_("The meeting was cancelled."))
    return refusal


def _why_not_person(user, unit: Unit, owner: Unit) -> Reason | None:
    if user is not None and has_role(user, Role.OFFICE, owner):
        return None
    if unit.pk == owner.pk:
        return why_not_role(user, (Role.OFFICE,), owner)
    return why_not_role(user, (Role.UNIT_STAFF,), unit)
