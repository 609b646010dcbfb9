"""What a schema cannot say of a programme file: names that must be known, sums, order, days.

Each check yields (place, reason): the keys and positions from the top of the file down, and the words.
"""

import datetime
import string
from collections import Counter

from django.utils.translation import gettext as _

from accounts.enums import AREA_KINDS
from accounts.words import lazy_list
from applications.enums import MilestoneKind, Step
from assessments.enums import ASSESSMENT_TRANSITIONS, STEP_OF_ACTION, AssessmentAction, AssessmentState
from programmes.check_parts import Findings, article, twice, unknown, used_twice
from programmes.evaluation_checks import evaluation_contradictions
from programmes.indicator_checks import set_contradictions
from programmes.publicity_checks import publicity_contradictions
from programmes.review_checks import review_contradictions
from programmes.supervision_checks import supervision_contradictions
from sites.enums import Awarder

PLACEHOLDERS = {"category", "area", "year", "number"}
#: What an application's content calls its own particulars; a form field of that name would hide one of them.
TAKEN_FIELD_CODES = {
    *("number", "cycle", "level", "plaques", "attachments", "name", "category", "area", "unit", "address"),
    *("person_in_charge", "contact", "phone"),
}


def contradictions(data: dict) -> Findings:
    """Everything in a file of the right shape that makes no sense together."""
    for check in (_units, _levels, _categories, _groups, _level_rules, _milestones, _form, _indicator_sets):
        yield from check(data)
    yield from review_contradictions(data)
    yield from evaluation_contradictions(data, _below_owner(data))
    yield from supervision_contradictions(data, _below_owner(data))
    yield from publicity_contradictions(data)


def flat_units(units: list[dict], place: tuple = ("units",), parent: dict | None = None):
    """The unit tree from the root down as (unit, parent or None, place)."""
    for number, unit in enumerate(units):
        here = (*place, number)
        yield unit, parent, here
        yield from flat_units(unit.get("children", []), (*here, "children"), unit)


def _below_owner(data: dict) -> set[str]:
    """Codes of all units below the programme's owner, the owner itself left out."""
    inside, owner = {data["programme"]["owner"]}, data["programme"]["owner"]
    for unit, parent, _place in flat_units(data["units"]):
        if parent and parent["code"] in inside:
            inside.add(unit["code"])
    return inside - {owner}


def areas_below(data: dict) -> dict[str, dict]:
    """The counties and parks below the programme's owner, by code."""
    below, owner = {}, data["programme"]["owner"]
    inside = set()
    for unit, parent, _place in flat_units(data["units"]):
        if unit["code"] == owner or (parent and parent["code"] in inside):
            inside.add(unit["code"])
            if unit["kind"] in AREA_KINDS:
                below[unit["code"]] = unit
    return below


def _codes(rows: list[dict]) -> set[str]:
    return {row["code"] for row in rows}


# --- units, levels, categories, groups --------------------------------------------------------------------


def _units(data: dict) -> Findings:
    seen, owner = set(), data["programme"]["owner"]
    for unit, parent, place in flat_units(data["units"]):
        if unit["code"] in seen:
            yield (*place, "code"), used_twice(unit["code"])
        seen.add(unit["code"])
        if parent and parent["kind"] in AREA_KINDS and unit["kind"] in AREA_KINDS:
            yield (*place, "kind"), _("a county or park cannot lie in another one")
    yield from unknown(owner, seen, ("programme", "owner"))
    if owner in seen and not areas_below(data):
        yield ("programme", "owner"), _("no county or park lies below “%(value)s”") % {"value": owner}
    yield from twice(data["programme"].get("figures", []), ("programme", "figures"))


def _levels(data: dict) -> Findings:
    yield from twice(data["levels"], ("levels",))
    yield from twice(data["levels"], ("levels",), "rank")
    for number, level in enumerate(data["levels"]):
        yield from _plaque_number(data, level, ("levels", number, "plaque_number"))


def _plaque_number(data: dict, level: dict, place: tuple) -> Findings:
    pattern = level["plaque_number"]
    if not pattern:
        if level["awarded_by"] != Awarder.ABOVE:
            yield place, _("only the department above may number the plaques itself")
        return
    try:
        parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        yield place, _("a bracket { or } is left open")
        return
    names = {name for _text, name, _spec, _conversion in parts}
    for name in sorted(names - PLACEHOLDERS):
        yield (
            place,
            _("{%(name)s} is not known; possible are %(known)s")
            % {
                "name": name,
                "known": lazy_list([f"{{{known}}}" for known in sorted(PLACEHOLDERS)]),
            },
        )
    if any(spec or conversion for _text, _name, spec, conversion in parts):
        yield place, _("nothing may follow the name inside the brackets")
    if "number" not in names:
        yield place, _("{number} is missing: every plaque would get the same number")
    if "area" in names:
        yield from _told_apart(areas_below(data).values(), "short_name", "area", place)
    if "category" in names:
        yield from _told_apart(data["categories"], "mark", "category", place)


def _told_apart(rows, key: str, name: str, place: tuple) -> Findings:
    """What stands for {area} or {category} must be there and differ, or two plaques get one number."""
    counts = Counter(row.get(key, "") for row in rows)
    if counts[""] or any(count > 1 for count in counts.values()):
        yield place, _("{%(name)s} needs a “%(key)s” of its own in each") % {"name": name, "key": key}


