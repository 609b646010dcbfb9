"""The plaque ledger (授牌台账) an office keeps and hands up: every plaque of a programme up to a day."""

import datetime
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, Group, OfficialTable
from accounts.words import lazy_day, lazy_list
from sites.enums import PlaqueAction, PlaqueState
from sites.models import Level, Plaque, PlaqueLog, Programme


def plaque_ledger(user, programme: Programme, day: datetime.date) -> OfficialTable:
    """The plaques a person may see that were awarded up to `day`, in force then or taken back by then."""
    plaques = list(
        Plaque.objects.visible_to(user)
        .filter(site__programme=programme, awarded_on__lte=day)
        .filter(state__in=(PlaqueState.VALID, PlaqueState.REVOKED))
        .select_related("site__category", "site__area", "level")
        .order_by("level__rank", "site__area_id", "awarded_on", "id")
    )
    reasons = reasons_of_revoking(plaques)
    ended = sum(_ended(plaque, day) for plaque in plaques)
    return OfficialTable(
        title=_("Plaque ledger of %(programme)s (as of %(day)s)")
        % {"programme": programme, "day": lazy_day(day)},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=_columns(),
        groups=by_level(plaques, lambda plaque: plaque.level, lambda plaque: _row(plaque, day, reasons)),
        total=_("In all %(all)s plaques: %(valid)s in force, %(ended)s taken back.")
        % {"all": len(plaques), "valid": len(plaques) - ended, "ended": ended},
        remarks=(_("Unit of counting: plaques. Plaques not yet confirmed are not counted."),),
    )


def by_level(rows: Iterable, level_of: Callable[..., Level], values_of: Callable[..., list]) -> list[Group]:
    """Rows that come sorted by level, under the name of each level with their number."""
    found: dict[Level, list] = {}
    for row in rows:
        found.setdefault(level_of(row), []).append(values_of(row))
    return [
        Group(
            _("%(level)s (%(count)s)") % {"level": level, "count": len(values)},
            values,
        )
        for level, values in found.items()
    ]


def reasons_of_revoking(plaques: Iterable[Plaque]) -> dict[int, str]:
    """Why each of these plaques was taken back, by its id; one query."""
    ended = [plaque.pk for plaque in plaques if plaque.ended_on]
    rows = PlaqueLog.objects.filter(subject__in=ended, action=PlaqueAction.REVOKE).order_by("id")
    return dict(rows.values_list("subject_id", "reason"))


def _columns() -> list[Column]:
    return [
        Column(_("Plaque number"), 22),
        Column(_("Site name"), 34),
        Column(_("Category"), 11, centred=True),
        Column(_("County or park"), 14, centred=True),
        Column(_("Awarded on"), 17, centred=True),
        Column(_("Basis of the award"), 22),
        Column(_("State"), 9, centred=True),
        Column(_("Taken back on, and why"), 26),
    ]


def _row(plaque: Plaque, day: datetime.date, reasons: dict[int, str]) -> list:
    ended = _ended(plaque, day)
    return [
        plaque.number,
        plaque.site.name,
        str(plaque.site.category),
        str(plaque.site.area),
        str(lazy_day(plaque.awarded_on)),
        plaque.reason,
        str((PlaqueState.REVOKED if ended else PlaqueState.VALID).label),
        str(lazy_list([lazy_day(plaque.ended_on), reasons.get(plaque.pk, "")])) if ended else "",
    ]


def _ended(plaque: Plaque, day: datetime.date) -> bool:
    return plaque.ended_on is not None and plaque.ended_on <= day
