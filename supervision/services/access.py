"""What a membership opens, worked out from the dated rows: the areas of the group, and the role, each to its day.

The grants say from when to when themselves, so a membership begins and ends with its day without any task.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit, User
from accounts.services import date_role, end_role, follow_units, grant_role
from supervision.models import GroupArea, Membership

#: From a day up to, not including, another; None: no end is set.
Days = tuple[datetime.date, datetime.date | None]


def settle_access(user: User) -> None:
    """Bring what a person may see through groups up to date with memberships and areas; safe to run twice."""
    memberships = list(
        Membership.objects.filter(user=user).select_related("group__programme__owner").order_by("valid_from")
    )
    follow_units(user=user, stretches=_areas(memberships))
    held = defaultdict(list)
    for membership in memberships:
        held[membership.group.programme.owner].append((membership.valid_from, membership.valid_to))
    for owner, days in held.items():
        _settle_role(user, owner, merged(days))


def merged(stretches: Iterable[Days]) -> list[Days]:
    """Stretches of days put together where they touch or overlap, in order; empty ones are left out."""
    found: list[Days] = []
    for begins, ends in sorted(stretches, key=lambda days: days[0]):
        if ends is not None and ends <= begins:
            continue
        if found and (found[-1][1] is None or begins <= found[-1][1]):
            found[-1] = (found[-1][0], _later(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _areas(memberships: list[Membership]) -> list[tuple]:
    """(area id, from, to): an area is open while a group looks after it and the person belongs to that group."""
    groups = {membership.group_id for membership in memberships}
    given = defaultdict(list)
    for row in GroupArea.objects.filter(group__in=groups):
        given[row.group_id].append(row)
    days = defaultdict(list)
    for membership in memberships:
        for row in given[membership.group_id]:
            begins = max(membership.valid_from, row.valid_from)
            days[row.area_id].append((begins, _earlier(membership.valid_to, row.valid_to)))
    return [(area, *stretch) for area, found in days.items() for stretch in merged(found)]


def _settle_role(user: User, owner: Unit, wanted: list[Days]) -> None:
    """The role goes with the memberships; one that a person gave stays as it is."""
    today = clock.today()
    roles = user.role_assignments.filter(role=Role.SUPERVISOR, unit=owner).order_by("valid_from", "id")
    wanted = [days for days in wanted if days[1] is None or days[1] > today]
    given = roles.filter(granted_by=None)
    left = [row for row in given if row.valid_to is None or row.valid_to > today]
    missing = []
    for begins, ends in wanted:
        row = next((row for row in left if _same_start(row.valid_from, begins, today)), None)
        if row is None:
            missing.append((begins, ends))
            continue
        left.remove(row)
        if row.valid_to != ends:
            date_role(assignment=row, valid_to=ends)
    for row in left:
        end_role(actor=None, assignment=row)
    for begins, ends in missing:
        if not roles.exclude(granted_by=None).filter(valid_to=None).exists():
            grant_role(
                actor=None, user=user, role=Role.SUPERVISOR, unit=owner, valid_from=begins, valid_to=ends
            )


def _same_start(held: datetime.date, wanted: datetime.date, today: datetime.date) -> bool:
    """Both on the same day, or both begun: since when it holds is not asked any more."""
    return held == wanted or (held <= today and wanted <= today)


def _later(one, other):
    return None if one is None or other is None else max(one, other)


def _earlier(one, other):
    return other if one is None else one if other is None else min(one, other)
