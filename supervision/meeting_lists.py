"""The list of meetings: how it is filtered, sorted and exported; and the year's matrix, unit by kind."""

from dataclasses import dataclass
from urllib.parse import urlencode

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.models import Unit
from accounts.resources import ListResource
from applications.filters import visible_cycles
from applications.models import Cycle
from supervision.enums import MeetingState
from supervision.meeting_kinds import MeetingKind, kind_of, kinds_of
from supervision.meeting_rules import works_on_meetings
from supervision.meeting_selectors import MeetingDuty, owed_meetings
from supervision.models import Meeting

ORDERINGS = {
    "day": ("planned_on",),
    "unit": ("unit_id",),
    "kind": ("kind",),
    "state": ("state",),
    "title": ("title",),
}


def name_choices(field, names: dict[str, str]) -> None:
    """The choices of a filter by code, the empty one named like everywhere."""
    field.choices = names.items()
    field.widget.choices = [("", _("All")), *names.items()]


def meeting_units(request):
    """Units with a meeting the person may see."""
    return Unit.objects.filter(pk__in=Meeting.objects.visible_to(request.user).values("unit_id"))


class MeetingFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Title or unit"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=())
    unit = django_filters.ModelChoiceFilter(label=_("Called by"), queryset=meeting_units)
    state = django_filters.ChoiceFilter(label=_("State"), choices=MeetingState)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        kinds = {kind.code: str(kind) for cycle in visible_cycles(request) for kind in kinds_of(cycle)}
        name_choices(self.form.fields["kind"], kinds)

    class Meta(StyledFilterSet.Meta):
        model = Meeting
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(title__icontains=value)
            | Q(unit__name__icontains=value)
            | Q(unit__initials__startswith=value.lower())
        )


class MeetingResource(ListResource):
    """The list of meetings as a workbook, with the columns of the page."""

    year = fields.Field("cycle__year", column_name=_("Year"))
    kind = fields.Field(column_name=_("Kind"))
    unit = fields.Field(column_name=_("Called by"))
    title = fields.Field("title", column_name=_("Title"))
    planned_on = fields.Field(column_name=_("Planned for"))
    held_on = fields.Field(column_name=_("Day it was held"))
    place = fields.Field("place", column_name=_("Place"))
    chair = fields.Field("chair", column_name=_("Chaired by"))
    participants = fields.Field(column_name=_("Number of participants"))
    attended = fields.Field("attended", column_name=_("Units that took part"))
    state = fields.Field("get_state_display", column_name=_("State"))

    class Meta:
        model = Meeting
        fields = (
            "year",
            "kind",
            "unit",
            "title",
            "planned_on",
            "held_on",
            "place",
            "chair",
            "participants",
            "attended",
            "state",
        )
        export_order = fields

    def prepared(self, rows):
        return with_kind(rows)

    def dehydrate_kind(self, meeting):
        return meeting.kind_name

    def dehydrate_unit(self, meeting):
        return str(meeting.unit)

    def dehydrate_planned_on(self, meeting):
        return meeting.planned_on.isoformat()

    def dehydrate_held_on(self, meeting):
        return meeting.held_on.isoformat() if meeting.held_on else ""

    def dehydrate_participants(self, meeting):
        return "" if meeting.participants is None else meeting.participants


def with_kind(rows) -> list[Meeting]:
    """Meetings with the word of their kind as `kind_name` and, of one held, whether the scheme's days cover it."""
    found = list(rows)
    for meeting in found:
        kind = kind_of(meeting.cycle, meeting.kind)
        meeting.kind_name = str(kind) if kind else meeting.kind
        meeting.is_outside = bool(kind and not kind.covers(meeting.held_on or meeting.planned_on))
    return found


@dataclass(frozen=True)
class MatrixCell:
    """What a unit owes of a kind, as counts that open their rows; None: the unit does not call this kind."""

    duty: MeetingDuty | None
    held_url: str = ""
    planned_url: str = ""
    #: Where the missing one is planned, for those who may; empty where the planned ones cover what is owed.
    plan_url: str = ""


@dataclass(frozen=True)
class Matrix:
    cycle: Cycle
    kinds: list[MeetingKind]
    rows: list[tuple[Unit, list[MatrixCell]]]
    #: How many are held and owed of each kind.
    totals: list[tuple[int, int]]


def matrix_of(user, cycle: Cycle | None, reached: set[int]) -> Matrix | None:
    """The year's meetings, unit by kind, of the units a person reaches and the programme's owner."""
    if cycle is None or not reached or not cycle.supervision.get("meetings"):
        return None
    owner = cycle.programme.owner
    duties = [duty for duty in owed_meetings(cycle) if duty.unit.pk in reached or duty.unit.pk == owner.pk]
    kinds = kinds_of(cycle)
    units = list({duty.unit.pk: duty.unit for duty in duties}.values())
    found = {(duty.unit.pk, duty.kind.code): duty for duty in duties}
    rows = [(unit, [_cell(user, found.get((unit.pk, kind.code)), owner) for kind in kinds]) for unit in units]
    totals = [
        (
            sum(duty.held for duty in duties if duty.kind == kind),
            sum(duty.owed for duty in duties if duty.kind == kind),
        )
        for kind in kinds
    ]
    return Matrix(cycle=cycle, kinds=kinds, rows=rows, totals=totals)


def _cell(user, duty: MeetingDuty | None, owner: Unit) -> MatrixCell:
    if duty is None:
        return MatrixCell(None)
    may_plan = works_on_meetings(user, duty.unit, owner) and duty.cycle.state == "open"
    may_plan = may_plan and not duty.is_covered
    return MatrixCell(
        duty=duty,
        held_url=_rows(duty, MeetingState.HELD),
        planned_url=_rows(duty, MeetingState.PLANNED),
        plan_url=plan_url(duty) if may_plan else "",
    )


def _rows(duty: MeetingDuty, state: str) -> str:
    query = {"cycle": duty.cycle.pk, "kind": duty.kind.code, "unit": duty.unit.pk, "state": state}
    return f"{reverse('supervision:meetings')}?{urlencode(query)}"


def plan_url(duty: MeetingDuty) -> str:
    """Where a meeting of this kind is planned for the unit."""
    query = urlencode({"kind": duty.kind.code, "unit": duty.unit.pk})
    return f"{reverse('supervision:meeting_plan', args=[duty.cycle.pk])}?{query}"
