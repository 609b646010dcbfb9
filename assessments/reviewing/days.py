"""The days of a year's review: from when it is drawn, by when it is done, how long the county has."""

import datetime

from accounts import clock
from applications.deadlines import effective_date
from applications.enums import MilestoneKind
from applications.models import Cycle, Milestone
from notices.workdays import nth_working_day

_ONE_DAY = datetime.timedelta(days=1)
#: Working days where the programme file says nothing.
REPORT_DAYS, RECTIFICATION_DAYS = 10, 20


def day_of(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def milestone_of(cycle: Cycle) -> Milestone | None:
    return cycle.milestones.filter(kind=MilestoneKind.REVIEW).first()


def review_days(cycle: Cycle) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day of the cycle's review; None where the scheme sets none."""
    milestone = milestone_of(cycle)
    if milestone is None:
        return None, None
    return milestone.starts_on, effective_date(milestone)


def latest_award(cycle: Cycle) -> datetime.date:
    """The last day on which a plaque may have been given to be reviewed in this cycle."""
    return datetime.date(cycle.year - cycle.review["years_before"], 12, 31)


def report_day(cycle: Cycle) -> datetime.date:
    """The county's last day, counted from tomorrow."""
    return nth_working_day(clock.today() + _ONE_DAY, cycle.review.get("report_working_days", REPORT_DAYS))


def correction_day(cycle: Cycle) -> datetime.date:
    """The last day for a report returned today."""
    return nth_working_day(clock.today() + _ONE_DAY, cycle.correction_working_days)


def usual_rectification_day(cycle: Cycle) -> datetime.date:
    """What the form proposes as the last day of a rectification demanded today."""
    days = cycle.review.get("rectification_working_days", RECTIFICATION_DAYS)
    return nth_working_day(clock.today() + _ONE_DAY, days)
