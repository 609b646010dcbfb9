"""How sites and plaques are found by what somebody types."""

from django.db.models import Case, Q, Value, When

from accounts.models import Unit
from accounts.wanted import Wanted
from sites.enums import PlaqueState
from sites.models import Plaque, Site

#: Sites suggested at once.
MOST_OFFERED = 20
#: Where the letters and digits of a plaque's number are kept.
_BARE = {"number": "bare_number"}


def site_matches(wanted: Wanted) -> Q:
    """Sites by name, initials, township, and by the number of any of their plaques.

    Townships and plaques are looked through once beside the sites: joined to each site they take twice as long.
    """
    units = Unit.objects.filter(wanted.matching(texts=["name"]))
    found = wanted.matching(texts=["name"], initials=["initials"]) | Q(unit__in=units)
    # Words without a digit are no number of a plaque.
    if not any(each.isdigit() for each in wanted.text):
        return found
    numbered = Plaque.objects.filter(wanted.matching(numbers=["number"], bare=_BARE))
    numbered = numbered.exclude(state=PlaqueState.REFUSED)
    return found | Q(pk__in=numbered.order_by().values("site"))


def plaque_matches(wanted: Wanted) -> Q:
    """Plaques by number, and by name and initials of their site."""
    return wanted.matching(texts=["site__name"], initials=["site__initials"], numbers=["number"], bare=_BARE)


def site_label(site: Site) -> str:
    """A site by its name and area: names repeat."""
    return f"{site.name} · {site.area}"


def sites_fitting(sites, wanted: Wanted):
    """Of some sites those that fit what was typed (nothing typed: all), names that begin so first."""
    if wanted.text:
        # The names are read through once from front to back; by the units a person reaches SQLite would pick each row.
        sites = sites.filter(pk__in=Site.objects.order_by().filter(site_matches(wanted)).values("pk"))
    first = When(
        Q(name__istartswith=wanted.text) | Q(initials__startswith=wanted.text.lower()), then=Value(0)
    )
    return sites.select_related("area", "category").order_by(Case(first, default=Value(1)), "initials", "pk")
