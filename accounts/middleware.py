import time

from django.conf import settings
from django.http import HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import is_valid_path, reverse
from django.utils.cache import patch_cache_control

from accounts import clock, context
from accounts.enums import AuditResult
from accounts.selectors import demo_day
from accounts.services import record

#: Seconds between two renewals of a session's idle limit; renewing on every request would be a write each.
SESSION_RENEWAL_SECONDS = 60


def address_of(request) -> str:
    """The address a request comes from: the connection's, or behind trusted proxies the one the first of them saw.

    Each proxy appends the address it was called from, so entries further left may be the caller's own invention.
    """
    forwarded = [part for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")


class RequestContextMiddleware:
    """Tells the services below where a request comes from, renews the idle limit and, in a demo, sets the day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info:
            # No address of ours holds one, and PostgreSQL cannot look it up.
            return HttpResponseNotFound()
        token = context.address.set(address_of(request))
        if settings.DEMO:
            clock.set_today(demo_day())
        self._renew_session(request)
        try:
            response = self._first_password(request) or self.get_response(request)
            if request.user.is_authenticated:
                # What one person was shown must not stay on a shared machine after signing out.
                patch_cache_control(response, private=True, no_store=True)
                self._note_refusal(request, response)
                return self._page_of_step(request, response) or response
            return response
        finally:
            context.address.reset(token)

    @staticmethod
    def _note_refusal(request, response) -> None:
        """A step on something the person may not see, or not do, goes on the audit trail too."""
        if request.method == "POST" and response.status_code in (403, 404):
            record(
                action="request", actor=request.user, reason=request.path[:300], result=AuditResult.REFUSED
            )

    @staticmethod
    def _page_of_step(request, response):
        """Whoever opens the address of a step (it stands in the browser's bar after a refusal, and is gone back to by
        a change of language or a new signing in) is led to the page the step belongs to: the nearest one above."""
        if request.method != "GET" or response.status_code != 405:
            return None
        path = request.path
        while path != "/":
            path = path.rstrip("/").rpartition("/")[0] + "/"
            if is_valid_path(path):
                break
        return redirect(path)

    @staticmethod
    def _first_password(request):
        """A person with a first password given by somebody else changes it before anything else."""
        if not getattr(request.user, "must_change_password", False):
            return None
        allowed = (reverse("accounts:password"), reverse("accounts:logout"), reverse("accounts:language"))
        return None if request.path in allowed else redirect("accounts:password")

    @staticmethod
    def _renew_session(request) -> None:
        if not request.user.is_authenticated:
            return
        seen = request.session.get("seen", 0)
        if time.time() - seen > SESSION_RENEWAL_SECONDS:
            request.session["seen"] = int(time.time())
