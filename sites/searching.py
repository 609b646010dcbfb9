"""How sites and plaques are found by what somebody types."""

from django.db.models import Q

from accounts.models import Unit
from accounts.wanted import Wanted
from sites.enums import PlaqueState
from sites.models import Plaque


def site_matches(wanted: Wanted) -> Q:
    """Sites by name, initials, township, and by the number of any of their plaques.

    Townships and plaques are looked through once beside the sites: joined to each site they take twice as long.
    """
    units = Unit.objects.filter(wanted.matching(texts=["name"]))
    found = wanted.matching(texts=["name"], initials=["initials"]) | Q(unit__in=units)
    # Words without a digit are no number of a plaque.
    if not any(each.isdigit() for each in wanted.text):
        return found
    numbered = Plaque.objects.filter(wanted.matching(numbers=["number"])).exclude(state=PlaqueState.REFUSED)
    return found | Q(pk__in=numbered.order_by().values("site"))


def plaque_matches(wanted: Wanted) -> Q:
    """Plaques by number, and by name and initials of their site."""
    return wanted.matching(texts=["site__name"], initials=["site__initials"], numbers=["number"])
