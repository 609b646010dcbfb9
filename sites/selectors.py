from django.db.models import Count, Exists, OuterRef, Prefetch

from accounts.enums import READING_ROLES
from accounts.models import Unit
from accounts.scope import units_with_role
from sites.enums import PlaqueState, SiteState
from sites.models import Level, Plaque, Programme, Site, SiteTally


def sites_for_list(user, programme: Programme | None = None):
    """Sites with what a list row shows, in a fixed number of queries.

    Fetched beside, not joined: with inner joins SQLite sorts all rows before it takes the page's 25.
    """
    sites = Site.objects.visible_to(user).prefetch_related("category", "area", "unit")
    if programme is not None:
        sites = sites.filter(programme=programme)
    return sites.prefetch_related(valid_plaques())


def valid_plaques() -> Prefetch:
    """Each site's plaques in force, as `plaques_in_force`, lowest level first."""
    held = Plaque.objects.in_force().select_related("level").order_by("level__rank")
    return Prefetch("plaques", queryset=held, to_attr="plaques_in_force")


def with_plaque(sites, level: Level):
    """Only the sites that hold a valid plaque of the level."""
    return sites.filter(Exists(Plaque.objects.in_force().filter(site=OuterRef("pk"), level=level)))


def plaque_in_force(site: Site, level: Level, day=None) -> Plaque | None:
    """The site's plaque of a level that is in force now or was on a day."""
    return Plaque.objects.in_force(day).filter(site=site, level=level).first()


def areas_of(programme: Programme):
    """The county-level units below the programme's owner, in the order of the programme file."""
    return Unit.objects.areas().within(programme.owner)


def tally(programme: Programme, areas) -> dict[tuple[int, int, int | None], int]:
    """Counts by (area id, category id, level id or None for all active sites), read from the kept summary."""
    rows = SiteTally.objects.filter(category__programme=programme, area__in=areas)
    return {(row.area_id, row.category_id, row.level_id): row.count for row in rows}


def counted_tally(programme: Programme) -> dict[tuple[int, int, int | None], int]:
    """The same counts taken from the sites and plaques themselves; slower with every site."""
    counts = {}
    active = Site.objects.filter(programme=programme, state=SiteState.ACTIVE)
    for area, category, count in active.order_by().values_list("area", "category").annotate(n=Count("id")):
        counts[area, category, None] = count
    held = Plaque.objects.filter(state=PlaqueState.VALID, site__in=active).order_by()
    for area, category, level, count in held.values_list("site__area", "site__category", "level").annotate(
        n=Count("id")
    ):
        counts[area, category, level] = count
    return counts


def programmes_read_by(user) -> list[Programme]:
    """The programmes whose sites a person reads by a role: their owners stand above or below the role's unit."""
    paths = [unit.path for unit in units_with_role(user, READING_ROLES)]
    return [
        programme
        for programme in (Programme.objects.select_related("owner") if paths else ())
        if any(
            path.startswith(programme.owner.path) or programme.owner.path.startswith(path) for path in paths
        )
    ]
