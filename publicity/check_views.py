"""Whether a plaque is valid: for anybody who types its number or scans the code of its certificate.

Nothing of it is kept by browsers or caches: what the page says holds now.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.callers import caller_of_day
from accounts.errors import Reason
from accounts.limits import seconds_to_wait
from publicity.certificate_texts import shown_issuer
from publicity.check_codes import from_capitals
from publicity.forms import PlaqueNumberForm
from publicity.selectors import contacts, plaques_numbered, public_plaques


@never_cache
@login_not_required
@require_safe
def plaque_check(request):
    """Anybody types the number of a plaque and learns whether it is valid, revoked or unknown."""
    form = PlaqueNumberForm(request.GET or None)
    if not form.is_valid():
        return _page(request, form, [])
    wait = seconds_to_wait(f"plaque:{caller_of_day(clock.now())}", settings.PLAQUE_LOOKUPS_PER_ADDRESS)
    if wait:
        return _too_many(request, wait)
    found = plaques_numbered(form.cleaned_data["number"])
    return _page(request, form, found, unknown=not found)


@never_cache
@login_not_required
@require_safe
def plaque(request, check_code: str):
    """The address behind a plaque's code. An unknown code is told in words, with status 404."""
    found = list(public_plaques().filter(check_code=check_code))
    return _page(request, PlaqueNumberForm(), found, unknown=not found, scanned=True)


@never_cache
@login_not_required
@require_safe
def plaque_scanned(request, code: str):
    """The same from the code in capitals that stands on certificates."""
    check_code = from_capitals(code)
    found = list(public_plaques().filter(check_code=check_code)) if check_code else []
    return _page(request, PlaqueNumberForm(), found, unknown=not found, scanned=True)


def _page(request, form, plaques: list, *, unknown: bool = False, scanned: bool = False):
    for plaque in plaques:
        plaque.awarded_by = shown_issuer(plaque)
    context = {"form": form, "plaques": plaques, "unknown": unknown, "scanned": scanned, "now": clock.now()}
    status = 404 if unknown else 200
    return render(request, "publicity/plaque_check.html", context, status=status)


def _too_many(request, wait: int):
    """Status 429 in words, with the way to the office that remains."""
    reason = Reason(
        text=_("Too many numbers were looked up from your address within a short time."),
        remedy=_("Try again later, scan the code on the certificate, or turn to the leadership office."),
    )
    context = {"reason": reason, "offices": [office for office in contacts() if office]}
    response = render(request, "publicity/too_many.html", context, status=429)
    response["Retry-After"] = str(wait)
    return response
