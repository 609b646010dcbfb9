"""The read API: what the apps offer to other systems, put together; its document and the page about it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from accounts.api import add_refusals
from accounts.api_document import operations, translated
from applications.api import router as applications
from publicity.api import router as publicity
from sites.api import router as sites

api = NinjaAPI(
    title=gettext_noop("Demonstration sites: read interface"),
    version="1",
    description=gettext_noop(
        "With a token of its unit another system reads what a leader of that unit reads. Nothing can be changed."
    ),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
)
add_refusals(api)
for router in (sites, applications, publicity):
    api.add_router("", router)


def _document() -> dict:
    document = api.get_openapi_schema()
    for schema in document["components"]["schemas"].values():
        schema.pop("description", None)  # what our code says of a class is for us
    document["info"]["title"] = gettext(document["info"]["title"])
    return translated(document)


@login_not_required
@require_safe
def document(request):
    """The OpenAPI 3.1 document."""
    return JsonResponse(_document(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@login_not_required
@require_safe
def page(request):
    """The document as a page for people."""
    content = _document()
    context = {
        "info": content["info"],
        "operations": operations(content),
        "address": settings.PUBLIC_ADDRESS,
    }
    return render(request, "accounts/api.html", context)


def _open(pattern):
    """Tokens, not sessions, open these doors; and nobody keeps what came out of them."""
    pattern.callback = login_not_required(never_cache(pattern.callback))
    pattern.callback.csrf_exempt = True
    return pattern


_patterns, _app, _namespace = api.urls
urls = (
    [
        path("", page, name="api-root"),
        path("openapi.json", document, name="openapi"),
        *(_open(pattern) for pattern in _patterns if pattern.name != "api-root"),
    ],
    _app,
    _namespace,
)
