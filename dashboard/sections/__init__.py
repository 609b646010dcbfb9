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
    warnings,
    milestones,
    funnel,
    standstill,
    findings,
    quota,
    flagships,
    plaques,
    sites,
    coverage,
    ratios,
    figures,
    funds,
    quarters,
    reviews,
    years,
)

#: By their codes, the anchors of the page: what a leader has to act on first, what stands in the ledgers after it.
SECTIONS: dict[str, Callable[[Question], Section | None]] = {
    module.__name__.rpartition(".")[2]: module.section for module in _MODULES
}
#: The sections whose headlines stand above them all, in their order.
HEADLINED = ("sites", "plaques", "quota", "milestones", "findings", "warnings")

ROW_SETS: dict[str, RowSet] = {one.code: one for module in _MODULES for one in module.ROW_SETS}
