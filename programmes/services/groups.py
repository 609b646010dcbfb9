"""The supervision groups of a programme file and the areas each one has."""

import datetime

from accounts import clock
from accounts.models import Unit
from programmes.services.desk import Desk
from sites.models import Programme
from supervision.models import GroupArea, SupervisionGroup
from supervision.services import end_area, give_area


def put_groups(desk: Desk, data: dict, programme: Programme, units: dict[str, Unit]) -> None:
    """The groups and their areas; a group the leadership office has changed by hand stays as it is."""
    since = datetime.date.fromisoformat(data["cycle"]["scheme"]["issued_on"])
    by_hand = set(programme.supervision_groups.exclude(edited_at=None).values_list("code", flat=True))
    kept = []
    for found in data.get("supervision_groups", []):
        values = {
            "name": found["name"],
            "name_en": found.get("name_en", ""),
            "leader": found["leader"],
            "sections": found.get("sections", []),
        }
        lookup = {"programme": programme, "code": found["code"]}
        group = desk.put(SupervisionGroup, lookup, values, keep=found["code"] in by_hand)
        if found["code"] not in by_hand:
            kept += [(group.pk, units[code].pk) for code in found["areas"]]
    given = GroupArea.objects.filter(group__programme=programme, group__edited_at=None)
    present = list(
        given.not_over(max(since, clock.today())).select_related("group__programme__owner", "area")
    )
    for group_area in present:
        gone = (group_area.group_id, group_area.area_id) not in kept
        if gone:
            end_area(actor=None, group_area=group_area, valid_to=since)
        desk.count(group_area, changed=gone)
    _give_areas(desk, kept, {(row.group_id, row.area_id) for row in present}, since)


def _give_areas(desk: Desk, wanted: list[tuple[int, int]], present: set, since: datetime.date) -> None:
    for group_id, area_id in wanted:
        if (group_id, area_id) not in present:
            group, area = SupervisionGroup.objects.get(pk=group_id), Unit.objects.get(pk=area_id)
            give_area(group=group, area=area, valid_from=since)
            desk.report.created["grouparea"] += 1
