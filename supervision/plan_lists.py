"""The list of planned visits, and of sites nobody has visited: how they are filtered, sorted and exported."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.forms import DateInput
from accounts.resources import ListResource
from applications.filters import visible_cycles
from sites.filters import visible_areas
from sites.models import Category, Site
from supervision.models import PlannedVisit, SupervisionGroup
from supervision.plan_selectors import STANDINGS, with_standing

ORDERINGS = {
    "day": ("from_day", "to_day"),
    "place": ("site__initials", "unit__initials"),
    "area": ("area_id",),
    "group": ("group_id",),
    "standing": ("standing",),
}
SITE_ORDERINGS = {
    "name": ("initials", "name"),
    "area": ("area_id",),
    "category": ("category_id",),
}


def visible_groups(request):
    return SupervisionGroup.objects.visible_to(request.user)


class VisitFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Site, unit or purpose"), method="search")
    group = django_filters.ModelChoiceFilter(label=_("Supervision group"), queryset=visible_groups)
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    standing = django_filters.ChoiceFilter(label=_("State"), choices=STANDINGS, method="stands")
    since = django_filters.DateFilter(
        label=_("From"), field_name="to_day", lookup_expr="gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label=_("Until"), field_name="from_day", lookup_expr="lte", widget=DateInput()
    )

    class Meta(StyledFilterSet.Meta):
        model = PlannedVisit
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(place_named(value) | Q(purpose__icontains=value.strip()))

    def stands(self, queryset, name, value):
        return queryset.filter(standing=value)


def place_named(value: str) -> Q:
    """Visits to a site or unit of this name or pinyin initials."""
    value = value.strip()
    return (
        Q(site__name__icontains=value)
        | Q(site__initials__startswith=value.lower())
        | Q(unit__name__icontains=value)
        | Q(unit__initials__startswith=value.lower())
    )


class VisitResource(ListResource):
    """The plan as a workbook, with the columns of the page."""

    from_day = fields.Field(column_name=_("First day"))
    to_day = fields.Field(column_name=_("Last day"))
    place = fields.Field(column_name=_("Place visited"))
    area = fields.Field(column_name=_("County or park"))
    group = fields.Field(column_name=_("Supervision group"))
    purpose = fields.Field("purpose", column_name=_("Purpose"))
    standing = fields.Field(column_name=_("State"))

    class Meta:
        model = PlannedVisit
        fields = ("from_day", "to_day", "place", "area", "group", "purpose", "standing")
        export_order = fields

    def prepared(self, rows):
        return with_standing(rows)

    def dehydrate_from_day(self, visit):
        return visit.from_day.isoformat()

    def dehydrate_to_day(self, visit):
        return visit.to_day.isoformat()

    def dehydrate_place(self, visit):
        return str(visit.site or visit.unit)

    def dehydrate_area(self, visit):
        return str(visit.area)

    def dehydrate_group(self, visit):
        return str(visit.group)

    def dehydrate_standing(self, visit):
        return str(visit.standing_word)


class UnvisitedFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Name or pinyin initials"), method="search")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())

    class Meta(StyledFilterSet.Meta):
        model = Site
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(Q(name__icontains=value) | Q(initials__startswith=value.lower()))


class UnvisitedResource(ListResource):
    name = fields.Field("name", column_name=_("Site name"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    planned = fields.Field(column_name=_("On the plan"))

    class Meta:
        model = Site
        fields = ("name", "category", "area", "planned")
        export_order = fields

    def dehydrate_category(self, site):
        return str(site.category)

    def dehydrate_area(self, site):
        return str(site.area)

    def dehydrate_planned(self, site):
        return "、".join(visit.from_day.isoformat() for visit in site.to_come)
