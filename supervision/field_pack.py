"""The data a person takes into the field: groups, places, plan, checklists, open findings. A fixed number of reads."""

from django.utils.translation import get_language

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.names import in_language
from accounts.scope import units_with_role
from applications.models import Cycle
from sites.enums import SiteState
from sites.models import Site
from supervision.enums import PENDING_FINDINGS, FindingKind, FindingState, VisitState
from supervision.models import Finding, GroupArea, Inspection, Membership, PlannedVisit, SupervisionGroup


def working_groups(user):
    """The groups a person may record visits for: his or her own today, and all of the office's programmes."""
    own = Membership.objects.on(clock.today()).filter(user=user)
    office = units_with_role(user, (Role.OFFICE,))
    return SupervisionGroup.objects.filter(pk__in=own.values("group_id")) | SupervisionGroup.objects.filter(
        programme__owner__in=office
    )


def may_use(user) -> bool:
    """Whether the person records visits for any group."""
    return working_groups(user).exists()


def pack_for(user) -> dict:
    """Everything that is shown in the field, in the language of the page; ten queries whatever the amount."""
    today = clock.today()
    groups = list(working_groups(user).select_related("programme").order_by("pk"))
    areas = list(GroupArea.objects.on(today).filter(group__in=groups).select_related("area"))
    of_area = {row.area_id: row.group_id for row in areas}
    cycles = Cycle.objects.filter(programme__in={group.programme_id for group in groups}, year=today.year)
    by_programme = {cycle.programme_id: cycle for cycle in cycles}
    return {
        "person": {"id": user.pk, "name": str(user)},
        "language": get_language(),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "today": today.isoformat(),
        "groups": [_group(group, by_programme.get(group.programme_id)) for group in groups],
        "units": _units(areas),
        "sites": _sites(user, of_area),
        "planned": _planned(user, groups, today.year),
        "findings": _findings(user, of_area),
        "kinds": [{"code": code, "name": str(name)} for code, name in FindingKind.choices],
    }


def _group(group: SupervisionGroup, cycle: Cycle | None) -> dict:
    rules = cycle.supervision if cycle else {}
    return {
        "id": group.pk,
        "name": str(group),
        "checklists": [
            {
                "code": checklist["code"],
                "title": in_language(checklist, "title"),
                "for": checklist["for"],
                "categories": checklist.get("categories"),
                "items": [_item(item) for item in checklist["items"]],
            }
            for checklist in rules.get("checklists", [])
        ],
        "severities": [
            {"code": row["code"], "name": in_language(row, "name"), "days": row["working_days"]}
            for row in rules.get("findings", {}).get("severities", [])
        ],
    }


def _item(item: dict) -> dict:
    return {
        "code": item["code"],
        "text": in_language(item, "text"),
        "kind": item["kind"],
        "choices": item.get("choices", []),
    }


def _units(areas: list[GroupArea]) -> list[dict]:
    """The areas and all units inside them, each with its group and area, the area first."""
    rows = []
    below = Unit.objects.order_by("path") if areas else Unit.objects.none()
    for unit in below:
        for row in areas:
            if row.area.contains(unit):
                rows.append({"id": unit.pk, "name": str(unit), "group": row.group_id, "area": row.area_id})
    return rows


def _sites(user, of_area: dict[int, int]) -> list[dict]:
    rows = Site.objects.visible_to(user).filter(area__in=of_area, state=SiteState.ACTIVE)
    return [
        {
            "id": site.pk,
            "name": site.name,
            "category": site.category.code,
            "kind": str(site.category),
            "unit": site.unit_id,
            "place": str(site.unit),
            "area": site.area_id,
            "group": of_area[site.area_id],
        }
        for site in rows.select_related("category", "unit").order_by("area", "name")
    ]


def _planned(user, groups, year: int) -> list[dict]:
    rows = PlannedVisit.objects.filter(group__in=groups, cycle__year=year, state=VisitState.PLANNED)
    return [
        {
            "id": visit.pk,
            "group": visit.group_id,
            "site": visit.site_id,
            "unit": visit.unit_id,
            "place": str(visit.site or visit.unit),
            "from": visit.from_day.isoformat(),
            "to": visit.to_day.isoformat(),
            "purpose": visit.purpose,
        }
        for visit in rows.select_related("site", "unit")
    ]


def _findings(user, of_area: dict[int, int]) -> list[dict]:
    """What is still to be put right, or waits for the second look, in the areas."""
    open_states = (*PENDING_FINDINGS, FindingState.REPORTED)
    rows = Finding.objects.visible_to(user).filter(area__in=of_area, state__in=open_states)
    return [
        {
            "number": finding.number,
            "site": finding.site_id,
            "unit": finding.unit_id,
            "text": finding.text,
            "severity": finding.severity_name,
            "due": finding.due_on.isoformat(),
            "state": finding.get_state_display(),
        }
        for finding in rows.order_by("due_on")
    ]


def conflict_of(inspection: Inspection) -> dict:
    """The version of a visit that is kept, as the device shows it beside its own."""
    return {
        "place": str(inspection.site or inspection.unit),
        "visited_on": inspection.visited_on.isoformat(),
        "present": inspection.present,
        "summary": inspection.summary,
        "checklist": in_language(inspection.checklist, "title") if inspection.checklist else "",
        "answers": len(inspection.answers),
        "photos": inspection.photos.count(),
        "findings": [finding.text for finding in inspection.findings.all()],
        "received_at": inspection.received_at.isoformat(timespec="minutes"),
    }
