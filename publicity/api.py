"""Coverage as other systems read it."""

import datetime

from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from accounts.api import (
    REFUSALS,
    Absent,
    AccessToken,
    Code,
    Named,
    PageQuery,
    SiteRef,
    Year,
    named,
    page_of,
)
from accounts.enums import ApiScope
from publicity.enums import CoverageState
from publicity.models import Coverage

router = Router()


class CoverageOut(Schema):
    id: int
    programme: Named
    area: Named
    site: SiteRef | None
    medium: str = Field(description=gettext_noop("Code of the medium."))
    outlet_level: str = Field(description=gettext_noop("Code of the outlet's level."))
    outlet: str
    published_on: datetime.date
    title: str
    place: str
    url: str
    reprint_of: int | None = Field(description=gettext_noop("The id of the piece it repeats."))
    state: CoverageState
    changed_at: datetime.datetime


class CoveragePage(Schema):
    items: list[CoverageOut]
    next: int | None


class CoverageQuery(PageQuery):
    area: Code = Field("", description=gettext_noop("Code of the county or park."))
    medium: Code = Field("", description=gettext_noop("Code of the medium."))
    state: CoverageState | Absent = Field(None, description=gettext_noop("State of the entry."))
    year: Year | Absent = Field(None, description=gettext_noop("Year of publication."))


@router.get(
    "/coverage",
    response={200: CoveragePage, **REFUSALS},
    auth=AccessToken(ApiScope.COVERAGE),
    url_name="coverage",
    summary=gettext_noop("Coverage"),
    description=gettext_noop("What television, newspapers, radio and the web brought."),
)
def coverage(request, query: Query[CoverageQuery]):
    wanted = {
        "area__code": query.area,
        "medium": query.medium,
        "state": query.state,
        "published_on__year": query.year,
    }
    rows = (
        Coverage.objects.visible_to(request.reader)
        .annotate(changed_at=Coalesce(Max("log__at"), F("recorded_at")))
        .select_related("programme", "area", "site")
    )
    return page_of(rows, query, _coverage, wanted=wanted)


def _coverage(row: Coverage) -> dict:
    return {
        "id": row.pk,
        "programme": named(row.programme),
        "area": named(row.area),
        "site": {"id": row.site_id, "name": row.site.name} if row.site else None,
        "medium": row.medium,
        "outlet_level": row.outlet_level,
        "outlet": row.outlet,
        "published_on": row.published_on,
        "title": row.title,
        "place": row.place,
        "url": row.url,
        "reprint_of": row.same_as_id,
        "state": row.state,
        "changed_at": row.changed_at,
    }
