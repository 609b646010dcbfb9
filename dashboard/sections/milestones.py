"""The dates of the year, and which counties and parks are late with what they owe."""

import datetime
from dataclasses import replace

from django.db.models import Case, DateField, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Unit
from applications.deadlines import effective_date
from applications.enums import MilestoneKind
from applications.models import Extension, Milestone
from dashboard.due import Calendar
from dashboard.duties import Owed, owed_by_then, owed_of
from dashboard.past import milestones_then, with_day
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.tables import Headline, Number, Row, Section, Table, Words


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """The units that have not done what `duty` names, or any duty of the year; with `late` only those whose day is
    over."""
    code = params.get("duty")
    wanted = owed_of(question, code) if code else _together(owed_by_then(question))
    if wanted is None:
        return Unit.objects.none()
    ids = wanted.late(question.day) if params.get("late") else list(wanted.missing)
    days = [When(pk=pk, then=Value(wanted.missing[pk], output_field=DateField())) for pk in ids]
    due_on = Case(*days, output_field=DateField()) if days else Value(None, output_field=DateField())
    return with_day(question, Unit.objects.filter(pk__in=ids)).annotate(due_on=due_on).order_by("pk")


def _together(owed: list[Owed]) -> Owed:
    """All duties as one: who has not done some of them, with the earliest last day."""
    missing: dict[int, datetime.date] = {}
    for one in owed:
        for unit, day in one.missing.items():
            missing[unit] = min(day, missing.get(unit, day))
    return Owed(code="", title="", missing=missing)


def _words(question: Question, params: dict[str, str]) -> list[str]:
    owed = owed_of(question, params.get("duty", ""))
    return [*([owed.title] if owed else []), *([_("Late")] if params.get("late") else [])]


ROW_SETS = (
    RowSet(
        code="owed",
        title=gettext_lazy("Counties and parks that have not done it"),
        rows=_rows,
        columns=(
            Column(gettext_lazy("County or park"), str),
            Column(gettext_lazy("Last day"), lambda row: row.due_on),
            Column(
                gettext_lazy("Days over"),
                lambda row: max((row.asked_on - row.due_on).days, 0),
                is_number=True,
            ),
        ),
        params=("duty", "late"),
        words=_words,
    ),
)


def section(question: Question) -> Section | None:
    """The dates of the scheme and the duties of the year, with who has not done them; fourteen queries at most."""
    # What is owed, a county or park owes as a whole.
    question = replace(question, category=None, level=None)
    owed, milestones = owed_by_then(question), milestones_then(question, question.cycle.milestones.all())
    if not owed and not milestones:
        return None
    granted = _granted(question)
    days = [row.due_on for row in milestones] + [one.due_on for one in owed if one.due_on]
    calendar = Calendar([*days, *granted.values()], today=question.day)
    tables = [_dates(question, milestones, owed, granted, calendar)] if milestones else []
    shown = {row.kind for row in milestones}
    if own := [one for one in owed if one.due_on and one.milestone not in shown]:
        tables.append(_duties(question, own, calendar))
    if granted:
        tables.append(_later_days(question, granted, calendar))
    return Section(
        code="milestones",
        title=_("Dates of the year and who is late"),
        lead=_(
            "Days as they really fall due. Late is who has not done it when the own last day is over; every category "
            "and level is taken together."
        ),
        tables=tuple(tables),
        headline=_headline(question, owed),
    )


def _headline(question: Question, owed: list[Owed]) -> Headline:
    """How many are late with anything: each once, however much it owes."""
    late = _together(owed).late(question.day)
    return Headline(
        Number(len(late), question.rows_address("owed", late="1")), _("Late with a duty of the year")
    )


def _granted(question: Question) -> dict[int, datetime.date]:
    """Later last days for filing granted by the day, by area."""
    rows = Extension.objects.filter(
        cycle=question.cycle, area__in=question.shown_areas, granted_at__lte=question.moment
    )
    return dict(rows.order_by("until").values_list("area_id", "until"))


def _dates(
    question: Question,
    milestones: list[Milestone],
    owed: list[Owed],
    granted: dict[int, datetime.date],
    calendar: Calendar,
) -> Table:
    duties = {one.milestone: one for one in owed if one.milestone}
    return Table(
        columns=_columns(),
        rows=tuple(
            Row(
                label=str(row),
                numbers=(
                    _day_of(question, row, granted, calendar),
                    *_numbers(question, duties.get(row.kind)),
                ),
            )
            for row in milestones
        ),
        total=None,
        caption=_("Dates of the scheme"),
        corner=_("Date of the scheme"),
    )


def _columns() -> tuple[str, ...]:
    return _("Falls due"), _("Not yet done by"), _("Late")


def _day_of(
    question: Question, row: Milestone, granted: dict[int, datetime.date], calendar: Calendar
) -> Words:
    """The day of a date of the scheme; the own later one where a single area is shown and has one."""
    is_filing = row.kind == MilestoneKind.APPLICATIONS_DUE
    if is_filing and len(question.shown_areas) == 1 and granted:
        (own,) = granted.values()
        words = _("extended to %(day)s") % {"day": date_format(own, "DATE_FORMAT")}
        return Words(text=f"{words} · {calendar.due(own).left}")
    day = effective_date(row, calendar.roll_forward)
    text = date_format(day, "DATE_FORMAT")
    if day != row.due_on:
        text = _("%(day)s (%(first)s is a day off)") % {
            "day": text,
            "first": date_format(row.due_on, "DATE_FORMAT"),
        }
    text = f"{text} · {calendar.due(day).left}"
    if is_filing and granted:
        later = ngettext("later for %(n)s county or park", "later for %(n)s counties and parks", len(granted))
        text = f"{text} · {later % {'n': len(granted)}}"
    return Words(text=text)


def _day(day: datetime.date, calendar: Calendar) -> Words:
    return Words(text=f"{date_format(day, 'DATE_FORMAT')} · {calendar.due(day).left}")


def _duties(question: Question, owed: list[Owed], calendar: Calendar) -> Table:
    return Table(
        columns=_columns(),
        rows=tuple(
            Row(
                label=one.title,
                numbers=(
                    _day(one.due_on, calendar),
                    *_numbers(question, one),
                ),
            )
            for one in owed
        ),
        total=None,
        caption=_("Meetings and tasks of the year"),
        corner=_("Meeting or task"),
    )


def _numbers(question: Question, owed: Owed | None) -> tuple[Number | Words, ...]:
    if owed is None:
        return Words(text=""), Words(text="")
    return (
        Number(len(owed.missing), question.rows_address("owed", duty=owed.code)),
        Number(len(owed.late(question.day)), question.rows_address("owed", duty=owed.code, late="1")),
    )


def _later_days(question: Question, granted: dict[int, datetime.date], calendar: Calendar) -> Table:
    return Table(
        columns=(_("Last day granted"),),
        rows=tuple(
            Row(
                label=str(area),
                numbers=(_day(granted[area.pk], calendar),),
            )
            for area in question.shown_areas
            if area.pk in granted
        ),
        total=None,
        caption=_("Later last days for filing"),
        corner=_("County or park"),
    )
