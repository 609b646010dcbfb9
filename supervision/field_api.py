"""What a device in the field asks for and sends: its data pack, the record of a visit, the photos one by one.

Everything answers in JSON; a session that is over with 401, so that the device keeps what it has and says so.
"""

import json
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from accounts.enums import AuditResult
from accounts.errors import DomainError, Reason
from accounts.services import record
from supervision.field_forms import NOT_READABLE, read_record
from supervision.field_pack import conflict_of, may_use, pack_for
from supervision.fingerprint import similar_photos
from supervision.models import Inspection
from supervision.services.inspections import (
    LARGEST_PHOTO,
    Conflict,
    UidTaken,
    receive_inspection,
    receive_photo,
)

#: Bytes of one record without its photos.
LARGEST_RECORD = 1024 * 1024


def for_devices(view):
    """A view for devices: 401 instead of the login page, 404 for who records no visits, refusals as words in JSON.

    Also 401 when another person is signed in than the one whose visits are sent (header X-Field-Person): they wait on
    the device, so that nobody's visit is recorded in somebody else's name.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        if not request.user.is_authenticated or _is_of_another(request):
            return JsonResponse({"error": "signed_out"}, status=401)
        if not may_use(request.user):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except UidTaken as error:
            _note(request, error)
            raise Http404 from error
        except Conflict as error:
            return JsonResponse({"error": "conflict", "kept": conflict_of(error.inspection)}, status=409)
        except DomainError as error:
            _note(request, error)
            return JsonResponse({"error": "refused", "words": str(error)}, status=422)

    return login_not_required(answer)


@for_devices
@require_GET
@ensure_csrf_cookie
def pack(request):
    """Everything a person needs in the field, to be kept on the device."""
    return JsonResponse(pack_for(request.user))


@for_devices
@require_http_methods(["PUT"])
def visit(request, uid: UUID):
    """The record of a visit; answers with the photos still missing. The same again is the same visit."""
    content = _body(request, LARGEST_RECORD, _("The record is too long."))
    try:
        data = json.loads(content)
        # Half of a pair of surrogates is no character: neither hash nor database can keep it.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DomainError(str(NOT_READABLE)) from error
    inspection = receive_inspection(actor=request.user, uid=uid, **read_record(request.user, data))
    return JsonResponse(_standing(inspection))


@for_devices
@require_http_methods(["PUT"])
def photo(request, uid: UUID, photo_uid: UUID):
    """The bytes of one announced photo; answers with those still missing and, if there are, pictures like it."""
    inspection = Inspection.objects.filter(recorded_by=request.user, uid=uid).first()
    if inspection is None or not inspection.photos.filter(uid=photo_uid).exists():
        raise Http404
    content = _body(request, LARGEST_PHOTO, _("The photo is too large."))
    kept = receive_photo(actor=request.user, inspection=inspection, uid=photo_uid, content=content)
    inspection.refresh_from_db()
    similar = [
        {"visit": str(other.inspection), "url": reverse("supervision:inspection", args=[other.inspection_id])}
        for other in similar_photos(kept, request.user)[:5]
    ]
    return JsonResponse({**_standing(inspection), "similar": similar})


def _is_of_another(request) -> bool:
    """Whether the device sends what somebody else recorded on it, who is no longer signed in."""
    person = request.headers.get("X-Field-Person", "")
    return bool(person) and person != str(request.user.pk)


def _standing(inspection: Inspection) -> dict:
    missing = inspection.photos.filter(arrived_at=None).values_list("uid", flat=True)
    return {
        "state": inspection.state,
        "url": reverse("supervision:inspection", args=[inspection.pk]),
        "missing": [str(uid) for uid in missing],
    }


def _body(request: HttpRequest, most: int, too_large: str) -> bytes:
    """The request's bytes, read no further than `most`. A body cut off on the way comes short, or not at all."""
    try:
        content = request.read(most + 1)
    except UnreadablePostError as error:
        raise DomainError(_("The connection was cut off on the way.")) from error
    if len(content) > most:
        raise DomainError(Reason(text=too_large))
    return content


def _note(request, error: DomainError) -> None:
    record(
        action="inspection.receive", actor=request.user, reason=str(error)[:500], result=AuditResult.REFUSED
    )
