import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from applications.filters import visible_cycles
from assessments.enums import AssessmentState
from assessments.models import Assessment
from sites.filters import visible_areas
from sites.models import Level


class AssessmentFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Site or number"), method="search")
    cycle = django_filters.ModelChoiceFilter(
        label=_("Year"), queryset=visible_cycles, field_name="application__cycle"
    )
    area = django_filters.ModelChoiceFilter(
        label=_("County or park"), queryset=visible_areas, field_name="application__area"
    )
    level = django_filters.ModelChoiceFilter(
        label=_("Level"), queryset=Level.objects.all(), field_name="application__level"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=AssessmentState)

    class Meta(StyledFilterSet.Meta):
        model = Assessment
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(application__number__icontains=value)
            | Q(application__site__name__icontains=value)
            | Q(application__site__initials__startswith=value.lower())
        )
