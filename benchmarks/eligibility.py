"""What it costs to say who may apply: one page of the city's table, and all of it, beside reading the rows alone."""

from types import SimpleNamespace

from benchmarks.timing import Line, medians

#: Above so many sites the whole table is not measured: its cost grows with them, a page's does not.
MOST = 10_000


def run(scene: SimpleNamespace, size: int) -> list[Line]:
    """Measure with the sites that are there."""
    page, page_floor = medians(lambda: _table(scene)[0:25], lambda: _rows(scene, 25), repetitions=20)
    whole, whole_floor = medians(
        lambda: len(_table(scene, kind="no")), lambda: _rows(scene, size), repetitions=3, warm_up=1
    )
    return [
        Line(f"who may apply, 25 rows of {size:,} sites", page, "reading the page's rows", page_floor, ""),
        Line(f"who may apply, all {size:,} sites", whole, "reading all rows", whole_floor, "≤ 4"),
    ]


def _table(scene, **chosen):
    from accounts import clock
    from applications.eligibility_table import EligibilityTable

    return EligibilityTable(_sites(scene), scene.cycles[0], on=clock.today(), **chosen)


def _sites(scene):
    from sites.models import Site

    return Site.objects.visible_to(scene.office).filter(programme=scene.programme)


def _rows(scene, most: int) -> None:
    """The sites with category and area, and their plaques, as objects."""
    from sites.models import Plaque

    sites = list(_sites(scene).prefetch_related("category", "area")[:most])
    chosen = sites if most <= 25 else _sites(scene).order_by()
    list(Plaque.objects.filter(site__in=chosen))
