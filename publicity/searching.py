"""How coverage and exemplary cases are found by what somebody types."""

from django.db.models import Q

from accounts.wanted import Wanted


def coverage_matches(wanted: Wanted) -> Q:
    """Coverage by title, outlet and site."""
    return wanted.matching(texts=["title", "outlet", "site__name"], initials=["initials", "site__initials"])


def case_matches(wanted: Wanted) -> Q:
    """Exemplary cases by title, summary and site."""
    return wanted.matching(texts=["title", "summary", "site__name"], initials=["initials", "site__initials"])
