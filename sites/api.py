"""Sites and plaques as other systems read them: no addresses, persons, telephones or papers."""

import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Field, Path, Query, Router, Schema

from accounts.api import (
    REFUSALS,
    REFUSALS_OF_ONE,
    Absent,
    AccessToken,
    Code,
    Key,
    Named,
    PageQuery,
    SiteRef,
    Year,
    named,
    page_of,
)
from accounts.enums import ApiScope
from sites.enums import PlaqueState, SiteState
from sites.models import Plaque, PlaqueRecord, Site, SiteRecord
from sites.selectors import valid_plaques

router = Router()


class PlaqueRef(Schema):
    id: int
    number: str
    level: Named


class SiteOut(Schema):
    id: int
    name: str
    programme: Named
    category: Named
    area: Named
    unit: Named
    state: SiteState
    flagship: bool
    registered_at: datetime.datetime
    changed_at: datetime.datetime
    plaques: list[PlaqueRef] = Field(description=gettext_noop("The plaques in force, lowest level first."))


class SitePage(Schema):
    items: list[SiteOut]
    next: int | None


class PlaqueOut(Schema):
    id: int
    number: str
    site: SiteRef
    programme: Named
    level: Named
    category: Named
    area: Named
    state: PlaqueState
    awarded_on: datetime.date
    held_since: datetime.date = Field(
        description=gettext_noop("The first award, where this plaque replaces an earlier one.")
    )
    valid_until: datetime.date | None
    ended_on: datetime.date | None
    changed_at: datetime.datetime
    check_url: str = Field(description=gettext_noop("Where anybody checks the plaque."))


class PlaquePage(Schema):
    items: list[PlaqueOut]
    next: int | None


class SiteQuery(PageQuery):
    area: Code = Field("", description=gettext_noop("Code of the county or park."))
    category: Code = Field("", description=gettext_noop("Code of the category."))
    level: Code = Field(
        "", description=gettext_noop("Code of a level of which the site has a plaque in force.")
    )
    state: SiteState | Absent = Field(None, description=gettext_noop("State of the site."))


class PlaqueQuery(PageQuery):
    area: Code = Field("", description=gettext_noop("Code of the county or park."))
    category: Code = Field("", description=gettext_noop("Code of the category."))
    level: Code = Field("", description=gettext_noop("Code of the level."))
    state: PlaqueState | Absent = Field(None, description=gettext_noop("State of the plaque."))
    number: Code = Field("", description=gettext_noop("The number that stands on the plaque."))
    year: Year | Absent = Field(None, description=gettext_noop("Year of the award."))


@router.get(
    "/sites",
    response={200: SitePage, **REFUSALS},
    auth=AccessToken(ApiScope.SITES),
    url_name="sites",
    summary=gettext_noop("Sites"),
    description=gettext_noop("The sites of the unit and of all units below it."),
)
def sites(request, query: Query[SiteQuery]):
    rows = _sites(request.reader)
    if query.level:
        held = Plaque.objects.in_force().filter(level__code=query.level)
        rows = rows.filter(pk__in=held.values("site"))
    wanted = {"area__code": query.area, "category__code": query.category, "state": query.state}
    return page_of(rows, query, _site, wanted=wanted)


@router.get(
    "/sites/{key}",
    response={200: SiteOut, **REFUSALS_OF_ONE},
    auth=AccessToken(ApiScope.SITES),
    url_name="site",
    summary=gettext_noop("One site"),
    description=gettext_noop("A site by its id."),
)
def site(request, key: Path[Key]):
    return _site(get_object_or_404(_sites(request.reader), pk=key))


@router.get(
    "/plaques",
    response={200: PlaquePage, **REFUSALS},
    auth=AccessToken(ApiScope.PLAQUES),
    url_name="plaques",
    summary=gettext_noop("Plaques"),
    description=gettext_noop("The plaques of these sites, ended ones too."),
)
def plaques(request, query: Query[PlaqueQuery]):
    wanted = {
        "site__area__code": query.area,
        "site__category__code": query.category,
        "level__code": query.level,
        "number": query.number,
        "state": query.state,
        "awarded_on__year": query.year,
    }
    return page_of(_plaques(request.reader), query, _plaque, wanted=wanted)


@router.get(
    "/plaques/{key}",
    response={200: PlaqueOut, **REFUSALS_OF_ONE},
    auth=AccessToken(ApiScope.PLAQUES),
    url_name="plaque",
    summary=gettext_noop("One plaque"),
    description=gettext_noop("A plaque by its id."),
)
def plaque(request, key: Path[Key]):
    return _plaque(get_object_or_404(_plaques(request.reader), pk=key))


def _sites(reader):
    standing = SiteRecord.objects.filter(site=OuterRef("pk"), superseded_at=None)
    return (
        Site.objects.visible_to(reader)
        .annotate(changed_at=Subquery(standing.values("recorded_at")[:1]))
        .select_related("programme", "category", "area", "unit")
        .prefetch_related(valid_plaques())
    )


def _plaques(reader):
    standing = PlaqueRecord.objects.filter(plaque=OuterRef("pk"), superseded_at=None)
    return (
        Plaque.objects.visible_to(reader)
        .exclude(state=PlaqueState.REFUSED)
        .annotate(changed_at=Subquery(standing.values("recorded_at")[:1]))
        .select_related("site__category", "site__area", "level__programme")
    )


def _site(row: Site) -> dict:
    return {
        "id": row.pk,
        "name": row.name,
        "programme": named(row.programme),
        "category": named(row.category),
        "area": named(row.area),
        "unit": named(row.unit),
        "state": row.state,
        "flagship": row.is_flagship,
        "registered_at": row.registered_at,
        "changed_at": row.changed_at or row.registered_at,
        "plaques": [
            {"id": held.pk, "number": held.number, "level": named(held.level)}
            for held in row.plaques_in_force
        ],
    }


def _plaque(row: Plaque) -> dict:
    return {
        "id": row.pk,
        "number": row.number,
        "site": {"id": row.site_id, "name": row.site.name},
        "programme": named(row.level.programme),
        "level": named(row.level),
        "category": named(row.site.category),
        "area": named(row.site.area),
        "state": row.state,
        "awarded_on": row.awarded_on,
        "held_since": row.counted_from,
        "valid_until": row.valid_until,
        "ended_on": row.ended_on,
        "changed_at": row.changed_at or row.site.registered_at,
        "check_url": settings.PUBLIC_ADDRESS + reverse("publicity:plaque", args=[row.check_code]),
    }
