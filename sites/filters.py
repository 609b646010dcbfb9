import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from accounts.forms import DateInput
from accounts.models import Unit
from accounts.scope import reached_unit_ids
from accounts.wanted import wanted
from sites.as_of import end_of
from sites.enums import (
    GIVEN_STATES,
    IN_FORCE_STATES,
    SETTLED_BY,
    TO_HAND_IN_STATES,
    PlaqueState,
    SiteState,
)
from sites.models import (
    Category,
    Level,
    Plaque,
    PlaqueHandling,
    PlaqueRecord,
    Programme,
    Site,
    SiteRecord,
)
from sites.searching import plaque_matches, site_matches
from sites.selectors import with_plaque


def visible_areas(request):
    return Unit.objects.areas().filter(pk__in=reached_unit_ids(request.user))


def as_of_filter() -> django_filters.DateFilter:
    """The day of the list. The view reads it: a past day is answered from the records, with their own filter set."""
    return django_filters.DateFilter(
        label=_("As it was on (end of the day)"), method="unchanged", widget=DateInput()
    )


def in_year(queryset, field: str, value):
    """Rows whose day lies in a year as somebody typed it."""
    return queryset.filter(**{f"{field}__year": int(value)}) if 1 <= value <= 9999 else queryset.none()


class ListFilter(StyledFilterSet):
    def unchanged(self, queryset, name, value):
        return queryset


class SiteFilter(ListFilter):
    #: Set by the links of the overview, whose totals are those of one programme.
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), queryset=Programme.objects.all(), widget=HiddenInput
    )
    q = django_filters.CharFilter(label=_("Name, initials or plaque number"), method="search")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    #: Set by the links of the map: the township, or the area itself.
    unit = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.all(), widget=HiddenInput, method="standing_in"
    )
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())
    level = django_filters.ModelChoiceFilter(
        label=_("Holds a plaque"), queryset=Level.objects.all(), method="holding"
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=SiteState)
    flagship = django_filters.BooleanFilter(label=_("Flagship"), field_name="is_flagship")
    #: Set by the links of the overview.
    registered = django_filters.NumberFilter(method="registered_in", widget=HiddenInput)
    as_of = as_of_filter()

    class Meta(StyledFilterSet.Meta):
        model = Site
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(site_matches(wanted(value)))

    def holding(self, queryset, name, level):
        return with_plaque(queryset, level)

    def standing_in(self, queryset, name, unit):
        """Sites of a township with its villages; of an area only those that belong to none of its townships."""
        return (
            queryset.filter(unit=unit) if unit.is_area else queryset.filter(unit__path__startswith=unit.path)
        )

    def registered_in(self, queryset, name, value):
        return in_year(queryset, "registered_at", value)


class SiteRecordFilter(SiteFilter):
    """The same questions, asked of what was on record on a past day."""

    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"),
        queryset=Programme.objects.all(),
        widget=HiddenInput,
        field_name="category__programme",
    )
    flagship = django_filters.BooleanFilter(label=_("Flagship"), field_name="shown__flagship")

    class Meta(StyledFilterSet.Meta):
        model = SiteRecord
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(shown__name__icontains=value)
            | Q(shown__initials__startswith=value.lower())
            | Q(shown__unit__name__icontains=value)
        )

    def holding(self, queryset, name, level):
        then = PlaqueRecord.objects.at(end_of(self.form.cleaned_data["as_of"]))
        held = then.filter(plaque__site=OuterRef("site"), level=level, state__in=IN_FORCE_STATES)
        return queryset.filter(Exists(held))

    def registered_in(self, queryset, name, value):
        return queryset.filter(shown__registered__startswith=f"{int(value):04d}-")


class PlaqueFilter(ListFilter):
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"),
        queryset=Programme.objects.all(),
        widget=HiddenInput,
        field_name="site__programme",
    )
    q = django_filters.CharFilter(label=_("Number, site or pinyin initials"), method="search")
    level = django_filters.ModelChoiceFilter(label=_("Level"), queryset=Level.objects.all())
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[pair for pair in PlaqueState.choices if pair[0] != PlaqueState.REFUSED]
    )
    area = django_filters.ModelChoiceFilter(
        label=_("County or park"), queryset=visible_areas, field_name="site__area"
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), field_name="site__category"
    )
    in_force = django_filters.BooleanFilter(label=_("In force"), method="counting")
    year = django_filters.NumberFilter(label=_("Year of the award"), method="awarded_in")
    ended_year = django_filters.NumberFilter(label=_("Year of the end"), method="ended_in")
    #: Set by the links of the overview: plaques that were given anew, not in place of another.
    anew = django_filters.BooleanFilter(method="given_anew", widget=HiddenInput)
    to_hand_in = django_filters.BooleanFilter(label=_("Still to be handed in"), method="waiting_for_metal")
    as_of = as_of_filter()

    class Meta(StyledFilterSet.Meta):
        model = Plaque
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(plaque_matches(wanted(value)))

    def awarded_in(self, queryset, name, value):
        return in_year(queryset, "awarded_on", value)

    def ended_in(self, queryset, name, value):
        return in_year(queryset, "ended_on", value)

    def counting(self, queryset, name, value):
        """By the state, as the figures count: one whose validity is over still counts until that is written down."""
        chosen = Q(state__in=IN_FORCE_STATES)
        return queryset.filter(chosen if value else ~chosen)

    def given_anew(self, queryset, name, value):
        chosen = Q(state__in=GIVEN_STATES, held_since=None)
        return queryset.filter(chosen if value else ~chosen)

    def waiting_for_metal(self, queryset, name, value):
        done = PlaqueHandling.objects.filter(plaque=OuterRef("pk"), kind__in=SETTLED_BY)
        waits = Q(~Exists(done), state__in=TO_HAND_IN_STATES)
        return queryset.filter(waits if value else ~waits)


class PlaqueRecordFilter(PlaqueFilter):
    """The same questions, asked of what was on record on a past day."""

    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"),
        queryset=Programme.objects.all(),
        widget=HiddenInput,
        field_name="category__programme",
    )
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())

    class Meta(StyledFilterSet.Meta):
        model = PlaqueRecord
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(shown__number__icontains=value)
            | Q(shown__site__icontains=value)
            | Q(shown__initials__startswith=value.lower())
        )

    def awarded_in(self, queryset, name, value):
        return queryset.filter(shown__awarded_on__startswith=f"{int(value):04d}-")

    def ended_in(self, queryset, name, value):
        return queryset.filter(shown__ended_on__startswith=f"{int(value):04d}-")

    def given_anew(self, queryset, name, value):
        chosen = Q(state__in=GIVEN_STATES, shown__held_since="")
        return queryset.filter(chosen if value else ~chosen)

    def waiting_for_metal(self, queryset, name, value):
        waits = Q(state__in=TO_HAND_IN_STATES) & ~Q(shown__settled=True)
        return queryset.filter(waits if value else ~waits)
