from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts import clock
from accounts.enums import Role
from accounts.filters import AuditFilter, UserFilter
from accounts.forms import DayForm, GrantRoleForm, LoginForm, NewUserForm, OwnPasswordForm
from accounts.lists import respond
from accounts.models import RoleAssignment
from accounts.resources import AuditResource, UserResource
from accounts.rules import may_administer, may_audit, may_grant_roles
from accounts.selectors import (
    administered_units,
    demo_accounts,
    is_locked,
    seat_of,
    users_for_list,
    visible_audit,
    visible_users,
)
from accounts.services import (
    change_password,
    create_user,
    end_role,
    grant_role,
    move_demo_clock,
    note_login,
    record_refused_login,
    set_user_language,
    unlock_user,
)
from accounts.web import tell

USER_ORDER = {"username": ("username",), "title": ("title",), "unit": ("unit__id",), "seen": ("last_login",)}
AUDIT_ORDER = {"at": ("at",), "actor": ("actor_name",), "action": ("action",)}


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return context

    def form_valid(self, form):
        response = super().form_valid(form)
        note_login(user=self.request.user)
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, self.request.user.language, samesite="Lax")
        return response

    def form_invalid(self, form):
        record_refused_login(
            username=form.cleaned_data.get("username", ""),
            locked=getattr(self.request, "axes_locked_out", False),
        )
        return super().form_invalid(form)


@login_not_required
@require_POST
def language(request):
    """Switch the language of the pages and, for a signed-in person, of the messages to come."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        set_user_language(user=request.user, language=code)
    return set_language(request)


def password(request):
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(user=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        return redirect("dashboard:inbox")
    return render(request, "accounts/password.html", {"form": form})


@require_POST
def demo_day(request):
    """Let a demonstration play on another day. Exists only there."""
    if not settings.DEMO:
        raise Http404
    form = DayForm(request.POST)
    if form.is_valid():
        move_demo_clock(day=form.cleaned_data["day"])
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(target if safe else "/")


def users(request):
    """The accounts of the administrator's units, with the roles they hold now."""
    _require_administrator(request.user)
    return respond(
        request,
        users_for_list(request.user),
        template="accounts/users.html",
        filterset=UserFilter,
        orderings=USER_ORDER,
        resource=UserResource,
        title=_("Accounts"),
        action="user.export",
        context=lambda _page: {"may_administer": may_administer(request.user)},
    )


def new_user(request):
    if not may_administer(request.user):
        raise Http404
    form = NewUserForm(request.POST or None, units=administered_units(request.user, Role.SYSTEM_ADMIN))
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The account is open."), action="user.create") as outcome:
            user = create_user(actor=request.user, **form.cleaned_data)
        if outcome.done:
            return redirect("accounts:user", user.pk)
    return render(request, "accounts/new_user.html", {"form": form})


def user_detail(request, pk: int):
    """One account with its roles; security administrators give and end roles here."""
    _require_administrator(request.user)
    person = get_object_or_404(visible_users(request.user).select_related("unit"), pk=pk)
    units = administered_units(request.user, Role.SECURITY_ADMIN)
    form = GrantRoleForm(request.POST or None, units=units, initial={"unit": seat_of(person.unit)})
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The role was given."), action="role.grant", obj=person):
            grant_role(actor=request.user, user=person, **form.cleaned_data)
        return redirect("accounts:user", pk)
    today = clock.today()
    assignments = person.role_assignments.select_related("unit", "granted_by")
    context = {
        "person": person,
        "locked": is_locked(person),
        "present": [
            (assignment, may_grant_roles(request.user, assignment.unit))
            for assignment in assignments.on(today)
        ],
        "earlier": assignments.filter(valid_to__lte=today),
        "form": form,
        "may_grant": may_grant_roles(request.user) and person != request.user,
        "may_unlock": may_administer(request.user, person.unit),
    }
    return render(request, "accounts/user.html", context)


@require_POST
def unlock(request, pk: int):
    if not may_administer(request.user):
        raise Http404
    person = get_object_or_404(visible_users(request.user), pk=pk)
    with tell(request, success=_("The account is unlocked."), action="user.unlock", obj=person):
        unlock_user(actor=request.user, user=person)
    return redirect("accounts:user", pk)


@require_POST
def role_end(request, pk: int):
    if not may_grant_roles(request.user):
        raise Http404
    people = visible_users(request.user)
    assignment = get_object_or_404(RoleAssignment, pk=pk, user__in=people)
    with tell(request, success=_("The role was ended."), action="role.end", obj=assignment.user):
        end_role(actor=request.user, assignment=assignment)
    return redirect("accounts:user", assignment.user_id)


def audit(request):
    """The audit trail, for auditors only; nothing on it can be changed."""
    if not may_audit(request.user):
        raise Http404
    return respond(
        request,
        visible_audit(request.user),
        template="accounts/audit.html",
        filterset=AuditFilter,
        orderings=AUDIT_ORDER,
        resource=AuditResource,
        title=_("Audit trail"),
        action="audit.export",
    )


@login_not_required
def alive(request):
    """For load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _require_administrator(user) -> None:
    if not (may_administer(user) or may_grant_roles(user)):
        raise Http404
