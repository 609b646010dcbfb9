"""Who may write, nominate and select exemplary cases, and why not now."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role
from applications.enums import CycleState
from publicity.enums import CASE_TRANSITIONS, CaseAction, CaseState
from sites.rules import why_not_active

#: What the area does with its own case; the rest is the leadership office's.
OWN_ACTS = (CaseAction.NOMINATE, CaseAction.WITHDRAW)
#: Why a case is sent back, not selected or withdrawn is kept with it.
_NEED_WORDS = (CaseAction.RETURN, CaseAction.DECLINE, CaseAction.WITHDRAW)
MOST_PHOTOS = 9
#: What helps who was writing while somebody else saved.
STILL_TYPED = gettext_lazy("Compare with what is there now; what you wrote is still in the form.")


def why_not_write_case(actor, cycle, area, site=None) -> Reason | None:
    """The county staff writes cases of its area and its sites, in a year that is open."""
    refusal = why_not_role(actor, (Role.UNIT_STAFF,), area)
    if refusal is None and not cycle.programme.owner.contains(area):
        refusal = Reason(text=_("%(area)s does not take part in this programme.") % {"area": area})
    if refusal is None and cycle.state != CycleState.OPEN:
        refusal = Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle})
    if refusal is None and site is not None:
        if site.area_id != area.pk or site.programme_id != cycle.programme_id:
            return Reason(text=_("The site belongs to another area or programme."))
        refusal = why_not_active(site)
    return refusal


def why_not_change_case(actor, case) -> Reason | None:
    """Only a draft is changed, by the county staff whose case it is."""
    refusal = why_not_role(actor, (Role.UNIT_STAFF,), case.area)
    if refusal is None and case.state != CaseState.DRAFT:
        refusal = Reason(
            text=_("Only a draft can be changed."),
            remedy=_("The leadership office can return a nominated case for correction."),
        )
    return refusal


def why_not_case_action(actor, case, action: str, reason: str) -> Reason | None:
    """The county nominates and withdraws; the leadership office returns, selects and declines."""
    if action in OWN_ACTS:
        refusal = why_not_role(actor, (Role.UNIT_STAFF,), case.area)
    else:
        refusal = why_not_role(actor, (Role.OFFICE,), case.cycle.programme.owner)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the case."))
    if refusal is None and action == CaseAction.NOMINATE:
        refusal = _why_not_nominate(case)
    return refusal


def may_take_case(actor, case, action: str) -> bool:
    """Whether a page offers this step to this person; words may still be missing."""
    return (case.state, action) in CASE_TRANSITIONS and why_not_case_action(actor, case, action, "-") is None


def _why_not_nominate(case) -> Reason | None:
    if case.cycle.state != CycleState.OPEN:
        return Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": case.cycle})
    return None if case.site is None else why_not_active(case.site)
