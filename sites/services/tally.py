"""The summary of sites and plaques by area, category and level, kept with every change of what it counts."""

from django.db import transaction
from django.db.models import F

from sites.models import Plaque, Programme, Site, SiteTally
from sites.selectors import counted_tally


@transaction.atomic
def recount(*, programme: Programme) -> int:
    """Rebuild the summary from sites and plaques; returns the number of rows written."""
    SiteTally.objects.filter(category__programme=programme).delete()
    rows = [
        SiteTally(area_id=area, category_id=category, level_id=level, count=count)
        for (area, category, level), count in counted_tally(programme).items()
    ]
    return len(SiteTally.objects.bulk_create(rows))


def count_site(site: Site, change: int) -> None:
    add_to_tally(site.area_id, site.category_id, None, change)


def count_plaque(plaque: Plaque, change: int) -> None:
    """Count a plaque in or out; its site's area and category are those of now."""
    add_to_tally(plaque.site.area_id, plaque.site.category_id, plaque.level_id, change)


def add_to_tally(area_id: int, category_id: int, level_id: int | None, change: int) -> None:
    """Change one count of the summary, in the transaction that changes what it counts."""
    if change == 0:
        return
    row, _created = SiteTally.objects.get_or_create(
        area_id=area_id, category_id=category_id, level_id=level_id
    )
    SiteTally.objects.filter(pk=row.pk).update(count=F("count") + change)
