"""Numbers without gap or double: plaques per level and year, applications per owner and year."""

from django.db import transaction
from django.db.models import F

from sites.models import Level, NumberSequence, Plaque, Site


def next_number(series: str) -> int:
    """The next whole number (from 1) of a series; inside the caller's transaction, so an undone award leaves no gap."""
    with transaction.atomic():
        NumberSequence.objects.get_or_create(series=series)
        # The update takes the row lock: a second award waits here until the first commits or rolls back.
        NumberSequence.objects.filter(series=series).update(last=F("last") + 1)
        return NumberSequence.objects.get(series=series).last


def next_plaque_number(level: Level, site: Site, year: int) -> str:
    """The next plaque number by the level's pattern, e.g. 潭同社〔2017〕1号; counted per level, mark, area and year
    as far as the pattern names them."""
    parts = {"category": site.category.mark, "area": site.area.short_name, "year": year}
    series = f"plaque:{level.pk}:" + level.plaque_number.format(**parts, number="#")
    while True:
        number = level.plaque_number.format(**parts, number=next_number(series))
        # An earlier plaque registered by hand may already carry the number.
        if not Plaque.objects.filter(level=level, number=number).exists():
            return number
