"""Who may record visits and declare them void, and why not now."""

import datetime

from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason
from accounts.models import Unit
from accounts.words import lazy_day
from supervision.enums import FindingState, InspectionAction
from supervision.models import GroupArea, Inspection, SupervisionGroup
from supervision.rules import why_not_group_work


def why_not_inspection_action(user, inspection: Inspection, action: str, reason: str = "") -> Reason | None:
    """None when the person may take this step with an inspection."""
    refusal = why_not_group_work(user, inspection.group)
    if refusal is None and action == InspectionAction.VOID:
        refusal = _why_not_void(inspection, reason)
    return refusal


def why_not_record(
    user, group: SupervisionGroup, area: Unit | None, visited_on: datetime.date
) -> Reason | None:
    """Why a visit may not be recorded, or None. `area` is the group's area the place visited lies in, if any."""
    if refusal := why_not_group_work(user, group):
        return refusal
    if area is None:
        return Reason(
            text=_("The place visited does not lie in the areas of %(group)s.") % {"group": group},
            remedy=_("Choose the group that looks after it."),
        )
    if visited_on > clock.today():
        return Reason(
            text=_("The visit cannot lie in the future."),
            remedy=_("Today is %(day)s.") % {"day": lazy_day(clock.today())},
        )
    return None


def area_of(group: SupervisionGroup, unit: Unit, visited_on: datetime.date) -> Unit | None:
    """The area of the group, today or on the day of the visit, in which a unit lies."""
    rows = GroupArea.objects.filter(group=group).select_related("area")
    for day in (clock.today(), visited_on):
        for row in rows.on(day):
            if row.area.contains(unit):
                return row.area
    return None


def _why_not_void(inspection: Inspection, reason: str) -> Reason | None:
    if not reason.strip():
        return Reason(text=_("Write the reason: it is kept with the decision."))
    if inspection.findings.exclude(state=FindingState.DROPPED).exists():
        return Reason(
            text=_("Findings of this visit are under way."),
            remedy=_("Take them back first, each with its reason."),
        )
    return None
