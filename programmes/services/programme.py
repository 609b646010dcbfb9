"""What all years of a programme share: units, the programme with its figures, levels, categories."""

import datetime

from accounts.models import Unit
from accounts.names import initials
from accounts.services import create_unit
from applications.models import Application, Cycle
from programmes.checks import flat_units
from programmes.services.desk import Desk
from sites.enums import WhenBelowEnds
from sites.models import Category, Level, Plaque, Programme, Site

_ENGLISH = ("name_en",)


def put_units(desk: Desk, tree: list[dict], keep: bool) -> dict[str, Unit]:
    wanted = [found["code"] for found, _parent, _place in flat_units(tree)]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted).select_related("parent")}
    for found, parent, _place in flat_units(tree):
        above = units[parent["code"]] if parent else None
        units[found["code"]] = _put_unit(desk, found, above, keep, units)
    return units


def _put_unit(desk: Desk, found: dict, parent: Unit | None, keep: bool, known: dict[str, Unit]) -> Unit:
    fields = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "short_name": found.get("short_name", ""),
    }
    if found["code"] not in known:
        desk.report.created["unit"] += 1
        return create_unit(code=found["code"], kind=found["kind"], parent=parent, **fields)
    # A unit's path is in every scope; moving a subtree is a reform of its own, not a line in a file.
    place = {"kind": found["kind"], "parent": parent}
    values = {**fields, "initials": initials(found["name"]), **place}
    free = (*fields, "initials")
    return desk.put(Unit, {"code": found["code"]}, values, locked=True, free=free, keep=keep, known=known)


def put_programme(desk: Desk, data: dict, units: dict[str, Unit], keep: bool) -> Programme:
    found = data["programme"]
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "owner": units[found["owner"]],
        "figures": found.get("figures", []),
        "area_figures": found.get("area_figures", []),
        "ratios": found.get("ratios", []),
        "kept_since": _first_day(found["code"], data["cycle"]["year"]),
    }
    # Forms under way print the figures, and the stamped scan carries the hash of what was printed.
    under_way = Application.objects.on_the_way().filter(cycle__programme__code=found["code"]).exists()
    programme = desk.put(
        Programme,
        {"code": found["code"]},
        values,
        locked=under_way,
        free=("name", "kept_since", "area_figures", "ratios", *_ENGLISH),
        keep=keep,
    )
    for level in data["levels"]:
        _put_level(desk, level, programme, keep)
    for order, category in enumerate(data["categories"]):
        _put_category(desk, category, order, programme, keep)
    return programme


def _first_day(programme_code: str, year: int) -> datetime.date:
    """The first day of the first year of a programme that is run here."""
    years = Cycle.objects.filter(programme__code=programme_code).values_list("year", flat=True)
    return datetime.date(min([year, *years]), 1, 1)


def _put_level(desk: Desk, found: dict, programme: Programme, keep: bool) -> None:
    lookup = {"programme": programme, "code": found["code"]}
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "rank": found["rank"],
        "awarded_by": found["awarded_by"],
        "plaque_number": found["plaque_number"],
        "validity_months": found.get("validity_months"),
        "when_below_ends": found.get("when_below_ends", WhenBelowEnds.KEEP),
    }
    filed = Application.objects.filter(level__programme=programme, level__code=found["code"])
    plaques = Plaque.objects.filter(level__programme=programme, level__code=found["code"])
    # Numbers once given stay as they are; the pattern may change when no award is pending.
    free = _ENGLISH if filed.on_the_way().exists() else (*_ENGLISH, "plaque_number")
    used = filed.exists() or plaques.exists()
    desk.put(Level, lookup, values, locked=used, free=free, keep=keep)


def _put_category(desk: Desk, found: dict, order: int, programme: Programme, keep: bool) -> None:
    lookup = {"programme": programme, "code": found["code"]}
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "mark": found.get("mark", ""),
        "order": order,
    }
    sites = Site.objects.filter(category__programme=programme, category__code=found["code"])
    filed = Application.objects.filter(site__in=sites)
    free = (*_ENGLISH, "order") if filed.on_the_way().exists() else (*_ENGLISH, "order", "mark")
    used = filed.exists() or Plaque.objects.filter(site__in=sites).exists()
    desk.put(Category, lookup, values, locked=used, free=free, keep=keep)
