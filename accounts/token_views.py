"""Access of other systems: the list, a new token (shown once), its end."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.enums import ApiScope, Role, UnitKind
from accounts.lists import PER_PAGE
from accounts.rules import may_grant_roles
from accounts.selectors import administered_units, visible_tokens
from accounts.services import create_token, revoke_token
from accounts.token_forms import TokenForm
from accounts.web import tell


def tokens(request):
    """The tokens of the security administrator's units, those in force and those that have ended."""
    _require_security_administrator(request.user)
    page = Paginator(visible_tokens(request.user), PER_PAGE).get_page(request.GET.get("page"))
    labels = dict(ApiScope.choices)
    for token in page:
        token.scope_labels = [labels.get(scope, scope) for scope in token.scopes]
        token.is_over = token.expires_on < clock.today()
    return render(request, "accounts/tokens.html", {"page": page})


@never_cache
def new_token(request):
    """Give access; the answer to the form shows the token, once."""
    _require_security_administrator(request.user)
    units = administered_units(request.user, Role.SECURITY_ADMIN).exclude(kind=UnitKind.ORGANISATION)
    form = TokenForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The access is given."), action="apitoken.create") as outcome:
            token, secret = create_token(actor=request.user, **form.cleaned_data)
        if outcome.done:
            return render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    return render(request, "accounts/new_token.html", {"form": form})


@require_POST
def end_token(request, pk: int):
    _require_security_administrator(request.user)
    token = get_object_or_404(visible_tokens(request.user), pk=pk)
    with tell(request, success=_("The access is ended."), action="apitoken.revoke", obj=token):
        revoke_token(actor=request.user, token=token)
    return redirect("accounts:tokens")


def _require_security_administrator(user) -> None:
    if not may_grant_roles(user):
        raise Http404
