"""From November on somebody has to see to it that the working calendar knows the coming year."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment
from notices.duties import Duty, Owed
from notices.enums import DutyKind
from notices.rules import may_edit_calendar
from notices.todo import Todo
from notices.workdays import year_is_known

#: The State Council's notice for a year usually comes out early in November of the year before.
_ASKED_FROM_MONTH = 11
#: Still asked for in these months of the year itself.
_ASKED_UNTIL_MONTH = 3
_STAGES = (60, 20, 5, 1, 0)
_OVERDUE_WEEKS = 12


def missing_year() -> int | None:
    """The year whose days off are asked for now and not in the table; None when all is in order. One query at most."""
    today = clock.today()
    if today.month >= _ASKED_FROM_MONTH:
        year = today.year + 1
    elif today.month <= _ASKED_UNTIL_MONTH:
        year = today.year
    else:
        return None
    return None if year_is_known(year) else year


def calendar_duties() -> Iterator[Duty]:
    """The calendar of the coming year, owed by the offices and the system administrators by the end of this one."""
    year = missing_year()
    if year is None:
        return
    held = RoleAssignment.objects.on(clock.today()).filter(
        role__in=(Role.OFFICE, Role.SYSTEM_ADMIN), user__is_active=True
    )
    people = {
        assignment.user_id: assignment.user for assignment in held.select_related("user").order_by("user")
    }
    why = gettext_lazy("You may change the working calendar; all deadlines follow it.")
    yield Duty(
        key=f"calendar:{year}",
        kind=DutyKind.CALENDAR,
        due_on=datetime.date(year - 1, 12, 31),
        stages=_STAGES,
        subject=format_lazy(
            gettext_lazy("The days off of {year} are not in the working calendar"), year=year
        ),
        url=reverse("notices:calendar"),
        owed_by=tuple(Owed(user, why) for user in people.values()),
        overdue_weeks=_OVERDUE_WEEKS,
    )


def waiting_for(user) -> list[Todo]:
    """The same as an entry of the to-do list; no query for anybody else, nor from April to October."""
    if not may_edit_calendar(user) or (year := missing_year()) is None:
        return []
    return [
        Todo(
            text=_("Enter the days off of %(year)s into the working calendar") % {"year": year},
            url=reverse("notices:calendar"),
            due=datetime.date(year - 1, 12, 31),
            detail=_("Deadlines and reminders count working days."),
        )
    ]
