"""The parts of the dashboard in their order. Each is a function of a question; None where it has nothing to say, be it
that the programme has none of it or that it is not this person's business."""

from collections.abc import Callable

from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections import sites
from dashboard.tables import Section

SECTIONS: tuple[Callable[[Question], Section | None], ...] = (sites.section,)

ROW_SETS: dict[str, RowSet] = {one.code: one for module in (sites,) for one in module.ROW_SETS}
