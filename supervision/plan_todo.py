"""What waits for the members of groups in the plan of visits: visits soon to take place, and overdue ones."""

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.scope import units_with_role
from applications.reminding import stages_of
from notices.enums import DutyKind
from notices.todo import Todo
from notices.workdays import ONE_DAY, working_days
from supervision.models import PlannedVisit
from supervision.plan_selectors import planned_visits_of

#: Days ahead that are looked at; how soon a visit is told of says the scheme (`reminders.stages.visit`).
_FAR = datetime.timedelta(days=60)


def waiting_for(user) -> list[Todo]:
    """Visits of the person's groups that come soon or are overdue; nobody but members costs a query."""
    if not units_with_role(user, (Role.SUPERVISOR,)):
        return []
    today = clock.today()
    near = planned_visits_of(user).filter(to_day__lte=today + _FAR, cycle__year__gte=today.year - 1)
    visits = list(near.select_related("group", "unit", "area", "site", "cycle"))
    if not visits:
        return []
    ahead = working_days(today + ONE_DAY, today + _FAR)
    return [_todo(visit, today) for visit in visits if visit.to_day <= _told_from(visit, ahead, today)]


def _told_from(visit: PlannedVisit, ahead: list[datetime.date], today: datetime.date) -> datetime.date:
    """Visits up to this day are shown now: as many working days ahead as the first reminder comes."""
    most = max(stages_of(visit.cycle, DutyKind.VISIT), default=0)
    return ahead[min(most, len(ahead)) - 1] if most and ahead else today


def _todo(visit: PlannedVisit, today: datetime.date) -> Todo:
    overdue = visit.to_day < today
    text = _("Record, put off or take off the plan: %(place)s") if overdue else _("Visit %(place)s")
    return Todo(
        text=text % {"place": visit.place},
        url=reverse("supervision:visit", args=[visit.pk]),
        due=visit.to_day,
        detail=f"{visit.area} · {visit.group}",
    )
