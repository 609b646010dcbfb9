import django_filters
from django.db.models import Q
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from accounts.models import Unit
from accounts.scope import reached_unit_ids
from sites.enums import SiteState
from sites.models import Category, Level, Programme, Site
from sites.selectors import with_plaque


def visible_areas(request):
    return Unit.objects.areas().filter(pk__in=reached_unit_ids(request.user))


class SiteFilter(StyledFilterSet):
    #: Set by the links of the overview, whose totals are those of one programme.
    programme = django_filters.ModelChoiceFilter(queryset=Programme.objects.all(), widget=HiddenInput)
    q = django_filters.CharFilter(label=_("Name or pinyin initials"), method="search")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())
    level = django_filters.ModelChoiceFilter(
        label=_("Holds a plaque"), queryset=Level.objects.all(), method="holding"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=SiteState)
    flagship = django_filters.BooleanFilter(label=_("Flagship"), field_name="is_flagship")

    class Meta(StyledFilterSet.Meta):
        model = Site
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(name__icontains=value) | Q(initials__startswith=value.lower()) | Q(unit__name__icontains=value)
        )

    def holding(self, queryset, name, level):
        return with_plaque(queryset, level)
