"""Sites and plaques with what lists show of them, in a fixed number of queries, and what waits for whom."""

from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import READING_ROLES, Role
from accounts.models import Unit
from accounts.scope import units_with_role
from notices.todo import Todo
from sites.enums import (
    END_STEPS,
    HELD_STATES,
    IN_FORCE_STATES,
    SETTLED_BY,
    Awarder,
    PlaqueState,
)
from sites.models import (
    Level,
    Plaque,
    PlaqueHandling,
    PlaqueLog,
    Programme,
    Site,
)


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
    """Only the sites that hold a plaque of the level that counts: by its state, as the figures and the records do,
    until the end of its validity is written down."""
    held = Plaque.objects.filter(site=OuterRef("pk"), level=level, state__in=IN_FORCE_STATES)
    return sites.filter(Exists(held))


def plaques_with_shown(plaques):
    """Plaques with all that a list shows of them, in a fixed number of queries: `endings`, the log rows of their end,
    and `handled`, what was done with the metal plaque."""
    return _with_history(plaques.select_related("site__category", "site__area", "level"))


def _with_history(plaques):
    endings = PlaqueLog.objects.filter(action__in=END_STEPS).order_by("id")
    return plaques.prefetch_related(
        Prefetch("log", queryset=endings, to_attr="endings"),
        Prefetch("handlings", queryset=PlaqueHandling.objects.order_by("done_on", "id"), to_attr="handled"),
    )


def plaques_for_list(user):
    """The plaques a person may see, the last entered first, with what a list row shows; refused claims never were.

    Related rows are fetched beside, not joined (see `sites_for_list`).
    """
    seen = Plaque.objects.seen_by(user).exclude(state=PlaqueState.REFUSED)
    return _with_history(seen.prefetch_related("level", "site__category", "site__area")).order_by("-id")


#: Revoked plaques of a level shown one by one; more of them are one line: they may come to thousands over the years.
_SINGLY = 5


def waiting_for(user) -> list[Todo]:
    """Plaques that were taken back and not yet handed in, for whoever awarded them: one by one, the first revoked
    first, or many of a level in one line; two queries, one where there are none."""
    owners = units_with_role(user, (Role.OFFICE,))
    areas = units_with_role(user, (Role.UNIT_STAFF,))
    if not owners and not areas:
        return []
    awarded = ~Q(level__awarded_by=Awarder.AREA) & Q(level__programme__owner__in=owners)
    awarded |= Q(level__awarded_by=Awarder.AREA, site__area__in=areas)
    settled = PlaqueHandling.objects.filter(plaque=OuterRef("pk"), kind__in=SETTLED_BY)
    missing = Plaque.objects.filter(awarded, ~Exists(settled), state=PlaqueState.REVOKED)
    by_level: dict[tuple[int, int | None], int] = {}
    counted = missing.order_by().values_list("level", "level__awarded_by", "site__area")
    for level, awarder, area, count in counted.annotate(count=Count("pk")):
        key = (level, area if awarder == Awarder.AREA else None)
        by_level[key] = by_level.get(key, 0) + count
    few = [key for key, count in by_level.items() if count <= _SINGLY]
    many = {key: count for key, count in by_level.items() if count > _SINGLY}
    return (_to_hand_in_singly(missing, few) if few else []) + (_to_hand_in_together(many) if many else [])


def _to_hand_in_singly(missing, keys: list[tuple[int, int | None]]) -> list[Todo]:
    chosen = Q()
    for level, area in keys:
        chosen |= Q(level=level) if area is None else Q(level=level, site__area=area)
    return [
        Todo(
            text=_("Have a revoked plaque handed in: %(site)s (%(level)s)")
            % {"site": plaque.site.name, "level": plaque.level},
            url=reverse("sites:detail", args=[plaque.site_id]),
            detail=f"{plaque.site.area} · {plaque.number}",
        )
        for plaque in missing.filter(chosen).select_related("site__area", "level").order_by("ended_on", "pk")
    ]


def _to_hand_in_together(counts: dict[tuple[int, int | None], int]) -> list[Todo]:
    levels = Level.objects.select_related("programme").in_bulk({level for level, _area in counts})
    todos = []
    for (level, area), count in sorted(counts.items(), key=lambda one: (levels[one[0][0]].rank, one[0])):
        query = {"level": level, "state": PlaqueState.REVOKED.value, "to_hand_in": "true", "sort": "ended"}
        query |= {} if area is None else {"area": area}
        words = ngettext(
            "Have %(n)s revoked plaque handed in (%(level)s)",
            "Have %(n)s revoked plaques handed in (%(level)s)",
            count,
        )
        todos.append(
            Todo(
                text=words % {"n": count, "level": levels[level]},
                url=f"{reverse('sites:plaques')}?{urlencode(query)}",
                detail=str(levels[level].programme),
                count=count,
            )
        )
    return todos


def plaque_held(site: Site, level: Level) -> Plaque | None:
    """The plaque that takes the site's place at a level: in force, suspended or waiting for confirmation."""
    return Plaque.objects.held().filter(site=site, level=level).first()


def plaque_above(site: Site, level: Level) -> Plaque | None:
    """The plaque of the next higher level the site holds (not one that waits for confirmation), or None."""
    states = [state for state in HELD_STATES if state != PlaqueState.CLAIMED]
    higher = Plaque.objects.filter(site=site, level__rank__gt=level.rank, state__in=states)
    return higher.select_related("level__programme__owner", "site__area").order_by("level__rank").first()


def areas_of(programme: Programme):
    """The county-level units below the programme's owner, in the order of the programme file."""
    return Unit.objects.areas().within(programme.owner)


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
