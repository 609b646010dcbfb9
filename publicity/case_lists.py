"""The lists of exemplary cases and of texts for the public: how they are filtered, sorted and exported."""

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.resources import ListResource
from accounts.wanted import wanted
from applications.filters import visible_cycles
from publicity.enums import CaseState, StoryState
from publicity.models import ExemplaryCase, Story
from publicity.searching import case_matches
from sites.filters import visible_areas
from sites.models import Category

CASE_ORDERINGS = {"title": ("title",), "area": ("area_id",), "state": ("state",), "written": ("written_at",)}
STORY_ORDERINGS = {
    "title": ("title",),
    "area": ("area_id",),
    "state": ("state",),
    "written": ("written_at",),
    "released": ("released_at",),
}


class CaseFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Title or site"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), field_name="site__category"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=CaseState)

    class Meta(StyledFilterSet.Meta):
        model = ExemplaryCase
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(case_matches(wanted(value)))


class CaseResource(ListResource):
    """The list of cases as a workbook."""

    year = fields.Field("cycle__year", column_name=_("Year"))
    area = fields.Field(column_name=_("County or park"))
    site = fields.Field("site__name", column_name=_("Site"))
    title = fields.Field("title", column_name=_("Title"))
    summary = fields.Field("summary", column_name=_("In short"))
    photo_count = fields.Field("photo_count", column_name=_("Photos"))
    state = fields.Field("get_state_display", column_name=_("State"))
    written_at = fields.Field(column_name=_("Last change"))

    class Meta:
        model = ExemplaryCase
        fields = ("year", "area", "site", "title", "summary", "photo_count", "state", "written_at")
        export_order = fields

    def dehydrate_area(self, case):
        return str(case.area)

    def dehydrate_written_at(self, case):
        return timezone.localdate(case.written_at).isoformat()


class StoryFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Title or site"), method="search")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    kind = django_filters.ChoiceFilter(
        label=_("Site or case concerned"),
        choices=[("site", _("Sites")), ("case", _("Exemplary cases"))],
        method="about",
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=StoryState)

    class Meta(StyledFilterSet.Meta):
        model = Story
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(title__icontains=value)
            | Q(site__name__icontains=value)
            | Q(site__initials__startswith=value.lower())
            | Q(case__title__icontains=value)
            | Q(case__initials__startswith=value.lower())
        )

    def about(self, queryset, name, value):
        return queryset.filter(**{f"{value}__isnull": False})


class StoryResource(ListResource):
    """The list of texts as a workbook."""

    area = fields.Field(column_name=_("County or park"))
    about = fields.Field(column_name=_("Site or case concerned"))
    title = fields.Field("title", column_name=_("Title"))
    summary = fields.Field("summary", column_name=_("In short"))
    state = fields.Field("get_state_display", column_name=_("State"))
    written_at = fields.Field(column_name=_("Last change"))
    released_at = fields.Field(column_name=_("Released on"))

    class Meta:
        model = Story
        fields = ("area", "about", "title", "summary", "state", "written_at", "released_at")
        export_order = fields

    def dehydrate_area(self, story):
        return str(story.area)

    def dehydrate_about(self, story):
        return str(story.site or story.case)

    def dehydrate_written_at(self, story):
        return timezone.localdate(story.written_at).isoformat()

    def dehydrate_released_at(self, story):
        return timezone.localdate(story.released_at).isoformat() if story.released_at else ""
