"""By when the acceptance of a cycle must be done (end of November in the reference programme), and what is late."""

import datetime

from django.utils import timezone

from accounts import clock
from applications.deadlines import effective_date
from applications.enums import MilestoneKind
from applications.models import Milestone
from assessments.models import Assessment


def acceptance_days(cycle_ids) -> dict[int, datetime.date]:
    """By when the acceptance of each cycle must be done, by cycle id."""
    milestones = Milestone.objects.filter(cycle_id__in=set(cycle_ids), kind=MilestoneKind.ACCEPTANCE_DUE)
    return {milestone.cycle_id: effective_date(milestone) for milestone in milestones}


def acceptance_day(assessment: Assessment) -> datetime.date | None:
    """The last day of an assessment's acceptance; None where its cycle names none."""
    cycle = assessment.application.cycle_id
    return acceptance_days([cycle]).get(cycle)


def days_late(assessment: Assessment, due: datetime.date | None) -> int:
    """Days by which an assessment was closed after its last day, or by which it is overdue today; 0: in time."""
    if due is None:
        return 0
    day = timezone.localdate(assessment.closed_at) if assessment.closed_at else clock.today()
    return max(0, (day - due).days)
