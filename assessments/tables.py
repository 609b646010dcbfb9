"""The table of the annual review (复核情况表): which plaques of a year are reviewed, with room for what was found."""

import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, OfficialTable
from accounts.words import lazy_day
from applications.models import Cycle
from sites.enums import Awarder, PlaqueState
from sites.models import Plaque
from sites.tables import by_level, reasons_of_revoking


def reviewed_plaques(cycle: Cycle):
    """The plaques a cycle's scheme has reviewed: of the levels that are awarded after an assessment, awarded in or
    before the year that lies so many years back, and in force when the cycle's year began."""
    begin = datetime.date(cycle.year, 1, 1)
    latest = datetime.date(cycle.year - cycle.review["years_before"], 12, 31)
    return (
        Plaque.objects.filter(site__programme=cycle.programme, awarded_on__lte=latest)
        .exclude(level__awarded_by=Awarder.AREA)
        .filter(Q(state=PlaqueState.VALID) | Q(state=PlaqueState.REVOKED, ended_on__gte=begin))
    )


def review_table(user, cycle: Cycle) -> OfficialTable:
    """The plaques of a cycle's annual review that a person may see, by level and area. What was found is written by
    hand, except of plaques taken back in the cycle's year."""
    plaques = list(
        reviewed_plaques(cycle)
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
            lambda plaque: _row(plaque, cycle.year, reasons.get(plaque.pk, "")),
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


def _row(plaque: Plaque, year: int, reason: str) -> list:
    taken_back = plaque.ended_on is not None and plaque.ended_on.year == year
    return [
        plaque.number,
        plaque.site.name,
        str(plaque.site.category),
        str(plaque.site.area),
        str(lazy_day(plaque.awarded_on)),
        str(PlaqueState.REVOKED.label) if taken_back else "",
        reason if taken_back else "",
        str(lazy_day(plaque.ended_on)) if taken_back else "",
    ]
