"""Coverage as other systems read it."""

import datetime

from django.db.models import CharField, F, Max, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce
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
from accounts.enums import ApiScope, AuditResult
from accounts.models import AuditEvent
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
        .annotate(changed_at=Coalesce(_last_change(), F("recorded_at")))
        .select_related("programme", "area", "site")
    )
    return page_of(rows, query, _coverage, wanted=wanted)


def _last_change() -> Subquery:
    """When an entry was last changed by anybody, a step of its state or not; keeping its page changes nothing of it."""
    steps = AuditEvent.objects.filter(
        object_type=Coverage._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
        result=AuditResult.DONE,
    ).exclude(action="coverage.keep")
    return Subquery(steps.order_by().values("object_id").annotate(last=Max("at")).values("last"))


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
