"""What all parts of the read API share: the token at the door, limits, pages, refusals, and small shared answers.

Texts of the OpenAPI document are marked here and translated when the document is made (accounts.api_document).
"""

import datetime
import re
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer
from pydantic import BeforeValidator, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from accounts.limits import seconds_to_wait
from accounts.services import use_token
from accounts.tokens import Reader

MOST_ROWS = 500
#: What a key of the database can be at most.
_LARGEST = 2**63 - 1
_DAY = r"^\d{4}-\d{2}-\d{2}"
#: Days of which a database and a time zone have no doubt.
_FIRST, _LAST = datetime.date(1900, 1, 1), datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)


# --- what is asked ----------------------------------------------------------------------------------------


def _is_written_out(value):
    """Only YYYY-MM-DD…, no seconds since 1970 and the like."""
    if isinstance(value, str) and not re.match(_DAY, value):
        raise ValueError("not a date")
    return value


def _in_utc(value: datetime.datetime) -> datetime.datetime:
    """The same moment in UTC, one without a zone being meant in the office's: PostgreSQL knows no zone 22 hours off."""
    return (timezone.make_aware(value) if timezone.is_naive(value) else value).astimezone(datetime.UTC)


#: A code or number; control characters are in none, and PostgreSQL cannot even look them up.
Code = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Year = Annotated[int, Field(ge=1980, le=2200)]
Key = Annotated[int, Field(ge=1, le=_LARGEST)]
Moment = Annotated[datetime.datetime, BeforeValidator(_is_written_out)]
#: Left out where nothing is asked; the document shows no null.
Absent = SkipJsonSchema[None]


class PageQuery(Schema):
    after: Annotated[int, Field(ge=0, le=_LARGEST)] = Field(
        0, description=gettext_noop("The `next` of the answer before; 0 from the beginning.")
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = Field(
        100, description=gettext_noop("How many rows at most.")
    )
    updated_since: Moment | Absent = Field(
        None, description=gettext_noop("Only what changed at this time or later (ISO 8601).")
    )

    def since(self) -> datetime.datetime | None:
        """The moment asked for; None where all rows changed after it. Beyond what a database can be asked, the nearest
        that can: the answer is the same."""
        if self.updated_since is None or self.updated_since.date() < _FIRST:
            return None
        return _in_utc(self.updated_since) if self.updated_since.date() < _LAST.date() else _LAST


# --- what is answered -------------------------------------------------------------------------------------


class Named(Schema):
    code: str
    name: str
    name_en: str


class SiteRef(Schema):
    id: int
    name: str


class Wrong(Schema):
    where: str
    what: str


class Problem(Schema):
    status: int
    title: str
    detail: str
    errors: list[Wrong] = []


#: What every operation may answer beside its rows.
REFUSALS = dict.fromkeys((401, 403, 422, 429), Problem)
REFUSALS_OF_ONE = REFUSALS | {404: Problem}


def named(obj: Any) -> dict:
    """A unit, level, category or programme by its code and names."""
    return {"code": obj.code, "name": obj.name, "name_en": obj.name_en}


def page_of(rows, query: PageQuery, shown, *, wanted: dict, changed: str = "changed_at") -> dict:
    """The rows after the last one asked before, oldest first, and the `next` to ask with, None at the end.

    `wanted` are lookups and what was asked of them, empty where nothing was; `changed` is the field of the last change.
    """
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if since := query.since():
        rows = rows.filter(**{f"{changed}__gte": since})
    found = list(rows.filter(pk__gt=query.after).order_by("pk")[: query.limit + 1])
    kept = found[: query.limit]
    return {
        "items": [shown(row) for row in kept],
        "next": kept[-1].pk if len(found) > query.limit else None,
    }


# --- the door ---------------------------------------------------------------------------------------------


class Refused(Exception):
    """The call is answered with a status of its own and words."""

    def __init__(self, status: int, errors: list[dict] = (), headers: dict[str, str] | None = None):
        self.status, self.errors, self.headers = status, list(errors), headers or {}
        super().__init__(status)


class AccessToken(HttpBearer):
    """A token with a scope; puts into `request.reader` whoever reads with it."""

    def __init__(self, scope: str):
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str):
        """The row of the token, None for one that does not hold. Raises Refused for another scope and too many
        calls."""
        found = use_token(secret=token)
        if found is None:
            return None
        wait = seconds_to_wait(f"api:{found.pk}", settings.API_CALLS_PER_TOKEN)
        if wait:
            raise Refused(429, headers={"Retry-After": str(wait)})
        if self.scope not in found.scopes:
            raise Refused(403)
        request.reader = Reader(found.unit)
        return found


def _words(status: int) -> tuple[str, str]:
    return {
        401: (_("Not signed in"), _("Send a token that holds: “Authorization: Bearer …”.")),
        403: (_("Not open to this token"), _("The token was not given for what is asked.")),
        404: (_("Not found"), _("There is nothing here that this token may read.")),
        422: (_("Not understood"), _("A part of the address is not as it must be.")),
        429: (_("Too many calls"), _("Call again after the seconds the header Retry-After names.")),
    }[status]


def _where(location: tuple) -> str:
    """The part of the address and its name, e.g. "query.limit", without the ways in which its type was tried."""
    part, *names = location
    return f"{part}.{next(name for name in names if name != part)}"


def add_refusals(api: NinjaAPI) -> None:
    """Let the API answer every refusal in the same form and in words."""

    def refuse(request, refused: Refused) -> HttpResponse:
        title, detail = _words(refused.status)
        content = {"status": refused.status, "title": title, "detail": detail, "errors": refused.errors}
        response = api.create_response(request, content, status=refused.status)
        for name, value in refused.headers.items():
            response[name] = value
        if refused.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response

    def not_understood(request, error: ValidationError) -> HttpResponse:
        wrong: dict[str, str] = {}
        for one in error.errors:
            # A value tried as several types fails as each of them: the first is the one that is meant.
            wrong.setdefault(_where(one["loc"]), one["msg"])
        found = [{"where": where, "what": what} for where, what in wrong.items()]
        return refuse(request, Refused(422, found))

    api.add_exception_handler(Refused, refuse)
    api.add_exception_handler(ValidationError, not_understood)
    api.add_exception_handler(AuthenticationError, lambda request, error: refuse(request, Refused(401)))
    api.add_exception_handler(Http404, lambda request, error: refuse(request, Refused(404)))
