"""Applications as other systems read them: which, and where they stand. What a form says is not for them."""

import datetime

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
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
from applications.enums import ApplicationState
from applications.models import Application, ApplicationLog

router = Router()


class ApplicationOut(Schema):
    id: int
    number: str
    site: SiteRef
    programme: Named
    year: int
    level: Named
    category: Named
    area: Named
    state: ApplicationState
    since: datetime.datetime = Field(description=gettext_noop("When it came into this state."))
    filed_at: datetime.datetime | None = Field(description=gettext_noop("When it was handed in first."))


class ApplicationPage(Schema):
    items: list[ApplicationOut]
    next: int | None


class ApplicationQuery(PageQuery):
    area: Code = Field("", description=gettext_noop("Code of the county or park."))
    category: Code = Field("", description=gettext_noop("Code of the category."))
    level: Code = Field("", description=gettext_noop("Code of the level."))
    state: ApplicationState | Absent = Field(None, description=gettext_noop("State of the application."))
    year: Year | Absent = Field(None, description=gettext_noop("The programme's year."))


@router.get(
    "/applications",
    response={200: ApplicationPage, **REFUSALS},
    auth=AccessToken(ApiScope.APPLICATIONS),
    url_name="applications",
    summary=gettext_noop("States of applications"),
    description=gettext_noop("The applications handed in, with their present state and since when."),
)
def applications(request, query: Query[ApplicationQuery]):
    wanted = {
        "area__code": query.area,
        "site__category__code": query.category,
        "level__code": query.level,
        "state": query.state,
        "cycle__year": query.year,
    }
    return page_of(_applications(request.reader), query, _application, wanted=wanted, changed="since")


@router.get(
    "/applications/{key}",
    response={200: ApplicationOut, **REFUSALS_OF_ONE},
    auth=AccessToken(ApiScope.APPLICATIONS),
    url_name="application",
    summary=gettext_noop("One application"),
    description=gettext_noop("An application by its id."),
)
def application(request, key: Path[Key]):
    return _application(get_object_or_404(_applications(request.reader), pk=key))


def _applications(reader):
    last = ApplicationLog.objects.filter(subject=OuterRef("pk")).order_by("-id")
    return (
        Application.objects.followed_by(reader)
        .annotate(since=Coalesce(Subquery(last.values("at")[:1]), F("created_at")))
        .select_related("cycle__programme", "site__category", "level", "area")
        .defer("data")
    )


def _application(row: Application) -> dict:
    return {
        "id": row.pk,
        "number": row.number,
        "site": {"id": row.site_id, "name": row.site.name},
        "programme": named(row.cycle.programme),
        "year": row.cycle.year,
        "level": named(row.level),
        "category": named(row.site.category),
        "area": named(row.area),
        "state": row.state,
        "since": row.since,
        "filed_at": row.filed_first_at,
    }
