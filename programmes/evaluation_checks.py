"""What a schema cannot say of the quarterly evaluation in a programme file (`cycle.evaluation`)."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.check_parts import Findings, unknown, used_twice

PLACE = ("cycle", "evaluation")


def evaluation_contradictions(data: dict, units_below: set[str]) -> Findings:
    """Everything in the evaluation of a file of the right shape that makes no sense together.

    `units_below` are the codes of the units below the programme's owner: only these can be evaluated.
    """
    found = data["cycle"].get("evaluation")
    if found is None:
        return
    articles = data["cycle"].get("articles", {})
    yield from _known(found.get("article"), articles, (*PLACE, "article"))
    yield from _classes(found, units_below)
    yield from _steps(found)
    yield from _duties(found, articles, data["cycle"]["year"])


def _known(value: str | None, known, place: tuple) -> Findings:
    if value is not None:
        yield from unknown(value, known, place)


def _classes(found: dict, units_below: set[str]) -> Findings:
    codes, placed = set(), set()
    for number, unit_class in enumerate(found["classes"]):
        here = (*PLACE, "classes", number)
        if unit_class["code"] in codes:
            yield (*here, "code"), used_twice(unit_class["code"])
        codes.add(unit_class["code"])
        for position, code in enumerate(unit_class["units"]):
            if code not in units_below:
                yield (
                    (*here, "units", position),
                    _("“%(value)s” is no unit below the programme's owner") % {"value": code},
                )
            if code in placed:
                yield (*here, "units", position), _("“%(value)s” is in a class already") % {"value": code}
            placed.add(code)
        if _bottom(found, unit_class) >= len(unit_class["units"]):
            yield (
                here,
                _("class “%(code)s”: the last places would take in every unit")
                % {"code": unit_class["code"]},
            )


def _bottom(found: dict, unit_class: dict) -> int:
    return unit_class.get("bottom", found["year"].get("bottom", 0))


def _steps(found: dict) -> Findings:
    """The earlier, the more: a step that gives no more than a later day's would never count."""
    steps = found.get("timeliness", [])
    for number, step in enumerate(steps):
        here = (*PLACE, "timeliness", number)
        yield from _decimals(step["points"], (*here, "points"))
        if number and step["days_early"] <= steps[number - 1]["days_early"]:
            yield (*here, "days_early"), _("the steps go from few days to many, each once")
        elif number and step["points"] <= steps[number - 1]["points"]:
            yield (*here, "points"), _("earlier must give more points than the step before")
    if "bonus_cap" in found:
        yield from _decimals(found["bonus_cap"], (*PLACE, "bonus_cap"))


def _decimals(value, place: tuple) -> Findings:
    if Decimal(value) != round(Decimal(value), 2):
        yield place, _("points have at most two decimals")


def _duties(found: dict, articles: dict, year: int) -> Findings:
    classes, seen = {unit_class["code"] for unit_class in found["classes"]}, set()
    for number, duty in enumerate(found["duties"]):
        here = (*PLACE, "duties", number)
        if (duty["quarter"], duty["code"]) in seen:
            yield (*here, "code"), used_twice(duty["code"])
        seen.add((duty["quarter"], duty["code"]))
        for position, code in enumerate(duty["classes"]):
            yield from _known(code, classes, (*here, "classes", position))
        yield from _known(duty.get("article"), articles, (*here, "article"))
        yield from _decimals(duty["points"], (*here, "points"))
        due_on = datetime.date.fromisoformat(duty["due_on"])
        if (due_on.year, (due_on.month + 2) // 3) != (year, duty["quarter"]):
            yield (
                (*here, "due_on"),
                _("%(day)s lies outside quarter %(quarter)s of %(year)s")
                % {"day": duty["due_on"], "quarter": duty["quarter"], "year": year},
            )
    yield from _idle_classes(found, classes)


def _idle_classes(found: dict, classes: set[str]) -> Findings:
    """A quarter that is evaluated asks something of every class, or its units would be ranked by nothing."""
    for quarter in sorted({duty["quarter"] for duty in found["duties"]}):
        asked = {code for duty in found["duties"] if duty["quarter"] == quarter for code in duty["classes"]}
        for code in sorted(classes - asked):
            yield (
                (*PLACE, "duties"),
                _("class “%(code)s” has no duty in quarter %(quarter)s") % {"code": code, "quarter": quarter},
            )
