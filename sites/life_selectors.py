"""The ledgers of sites read across: the overview of one, what waits over many, sums and changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import (
    CharField,
    Count,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit, User
from accounts.scope import units_with_role
from notices.todo import Todo
from sites.figures import figure_label
from sites.life_enums import EntryState
from sites.life_kinds import KINDS, Kind, find_kind
from sites.life_rules import liaison_site_ids
from sites.models import Entry, FigureReport, Plan, PlanGoal, Site, SiteFigure, SiteLiaison

#: Refused entries shown one by one among a liaison's to-dos; the ledgers show the rest.
_SHOWN = 20


@dataclass(frozen=True)
class Tile:
    """One ledger in the overview of a site: how many entries count, how many wait, and the newest one's words."""

    kind: Kind
    count: int
    waiting: int
    newest: str
    url: str


@dataclass(frozen=True)
class Overview:
    """The ledgers of a site, and how many liaisons it has today."""

    tiles: list[Tile]
    liaisons: int

    def count_of(self, code: str) -> int:
        return next(tile.count for tile in self.tiles if tile.kind.code == code)


def overview(site: Site) -> Overview:
    """Every ledger of a site at a glance, in one query whatever they hold."""
    kinds = [kind for kind in KINDS if not kind.is_part]
    read = {"liaisons_n": _counted(SiteLiaison.objects.on(clock.today()))}
    for kind in kinds:
        key = kind.model._meta.model_name
        confirmed = kind.model.objects.confirmed()
        if kind.model is FigureReport:
            # Figures also come with the site's form and with tables, without a report.
            years = SiteFigure.objects.filter(site=OuterRef("pk")).order_by()
            read[f"{key}_n"] = Coalesce(
                Subquery(years.values("site").annotate(n=Count("year", distinct=True)).values("n")), 0
            )
            read[f"{key}_newest"] = Subquery(years.order_by("-year").values("year")[:1])
        else:
            read[f"{key}_n"] = _counted(confirmed)
            newest = confirmed.filter(site=OuterRef("pk")).order_by(*kind.newest)
            read[f"{key}_newest"] = Subquery(newest.values("name")[:1])
        read[f"{key}_waiting"] = _counted(kind.model.objects.filter(state=EntryState.PROPOSED))
    row = Site.objects.filter(pk=site.pk).annotate(**read).values(*read).get()
    tiles = [_tile(site, kind, row) for kind in kinds]
    return Overview(tiles=tiles, liaisons=row["liaisons_n"])


