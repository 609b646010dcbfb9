"""What every page shows around its content: the menu by role, unread messages, the day of a demonstration."""

from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import Role
from accounts.scope import role_assignments
from notices.models import Message

_EVERY_READER = {Role.UNIT_STAFF, Role.OFFICE, Role.LEADER, Role.SUPERVISOR}

#: (label, icon, address, roles that see it)
MENU = [
    (_("To do"), "inbox", reverse_lazy("dashboard:inbox"), set(Role)),
    (_("Sites"), "geo-alt", reverse_lazy("sites:list"), _EVERY_READER),
    (
        _("Applications"),
        "file-earmark-text",
        reverse_lazy("applications:list"),
        _EVERY_READER | {Role.SEAL_KEEPER},
    ),
    (
        _("Assessment"),
        "clipboard-check",
        reverse_lazy("assessments:list"),
        {Role.OFFICE, Role.LEADER, Role.ASSESSOR, Role.UNIT_STAFF},
    ),
    (
        _("Overview"),
        "bar-chart",
        reverse_lazy("dashboard:overview"),
        {Role.OFFICE, Role.LEADER, Role.UNIT_STAFF},
    ),
    (
        _("This year's scheme"),
        "calendar3",
        reverse_lazy("applications:cycle"),
        _EVERY_READER | {Role.ASSESSOR},
    ),
    (
        _("Electronic seals"),
        "patch-check",
        reverse_lazy("applications:seals"),
        {Role.SEAL_KEEPER, Role.SECURITY_ADMIN},
    ),
    (_("Check a sealed PDF"), "file-earmark-check", reverse_lazy("applications:check_pdf"), set(Role)),
    (_("Supervision groups"), "people", reverse_lazy("supervision:list"), _EVERY_READER),
    (_("Messages"), "bell", reverse_lazy("notices:list"), set(Role)),
    (
        _("Working calendar"),
        "calendar-week",
        reverse_lazy("notices:calendar"),
        {Role.OFFICE, Role.SYSTEM_ADMIN},
    ),
    (_("Accounts"), "person-gear", reverse_lazy("accounts:users"), {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
    (_("Audit trail"), "shield-check", reverse_lazy("accounts:audit"), {Role.AUDITOR}),
]


def shell(request) -> dict:
    """Context processor; two queries for a signed-in person (roles are shared with the page's own rules)."""
    context = {"demo": settings.DEMO, "today": clock.today()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return context
    roles = {assignment.role for assignment in role_assignments(request.user)}
    entries = [(label, icon, str(url)) for label, icon, url, seen_by in MENU if roles & seen_by]
    here = _here(request.path, [url for _label, _icon, url in entries])
    context["menu"] = [
        {"label": label, "icon": icon, "url": url, "here": url == here} for label, icon, url in entries
    ]
    context["unread_count"] = Message.objects.filter(recipient=request.user).unread().count()
    return context


def _here(path: str, urls: list[str]) -> str:
    """The menu entry a page belongs to: the longest its path begins with; the root only for itself."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")
