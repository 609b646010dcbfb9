"""The ledgers of a site, as data: which there are, what each is called, and the columns it shows and exports."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.words import lazy_list
from sites.figures import figure_label
from sites.models import (
    Activity,
    CoBuilder,
    Entry,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    Venue,
)


@dataclass(frozen=True)
class Column:
    """A column of a ledger: its heading, and the value of an entry (text, number, day or None)."""

    label: str | Promise
    value: Callable[[Entry], object]
    is_number: bool = False
    #: Digits after the point a page always shows; None: as many as there are.
    places: int | None = None


@dataclass(frozen=True)
class Kind:
    """One ledger: its name in addresses, its model, and the words of its page."""

    code: str
    model: type[Entry]
    label: str | Promise
    #: What is asked for on the page.
    lead: str | Promise
    columns: tuple[Column, ...]
    icon: str
    #: Fields after which the newest entry of a site is found, newest first.
    newest: tuple[str, ...] = ("-recorded_at", "-id")
    #: Other rows the columns read.
    related: tuple[str, ...] = ()
    #: Part of another ledger's page, so not in the overview by itself.
    is_part: bool = False

    @property
    def one(self) -> str:
        """What one entry is called."""
        return self.model._meta.verbose_name


def own(name: str, *, is_number: bool = False, places: int | None = None) -> Column:
    """A column of one of the model's own fields."""
    return Column(_Label(name), lambda entry: getattr(entry, name), is_number, places)


class _Label(str):
    """The name of a field, whose words are looked up on the model."""


def heading(kind: Kind, column: Column) -> str:
    """The words above a column."""
    if isinstance(column.label, _Label):
        words = str(kind.model._meta.get_field(column.label).verbose_name)
        return words[:1].upper() + words[1:]
    return str(column.label)


def shown(value, places: int | None = None) -> str:
    """A value as a page shows it in its language; `places` are digits after the point of an exact number."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        if places is None:
            places = 0 if value == value.to_integral_value() else 2
        return number_format(value, places, use_l10n=True, force_grouping=True)
    return str(value)


def plain(value):
    """A value as a workbook keeps it: numbers stay numbers, days are written as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else str(value)


def _years(plan: Plan) -> str:
    return f"{plan.from_year}–{plan.to_year}"


def goals_of(plan: Plan) -> list[PlanGoal]:
    """The confirmed goals of a plan whose goals are read already."""
    return [goal for goal in plan.goals.all() if goal.state == "confirmed"]


def progress_of(plan: Plan) -> int | None:
    """How far the confirmed goals of a plan have come, 0 to 100 with every goal alike; None without goals."""
    goals = goals_of(plan)
    return sum(goal.progress for goal in goals) // len(goals) if goals else None


def _goals_done(plan: Plan) -> str:
    goals = goals_of(plan)
    return f"{sum(goal.progress == 100 for goal in goals)}/{len(goals)}"


def _progress_words(value: int | None) -> str:
    return "" if value is None else f"{value}%"


def _goal_state(goal: PlanGoal) -> str:
    return _("Done") if goal.is_done else f"{goal.progress}%"


def figure_words(report: FigureReport) -> str:
    """The figures of a report in the order of the programme's list."""
    given = [
        f"{figure_label(figure)} {shown(Decimal(report.values[figure['code']]))}"
        for figure in report.site.programme.figures
        if figure["code"] in report.values
    ]
    return str(lazy_list(given))


