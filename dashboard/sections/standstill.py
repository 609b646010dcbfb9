"""Where applications stand still: at which step, how many, for how long."""

import statistics
from collections import defaultdict

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.enums import OPEN_STATES
from dashboard.filings import (
    COLUMNS,
    STEPS,
    application_address,
    days_standing,
    for_list,
    known_by_then,
    step_label,
    with_steps,
)
from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.tables import Number, Row, Section, Table, Words

#: How many of those that have stood longest are named.
NAMED = 10


def _on_the_way(question: Question) -> QuerySet:
    return known_by_then(question).filter(state_then__in=OPEN_STATES)


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Applications on their way; of one step, if `step` names one. The longest standing first."""
    rows = for_list(question, _on_the_way(question))
    return rows.filter(step=params["step"]) if params.get("step") in STEPS else rows


ROW_SETS = (
    RowSet(
        code="standing",
        title=gettext_lazy("Applications on their way"),
        rows=_rows,
        columns=COLUMNS,
        params=("step",),
    ),
)


def section(question: Question) -> Section:
    """Applications on their way by step, with the days they have stood there; two queries."""
    days = _days_by_step(question)
    lead = _("Calendar days since the last step, drafts since they were begun; the longest first.")
    if not days:
        lead = _("No application was on its way on this day.")
    return Section(
        code="standstill",
        title=_("Where it stands still"),
        lead=lead,
        tables=(_by_step(question, days), _longest(question)) if days else (),
    )


def _days_by_step(question: Question) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    rows = with_steps(question, _on_the_way(question)).order_by()
    for step, since in rows.values_list("step", "since"):
        found[step].append((question.day - timezone.localdate(since)).days)
    return found


def _by_step(question: Question, days: dict[str, list[int]]) -> Table:
    return Table(
        columns=(_("Applications"), _("Longest"), _("Median")),
        rows=tuple(
            Row(label=str(label), numbers=_numbers(question, days[step], step))
            for step, label in STEPS.items()
            if step in days
        ),
        total=Row(
            label=_("Total"), numbers=_numbers(question, [day for found in days.values() for day in found])
        ),
        caption=_("Applications on their way, by step, and for how long they have stood there"),
        corner=_("Step reached"),
    )


def _numbers(question: Question, days: list[int], step: str = "") -> tuple[Number | Words, ...]:
    url = question.rows_address("standing", step=step)
    return (
        Number(count=len(days), url=url),
        Words(text=days_words(max(days)), url=url, is_measure=True),
        Words(text=days_words(statistics.median(days)), url=url, is_measure=True),
    )


def _longest(question: Question) -> Table:
    return Table(
        columns=(_("County or park"), _("Level"), _("Step reached"), _("Stands for")),
        rows=tuple(
            Row(
                label=row.site_name,
                url=application_address(row),
                numbers=(
                    Words(text=str(row.area)),
                    Words(text=str(row.level)),
                    Words(text=str(step_label(row))),
                    Words(text=days_words(days_standing(row)), url=application_address(row), is_measure=True),
                ),
            )
            for row in for_list(question, _on_the_way(question))[:NAMED]
        ),
        total=None,
        caption=_("Applications that have stood longest"),
        corner=_("Site"),
    )


def days_words(days: float) -> str:
    """A number of days in words; half days only in a median."""
    whole = int(days) if days == int(days) else days
    shown = number_format(whole)
    return ngettext("%(n)s day", "%(n)s days", 1 if whole == 1 else 2) % {"n": shown}
