"""The register of coverage as a list: how it is filtered and sorted."""

import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from accounts.wanted import wanted
from publicity.enums import CoverageState, LinkState
from publicity.models import Coverage, PlannedCoverage
from publicity.schemes import names_of, schemes_of
from publicity.searching import coverage_matches
from sites.filters import visible_areas
from sites.models import Category, Programme, Site
from sites.selectors import programmes_read_by

ORDERINGS = {
    "day": ("published_on",),
    "title": ("initials",),
    "outlet": ("outlet",),
    "medium": ("medium",),
    "level": ("outlet_level",),
    "area": ("area_id", "published_on"),
}
#: Links that no longer open and of which nothing was kept.
LOST = "lost"
ORIGINALS, REPRINTS = "no", "yes"


def visible_sites(request):
    return Site.objects.visible_to(request.user)


def visible_lines(request):
    return PlannedCoverage.objects.visible_to(request.user)


class CoverageFilter(StyledFilterSet):
    #: Set by links from other pages.
    programme = django_filters.ModelChoiceFilter(queryset=Programme.objects.all(), widget=HiddenInput)
    site = django_filters.ModelChoiceFilter(queryset=visible_sites, widget=HiddenInput)
    planned = django_filters.ModelChoiceFilter(queryset=visible_lines, widget=HiddenInput)
    q = django_filters.CharFilter(label=_("Title, outlet, site or pinyin initials"), method="search")
    medium = django_filters.ChoiceFilter(label=_("Type of medium"), choices=())
    level = django_filters.ChoiceFilter(label=_("Level of the outlet"), choices=(), field_name="outlet_level")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), field_name="site__category"
    )
    year = django_filters.NumberFilter(label=_("Year"), method="in_year", min_value=1980, max_value=2999)
    reprint = django_filters.ChoiceFilter(
        label=_("Reprints"),
        choices=[(ORIGINALS, _("Counted: without reprints")), (REPRINTS, _("Reprints only"))],
        method="of_kind",
    )
    link = django_filters.ChoiceFilter(
        label=_("Link"),
        choices=[*LinkState.choices, (LOST, _("No longer opens, nothing kept"))],
        method="with_link",
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=CoverageState)

    class Meta(StyledFilterSet.Meta):
        model = Coverage
        fields = []

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        media, levels = {}, {}
        for programme in programmes_read_by(request.user):
            more_media, more_levels = names_of(schemes_of(programme))
            media, levels = media | more_media, levels | more_levels
        for name, names in (("medium", media), ("level", levels)):
            self.form.fields[name].choices = names.items()
            self.form.fields[name].widget.choices = [("", _("All")), *names.items()]

    def filter_queryset(self, queryset):
        """What was taken back is shown to those who ask for it."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(state=CoverageState.RECORDED)

    def search(self, queryset, name, value):
        return queryset.filter(coverage_matches(wanted(value)))

    def in_year(self, queryset, name, value):
        return queryset.filter(published_on__year=int(value))

    def of_kind(self, queryset, name, value):
        return queryset.filter(same_as__isnull=value == ORIGINALS)

    def with_link(self, queryset, name, value):
        found = queryset.exclude(url="")
        if value == LOST:
            return found.filter(link_state=LinkState.DEAD, snapshot="", file="")
        return found.filter(link_state=value)
