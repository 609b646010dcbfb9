"""The page for visits without network: its shell, its service worker and what makes it installable.

The shell holds nothing of any person: a device keeps it for whoever uses it next. Who is signed in, and what he or
she may see, comes with the data pack.
"""

import hashlib
import json
from functools import cache

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from supervision.field_pack import may_use
from supervision.field_words import words

STYLES = ("vendor/bootstrap/css/bootstrap.min.css", "app.css", "field/field.css")
#: In the order in which they build on each other.
SCRIPTS = (
    "vendor/idb/umd.js",
    "vendor/exifr/lite.umd.js",
    "field/tools.js",
    "field/store.js",
    "field/server.js",
    "field/photos.js",
    "field/sender.js",
    "field/places.js",
    "field/editor.js",
    "field/findings.js",
    "field/list.js",
    "field/app.js",
)
PICTURES = ("icon.svg", "field/icon-192.png", "field/icon-512.png")


@require_GET
@csp_update({"img-src": ["blob:"], "worker-src": [SELF], "manifest-src": [SELF], "connect-src": [SELF]})
@ensure_csrf_cookie
def page(request):
    """The shell of the page for visits, for members of groups and the office."""
    if not may_use(request.user):
        raise Http404
    context = {
        "styles": STYLES,
        "desk": reverse("supervision:inspections"),
        "scripts": SCRIPTS,
        "words": words(),
        "addresses": {
            "pack": reverse("supervision:field_pack"),
            "visits": reverse("supervision:field"),
            "worker": reverse("supervision:field_worker"),
            "sign_in": f"{reverse('accounts:login')}?next={reverse('supervision:field')}",
        },
    }
    return render(request, "supervision/field/page.html", context)


@login_not_required
@require_GET
@never_cache
def worker(request):
    """The service worker, with the list of files it keeps. Public: it holds no more than file names."""
    files = [static(name) for name in (*STYLES, *SCRIPTS, *PICTURES)]
    context = {
        "version": version(),
        "shell": reverse("supervision:field"),
        "manifest": reverse("supervision:field_manifest"),
        "files": json.dumps(files),
    }
    return render(
        request, "supervision/field/worker.js", context, content_type="text/javascript; charset=utf-8"
    )


@login_not_required
@require_GET
def manifest(request):
    """What the page is called and looks like when a device installs it."""
    icons = [
        {
            "src": static(f"field/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "id": reverse("supervision:field"),
            "name": _("Visits in the field"),
            "short_name": _("Field visits"),
            "lang": get_language(),
            "start_url": reverse("supervision:field"),
            "scope": reverse("supervision:field"),
            "display": "standalone",
            "background_color": "#f6f5f2",
            "theme_color": "#9b2226",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@cache
def version() -> str:
    """Which state of the page's files this is: another one makes devices fetch them anew."""
    digest = hashlib.sha256()
    for name in (*STYLES, *SCRIPTS, *PICTURES):
        digest.update(static(name).encode())
        if path := finders.find(name):
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()[:16]
