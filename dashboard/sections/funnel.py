"""The year's applications from filing to the plaque, and what became of them."""

from collections.abc import Callable

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicationState, Step
from applications.models import LevelRule
from dashboard.filings import (
    COLUMNS,
    ENDS,
    filed_by_then,
    for_list,
    was_accepted,
    was_assessed,
    was_noticed,
)
from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.tables import Number, Row, Section, Table, Words, cross

UNDER_WAY = "under_way"
#: How far an application has come: heading and condition. A level without the step named has no such number.
STAGES: dict[str, tuple[object, Callable[[Question], object], Step | None]] = {
    "filed": (gettext_lazy("Applications filed"), lambda question: Q(), None),
    "accepted": (gettext_lazy("Accepted"), was_accepted, None),
    "assessed": (gettext_lazy("Assessed"), was_assessed, Step.ACCEPTANCE),
    "noticed": (gettext_lazy("Put on public notice"), was_noticed, Step.NOTICE),
    "awarded": (
        gettext_lazy("Plaque awarded"),
        lambda question: Q(state_then=ApplicationState.AWARDED.value),
        None,
    ),
}
#: What became of those filed: every application counts at one of them.
OUTCOMES = {UNDER_WAY: gettext_lazy("On the way"), **ENDS}
_WITHOUT = {
    Step.ACCEPTANCE: gettext_lazy("no assessment at this level"),
    Step.NOTICE: gettext_lazy("no notice at this level"),
}


def _outcome(code: str) -> Q:
    return ~Q(state_then__in=list(ENDS)) if code == UNDER_WAY else Q(state_then=code)


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Applications that came to a stage, or ended in an outcome; all filed without either."""
    rows, stage, outcome = filed_by_then(question), params.get("stage"), params.get("outcome")
    if stage in STAGES:
        rows = rows.filter(STAGES[stage][1](question))
    if outcome in OUTCOMES:
        rows = rows.filter(_outcome(outcome))
    return for_list(question, rows)


ROW_SETS = (
    RowSet(
        code="applications",
        title=gettext_lazy("Applications of the year"),
        rows=_rows,
        columns=COLUMNS,
        params=("stage", "outcome"),
    ),
)


class _Counts:
    """How many applications came how far, by level or, with a level chosen, by area; one query each for the steps of
    the levels and for the counts."""

    def __init__(self, question: Question):
        self.question = question
        self.by = "area" if question.level else "level"
        rules = LevelRule.objects.filter(cycle=question.cycle).values_list("level_id", "quota", "steps")
        self.steps = {level: steps for level, _quota, steps in rules}
        self.counts = self._counts()
        applied_for = {level for level, quota, _steps in rules if quota is not None} | set(self.counts)
        self.lines = (
            question.shown_areas
            if question.level
            else [level for level in question.levels if level.pk in applied_for]
        )

    def _counts(self) -> dict[int, dict[str, int]]:
        rows = filed_by_then(self.question)
        counted = {f"stage_{code}": _count(stage[1](self.question)) for code, stage in STAGES.items()}
        counted |= {f"outcome_{code}": _count(_outcome(code)) for code in OUTCOMES}
        found = rows.order_by().values(f"{self.by}_id").annotate(**counted)
        return {row[f"{self.by}_id"]: row for row in found}

    def of(self, line, key: str) -> int:
        """The count of one line, or of all lines."""
        wanted = self.lines if line is None else [line]
        return sum(self.counts.get(one.pk, {}).get(key, 0) for one in wanted)

    def address(self, line, **query) -> str:
        return self.question.rows_address("applications", **query, **({self.by: line.pk} if line else {}))

    def has_step(self, line, step: Step | None) -> bool:
        level = self.question.level or line
        return step is None or step in self.steps.get(level.pk, [])


def _count(condition) -> Count:
    return Count("pk", filter=Q(condition)) if condition else Count("pk")


def section(question: Question) -> Section | None:
    """How far the year's applications came and what became of them, by level, or by area with a level chosen; two
    queries."""
    counts = _Counts(question)
    if not counts.lines:
        return None
    corner = _("County or park") if question.level else _("Level")
    return Section(
        code="funnel",
        title=_("Applications of the year"),
        lead=_(
            "Applications handed in by the day. “Assessed” means that the office closed the assessment, passed or "
            "not."
        ),
        tables=(_stages(counts, corner), _outcomes(counts, corner)),
    )


def _stages(counts: _Counts, corner: str) -> Table:
    return Table(
        columns=tuple(str(label) for label, _condition, _step in STAGES.values()),
        rows=tuple(Row(label=str(line), numbers=_line(counts, line)) for line in counts.lines),
        total=Row(label=_("Total"), numbers=_line(counts, None)),
        caption=_("How far the applications of the year came"),
        corner=corner,
        chart="bars",
    )


def _line(counts: _Counts, line) -> tuple[Number | Words, ...]:
    return tuple(_cell(counts, line, code, step) for code, (_label, _condition, step) in STAGES.items())


def _cell(counts: _Counts, line, code: str, step: Step | None) -> Number | Words:
    count = counts.of(line, f"stage_{code}")
    lines = counts.lines if line is None else [line]
    if not count and not any(counts.has_step(one, step) for one in lines):
        return Words(text=str(_WITHOUT[step]))
    return Number(count=count, url=counts.address(line, stage=code))


def _outcomes(counts: _Counts, corner: str) -> Table:
    return cross(
        rows=counts.lines,
        columns=[_Outcome(code) for code in OUTCOMES],
        count=lambda line, outcome: counts.of(line, f"outcome_{outcome.code}"),
        url=lambda line, outcome: counts.address(line, outcome=outcome.code if outcome else None),
        total=_("Total"),
        caption=_("What became of the applications handed in"),
        corner=corner,
    )


class _Outcome:
    """A column that prints as its label."""

    def __init__(self, code: str):
        self.code = code

    def __str__(self) -> str:
        return str(OUTCOMES[self.code])
