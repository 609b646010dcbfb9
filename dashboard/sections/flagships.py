"""The goal of so many flagships in each area by a year: who has reached it, and how much time is left."""

import datetime

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import AREA_KINDS, UnitKind
from accounts.words import lazy_list
from dashboard.question import Question
from dashboard.rows import RowSet
from dashboard.sections.journal import Sum, area_of, sums
from dashboard.tables import Number, Row, Section, Table, Words, percent
from sites.enums import SiteState
from sites.ledger_measures import FLAGSHIPS
from sites.tallies import counted_by_area

ROW_SETS: tuple[RowSet, ...] = ()


def section(question: Question) -> Section | None:
    """Flagships of each area against the goal of the cycle, over all categories; one query. None without the goal, or
    where it is asked of none of the areas."""
    goal = question.cycle.goals.get("flagships")
    if goal is None or not _asked(question, goal):
        return None
    cells = counted_by_area(question.programme, question.shown_areas, [FLAGSHIPS], question.day)
    return Section(
        code="flagships",
        title=_("Flagships"),
        tables=(_table(question, goal, sums(cells, "area_id")),),
        lead=_lead(question, goal),
    )


def _asked(question: Question, goal: dict) -> list:
    """The areas of which the goal is asked."""
    return [area for area in question.shown_areas if area.kind in goal.get("of", AREA_KINDS)]


def _table(question: Question, goal: dict, found: dict[tuple, Sum]) -> Table:
    asked = _asked(question, goal)
    left = time_left(question.day, goal["by_year"])
    rows = tuple(
        Row(
            label=str(area),
            numbers=(
                _number(question, area, found[area.pk,].count),
                _state(found[area.pk,].count, goal["per_area"], left)
                if area in asked
                else Words(_("not asked")),
            ),
        )
        for area in question.shown_areas
    )
    reached = sum(found[area.pk,].count >= goal["per_area"] for area in asked)
    words = _("%(reached)s of %(all)s have reached the goal") % {"reached": reached, "all": len(asked)}
    total = Row(
        label=_("Total"),
        numbers=(
            _number(question, None, sum(one.count for one in found.values())),
            Words(words, share=percent(reached, len(asked))),
        ),
    )
    return Table(
        columns=(_("Flagships"), _("Goal")),
        rows=rows,
        total=total,
        caption=_("Flagships by county or park, and what the goal still asks for"),
        corner=_("County or park"),
    )


def _number(question: Question, area, count: int) -> Number:
    """Flagships whatever their category: the goal knows none."""
    url = question.list_address(
        "sites:list",
        programme=question.programme.pk,
        area=area_of(question, area),
        flagship="true",
        state=SiteState.ACTIVE.value,
    )
    return Number(count=count, url=url)


def _state(count: int, wanted: int, left: str) -> Words:
    if count >= wanted:
        return Words(_("reached"), share=100)
    missing = ngettext("%(n)s still missing, %(left)s", "%(n)s still missing, %(left)s", wanted - count)
    return Words(missing % {"n": wanted - count, "left": left}, share=percent(count, wanted))


def time_left(day: datetime.date, by_year: int) -> str:
    """How long it is from a day to the end of a year, in words: years and months, days in the last month."""
    end = datetime.date(by_year, 12, 31)
    if day > end:
        return _("the time was over with %(year)s") % {"year": by_year}
    between = relativedelta(end, day)
    if not between.years and not between.months:
        return ngettext("%(n)s day left", "%(n)s days left", between.days) % {"n": between.days}
    years = ngettext("%(n)s year", "%(n)s years", between.years) % {"n": between.years}
    months = ngettext("%(n)s month", "%(n)s months", between.months) % {"n": between.months}
    time = _("%(years)s and %(months)s") % {"years": years, "months": months}
    if not between.months or not between.years:
        time = years if between.years else months
    return _("%(time)s left") % {"time": time}


def _lead(question: Question, goal: dict) -> str:
    kinds = lazy_list([str(UnitKind(kind).label).lower() for kind in goal.get("of", AREA_KINDS)])
    words = ngettext(
        "Goal: at least %(n)s flagship in each %(kinds)s by the end of %(year)s, over all categories.",
        "Goal: at least %(n)s flagships in each %(kinds)s by the end of %(year)s, over all categories.",
        goal["per_area"],
    ) % {"n": goal["per_area"], "kinds": kinds, "year": goal["by_year"]}
    article = question.cycle.articles.get(goal.get("article", ""), "")
    if not article:
        return words
    return _("%(words)s (Rule: %(article)s)") % {"words": words, "article": article}
