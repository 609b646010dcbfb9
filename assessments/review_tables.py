"""The table of the annual review (复核情况表): which plaques of a year are reviewed and what came of it, with room
for a pen where nothing has come of it yet."""

import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, OfficialTable
from accounts.words import lazy_day
from applications.models import Cycle
from assessments.enums import ReviewState
from assessments.models import Review
from assessments.reviewing.days import latest_award
from assessments.reviewing.drawing import REVIEWED_STATES
from assessments.reviewing.selectors import results_of
from sites.enums import PlaqueState
from sites.models import Plaque
from sites.tables import by_level, reasons_of_revoking

#: States in which something has come of a review.
_WITH_RESULT = (
    ReviewState.PASSED,
    ReviewState.FAILED,
    ReviewState.RECTIFYING,
    ReviewState.RECTIFIED,
    ReviewState.DROPPED,
)


def tabled_plaques(cycle: Cycle, drawn: dict[int, Review]):
    """The plaques on a cycle's list, and those the rule names that were still held when the cycle's year began."""
    begin = datetime.date(cycle.year, 1, 1)
    held = Q(state__in=REVIEWED_STATES) | Q(state=PlaqueState.REVOKED, ended_on__gte=begin)
    by_rule = held & Q(level__code__in=cycle.review.get("levels", []), since__lte=latest_award(cycle))
    rows = Plaque.objects.filter(site__programme=cycle.programme_id)
    return rows.annotate(since=Coalesce("held_since", "awarded_on")).filter(by_rule | Q(pk__in=drawn))


def review_table(user, cycle: Cycle) -> OfficialTable:
    """The plaques of a cycle's annual review that a person may see, by level and area, with their results."""
    drawn = results_of(cycle)
    plaques = list(
        tabled_plaques(cycle, drawn)
        .filter(pk__in=Plaque.objects.visible_to(user))
        .select_related("site__category", "site__area", "level")
        .order_by("level__rank", "site__area_id", "awarded_on", "id")
    )
    reasons = reasons_of_revoking(plaques)
    return OfficialTable(
        title=_("Annual review of %(cycle)s") % {"cycle": cycle},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=_columns(),
        groups=by_level(
            plaques,
            lambda plaque: plaque.level,
            lambda plaque: _row(plaque, cycle.year, drawn.get(plaque.pk), reasons.get(plaque.pk, "")),
        ),
        total=_("In all %(all)s plaques awarded in or before %(year)s.")
        % {"all": len(plaques), "year": cycle.year - cycle.review["years_before"]},
        remarks=(_("Unit of counting: plaques. A site with plaques of several levels has a line for each."),),
        row_height=32,
    )


def _columns() -> list[Column]:
    return [
        Column(_("Plaque number"), 22),
        Column(_("Site name"), 34),
        Column(_("Category"), 11, centred=True),
        Column(_("County or park"), 14, centred=True),
        Column(_("Awarded on"), 17, centred=True),
        Column(_("Result of the review"), 13, centred=True),
        Column(_("Opinion"), 26),
        Column(_("Day of the review"), 17, centred=True),
    ]


def _row(plaque: Plaque, year: int, review: Review | None, reason: str) -> list:
    return [
        plaque.number,
        plaque.site.name,
        str(plaque.site.category),
        str(plaque.site.area),
        str(lazy_day(plaque.awarded_on)),
        *_result(plaque, year, review, reason),
    ]


def _result(plaque: Plaque, year: int, review: Review | None, reason: str) -> list[str]:
    """Result, opinion and day: a plaque taken back in the year says so, whatever the review came to."""
    if plaque.ended_on is not None and plaque.ended_on.year == year:
        return [str(plaque.get_state_display()), reason, str(lazy_day(plaque.ended_on))]
    if review is None or review.state not in _WITH_RESULT:
        return ["", "", ""]
    if review.state in (ReviewState.RECTIFYING, ReviewState.RECTIFIED):
        words = _("rectify by %(day)s") % {"day": lazy_day(review.rectify_by)}
        return [words, review.findings, ""]
    day = str(lazy_day(review.decided_on)) if review.decided_on else ""
    return [str(review.get_state_display()), review.findings, day]
