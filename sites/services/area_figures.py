"""What counties and parks report of themselves by year."""

from decimal import Decimal

from django.db import transaction

from accounts import clock
from accounts.errors import require
from accounts.models import Unit
from accounts.services import record
from sites.area_figure_rules import why_not_area_figures, why_not_set_area_figures
from sites.models import AreaFigure, Programme


@transaction.atomic
def set_area_figures(
    *, actor, programme: Programme, area: Unit, year: int, values: dict[str, Decimal | None]
) -> int:
    """Enter what an area reports of itself for a year; a code with None is taken back, one left out stays.

    What stood before ends with the new row and stays on record. Returns how many figures changed. Raises DomainError
    for other people than the area's staff and the leadership office, and for figures that cannot be.
    """
    Unit.objects.select_for_update(no_key=True).get(pk=area.pk)
    require(why_not_set_area_figures(actor, programme, area))
    asked_for = AreaFigure.objects.filter(programme=programme, area=area, year=year, superseded_at=None)
    standing = {row.code: row for row in asked_for}
    after = {code: row.value for code, row in standing.items()} | values
    require(
        why_not_area_figures(
            programme, year, {code: value for code, value in after.items() if value is not None}
        )
    )
    changed = {
        code: value
        for code, value in values.items()
        if value != (standing[code].value if code in standing else None)
    }
    if not changed:
        return 0
    moment = clock.now()
    ended = [standing[code].pk for code in changed if code in standing]
    AreaFigure.objects.filter(pk__in=ended).update(superseded_at=moment)
    AreaFigure.objects.bulk_create(
        AreaFigure(
            programme=programme,
            area=area,
            year=year,
            code=code,
            value=value,
            recorded_by=actor,
            recorded_at=moment,
        )
        for code, value in changed.items()
        if value is not None
    )
    record(action="area_figures.set", actor=actor, obj=area, unit=area, year=year, codes=sorted(changed))
    return len(changed)
