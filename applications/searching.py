"""How applications are found by what somebody types."""

from django.db.models import Q

from accounts.wanted import Wanted


def application_matches(wanted: Wanted) -> Q:
    """Applications by number, by name and initials of their site, and by the number of their address."""
    found = wanted.matching(texts=["site__name"], initials=["site__initials"], numbers=["number"])
    ids = [int(each) for each in wanted.numbers if each.isascii() and each.isdecimal() and len(each) < 19]
    return found | Q(pk__in=ids) if ids else found
