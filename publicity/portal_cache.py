"""Public pages in a cache: everybody gets the same one, made without the request, for a minute at most.

A page may lie in this server's cache and then in a browser's or a proxy's; together they may be a minute old, so that
what was taken off is gone a minute later everywhere.
"""

import functools
import hashlib
import logging
import pickle
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import Http404, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts import clock

logger = logging.getLogger(__name__)

#: What a cache in files raises where it cannot be read or written: no room, no right, a file cut off or of another
#: version of the program.
_OUT_OF_ORDER = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    pickle.UnpicklingError,
    AttributeError,
    ImportError,
)
#: Seconds after which nobody is shown a public page any more as it was.
OLDEST = 60
#: What the address of a list may ask for; anything else in it changes nothing.
ASKED = ("q", "area", "category", "level", "page", "p")


@dataclass(frozen=True)
class Asked:
    """What a public page may know of who asks: the address, never the person."""

    path: str
    query: QueryDict

    @property
    def full_path(self) -> str:
        return f"{self.path}?{self.query.urlencode()}" if self.query else self.path

    def query_without_page(self) -> str:
        """The query string ready to be followed by another key."""
        kept = self.query.copy()
        kept.pop("page", None)
        return f"{kept.urlencode()}&" if kept else ""


@dataclass(frozen=True)
class Kept:
    """A finished answer, and when it was made (seconds, of the machine's clock)."""

    body: bytes
    content_type: str
    status: int
    made_at: float

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def published(template: str):
    """Make a public page of a function that takes what is asked (and the parts of the address) and returns the context
    of `template`. It may raise Http404, which is told on a public page too."""

    def decorate(make: Callable[..., dict]):
        def rendered(asked: Asked, **parts) -> tuple[bytes, str, int]:
            try:
                name, context, status = template, make(asked, **parts), 200
            except Http404:
                name, context, status = "publicity/portal/missing.html", {}, 404
            context |= {"path": asked.full_path, "demo": settings.DEMO}
            return render_to_string(name, context).encode(), "text/html; charset=utf-8", status

        return _view(make, rendered)

    return decorate


def published_file(content_type: str):
    """Make a public address of a function that takes what is asked and returns a text."""

    def decorate(make: Callable[..., str | bytes]):
        def rendered(asked: Asked, **parts) -> tuple[bytes, str, int]:
            body = make(asked, **parts)
            return (body if isinstance(body, bytes) else body.encode()), content_type, 200

        return _view(make, rendered)

    return decorate


def may_be_kept(response: HttpResponse, seconds: int = OLDEST) -> HttpResponse:
    """Say that everybody's caches may keep an answer for some seconds; pages differ by language."""
    patch_cache_control(response, public=True, max_age=seconds)
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response


def seconds_left(made_at: float) -> int:
    """For how long what was made then (seconds, of the machine's clock) may still be shown."""
    return max(0, round(OLDEST - (time.time() - made_at)))


def key_of(address: str) -> str:
    """Under what an answer lies in the cache: one for each language and day."""
    parts = (get_language(), clock.today().isoformat(), address)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _view(make: Callable, rendered: Callable):
    @login_not_required
    @require_safe
    @functools.wraps(make)
    def view(request, **parts):
        asked = Asked(request.path, _asked(request.GET))
        kept = _kept(asked, lambda: rendered(asked, **parts))
        response = HttpResponse(kept.body, content_type=kept.content_type, status=kept.status)
        may_be_kept(response, seconds_left(kept.made_at) if kept.status == 200 else 0)
        if kept.status != 200:
            return response
        response["ETag"] = kept.etag
        return get_conditional_response(request, etag=kept.etag, response=response)

    return view


def _asked(given: QueryDict) -> QueryDict:
    """Only what lists understand, in a fixed order, so that one page is not kept under many addresses."""
    query = QueryDict(mutable=True)
    for name in ASKED:
        if value := given.get(name, "")[:100]:
            query[name] = value
    return query


def _kept(asked: Asked, make: Callable[[], tuple[bytes, str, int]]) -> Kept:
    """The answer as it lies in the cache, else made now; one that says "not there" is made anew each time."""
    key = key_of(asked.full_path)
    kept = kept_under(key)
    if kept is None:
        made_at = time.time()
        kept = Kept(*make(), made_at)
        if kept.status == 200:
            keep_under(key, kept, seconds_left(made_at))
    return kept


def kept_under(key: str):
    """What lies in the cache; None where nothing does, or where it cannot be read: then it is made anew."""
    try:
        return caches["portal"].get(key)
    except _OUT_OF_ORDER:
        logger.exception("the cache of public pages cannot be read")
        return None


def keep_under(key: str, value, seconds: int) -> None:
    """Put something into the cache; where that does not work, the public is answered all the same."""
    try:
        caches["portal"].set(key, value, seconds)
    except OSError:
        logger.exception("the cache of public pages cannot be written")
