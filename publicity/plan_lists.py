"""The publicity plan as a list: how it is filtered, sorted and exported."""

import django_filters
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.resources import ListResource
from applications.filters import visible_cycles
from publicity.enums import PlannedState
from publicity.models import PlannedCoverage
from publicity.plan_progress import with_progress
from publicity.schemes import names_of, schemes_of
from sites.filters import visible_areas
from sites.selectors import programmes_read_by

ORDERINGS = {"due": ("due_on",), "area": ("area_id", "due_on"), "medium": ("medium", "due_on")}
OPEN, LATE, DONE = "open", "late", "done"


def planned_for_list(user):
    """The lines a person may see with what a row of the list shows, in a fixed number of queries."""
    return PlannedCoverage.objects.visible_to(user).select_related("cycle__programme__owner", "area", "site")


def with_words(lines) -> list[PlannedCoverage]:
    """Lines with their progress and the word of their medium as `medium_name`."""
    found = with_progress(lines)
    for programme in {line.cycle.programme for line in found}:
        media, _levels = names_of(schemes_of(programme))
        for line in found:
            if line.cycle.programme_id == programme.pk:
                line.medium_name = media.get(line.medium, line.medium)
    return found


class PlannedFilter(StyledFilterSet):
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    medium = django_filters.ChoiceFilter(label=_("Type of medium"), choices=())
    standing = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (OPEN, _("Something is missing")),
            (LATE, _("Past its day")),
            (DONE, _("Done")),
            (PlannedState.DROPPED.value, PlannedState.DROPPED.label),
        ],
        method="standing_at",
    )

    class Meta(StyledFilterSet.Meta):
        model = PlannedCoverage
        fields = []

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        media = {}
        for programme in programmes_read_by(request.user):
            media |= names_of(schemes_of(programme))[0]
        self.form.fields["medium"].choices = media.items()
        self.form.fields["medium"].widget.choices = [("", _("All")), *media.items()]

    def standing_at(self, queryset, name, value):
        if value == PlannedState.DROPPED:
            return queryset.filter(state=PlannedState.DROPPED)
        lines = with_progress(queryset.filter(state=PlannedState.PLANNED))
        wanted = {OPEN: lambda line: line.missing, LATE: lambda line: line.is_late}
        fits = wanted.get(value, lambda line: not line.missing)
        return queryset.filter(pk__in=[line.pk for line in lines if fits(line)])


class PlannedResource(ListResource):
    year = fields.Field("cycle__year", column_name=_("Year"))
    area = fields.Field(column_name=_("County or park"))
    site = fields.Field(column_name=_("Site name"))
    medium = fields.Field("medium_name", column_name=_("Type of medium"))
    topic = fields.Field("topic", column_name=_("Topic of the coverage"))
    wanted = fields.Field("wanted", column_name=_("How many pieces"))
    done = fields.Field("done", column_name=_("Done"))
    due_on = fields.Field(column_name=_("By"))
    state = fields.Field(column_name=_("State"))

    class Meta:
        model = PlannedCoverage
        fields = ("year", "area", "site", "medium", "topic", "wanted", "done", "due_on", "state")
        export_order = fields

    def prepared(self, rows):
        return with_words(rows)

    def dehydrate_area(self, line):
        return str(line.area)

    def dehydrate_site(self, line):
        return line.site.name if line.site else ""

    def dehydrate_due_on(self, line):
        return line.due_on.isoformat()

    def dehydrate_state(self, line):
        return str(standing_of(line))


def standing_of(line: PlannedCoverage):
    """Where a line with its progress stands, in a word."""
    if line.state == PlannedState.DROPPED:
        return PlannedState.DROPPED.label
    if not line.missing:
        return _("Done")
    return _("Past its day") if line.is_late else PlannedState.PLANNED.label
