"""Opening and ending early warnings: dated rows, kept by the nightly watch over the sites that hold a plaque."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import clock
from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.warnings.facts import (
    Place,
    Rule,
    figures_of,
    is_reached,
    places_of,
    read_facts,
    rules_of_programmes,
)
from dashboard.warnings.journal import changes_of
from sites.enums import SiteState
from sites.models import Plaque, Site
from sites.services.tallies import count

#: Sites looked at together.
CHUNK = 500


@dataclass
class Plan:
    """What has to be written of some sites: rows to end, rows to begin, rows whose figures changed."""

    #: Asked for once: the clock is read anew at every question.
    today: datetime.date
    places: dict[int, Place]
    standing: list[EarlyWarning]
    ended: list[EarlyWarning] = field(default_factory=list)
    begun: list[EarlyWarning] = field(default_factory=list)
    changed: list[EarlyWarning] = field(default_factory=list)

    @property
    def sites(self) -> list[int]:
        return sorted({row.site_id for row in (*self.ended, *self.begun, *self.changed)})


def watch_sites() -> int:
    """Open the warnings that came up, end those that are over, note changed figures; returns how many rows.

    A second run of the same day writes nothing. Safe beside itself: what is to be written is looked at again under the
    locks of its sites. For every 500 sites at most eight queries where nothing changed.
    """
    rules = rules_of_programmes()
    return sum(_watch(ids, rules) for ids in _chunks())


def _chunks() -> Iterator[list[int]]:
    """The ids of the sites that hold a plaque or are warned about, some hundreds at a time."""
    held = Plaque.objects.in_force().filter(site=OuterRef("pk"))
    warned = EarlyWarning.objects.standing().filter(site=OuterRef("pk"))
    sites = Site.objects.filter(Q(Exists(held), state=SiteState.ACTIVE) | Exists(warned)).order_by("pk")
    last = 0
    while ids := list(sites.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield ids
        last = ids[-1]


def _watch(site_ids: list[int], rules: dict[int, Rule]) -> int:
    concerned = _plan(site_ids, rules).sites
    if not concerned:
        return 0
    with transaction.atomic():
        locked = (
            Site.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=concerned).order_by("pk")
        )
        return _write(_plan(list(locked.values_list("pk", flat=True)), rules))


def _plan(site_ids: list[int], rules: dict[int, Rule]) -> Plan:
    """Hold what is written against what is found today."""
    today, places = clock.today(), places_of(site_ids)
    # A row from a later day is left alone: a demonstration's clock went back.
    standing = EarlyWarning.objects.standing().filter(site__in=site_ids).order_by("pk")
    plan = Plan(today=today, places=places, standing=list(standing))
    found = _found(places, rules, today)
    for row in plan.standing:
        figures = found.pop((row.site_id, row.factor), None)
        if row.since > today:
            continue
        if figures is None:
            plan.ended.append(row)
        else:
            _carry_on(plan, row, figures)
    for (site_id, factor), figures in found.items():
        noted = _noted([], figures, today)
        plan.begun.append(_row(places[site_id], factor, today, today, noted))
    return plan


def _found(
    places: dict[int, Place], rules: dict[int, Rule], today: datetime.date
) -> dict[tuple[int, str], dict]:
    """The figures of every warning that stands today, by site and factor."""
    watched = [place for place in places.values() if place.held_since and place.programme_id in rules]
    factors = {factor for place in watched for factor in rules[place.programme_id].limits}
    facts = read_facts([place.site_id for place in watched], factors)
    return {
        (place.site_id, factor.value): figures
        for place in watched
        for factor, figures in figures_of(place, facts, rules[place.programme_id]).items()
        if is_reached(factor, figures, today)
    }


def _carry_on(plan: Plan, row: EarlyWarning, figures: dict) -> None:
    """A warning that goes on: as it is, with new figures, or as a new row where its site moved."""
    place, noted = plan.places[row.site_id], _noted(row.figures, figures, plan.today)
    if (row.area_id, row.category_id) != (place.area_id, place.category_id):
        plan.ended.append(row)
        plan.begun.append(_row(place, row.factor, plan.today, row.noticed_on, noted))
    elif noted != row.figures:
        row.figures = noted
        plan.changed.append(row)


def _row(
    place: Place, factor: Factor, since: datetime.date, noticed_on: datetime.date, figures: list[dict]
) -> EarlyWarning:
    return EarlyWarning(
        site_id=place.site_id,
        area_id=place.area_id,
        category_id=place.category_id,
        factor=factor,
        since=since,
        noticed_on=noticed_on,
        figures=figures,
    )


def _noted(known: list[dict], figures: dict, day: datetime.date) -> list[dict]:
    """The figures of a row with those of a day, where they differ from the last ones."""
    if known and known[-1] == figures | {"from": known[-1]["from"]}:
        return known
    today = day.isoformat()
    return [*(one for one in known if one["from"] < today), figures | {"from": today}]


def _write(plan: Plan) -> int:
    """Write a plan and what it changes in the journal of figures; the caller holds the sites."""
    EarlyWarning.objects.filter(pk__in=[row.pk for row in plan.ended]).update(until=plan.today)
    EarlyWarning.objects.bulk_create(plan.begun)
    EarlyWarning.objects.bulk_update(plan.changed, ["figures"])
    count(changes_of(plan.places, plan.standing, plan.ended, plan.begun))
    return len(plan.ended) + len(plan.begun) + len(plan.changed)
