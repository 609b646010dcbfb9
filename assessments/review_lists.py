"""The list of reviews: how it is filtered, sorted and exported."""

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.resources import ListResource
from applications.filters import visible_cycles
from assessments.enums import ReviewState
from assessments.models import Review
from assessments.reviewing.selectors import with_next_step
from sites.filters import visible_areas
from sites.models import Category

ORDERINGS = {
    "site": ("site__initials", "site__name"),
    "area": ("area_id",),
    "year": ("cycle__year",),
    "state": ("state",),
    "report_by": ("report_by",),
}


class ReviewFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Site or plaque number"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), field_name="site__category"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ReviewState)

    class Meta(StyledFilterSet.Meta):
        model = Review
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(site__name__icontains=value)
            | Q(site__initials__startswith=value.lower())
            | Q(pk__in=Review.objects.filter(plaques__plaque__number__icontains=value).values("pk"))
        )


class ReviewResource(ListResource):
    """The list of reviews as a workbook, with the columns of the page."""

    year = fields.Field("cycle__year", column_name=_("Year"))
    site = fields.Field("site__name", column_name=_("Site name"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    plaques = fields.Field(column_name=_("Plaques reviewed"))
    state = fields.Field("get_state_display", column_name=_("State"))
    report_by = fields.Field(column_name=_("Report by"))
    reported_on = fields.Field(column_name=_("Reported on"))
    findings = fields.Field("findings", column_name=_("What it rests on"))
    next = fields.Field(column_name=_("What is next"))

    class Meta:
        model = Review
        fields = (
            "year",
            "site",
            "category",
            "area",
            "plaques",
            "state",
            "report_by",
            "reported_on",
            "findings",
            "next",
        )
        export_order = fields

    def prepared(self, rows):
        return with_next_step(rows)

    def dehydrate_category(self, review):
        return str(review.site.category)

    def dehydrate_area(self, review):
        return str(review.area)

    def dehydrate_plaques(self, review):
        return "、".join(row.plaque.number for row in review.listed)

    def dehydrate_report_by(self, review):
        return review.report_by.isoformat() if review.report_by else ""

    def dehydrate_reported_on(self, review):
        return timezone.localdate(review.reported_at).isoformat() if review.reported_at else ""

    def dehydrate_next(self, review):
        return str(review.next or "")
