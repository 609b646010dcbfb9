"""The objections to public notices, for the office that decides them; never exported."""

import django_filters
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.filters import StyledFilterSet
from accounts.lists import listing
from accounts.scope import units_with_role
from assessments.enums import ObjectionChannel, ObjectionOutcome
from assessments.models import Objection

ORDERINGS = {
    "received": ("received_on",),
    "site": ("notice__site_name",),
    "until": ("notice__ends_on",),
    "outcome": ("outcome",),
}


class ObjectionFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Site, objection or findings"), method="search")
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=ObjectionOutcome)
    channel = django_filters.ChoiceFilter(label=_("How received"), choices=ObjectionChannel)

    class Meta(StyledFilterSet.Meta):
        model = Objection
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(notice__site_name__icontains=value) | Q(text__icontains=value) | Q(findings__icontains=value)
        )


def objections(request):
    """All objections to notices of the programmes whose office a person is, the latest first."""
    if not units_with_role(request.user, (Role.OFFICE,)):
        raise Http404
    rows = (
        Objection.objects.visible_to(request.user)
        .select_related(
            "notice__assessment__application__level",
            "notice__assessment__application__area",
            "decided_by",
        )
        .order_by("-id")
    )
    listed = listing(request, rows, filterset=ObjectionFilter, orderings=ORDERINGS)
    return render(request, "assessments/objections.html", {"listing": listed})
