"""Early warnings in words: the figures behind each, the limit they are held against, and where that is written."""

import datetime
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Cycle
from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.warnings.facts import days_since, fall


def figures_then(row: EarlyWarning, day: datetime.date) -> dict:
    """The figures of a warning as they were known at the end of a day on which it held."""
    known = [one for one in row.figures if one["from"] <= day.isoformat()]
    return (known or row.figures)[-1 if known else 0]


def warning_words(row: EarlyWarning, day: datetime.date) -> str:
    """A warning as it held on a day: the factor with its figures."""
    figures = figures_words(row.factor, figures_then(row, day), day)
    return _("%(factor)s: %(figures)s") % {"factor": row.get_factor_display(), "figures": figures}


def figures_words(factor: str, figures: dict, day: datetime.date) -> str:
    """The figures of a factor as of a day."""
    return _FIGURES[factor](figures, day)


def limit_words(factor: str, limit: float) -> str:
    """From when on a site is warned about."""
    if factor == Factor.OVERDUE_FINDINGS:
        words = ngettext("from %(n)s overdue finding on", "from %(n)s overdue findings on", limit)
        return words % {"n": limit}
    if factor == Factor.FALLING_SCORE:
        return _("from %(n)s points fewer on") % {"n": _number(Decimal(str(limit)))}
    return ngettext("after more than %(n)s day", "after more than %(n)s days", limit) % {"n": limit}


def rule_words(cycle: Cycle) -> str:
    """Where the limits are written."""
    return cycle.articles.get("warnings") or _("Programme file of %(year)s, “warnings”") % {
        "year": cycle.year
    }


def _findings(figures: dict, day: datetime.date) -> str:
    if not figures["count"]:
        return _("none overdue")
    late = days_since(figures["oldest"], day)
    ago = ngettext("%(n)s day ago", "%(n)s days ago", late) % {"n": late}
    words = ngettext(
        "%(n)s overdue, due on %(day)s (%(ago)s)",
        "%(n)s overdue, the first was due on %(day)s (%(ago)s)",
        figures["count"],
    )
    return words % {"n": figures["count"], "day": _day(figures["oldest"]), "ago": ago}


def _quiet(figures: dict, day: datetime.date) -> str:
    gone = days_since(figures["counted_from"], day)
    last, begin = figures["last"], figures["counted_from"]
    if last is None:
        words = _("none on record; %(days)s days since the award on %(begin)s")
    elif last == begin:
        words = _("the last on %(last)s, %(days)s days ago")
    else:
        words = _("the last on %(last)s; %(days)s days since the award on %(begin)s")
    return words % {"last": last and _day(last), "begin": _day(begin), "days": gone}


def _score(figures: dict, day: datetime.date) -> str:
    if figures["after"] is None:
        return _("fewer than two results to compare")
    before, after = ([Decimal(each) for each in figures[key][:2]] for key in ("before", "after"))
    said = {
        "before": _number(before[0]),
        "after": _number(after[0]),
        "before_most": _number(before[1]),
        "after_most": _number(after[1]),
        "before_year": figures["before"][2],
        "after_year": figures["after"][2],
        "less": _number(abs(fall(figures))),
    }
    if before[1] != after[1]:
        words = _(
            "%(before)s of %(before_most)s (%(before_year)s), then %(after)s of %(after_most)s (%(after_year)s): "
            "%(less)s percentage points fewer"
        )
        higher = _(
            "%(before)s of %(before_most)s (%(before_year)s), then %(after)s of %(after_most)s (%(after_year)s): "
            "not fewer"
        )
    else:
        words = _("%(before)s (%(before_year)s), then %(after)s (%(after_year)s): %(less)s points fewer")
        higher = _("%(before)s (%(before_year)s), then %(after)s (%(after_year)s): not fewer")
    return (words if fall(figures) > 0 else higher) % said


_FIGURES = {
    Factor.OVERDUE_FINDINGS: _findings,
    Factor.NO_ACTIVITY: _quiet,
    Factor.NO_COVERAGE: _quiet,
    Factor.FALLING_SCORE: _score,
}


def _day(text: str) -> str:
    return date_format(datetime.date.fromisoformat(text), "DATE_FORMAT")


def _number(value: Decimal) -> str:
    """Without needless noughts: 88, 80.5, 66.67."""
    rounded = value.quantize(Decimal("0.01")).normalize()
    return number_format(rounded, max(-rounded.as_tuple().exponent, 0))
