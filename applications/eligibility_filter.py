import datetime

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from accounts.forms import DateInput
from applications.enums import Answer, Hindrance
from applications.models import LevelRule
from sites.filters import visible_areas
from sites.models import Category, Level, Site


def levels_applied_for(request):
    return Level.objects.filter(pk__in=LevelRule.objects.exclude(quota=None).values("level"))


class EligibilityFilter(StyledFilterSet):
    """The sites of the table by the database; level, answer, reason and day are for the table itself."""

    year = django_filters.ChoiceFilter(choices=[("next", "next")], method="leave", widget=HiddenInput)
    q = django_filters.CharFilter(label=_("Name or pinyin initials"), method="search")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())
    level = django_filters.ModelChoiceFilter(label=_("Level"), queryset=levels_applied_for, method="leave")
    answer = django_filters.ChoiceFilter(label=_("Can apply?"), choices=Answer, method="leave")
    why = django_filters.ChoiceFilter(label=_("Reasons"), choices=Hindrance, method="leave")
    on = django_filters.DateFilter(
        label=_("As if today were"),
        method="leave",
        widget=DateInput(),
        validators=[
            MinValueValidator(datetime.date(2000, 1, 1)),
            MaxValueValidator(datetime.date(2099, 12, 31)),
        ],
    )

    class Meta(StyledFilterSet.Meta):
        model = Site
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(Q(name__icontains=value) | Q(initials__startswith=value.lower()))

    def leave(self, queryset, name, value):
        return queryset

    def chosen(self, name: str):
        """What was chosen in a field the table itself looks at; None while nothing valid stands there."""
        return self.form.cleaned_data.get(name) if self.is_bound and self.form.is_valid() else None
