"""The dashboard laid out: what was asked in words, and its sections with tables and charts ready to be shown."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboard.cells import number_columns, rows_html, says_nothing
from dashboard.charts import alternative_of, chart_of, height_of
from dashboard.question import Question
from dashboard.sections import HEADLINED, SECTIONS
from dashboard.tables import Headline, Row, Section, Table

#: Columns that leave room for a chart beside the table.
_BESIDE_CHART = 5


@dataclass(frozen=True)
class ShownTable:
    """A table with its rows as HTML, and how it is drawn, if it is. `key` names it on the page; `heads` are its columns
    and whether they hold numbers; `anchors` are codes of row sets that first come up in it."""

    table: Table
    key: str
    heads: list[tuple[str, bool]]
    rows: SafeString
    chart: dict | None
    height: str
    alternative: str
    anchors: tuple[str, ...]
    is_nothing: bool

    @property
    def is_wide(self) -> bool:
        """Whether a chart has its place below the table, not beside it."""
        return len(self.heads) > _BESIDE_CHART


@dataclass(frozen=True)
class ShownSection:
    section: Section
    tables: tuple[ShownTable, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether one sentence says all of it."""
        return bool(self.tables) and all(table.is_nothing for table in self.tables)


@dataclass(frozen=True)
class Choice:
    """A field of the question form: its name, label and (value, words, whether chosen)."""

    name: str
    label: str
    options: list[tuple[object, str, bool]]


def sections_of(question: Question) -> list[Section]:
    """All sections that have something to say, in their order."""
    found = (make(question) for make in SECTIONS.values())
    return [section for section in found if section is not None]


def headlines_of(sections: list[Section]) -> list[Headline]:
    """The key figures of sections, in the order of the tiles."""
    found = {section.code: section.headline for section in sections if section.headline}
    return [found[code] for code in HEADLINED if code in found]


def key_figures(question: Question, made: Section) -> list[Headline]:
    """The key figures for where but one section is made: only those that have one are made beside it."""
    found = (SECTIONS[code](question) for code in HEADLINED if code in SECTIONS and code != made.code)
    return headlines_of([made, *(section for section in found if section is not None)])


def key_table(headlines: list[Headline]) -> Table:
    """The key figures as a table, for paper."""
    return Table(
        columns=tuple(one.label for one in headlines),
        rows=(Row(_("Value"), tuple(one.number for one in headlines)),),
        total=None,
        corner=_("Figure"),
    )


def shown(sections: list[Section]) -> list[ShownSection]:
    """Sections ready for the page."""
    seen: set[str] = set()
    return [
        ShownSection(
            section,
            tuple(
                _shown_table(table, f"{section.code}-{place}", seen)
                for place, table in enumerate(section.tables, start=1)
            ),
        )
        for section in sections
    ]


def _shown_table(table: Table, key: str, seen: set[str]) -> ShownTable:
    is_nothing = says_nothing(table)
    chart, rows = chart_of(table), rows_html(table)
    codes = sorted(set(_rows_codes().findall(rows)) - seen)
    seen.update(codes)
    return ShownTable(
        table=table,
        key=key,
        heads=list(zip(table.columns, number_columns(table), strict=True)),
        rows=rows,
        chart=chart,
        height=height_of(table) if chart else "",
        alternative=alternative_of(table) if chart else "",
        anchors=tuple(codes),
        is_nothing=is_nothing,
    )


def _rows_codes() -> re.Pattern:
    """Finds the codes of row sets in the addresses of a table: the way back from the rows leads there."""
    before, after = reverse("dashboard:rows", args=["CODE"]).split("CODE")
    return re.compile(f'href="{re.escape(before)}([^/"]+){re.escape(after)}')


def asked_words(question: Question) -> list[str]:
    """What was asked beside the cycle and the day: the areas, the category, the level."""
    areas = question.shown_areas
    scope = str(areas[0]) if len(areas) == 1 else _("%(n)s counties and parks") % {"n": len(areas)}
    narrowed = [str(one) for one in (question.category, question.level) if one]
    return [scope, *narrowed]


def choices_of(question: Question) -> list[Choice]:
    """The fields of the question form; what leaves no choice is left out."""
    every = _("All")
    fields = [
        Choice("cycle", _("Year"), [(one.pk, str(one), one == question.cycle) for one in question.cycles]),
        _choice("area", _("County or park"), question.areas, question.area, every),
        _choice("category", _("Category"), question.categories, question.category, every),
        _choice("level", _("Level"), question.levels, question.level, every),
    ]
    return [one for one in fields if len(one.options) > (1 if one.name == "cycle" else 2)]


def _choice(name: str, label: str, known: list, chosen, every: str) -> Choice:
    options = [(one.pk, str(one), one == chosen) for one in known]
    return Choice(name, label, [("", every, chosen is None), *options])
