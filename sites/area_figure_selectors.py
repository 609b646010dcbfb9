"""What counties and parks report of themselves, as its pages show it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.rules import has_role
from accounts.scope import reached_unit_ids
from sites.figures import figure_label
from sites.models import AreaFigure, Programme
from sites.selectors import areas_of, programmes_read_by

#: How many years back figures are entered from the page.
YEARS = 5


@dataclass(frozen=True)
class AreaReport:
    """What one area reported for a year: a number (None: not reported) for each figure of the programme."""

    area: Unit
    values: list[Decimal | None]
    reported_at: datetime.datetime | None
    may_enter: bool

    @property
    def is_whole(self) -> bool:
        return None not in self.values


def asking_programmes(user) -> list[Programme]:
    """The programmes a person reads that ask areas for figures."""
    return [programme for programme in programmes_read_by(user) if programme.area_figures]


def read_areas(user, programme: Programme):
    """The areas of a programme whose figures the person reads."""
    return areas_of(programme).filter(pk__in=reached_unit_ids(user))


def years_offered() -> list[int]:
    """The years figures are entered for, the present one first."""
    present = clock.today().year
    return list(range(present, present - YEARS, -1))


def area_reports(user, programme: Programme, year: int) -> list[AreaReport]:
    """What each area the person reads reported for a year; three queries whatever the number of areas."""
    areas = list(read_areas(user, programme))
    found: dict[int, dict[str, AreaFigure]] = {area.pk: {} for area in areas}
    rows = AreaFigure.objects.visible_to(user).filter(programme=programme, year=year, superseded_at=None)
    for row in rows.filter(area__in=found):
        found[row.area_id][row.code] = row
    is_office = has_role(user, Role.OFFICE, programme.owner)
    return [
        _report(programme, area, found[area.pk], is_office or has_role(user, Role.UNIT_STAFF, area))
        for area in areas
    ]


def _report(programme: Programme, area: Unit, rows: dict[str, AreaFigure], may_enter: bool) -> AreaReport:
    codes = [figure["code"] for figure in programme.area_figures]
    return AreaReport(
        area=area,
        values=[rows[code].value if code in rows else None for code in codes],
        reported_at=max((row.recorded_at for row in rows.values()), default=None),
        may_enter=may_enter,
    )


def earlier_area_figures(user, programme: Programme, area: Unit, year: int) -> list[tuple[str, AreaFigure]]:
    """Every figure an area entered for a year with its name, the last first; corrected ones too."""
    names = {figure["code"]: figure_label(figure) for figure in programme.area_figures}
    rows = AreaFigure.objects.visible_to(user).filter(programme=programme, area=area, year=year)
    return [
        (names.get(row.code, row.code), row) for row in rows.select_related("recorded_by").order_by("-id")
    ]
