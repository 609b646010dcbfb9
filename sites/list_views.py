"""The lists of sites and plaques, today's and those as of a past day."""

import datetime

from django.utils.translation import gettext as _

from accounts.lists import respond
from sites import as_of
from sites.filters import PlaqueFilter, PlaqueRecordFilter, SiteFilter, SiteRecordFilter
from sites.imports.services import importable
from sites.resources import PlaqueResource, SiteResource
from sites.rows import plaque_row, site_row
from sites.rules import may_register_sites
from sites.selectors import plaques_for_list, programmes_read_by, sites_for_list

SITE_ORDERINGS = {
    "name": ("initials", "name"),
    "category": ("category__order",),
    "area": ("area_id",),
    "registered": ("registered_at",),
}
SITE_RECORD_ORDERINGS = {
    "name": ("shown__initials", "shown__name"),
    "category": ("category__order",),
    "area": ("area_id",),
    "registered": ("site__registered_at",),
}
PLAQUE_ORDERINGS = {
    "number": ("number",),
    "level": ("level__rank",),
    "site": ("site__initials", "site__name"),
    "area": ("site__area_id",),
    "awarded": ("awarded_on",),
    "ended": ("ended_on",),
}
PLAQUE_RECORD_ORDERINGS = {
    "number": ("shown__number",),
    "level": ("level__rank",),
    "site": ("shown__initials", "shown__name"),
    "area": ("area_id",),
    "awarded": ("shown__awarded_on",),
    "ended": ("shown__ended_on",),
}


def site_list(request):
    """Sites; with ?as_of=YYYY-MM-DD as the list stood at the end of that day."""
    day = as_of.past_day(request.GET.get("as_of", ""))
    return respond(
        request,
        as_of.sites_as_of(request.user, day) if day else sites_for_list(request.user),
        template="sites/list.html",
        filterset=SiteRecordFilter if day else SiteFilter,
        orderings=SITE_RECORD_ORDERINGS if day else SITE_ORDERINGS,
        resource=SiteResource,
        title=_("Sites"),
        action="site.export",
        context=lambda listing: {
            "rows": [site_row(one) for one in listing.page],
            **_past(day),
            "may_register": may_register_sites(request.user),
            "may_import": bool(importable(request.user)),
        },
        day=day,
    )


def plaque_list(request):
    """Plaques of all states but refused claims; with ?as_of=YYYY-MM-DD as the list stood at the end of that day."""
    day = as_of.past_day(request.GET.get("as_of", ""))
    return respond(
        request,
        as_of.plaques_as_of(request.user, day) if day else plaques_for_list(request.user),
        template="sites/plaques.html",
        filterset=PlaqueRecordFilter if day else PlaqueFilter,
        orderings=PLAQUE_RECORD_ORDERINGS if day else PLAQUE_ORDERINGS,
        resource=PlaqueResource,
        title=_("Plaques"),
        action="plaque.export",
        context=lambda listing: {
            "rows": [plaque_row(one) for one in listing.page],
            **_past(day),
            "programmes": programmes_read_by(request.user),
        },
        day=day,
    )


def _past(day: datetime.date | None) -> dict:
    """What the page says of the day its list is of."""
    if day is None:
        return {}
    begin = as_of.records_begin()
    return {"day": day, "records_begin": begin, "is_before": begin is None or day < begin}
