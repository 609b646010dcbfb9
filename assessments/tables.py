"""The official tables of assessment: the ranked list sent up (择优上报名单)."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, Group, OfficialTable
from accounts.words import lazy_day
from applications.models import Cycle
from assessments.selectors import ranked
from sites.models import Level


def ranking_table(user, cycle: Cycle, level: Level) -> OfficialTable:
    """The sites of a level sent up in a year, in the order of their ranks (择优上报名单)."""
    rows = [row for row in ranked(user, cycle, level) if getattr(row, "recommendation", None)]
    rows.sort(key=lambda row: row.recommendation.rank)
    return OfficialTable(
        title=_("%(year)s: sites recommended for the %(level)s level") % {"year": cycle.year, "level": level},
        filled_by=str(cycle.programme.owner),
        made_on=clock.today(),
        columns=[
            Column(_("Rank"), 7, centred=True),
            Column(_("Site name"), 34),
            Column(_("Category"), 11, centred=True),
            Column(_("County or park"), 14, centred=True),
            Column(_("Score"), 9, centred=True),
            Column(_("Minutes"), 24),
            Column(_("Reason"), 34),
            Column(_("Sent up on"), 17, centred=True),
        ],
        groups=[Group(str(level), [_ranked_row(row) for row in rows])] if rows else [],
        total=_("In all %(all)s sites.") % {"all": len(rows)},
        remarks=(_("Sites stand in the order of their scores unless a reason is given."),),
        row_height=32,
    )


def _ranked_row(row) -> list:
    application, sent = row.application, row.recommendation
    return [
        sent.rank,
        application.site.name,
        str(application.site.category),
        str(application.area),
        row.score,
        row.deliberation.minutes_number,
        sent.reason,
        str(lazy_day(sent.sent_on)),
    ]
