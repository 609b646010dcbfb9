"""The list of visits recorded: how it is filtered, sorted and exported."""

import re

import django_filters
from django.core.validators import RegexValidator
from django.db.models import Q
from django.forms import HiddenInput, TextInput
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.resources import ListResource
from applications.filters import visible_cycles
from sites.filters import visible_areas
from sites.models import Site
from supervision.enums import InspectionState
from supervision.models import Inspection
from supervision.plan_lists import place_named, visible_groups

ORDERINGS = {
    "place": ("site__initials", "unit__initials"),
    "day": ("visited_on",),
    "area": ("area_id",),
    "group": ("group_id",),
    "state": ("state",),
    "found": ("found",),
}


def visible_sites(request):
    return Site.objects.visible_to(request.user)


class InspectionFilter(StyledFilterSet):
    #: Set by the page of a site, and by the figures of the plan.
    site = django_filters.ModelChoiceFilter(queryset=visible_sites, widget=HiddenInput)
    counted = django_filters.BooleanFilter(widget=HiddenInput, method="counts")
    q = django_filters.CharFilter(label=_("Site, unit or words of the record"), method="search")
    group = django_filters.ModelChoiceFilter(label=_("Supervision group"), queryset=visible_groups)
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    month = django_filters.CharFilter(
        label=_("Month"),
        method="in_month",
        widget=TextInput(attrs={"type": "month", "placeholder": "2017-05"}),
        validators=[
            RegexValidator(re.compile(r"\A[12]\d{3}-(0[1-9]|1[0-2])\Z"), _("Enter a month like 2017-05."))
        ],
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=InspectionState)

    class Meta(StyledFilterSet.Meta):
        model = Inspection
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(place_named(value) | Q(summary__icontains=value.strip()))

    def in_month(self, queryset, name, value):
        year, month = value.split("-")
        return queryset.filter(visited_on__year=int(year), visited_on__month=int(month))

    def counts(self, queryset, name, value):
        """Only those that count as a visit: whole and not void."""
        return queryset.filter(state=InspectionState.RECORDED) if value else queryset


class InspectionResource(ListResource):
    """The visits as a workbook, with the columns of the page and the words of the record."""

    visited_on = fields.Field(column_name=_("Visited on"))
    place = fields.Field(column_name=_("Place visited"))
    area = fields.Field(column_name=_("County or park"))
    group = fields.Field(column_name=_("Supervision group"))
    present = fields.Field("present", column_name=_("People present"))
    summary = fields.Field("summary", column_name=_("What the group saw"))
    found = fields.Field("found", column_name=_("Supervision findings"))
    pictures = fields.Field("pictures", column_name=_("Photos"))
    state = fields.Field("get_state_display", column_name=_("State"))

    class Meta:
        model = Inspection
        fields = (
            *("visited_on", "place", "area", "group", "present", "summary", "found", "pictures", "state"),
        )
        export_order = fields

    def dehydrate_visited_on(self, inspection):
        return inspection.visited_on.isoformat()

    def dehydrate_place(self, inspection):
        return str(inspection.place)

    def dehydrate_area(self, inspection):
        return str(inspection.area)

    def dehydrate_group(self, inspection):
        return str(inspection.group)
