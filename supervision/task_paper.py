"""The task ledger on paper: A4 across, phase by phase, with the day and the source it was drawn from."""

import hashlib
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation

from accounts import clock
from notices.print_fonts import printable
from notices.printing import printer
from supervision.task_ledger import Ledger

STYLESHEET = "tasks.css"
#: Papers of the office are Chinese.
LANGUAGE = "zh-hans"
#: Units side by side on one sheet; more are carried on below.
_AT_ONCE = 9


def ledger_pdf(make: Callable[[], Ledger], chosen: Callable[[], list[tuple[str, str]]]) -> bytes:
    """The ledger `make()` gives, as a PDF; `chosen()` the filters it was narrowed by, as (name, value).

    Everything is worded in Chinese, so the ledger is only made here. Raises notices.print_fonts.PrintingUnavailable
    where fonts are missing.
    """
    with translation.override(LANGUAGE):
        ledger = make()
        context = {
            "ledger": ledger,
            "strips": _strips(ledger),
            "chosen": chosen(),
            "made_on": clock.today(),
            "late": _late(ledger),
        }
        html = printable(render_to_string("supervision/tasks/ledger_document.html", context))
    return printer(STYLESHEET).pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())


def _strips(ledger: Ledger) -> list[dict]:
    """The ledger cut into strips of as many units as a sheet holds."""
    return [
        {
            "units": ledger.units[start : start + _AT_ONCE],
            "sums": ledger.sums[start : start + _AT_ONCE],
            "phases": [
                (phase, [(line, line.cells[start : start + _AT_ONCE]) for line in phase.lines])
                for phase in ledger.phases
            ],
            "is_last": start + _AT_ONCE >= len(ledger.units),
            "columns": len(ledger.units[start : start + _AT_ONCE]) + 2,
        }
        for start in range(0, len(ledger.units), _AT_ONCE)
    ]


def _late(ledger: Ledger) -> list:
    """The overdue tasks, the longest first."""
    tasks = [task for phase in ledger.phases for line in phase.lines for cell in line.cells for task in cell]
    return sorted((task for task in tasks if task.late), key=lambda task: (-task.late, task.unit_id, task.pk))
