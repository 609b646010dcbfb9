"""The four-media matrix: what each site has in each medium in a year, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from applications.filters import visible_cycles
from publicity.coverage_selectors import originals
from publicity.schemes import FLAGSHIPS, HOLDERS, Scheme
from sites.enums import SiteState
from sites.filters import visible_areas
from sites.models import Category, Plaque, Site

ORDERINGS = {"name": ("initials",), "area": ("area_id", "initials"), "filled": ("filled",)}
#: What is shown: sites with any medium missing, with one missing that is a duty, or with all of them.
MISSING, OWED, COMPLETE = "missing", "owed", "complete"


@dataclass(frozen=True)
class MediumCell:
    """How much a site has in a medium, the list of it, and where it is recorded for those who may."""

    medium: object
    count: int
    url: str
    #: It is missing, and there it is a duty.
    is_owed: bool


@dataclass(frozen=True)
class SiteRow:
    site: Site
    is_duty: bool
    cells: list[MediumCell]

    @cached_property
    def filled(self) -> int:
        return sum(cell.count > 0 for cell in self.cells)

    @cached_property
    def missing(self) -> list:
        return [cell.medium for cell in self.cells if not cell.count]


def sites_of_matrix(user, scheme: Scheme):
    """The active sites a person sees of the scheme's programme, with `filled`, in how many media they have originals of
    the year, and `is_duty`, whether every medium is a duty for them."""
    codes = [medium.code for medium in scheme.media]
    there = (
        originals()
        .filter(site=OuterRef("pk"), published_on__year=scheme.cycle.year, medium__in=codes)
        .order_by()
        .values("site")
    )
    sites = Site.objects.visible_to(user).filter(programme=scheme.cycle.programme_id, state=SiteState.ACTIVE)
    filled = Subquery(there.annotate(n=Count("medium", distinct=True)).values("n"))
    return sites.prefetch_related("area", "category").annotate(
        filled=Coalesce(filled, 0), is_duty=duty_of(scheme)
    )


def duty_of(scheme: Scheme):
    """Whether coverage in every medium is a duty for a site, as an expression over sites."""
    if scheme.duty_of == FLAGSHIPS:
        return Q(is_flagship=True)
    if scheme.duty_of == HOLDERS:
        return Exists(Plaque.objects.in_force().filter(site=OuterRef("pk")))
    return Q(pk__in=[])


class MatrixFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Name or pinyin initials"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles, method="unchanged")
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.all())
    show = django_filters.ChoiceFilter(
        label=_("Shown"),
        choices=[
            (MISSING, _("A medium is missing")),
            (OWED, _("A medium is missing that is a duty")),
            (COMPLETE, _("All media are there")),
        ],
        method="standing",
    )

    class Meta(StyledFilterSet.Meta):
        model = Site
        fields = []

    def __init__(self, *args, scheme: Scheme, **kwargs):
        super().__init__(*args, **kwargs)
        self.scheme = scheme

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(Q(name__icontains=value) | Q(initials__startswith=value.lower()))

    def unchanged(self, queryset, name, value):
        return queryset

    def standing(self, queryset, name, value):
        whole = len(self.scheme.media)
        if value == COMPLETE:
            return queryset.filter(filled=whole)
        found = queryset.filter(filled__lt=whole)
        return found.filter(is_duty=True) if value == OWED else found


def with_cells(sites: Iterable[Site], scheme: Scheme) -> list[SiteRow]:
    """The rows of the matrix; one query for all of them."""
    sites, year = list(sites), scheme.cycle.year
    counts = (
        originals()
        .filter(site__in=[site.pk for site in sites], published_on__year=year)
        .order_by()
        .values_list("site", "medium")
        .annotate(n=Count("pk"))
    )
    found = {(site, medium): n for site, medium, n in counts}
    path = reverse("publicity:coverage")
    return [
        SiteRow(
            site=site,
            is_duty=site.is_duty,
            cells=[
                MediumCell(
                    medium=medium,
                    count=found.get((site.pk, medium.code), 0),
                    url=f"{path}?{urlencode(_query(site, medium, year))}",
                    is_owed=site.is_duty and not found.get((site.pk, medium.code)),
                )
                for medium in scheme.media
            ],
        )
        for site in sites
    ]


def _query(site: Site, medium, year: int) -> dict:
    return {"site": site.pk, "medium": medium.code, "year": year, "reprint": "no"}
