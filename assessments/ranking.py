"""The ranked recommendation (择优上报): the order of scores proposes, and every other order needs a person's reason."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.words import lazy_list
from assessments.models import Assessment, Recommendation


def why_reason_wanted(order: Sequence[Assessment], left_out: Sequence[Assessment] = ()) -> dict[int, str]:
    """Which places of a list need a reason, by assessment id, with the words why.

    A site needs one when another of an equal or a higher score stands behind it or is left out: equal scores are
    decided by a person, and so is every step away from the order of scores.
    """
    wanted = {}
    for place, site in enumerate(order):
        behind = [*order[place + 1 :], *left_out]
        equal = [other for other in behind if other.score == site.score]
        higher = [other for other in behind if other.score > site.score]
        if higher:
            wanted[site.pk] = _("stands before a higher score: %(sites)s") % {"sites": _names(higher)}
        elif equal:
            wanted[site.pk] = _("stands before an equal score: %(sites)s") % {"sites": _names(equal)}
    return wanted


def next_rank(cycle_id: int, level_id: int) -> int:
    """The first rank not yet given: a list sent up later goes on where the last one ended."""
    ranks = Recommendation.objects.filter(cycle_id=cycle_id, level_id=level_id).order_by("-rank")
    return (ranks.values_list("rank", flat=True).first() or 0) + 1


def _names(sites: Sequence[Assessment]) -> str:
    return str(lazy_list([site.application.site.name for site in sites]))
