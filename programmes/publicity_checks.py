"""What a schema cannot say of coverage, goals and counts of areas in a programme file.

Yields (place, reason) as programmes.checks does.
"""

from django.utils.translation import gettext as _

from programmes.check_parts import Findings, article, twice, unknown


def publicity_contradictions(data: dict) -> Findings:
    """Everything in area figures, ratios, media and goals that makes no sense together."""
    programme, cycle = data["programme"], data["cycle"]
    figures, publicity = programme.get("area_figures", []), cycle.get("publicity", {})
    yield from twice(figures, ("programme", "area_figures"))
    yield from twice(programme.get("ratios", []), ("programme", "ratios"))
    for number, ratio in enumerate(programme.get("ratios", [])):
        for end in ("part", "whole"):
            place = ("programme", "ratios", number, end)
            yield from unknown(ratio[end], {figure["code"] for figure in figures}, place)
    for key in ("media", "outlet_levels"):
        yield from twice(publicity.get(key, []), ("cycle", "publicity", key))
    yield from article(data, publicity, ("cycle", "publicity"))
    flagships, place = cycle.get("goals", {}).get("flagships", {}), ("cycle", "goals", "flagships")
    yield from article(data, flagships, place)
    if flagships and flagships["by_year"] < cycle["year"]:
        yield (*place, "by_year"), _("lies before the year of the cycle")
