"""The ledgers of the demonstration's sites: a liaison, entries that count, and some that wait for the county."""

from decimal import Decimal

from accounts import clock
from programmes.demo_papers import demo_paper
from sites.life_kinds import find_kind
from sites.models import Site
from sites.services import add_entry, appoint_liaison, refuse_entry


def make_life(stage) -> int:
    """Fill the ledgers of the sites named in the demonstration's data; returns how many entries were made."""
    return sum(_fill(stage, row) for row in stage.data.get("site_life", []))


def _fill(stage, row: dict) -> int:
    site = Site.objects.get(programme=stage.cycle.programme, name=row["site"])
    staff, liaison = stage.staff(site.area), stage.people[row["liaison"]]
    with clock.travel(row["appointed_on"]):
        appoint_liaison(actor=staff, site=site, user=liaison)
    with clock.travel(row["entered_on"]):
        plans = {}
        for entry in row["entries"]:
            made = _add(staff, site, entry, plans)
            plans[getattr(made, "name", "")] = made
    with clock.travel(row["proposed_on"]):
        for entry in row["proposals"]:
            made = _add(liaison, site, entry, plans)
            if "refused" in entry:
                refuse_entry(actor=staff, entry=made, reason=entry["refused"])
    return len(row["entries"]) + len(row["proposals"])


def _add(actor, site: Site, entry: dict, plans: dict):
    """One entry of the data: its ledger, and its values by field."""
    exact = {key: Decimal(str(value)) for key, value in entry["values"].items() if isinstance(value, float)}
    values = entry["values"] | exact
    if "plan" in values:
        values |= {"plan": plans[values["plan"]]}
    if entry["ledger"] == "photos":
        values |= {"picture": demo_paper(name="photo", lines=[site.name, values["name"]])}
    return add_entry(actor=actor, site=site, model=find_kind(entry["ledger"]).model, **values)
