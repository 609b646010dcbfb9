"""Supervision groups: who belongs to them, what they look after, from when to when; who leads them."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit, User
from accounts.services import record
from accounts.words import lazy_day
from sites.selectors import areas_of
from supervision.models import GroupArea, Membership, SupervisionGroup
from supervision.rules import why_not_change_members
from supervision.services.access import settle_access


@transaction.atomic
def join_group(
    *,
    actor,
    group: SupervisionGroup,
    user: User,
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
) -> Membership:
    """Make a person a member from a day (default today) up to, not including, another (default: no end).

    In that time he or she may read the sites and applications of the group's areas. Who is a member already for
    all of it stays one. Raises DomainError for other than the leadership office, for a person outside the
    programme's city, and for days that cut across another membership in the same group.
    """
    owner = group.programme.owner
    require(why_not_change_members(actor, group))
    if not (user.is_active and user.unit and owner.contains(user.unit)):
        raise DomainError(
            Reason(text=_("%(user)s does not belong to %(unit)s.") % {"user": user, "unit": owner})
        )
    _lock(group, user)
    begins = valid_from or clock.today()
    _require_order(begins, valid_to)
    known = _overlapping(Membership.objects.filter(group=group, user=user), begins, valid_to)
    if known is not None:
        if known.valid_to is None or (valid_to and known.valid_to >= valid_to):
            return known
        raise DomainError(
            Reason(
                text=_("%(user)s is a member already from %(begins)s on.")
                % {"user": user, "begins": lazy_day(known.valid_from)},
                remedy=_("Change the last day of that membership instead."),
            )
        )
    membership = Membership.objects.create(group=group, user=user, valid_from=begins, valid_to=valid_to)
    settle_access(user)
    record(action="group.join", actor=actor, obj=group, unit=owner, member=user.audit_label)
    return membership


@transaction.atomic
def leave_group(*, actor, membership: Membership, valid_to: datetime.date | None = None) -> None:
    """Let a membership end on a day: `valid_to` (default today) is the first day it does not hold any more.

    With the last one the role ends; areas followed through another group stay. A day already set may be set anew
    while it has not come. Raises DomainError for other than the leadership office, and for a membership that has
    ended or a day that is over.
    """
    group, user = membership.group, membership.user
    require(why_not_change_members(actor, group))
    _lock(group, user)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    _require_running(membership, _("The membership was ended before."))
    membership.valid_to = _last_day(membership, valid_to)
    _require_free(
        Membership.objects.filter(group=group, user=user).exclude(pk=membership.pk),
        membership,
        _("Another membership of the same person begins before that day."),
    )
    membership.save(update_fields=["valid_to"])
    settle_access(user)
    record(action="group.leave", actor=actor, obj=group, unit=group.programme.owner, member=user.audit_label)


@transaction.atomic
def give_area(
    *,
    group: SupervisionGroup,
    area: Unit,
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    actor=None,
) -> GroupArea:
    """Let a group look after an area from a day (default today) up to, not including, another; its members follow it.

    `actor` None is the programme file. Raises DomainError for other than the leadership office, for a unit that is
    no county or park of the programme, and where the group has the area already on some of those days.
    """
    require(why_not_change_members(actor, group))
    _lock(group)
    begins = valid_from or clock.today()
    _require_order(begins, valid_to)
    if not areas_of(group.programme).filter(pk=area.pk).exists():
        raise DomainError(Reason(text=_("%(unit)s is no county or park of this programme.") % {"unit": area}))
    if _overlapping(group.areas.filter(area=area), begins, valid_to) is not None:
        raise DomainError(
            Reason(text=_("%(group)s looks after %(area)s already.") % {"group": group, "area": area})
        )
    row = GroupArea.objects.create(group=group, area=area, valid_from=begins, valid_to=valid_to)
    _settle_members(group)
    _note_area(actor, group, area, "group.area")
    return row


@transaction.atomic
def end_area(*, actor, group_area: GroupArea, valid_to: datetime.date | None = None) -> None:
    """Let a group look after an area up to, not including, a day (default today).

    `actor` None is the programme file, which may name a day that is over. Raises DomainError as `leave_group`.
    """
    group = group_area.group
    require(why_not_change_members(actor, group))
    _lock(group)
    group_area = GroupArea.objects.select_for_update().get(pk=group_area.pk)
    if actor is None:
        group_area.valid_to = max(group_area.valid_from, valid_to or clock.today())
    else:
        _require_running(group_area, _("The group does not look after this area any more."))
        group_area.valid_to = _last_day(group_area, valid_to)
        _require_free(
            group.areas.filter(area=group_area.area_id).exclude(pk=group_area.pk),
            group_area,
            _("The area is given to the group again before that day."),
        )
    group_area.save(update_fields=["valid_to"])
    _settle_members(group)
    _note_area(actor, group, group_area.area, "group.area_end")


@transaction.atomic
def edit_group(*, actor, group: SupervisionGroup, leader: str, sections: list[str]) -> None:
    """Change who leads a group and which sections answer for it; a programme file does not undo it.

    Raises DomainError for other than the leadership office.
    """
    require(why_not_change_members(actor, group))
    _lock(group)
    changed = {"leader": leader.strip(), "sections": [name.strip() for name in sections if name.strip()]}
    SupervisionGroup.objects.filter(pk=group.pk).update(**changed, edited_at=clock.now())
    record(action="group.edit", actor=actor, obj=group, unit=group.programme.owner)


def _lock(group: SupervisionGroup, user: User | None = None) -> None:
    """One change of a group at a time, and of what one person may see: always the group first."""
    SupervisionGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    if user is not None:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _settle_members(group: SupervisionGroup) -> None:
    members = User.objects.filter(supervision_memberships__group=group).distinct()
    for user in (
        User.objects.select_for_update(no_key=True).filter(pk__in=members.values("pk")).order_by("pk")
    ):
        settle_access(user)


def _note_area(actor, group: SupervisionGroup, area: Unit, action: str) -> None:
    if actor is not None:
        SupervisionGroup.objects.filter(pk=group.pk).update(edited_at=clock.now())
        record(action=action, actor=actor, obj=group, unit=group.programme.owner, area=area.name)


def _overlapping(rows, begins: datetime.date, ends: datetime.date | None):
    """The first of some dated rows that holds on a day of a stretch; rows of no day at all do not count."""
    for row in rows.order_by("valid_from", "id"):
        starts_before = ends is None or row.valid_from < ends
        if starts_before and (row.valid_to is None or row.valid_to > max(begins, row.valid_from)):
            return row
    return None


def _require_order(begins: datetime.date, ends: datetime.date | None) -> None:
    if ends is not None and ends <= begins:
        raise DomainError(Reason(text=_("The last day lies before the first.")))


def _require_running(row, words: str) -> None:
    if row.valid_to is not None and row.valid_to <= clock.today():
        raise DomainError(Reason(text=words))


def _require_free(others, row, words: str) -> None:
    if row.valid_to > row.valid_from and _overlapping(others, row.valid_from, row.valid_to) is not None:
        raise DomainError(Reason(text=words))


def _last_day(row, valid_to: datetime.date | None) -> datetime.date:
    """The day on which a row is over: not before today, and never before it began."""
    today = clock.today()
    if valid_to is not None and valid_to < today:
        raise DomainError(
            Reason(text=_("This day is over: access cannot be taken back for days that have passed."))
        )
    return max(row.valid_from, valid_to or today)
