"""The plaque ledger (授牌台账) an office keeps and hands up: every plaque of a programme up to a day."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts import clock
from accounts.names import in_language
from accounts.tables import Column, Group, OfficialTable
from accounts.words import lazy_day, lazy_list
from sites.as_of import end_of, records_begin
from sites.enums import END_STEPS, ENDED_STATES, GIVEN_STATES, PlaqueState
from sites.models import Level, Plaque, PlaqueLog, PlaqueRecord, Programme
from sites.selectors import plaques_with_shown
from sites.shown import plaque_shown, still_to_hand_in


def plaque_ledger(user, programme: Programme, day: datetime.date) -> OfficialTable:
    """The plaques a person may see, as the ledger said at the end of `day`: today's as they stand, those of a past day
    from the records. Of a day before there were records only the dates written can tell, and the table says so."""
    remarks = [_("Unit of counting: plaques. Plaques not yet confirmed are not counted.")]
    if day >= clock.today():
        lines = [_live_line(plaque) for plaque in _live(user, programme)]
    elif _is_on_record(day):
        lines = [_kept_line(one) for one in _kept(user, programme, day)]
    else:
        lines = [_dated_line(plaque, day) for plaque in _live(user, programme).filter(awarded_on__lte=day)]
        remarks.append(_("No records were kept on that day: drawn up by the dates known today."))
    return OfficialTable(
        title=_("Plaque ledger of %(programme)s (as of %(day)s)")
        % {"programme": programme, "day": lazy_day(day)},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=_columns(),
        groups=by_level(lines, lambda line: line.level, _row),
        total=_total(lines),
        remarks=tuple(remarks),
    )


@dataclass(frozen=True)
class Line:
    """A plaque in the ledger: its level, what is shown of it, and its state on the ledger's day."""

    level: Level
    shown: dict
    state: str

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED_STATES


def _is_on_record(day: datetime.date) -> bool:
    begin = records_begin()
    return begin is not None and day >= begin


def _live(user, programme: Programme):
    plaques = plaques_with_shown(Plaque.objects.visible_to(user).filter(site__programme=programme))
    return plaques.filter(state__in=GIVEN_STATES).order_by("level__rank", "site__area_id", "awarded_on", "id")


def _kept(user, programme: Programme, day: datetime.date):
    rows = PlaqueRecord.objects.visible_to(user).at(end_of(day)).select_related("level")
    rows = rows.filter(category__programme=programme, state__in=GIVEN_STATES)
    return sorted(rows, key=lambda one: (one.level.rank, one.area_id, one.shown["awarded_on"], one.plaque_id))


def _live_line(plaque: Plaque) -> Line:
    return Line(plaque.level, plaque_shown(plaque), plaque.state)


def _kept_line(one: PlaqueRecord) -> Line:
    return Line(one.level, one.shown, one.state)


def _dated_line(plaque: Plaque, day: datetime.date) -> Line:
    """A plaque as its dates tell of a day: what came after that day had not happened yet."""
    shown = plaque_shown(plaque)
    if plaque.ended_on is not None and plaque.ended_on <= day:
        return Line(plaque.level, shown, plaque.state)
    return Line(plaque.level, shown | {"ended_on": "", "why": ""}, PlaqueState.VALID)


def _total(lines: list[Line]) -> str:
    ended = sum(line.is_ended for line in lines)
    suspended = sum(line.state == PlaqueState.SUSPENDED for line in lines)
    counts = {"all": len(lines), "valid": len(lines) - ended - suspended, "ended": ended}
    if suspended:
        words = _("In all %(all)s plaques: %(valid)s in force, %(suspended)s suspended, %(ended)s ended.")
        return words % {**counts, "suspended": suspended}
    return _("In all %(all)s plaques: %(valid)s in force, %(ended)s ended.") % counts


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
    """Why each of these plaques ended, by its id; one query."""
    ended = [plaque.pk for plaque in plaques if plaque.ended_on]
    rows = PlaqueLog.objects.filter(subject__in=ended, action__in=END_STEPS).order_by("id")
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
        Column(_("Ended on, and why"), 26),
    ]


def _row(line: Line) -> list:
    shown = line.shown
    return [
        shown["number"],
        shown["site"],
        in_language(shown["category"], "name"),
        in_language(shown["area"], "name"),
        str(lazy_day(datetime.date.fromisoformat(shown["awarded_on"]))),
        shown["basis"],
        str(PlaqueState(line.state).label),
        _ending(line),
    ]


def _ending(line: Line) -> str:
    """When and why a plaque ended, and whether the metal plaque is still out."""
    shown = line.shown
    if not shown["ended_on"]:
        return ""
    words = [lazy_day(datetime.date.fromisoformat(shown["ended_on"])), shown["why"]]
    if still_to_hand_in(line.state, shown):
        words.append(_("not yet handed in"))
    return str(lazy_list([word for word in words if word]))
