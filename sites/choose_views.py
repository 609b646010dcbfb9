"""Suggestions while somebody types which site is meant."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.wanted import wanted
from sites.enums import SiteState
from sites.models import Site
from sites.searching import MOST_OFFERED, site_label, sites_fitting

#: What the suggestions can be narrowed by, and the field each stands for.
_NARROWED = {"programme": "programme__in", "area": "area__in", "category": "category__in"}


@require_safe
def choose(request):
    """The first active sites that fit ?q= among those the person may see, and what to say about them."""
    sites = Site.objects.visible_to(request.user).filter(state=SiteState.ACTIVE)
    for name, field in _NARROWED.items():
        if ids := _numbers(request, name):
            sites = sites.filter(**{field: ids})
    sites = sites.exclude(pk__in=_numbers(request, "without"))
    found = list(sites_fitting(sites, wanted(request.GET.get("q", "")))[: MOST_OFFERED + 1])
    items = [
        {"id": site.pk, "label": site_label(site), "detail": str(site.category)}
        for site in found[:MOST_OFFERED]
    ]
    return JsonResponse({"items": items, "words": _words(len(found))})


def _words(count: int) -> str:
    if count > MOST_OFFERED:
        return _("The first %(most)s. Type more to narrow them down.") % {"most": MOST_OFFERED}
    if not count:
        return _("No site fits.")
    return ngettext("%(n)s site", "%(n)s sites", count) % {"n": count}


def _numbers(request, name: str) -> list[int]:
    return [int(each) for each in request.GET.getlist(name) if each.isdecimal() and len(each) < 19]
