"""Supervision groups, who is and may be in them, and what their areas hold."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch

from accounts import clock
from accounts.models import Unit, User
from applications.enums import ApplicationState
from applications.models import Application
from sites.enums import SiteState
from sites.models import Site
from sites.selectors import areas_of
from supervision.models import GroupArea, Membership, SupervisionGroup


@dataclass(frozen=True)
class AreaFigures:
    """An area of a group with how many sites and applications of it the reader may see."""

    area: Unit
    sites: int
    #: (state, its word, count), only states that occur, in the order of the way.
    applications: list[tuple[str, str, int]]


def groups_for_list(user):
    """Groups with the areas and members of today, and those to come, in three queries whatever their number."""
    today = clock.today()
    return (
        SupervisionGroup.objects.visible_to(user)
        .select_related("programme__owner")
        .prefetch_related(
            Prefetch(
                "areas",
                GroupArea.objects.on(today).select_related("area").order_by("area_id"),
                to_attr="present_areas",
            ),
            Prefetch(
                "memberships",
                Membership.objects.on(today).select_related("user__unit"),
                to_attr="members",
            ),
        )
    )


def figures_by_group(user, groups) -> dict[int, list[AreaFigures]]:
    """For each group (of `groups_for_list`) the figures of its areas; two queries whatever their number."""
    areas = {row.area_id for group in groups for row in group.present_areas}
    sites = _active_sites(user, areas)
    applications = _applications_by_state(user, areas)
    return {
        group.pk: [
            AreaFigures(
                area=row.area,
                sites=sites.get(row.area_id, 0),
                applications=[
                    (state, label, applications[row.area_id, state])
                    for state, label in ApplicationState.choices
                    if (row.area_id, state) in applications
                ],
            )
            for row in group.present_areas
        ]
        for group in groups
    }


def dated_rows(group: SupervisionGroup) -> dict[str, list]:
    """Memberships and areas of a group that are not today's: those to come and those that are over; two queries."""
    today = clock.today()
    found = {"coming": [], "earlier": [], "coming_areas": [], "earlier_areas": []}
    for row in group.memberships.select_related("user__unit").order_by("valid_from", "id"):
        if not _holds(row, today):
            found["coming" if row.valid_from > today else "earlier"].append(row)
    for row in group.areas.select_related("area").order_by("valid_from", "id"):
        if not _holds(row, today):
            found["coming_areas" if row.valid_from > today else "earlier_areas"].append(row)
    return found


def _holds(row, day) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def possible_members(group: SupervisionGroup):
    """Active people of the programme's city who are not in the group already without an end."""
    present = Membership.objects.not_over(clock.today()).filter(group=group, valid_to=None)
    inside = User.objects.filter(is_active=True, unit__path__startswith=group.programme.owner.path)
    return inside.exclude(pk__in=present.values("user_id")).select_related("unit")


def possible_areas(group: SupervisionGroup):
    """Counties and parks of the programme that the group does not look after already without an end."""
    present = GroupArea.objects.not_over(clock.today()).filter(group=group, valid_to=None)
    return areas_of(group.programme).exclude(pk__in=present.values("area_id"))


def _active_sites(user, areas) -> dict[int, int]:
    rows = Site.objects.visible_to(user).filter(area_id__in=areas, state=SiteState.ACTIVE)
    return dict(rows.order_by().values_list("area_id").annotate(n=Count("id")))


def _applications_by_state(user, areas) -> dict[tuple[int, str], int]:
    rows = Application.objects.visible_to(user).filter(area_id__in=areas)
    counted = rows.order_by().values_list("area_id", "state").annotate(n=Count("id"))
    return {(area, state): count for area, state, count in counted}