def _categories(data: dict) -> Findings:
    yield from twice(data["categories"], ("categories",))


def _groups(data: dict) -> Findings:
    groups, areas = data.get("supervision_groups", []), areas_below(data)
    yield from twice(groups, ("supervision_groups",))
    for number, group in enumerate(groups):
        for position, code in enumerate(group["areas"]):
            if code not in areas:
                yield (
                    ("supervision_groups", number, "areas", position),
                    _("“%(value)s” is no county or park of this programme") % {"value": code},
                )


# --- the cycle --------------------------------------------------------------------------------------------


def _level_rules(data: dict) -> Findings:
    rules, place = data["cycle"]["level_rules"], ("cycle", "level_rules")
    yield from twice(rules, place, "level")
    levels = {level["code"]: level for level in data["levels"]}
    categories = _codes(data["categories"])
    for number, rule in enumerate(rules):
        here = (*place, number)
        yield from unknown(rule["level"], levels, (*here, "level"))
        for position, code in enumerate(rule["categories"]):
            yield from unknown(code, categories, (*here, "categories", position))
        if rule["level"] in levels:
            yield from _ladder(rule, levels, here)
            yield from _steps(rule, levels[rule["level"]], data, here)


def _ladder(rule: dict, levels: dict[str, dict], place: tuple) -> Findings:
    required, level = rule.get("required_level"), levels[rule["level"]]
    if level["awarded_by"] == Awarder.AREA:
        for key in ("quota", "required_level", "required_months", "steps"):
            if rule.get(key):
                yield (*place, key), _("a level the county awards itself has no “%(key)s”") % {"key": key}
        return
    if required is None:
        if rule.get("required_months"):
            yield (*place, "required_months"), _("without “required_level” there is nothing to hold")
        return
    yield from unknown(required, levels, (*place, "required_level"))
    if required in levels and levels[required]["rank"] >= level["rank"]:
        yield (
            (*place, "required_level"),
            _("“%(value)s” does not stand below this level") % {"value": required},
        )


def _steps(rule: dict, level: dict, data: dict, place: tuple) -> Findings:
    if rule.get("quota") is None or level["awarded_by"] == Awarder.AREA:
        return
    steps = rule.get("steps", [])
    at = (*place, "steps")
    if not _possible(steps):
        yield (
            at,
            _("these steps cannot lead to a plaque in this order: %(steps)s") % {"steps": lazy_list(steps)},
        )
    if not level["plaque_number"] and Step.ANSWER not in steps:
        yield at, _("the plaque's number comes with the answer from above, so “answer” is needed")
    described = {found["category"] for found in data["cycle"].get("indicator_sets", [])}
    for position, code in enumerate(rule["categories"]):
        if Step.ACCEPTANCE in steps and code not in described:
            yield (
                (*place, "categories", position),
                _("“%(value)s” has no indicator set to be assessed by") % {"value": code},
            )


def _possible(steps: list[str]) -> bool:
    """Whether the table of assessment states can be walked along these steps up to the award."""
    action_of: dict[str, str] = {}
    for action, step in STEP_OF_ACTION.items():
        action_of.setdefault(step, action)
    state = AssessmentState.SCORING
    for step in steps:
        state = ASSESSMENT_TRANSITIONS.get((state, action_of[step]))
    return (state, AssessmentAction.AWARD) in ASSESSMENT_TRANSITIONS


def _milestones(data: dict) -> Findings:
    cycle, place = data["cycle"], ("cycle", "milestones")
    milestones = cycle.get("milestones", [])
    yield from twice(milestones, place)
    filing = [n for n, m in enumerate(milestones) if m["kind"] == MilestoneKind.APPLICATIONS_DUE]
    for number in filing[1:]:
        yield (*place, number, "kind"), _("a cycle has one day for filing, not two")
    for number, milestone in enumerate(milestones):
        here = (*place, number)
        for key in ("starts_on", "due_on"):
            if key in milestone and datetime.date.fromisoformat(milestone[key]).year != cycle["year"]:
                yield (
                    (*here, key),
                    _("%(day)s lies outside the year %(year)s")
                    % {"day": milestone[key], "year": cycle["year"]},
                )
        if milestone.get("starts_on", milestone["due_on"]) > milestone["due_on"]:
            yield (*here, "starts_on"), _("begins after it is due")
        yield from article(data, milestone, here)


def _form(data: dict) -> Findings:
    form, place = data["cycle"]["form"], ("cycle", "form")
    yield from twice(form["sections"], (*place, "sections"))
    seen = TAKEN_FIELD_CODES | _codes(data["programme"].get("figures", []))
    for number, section in enumerate(form["sections"]):
        for position, field in enumerate(section["fields"]):
            if field["code"] in seen:
                at = (*place, "sections", number, "fields", position, "code")
                yield at, used_twice(field["code"])
            seen = seen | {field["code"]}
    for code in form.get("opinions", {}):
        yield from unknown(code, _codes(data["levels"]), (*place, "opinions", code))
        yield from twice(form["opinions"][code], (*place, "opinions", code))


def _indicator_sets(data: dict) -> Findings:
    sets, place = data["cycle"].get("indicator_sets", []), ("cycle", "indicator_sets")
    yield from twice(sets, place, "category")
    for number, indicators in enumerate(sets):
        here = (*place, number)
        yield from unknown(indicators["category"], _codes(data["categories"]), (*here, "category"))
        yield from set_contradictions(indicators, here)