KINDS = (
    Kind(
        code="activities",
        model=Activity,
        label=gettext_lazy("Activities"),
        lead=gettext_lazy("What was held at the site. Numbers of people, never their names."),
        columns=(
            own("name"), own("held_on"), own("place"), own("participants", is_number=True), own("description"),
        ),
        icon="calendar-event",
        newest=("-held_on", "-id"),
    ),
    Kind(
        code="venues",
        model=Venue,
        label=gettext_lazy("Venues"),
        lead=gettext_lazy("The rooms and places the site keeps for its work."),
        columns=(own("name"), own("kind"), own("area", is_number=True), own("since"), own("open_hours")),
        icon="house-door",
    ),
    Kind(
        code="co-builders",
        model=CoBuilder,
        label=gettext_lazy("Co-builders"),
        lead=gettext_lazy("Units that help to build the site, and with what."),
        columns=(own("name"), own("supports"), own("begins_on"), own("ends_on")),
        icon="diagram-3",
    ),
    Kind(
        code="office-holders",
        model=OfficeHolder,
        label=gettext_lazy("Patrons, project leads, liaisons"),
        lead=gettext_lazy("Who answers for the site by office: title and unit, no telephone, nothing private."),
        columns=(
            own("name"), Column(gettext_lazy("Role"), lambda one: one.get_role_display()), own("unit_name"),
            own("begins_on"), own("ends_on"),
        ),
        icon="person-badge",
        newest=("-begins_on", "-id"),
    ),
    Kind(
        code="secondments",
        model=Secondment,
        label=gettext_lazy("Seconded cadres"),
        lead=gettext_lazy("How many cadres are seconded to the site, from which unit. Numbers only."),
        columns=(own("name"), own("number", is_number=True), own("begins_on"), own("ends_on")),
        icon="people",
        newest=("-begins_on", "-id"),
    ),
    Kind(
        code="funds",
        model=Fund,
        label=gettext_lazy("Funds"),
        lead=gettext_lazy("Money for the site in yuan: from where, how much, what for."),
        columns=(
            own("name"), own("amount", is_number=True, places=2), own("purpose"), own("year"), own("received_on"),
        ),
        icon="cash-coin",
        newest=("-year", "-id"),
    ),
    Kind(
        code="figures",
        model=FigureReport,
        label=gettext_lazy("Figures by year"),
        lead=gettext_lazy("The counts the programme asks of every site. Counts only, no names."),
        columns=(own("year"), Column(gettext_lazy("Figures"), figure_words)),
        icon="123",
        newest=("-year", "-id"),
        related=("site__programme",),
    ),
    Kind(
        code="plans",
        model=Plan,
        label=gettext_lazy("Plans"),
        lead=gettext_lazy("What the site means to do in the years ahead, with goals for every year."),
        columns=(
            own("name"), Column(gettext_lazy("Years"), _years),
            Column(gettext_lazy("Goals done"), _goals_done),
            Column(gettext_lazy("Progress"), lambda plan: _progress_words(progress_of(plan)), is_number=True),
        ),
        icon="signpost-2",
        newest=("-from_year", "-id"),
    ),
    Kind(
        code="goals",
        model=PlanGoal,
        label=gettext_lazy("Goals of plans"),
        lead=gettext_lazy("What is to be reached in which year of a plan, and how far it has come."),
        columns=(
            own("name"), own("year"), Column(gettext_lazy("Plan it belongs to"), lambda goal: goal.plan.name),
            own("target", is_number=True), own("measure"), own("reached", is_number=True),
            Column(gettext_lazy("Progress"), _goal_state, is_number=True),
        ),
        icon="check2-square",
        related=("plan",),
        is_part=True,
    ),
    Kind(
        code="photos",
        model=Photo,
        label=gettext_lazy("Photos"),
        lead=gettext_lazy("Pictures of the site's life. Where they were taken is removed before they are kept."),
        columns=(own("name"), own("taken_on"), own("alt")),
        icon="images",
        newest=("-taken_on", "-id"),
    ),
)  # fmt: skip
_BY_CODE = {kind.code: kind for kind in KINDS}
_BY_MODEL = {kind.model: kind for kind in KINDS}


def find_kind(code: str) -> Kind | None:
    """The ledger of this name in an address, or None."""
    return _BY_CODE.get(code)


def kind_of(entry: Entry) -> Kind:
    return _BY_MODEL[type(entry)]