def _counted(rows: QuerySet) -> Coalesce:
    of_site = rows.filter(site=OuterRef("pk")).order_by().values("site")
    return Coalesce(Subquery(of_site.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _tile(site: Site, kind: Kind, row: dict) -> Tile:
    key = kind.model._meta.model_name
    return Tile(
        kind=kind,
        count=row[f"{key}_n"],
        waiting=row[f"{key}_waiting"],
        newest=str(row[f"{key}_newest"] or ""),
        url=reverse("sites:life", args=[site.pk, kind.code]),
    )


def entries_of(site: Site, kind: Kind) -> QuerySet:
    """The entries of one ledger of a site with what its columns read, in a fixed number of queries."""
    rows = kind.model.objects.filter(site=site).select_related("recorded_by", *kind.related)
    if kind.model is Plan:
        rows = rows.prefetch_related(Prefetch("goals", queryset=PlanGoal.objects.order_by("year", "id")))
    return rows


# --- what waits -------------------------------------------------------------------------------------------------


def waiting_entries(user) -> QuerySet:
    """What waits for confirmation: in the areas of county staff, and what a liaison proposed; oldest first.

    Rows of (code of the ledger, id, moment); `fetched` makes entries of them.
    """
    return _union(_concerned(user), EntryState.PROPOSED, "recorded_at").order_by(
        "recorded_at", "ledger", "pk"
    )


def fetched(rows: Iterable[tuple]) -> list[Entry]:
    """The entries of rows of (code, id, ...), in the same order; a query for each ledger that occurs."""
    rows = list(rows)
    found = {}
    for code in sorted({row[0] for row in rows}):
        kind = find_kind(code)
        ids = [row[1] for row in rows if row[0] == code]
        related = ("site__area", "site__programme", "recorded_by", "supersedes", *kind.related)
        entries = kind.model.objects.filter(pk__in=ids).select_related(*related)
        if kind.model is Plan:
            entries = entries.prefetch_related("goals")
        found |= {(code, entry.pk): entry for entry in entries}
    return [found[row[0], row[1]] for row in rows if (row[0], row[1]) in found]


def chosen_entries(user, keys: Iterable[str]) -> list[Entry]:
    """The entries behind ticked boxes ("funds:12") that wait and that this person may see; others are left out."""
    wanted = {tuple(key.split(":", 1)) for key in keys if key.count(":") == 1}
    ids = {(code, int(pk)) for code, pk in wanted if find_kind(code) and pk.isdecimal() and len(pk) < 19}
    rows = []
    for code in sorted({code for code, _pk in ids}):
        mine = (
            find_kind(code)
            .model.objects.visible_to(user)
            .filter(pk__in=[pk for one, pk in ids if one == code], state=EntryState.PROPOSED)
        )
        rows += [(code, pk) for pk in mine.values_list("pk", flat=True)]
    return fetched(rows)


def waiting_for(user) -> list[Todo]:
    """The county's entries to confirm (one line for all of them), a liaison's refused ones; a query for each role."""
    return [*_to_confirm(user), *_refused(user)]


def _to_confirm(user) -> list[Todo]:
    areas = units_with_role(user, (Role.UNIT_STAFF,))
    if not areas:
        return []
    count = _union(Q(site__area__in=areas), EntryState.PROPOSED, "pk").count()
    if not count:
        return []
    words = ngettext("Confirm %(n)s entry of a site ledger", "Confirm %(n)s entries of site ledgers", count)
    return [
        Todo(
            text=words % {"n": count},
            url=reverse("sites:waiting"),
            detail=_("Proposed by the liaisons of your sites"),
        )
    ]


def _refused(user) -> list[Todo]:
    sites = liaison_site_ids(user)
    if not sites:
        return []
    scope = Q(recorded_by=user, site__in=sites)
    rows = _union(scope, EntryState.REFUSED, "words", "site__name").order_by("-pk", "ledger")[:_SHOWN]
    return [
        Todo(
            text=_("Change or take back what was not confirmed: %(name)s") % {"name": words},
            url=reverse("sites:entry", args=[code, pk]),
            detail=f"{site} · {find_kind(code).label}",
        )
        for code, pk, words, site in rows
    ]


def _concerned(user) -> Q:
    """The entries a person confirms, or proposed; a liaison's appointment must still hold."""
    concerned = Q(site__area__in=units_with_role(user, (Role.UNIT_STAFF,)))
    if sites := liaison_site_ids(user):
        concerned |= Q(recorded_by=user, site__in=sites)
    return concerned


def _union(scope: Q, state: str, *columns: str) -> QuerySet:
    """Rows of (code of the ledger, id, columns) of all ledgers at once."""
    parts = []
    for kind in KINDS:
        words = "year" if kind.model is FigureReport else "name"
        rows = kind.model.objects.filter(scope, state=state).order_by()
        rows = rows.annotate(
            ledger=Value(kind.code, output_field=CharField()), words=Cast(words, output_field=CharField())
        )
        parts.append(rows.values_list(*dict.fromkeys(("ledger", "pk", *columns))))
    return parts[0].union(*parts[1:], all=True)


# --- sums and changes -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FundSums:
    """What confirmed funds come to, in yuan."""

    by_year: list[tuple[int, Decimal]]
    by_source: list[tuple[str, Decimal]]
    total: Decimal


def fund_sums(rows: QuerySet) -> FundSums:
    """Sums of the confirmed ones of some funds, by year (newest first) and by source (largest first); two queries."""
    counted = rows.confirmed().order_by()
    by_year = list(counted.values_list("year").annotate(sum=Sum("amount")).order_by("-year"))
    by_source = list(counted.values_list("name").annotate(sum=Sum("amount")).order_by("-sum", "name"))
    return FundSums(
        by_year=by_year, by_source=by_source, total=sum((amount for _year, amount in by_year), Decimal(0))
    )


@dataclass(frozen=True)
class FigureCell:
    """A figure of a year, and what it changed since the year before (None where either is missing)."""

    value: Decimal | None
    change: Decimal | None


def figures_by_year(site: Site, most: int = 5) -> tuple[list[int], list[tuple[str, list[FigureCell]]]]:
    """The newest years (first) and for each of the programme's figures its cells; one query."""
    values = {(row.year, row.code): row.value for row in site.figures.all()}
    years = sorted({year for year, _code in values}, reverse=True)[:most]
    rows = []
    for figure in site.programme.figures:
        cells = []
        for year in years:
            now, before = values.get((year, figure["code"])), values.get((year - 1, figure["code"]))
            known = now is not None and before is not None
            cells.append(FigureCell(value=now, change=now - before if known else None))
        rows.append((figure_label(figure), cells))
    return years, rows


# --- liaisons ---------------------------------------------------------------------------------------------------


def liaison_candidates(site: Site) -> QuerySet:
    """Open accounts of the site's area and below it that are not its liaisons today."""
    units = Unit.objects.within(site.area)
    held = SiteLiaison.objects.filter(site=site, valid_to=None)
    people = User.objects.filter(is_active=True, unit__in=units).exclude(pk__in=held.values("user_id"))
    return people.select_related("unit").order_by("unit_id", "id")


def sites_kept_by(user) -> list[Site]:
    """The sites whose liaison the person is today; no query for others."""
    ids = liaison_site_ids(user)
    return list(Site.objects.filter(pk__in=ids).order_by("id")) if ids else []
