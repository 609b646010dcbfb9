"""The parts of the dashboard in their order. Each is a function of a question; None where it has nothing to say, be it
that the programme has none of it or that it is not this person's business."""

from collections.abc import Callable

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections import (
    coverage,
    figures,
    findings,
    flagships,
    funds,
    funnel,
    milestones,
    plaques,
    quarters,
    quota,
    ratios,
    reviews,
    sites,
    standstill,
    warnings,
    years,
)
from dashboard.tables import Section

_MODULES = (
    sites,
    plaques,
    flagships,
    years,
    figures,
    ratios,
    funds,
    funnel,
    standstill,
    quota,
    milestones,
    reviews,
    findings,
    quarters,
    coverage,
    warnings,
)

SECTIONS: tuple[Callable[[Question], Section | None], ...] = tuple(module.section for module in _MODULES)

ROW_SETS: dict[str, RowSet] = {one.code: one for module in _MODULES for one in module.ROW_SETS}
