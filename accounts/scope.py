"""What a person's roles reach: unit subtrees by path prefix, single objects by guardian grant."""

from accounts import clock
from accounts.enums import READING_ROLES, Role
from accounts.models import RoleAssignment, Unit, UnitUserObjectPermission


def role_assignments(user) -> list[RoleAssignment]:
    """The person's roles that hold today; read once per user object, that is once per request."""
    if not hasattr(user, "_role_assignments"):
        user._role_assignments = list(
            RoleAssignment.objects.filter(user=user).on(clock.today()).select_related("unit")
        )
    return user._role_assignments


def bring_roles(users) -> None:
    """Read the present roles of many people at once, so that asking each of them costs no query of its own."""
    held = {user.pk: [] for user in users}
    for assignment in RoleAssignment.objects.filter(user__in=held).on(clock.today()).select_related("unit"):
        held[assignment.user_id].append(assignment)
    for user in users:
        user._role_assignments = held[user.pk]


def units_with_role(user, roles) -> list[Unit]:
    """The units at which the person holds one of the roles today."""
    return [assignment.unit for assignment in role_assignments(user) if assignment.role in roles]


def reached_unit_ids(user) -> list[int]:
    """Ids of all units whose sites and applications the person may read; read once per user object.

    A role reaches its unit's subtree; a guardian grant `follow_unit` (a supervision group's area) does too.
    """
    if not hasattr(user, "_reached_unit_ids"):
        prefixes = [unit.path for unit in units_with_role(user, READING_ROLES)]
        if any(assignment.role == Role.SUPERVISOR for assignment in role_assignments(user)):
            prefixes += (
                UnitUserObjectPermission.objects.on(clock.today())
                .filter(user=user, permission__codename="follow_unit")
                .values_list("content_object__path", flat=True)
            )
        user._reached_unit_ids = ids_below(prefixes)
    return user._reached_unit_ids


def ids_below(prefixes: list[str]) -> list[int]:
    """Ids of the units whose path starts with one of the prefixes; one query, none when there are no prefixes."""
    if not prefixes:
        return []
    paths = Unit.objects.values_list("id", "path")
    return [pk for pk, path in paths if path.startswith(tuple(prefixes))]


def granted_ids(grants, user, codename: str) -> list[int]:
    """Ids of the single objects given to a person in a guardian table with a direct foreign key."""
    rows = grants.objects.filter(user=user, permission__codename=codename)
    return list(rows.values_list("content_object_id", flat=True))
