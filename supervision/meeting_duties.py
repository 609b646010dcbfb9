"""What is owed in meetings: in the inbox of whoever calls them, and as a source of reminders."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment, Unit
from accounts.scope import units_with_role
from accounts.words import lazy_day, lazy_name
from applications.reminding import cycles_reminded_of, make_duty
from notices.duties import Duty, Owed
from notices.enums import DutyKind
from notices.todo import Todo
from supervision.meeting_lists import plan_url
from supervision.meeting_selectors import MeetingDuty, duties_of, open_cycles_of


def waiting_for(user) -> list[Todo]:
    """Meetings this person's units owe until they were held; two queries, none for people without the role."""
    units = units_with_role(user, (Role.UNIT_STAFF, Role.OFFICE))
    called_by = [unit for unit in units if unit.is_area or _is_office(user, unit)]
    if not called_by:
        return []
    cycles = [
        cycle
        for cycle in open_cycles_of()
        if any(cycle.programme.owner.contains(unit) for unit in called_by)
        and cycle.supervision.get("meetings")
    ]
    return [_todo(duty) for duty in duties_of(cycles, called_by) if duty.owed and _has_begun(duty)]


def _is_office(user, unit: Unit) -> bool:
    return unit in units_with_role(user, (Role.OFFICE,))


def _has_begun(duty: MeetingDuty) -> bool:
    """The year's meetings are not shown in the year before it."""
    return clock.today().year >= duty.cycle.year


def _todo(duty: MeetingDuty) -> Todo:
    detail = f"{duty.unit} · {duty.cycle}"
    if duty.next_pk is None:
        return Todo(
            text=_("%(kind)s owed: plan it, or record it once it was held") % {"kind": duty.kind},
            url=plan_url(duty),
            due=duty.kind.due_on,
            detail=detail,
        )
    day = date_format(duty.next_day, "DATE_FORMAT")
    if duty.next_day < clock.today():
        text = _("%(kind)s of %(day)s: record whether it was held") % {"kind": duty.kind, "day": day}
    else:
        text = _("%(kind)s owed, planned for %(day)s") % {"kind": duty.kind, "day": day}
    url = reverse("supervision:meeting", args=[duty.next_pk])
    return Todo(text=text, url=url, due=duty.kind.due_on, detail=detail)


def _reminded():
    return cycles_reminded_of().select_related("programme__owner")


def meetings_owed() -> Iterator[Duty]:
    """Reminders of the meetings of all open cycles that are owed today."""
    owed = [duty for duty in duties_of(_reminded()) if duty.owed and _has_begun(duty)]
    people = staff_of({duty.unit.pk for duty in owed})
    for duty in owed:
        role = Role.UNIT_STAFF if duty.kind.is_for_areas else Role.OFFICE
        subject = gettext_lazy("{unit}: {kind} owed, by {day}")
        why = format_lazy(
            gettext_lazy("{unit} calls this meeting and it was not recorded as held"),
            unit=lazy_name(duty.unit),
        )
        yield make_duty(
            duty.cycle,
            key=f"meeting:{duty.cycle.pk}:{duty.kind.code}:{duty.unit.pk}:{duty.kind.due_on.isoformat()}",
            kind=DutyKind.MEETING,
            due_on=duty.kind.due_on,
            subject=format_lazy(
                subject, unit=lazy_name(duty.unit), kind=duty.kind, day=lazy_day(duty.kind.due_on)
            ),
            url=plan_url(duty)
            if duty.next_pk is None
            else reverse("supervision:meeting", args=[duty.next_pk]),
            owed_by=[Owed(user=person, why=why) for person in people.get((duty.unit.pk, role), [])],
            unit=duty.unit,
            detail=duty.kind.article,
        )


def staff_of(unit_ids, day: datetime.date | None = None) -> dict[tuple[int, str], list]:
    """The active staff and office of some units today, by unit and role; one query."""
    held = RoleAssignment.objects.on(day or clock.today()).filter(
        unit__in=unit_ids, role__in=(Role.UNIT_STAFF, Role.OFFICE), user__is_active=True
    )
    found: dict[tuple[int, str], list] = {}
    for assignment in held.select_related("user").order_by("user_id"):
        found.setdefault((assignment.unit_id, assignment.role), []).append(assignment.user)
    return found
