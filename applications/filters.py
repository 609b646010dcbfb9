import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from accounts.wanted import wanted
from applications.enums import ApplicationState
from applications.models import Application, Cycle
from applications.searching import application_matches
from sites.filters import visible_areas
from sites.models import Category, Level


def visible_cycles(request):
    return Cycle.objects.visible_to(request.user).select_related("programme")


class ApplicationFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Site or number"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), field_name="site__category"
    )
    level = django_filters.ModelChoiceFilter(label=_("Level"), queryset=Level.objects.all())
    state = django_filters.ChoiceFilter(label=_("State"), choices=ApplicationState)
    takes_place = django_filters.BooleanFilter(
        label=_("Takes a quota place"), field_name="place", lookup_expr="isnull", exclude=True
    )

    class Meta(StyledFilterSet.Meta):
        model = Application
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(application_matches(wanted(value)))
