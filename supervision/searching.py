"""How findings are found by what somebody types."""

from django.db.models import Q

from accounts.wanted import Wanted


def finding_matches(wanted: Wanted) -> Q:
    """Findings by number, text, site and unit."""
    return wanted.matching(
        texts=["text", "site__name", "unit__name"], initials=["site__initials"], numbers=["number"]
    )
