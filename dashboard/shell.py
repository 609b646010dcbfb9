"""What every page shows around its content: the menu by role, unread messages, the day of a demonstration."""

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import Role
from accounts.models import User
from accounts.scope import role_assignments
from assessments.evaluation_selectors import takes_part
from notices.models import Message

_EVERY_READER = {Role.UNIT_STAFF, Role.OFFICE, Role.LEADER, Role.SUPERVISOR}

#: (label, icon, address, roles that see it)
MENU = [
    (_("To do"), "inbox", reverse_lazy("dashboard:inbox"), set(Role)),
    (_("Sites"), "geo-alt", reverse_lazy("sites:list"), _EVERY_READER),
    (_("Plaques"), "award", reverse_lazy("sites:plaques"), _EVERY_READER),
    (
        _("Applications"),
        "file-earmark-text",
        reverse_lazy("applications:list"),
        _EVERY_READER | {Role.SEAL_KEEPER},
    ),
    (
        _("Who may apply"),
        "signpost-split",
        reverse_lazy("applications:eligibility"),
        {Role.OFFICE, Role.LEADER, Role.UNIT_STAFF},
    ),
    (
        _("Assessment"),
        "clipboard-check",
        reverse_lazy("assessments:list"),
        {Role.OFFICE, Role.LEADER, Role.ASSESSOR, Role.UNIT_STAFF},
    ),
    (
        _("Assessment indicators"),
        "list-check",
        reverse_lazy("assessments:indicators"),
        {Role.OFFICE, Role.LEADER},
    ),
    (_("Annual review"), "arrow-repeat", reverse_lazy("assessments:reviews"), _EVERY_READER),
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

#: Only where a programme's own scheme evaluates units; stands behind the assessment.
_EVALUATION = (_("Quarterly evaluation"), "list-check", reverse_lazy("assessments:evaluation"))


def shell(request) -> dict:
    """Context processor; two queries for a signed-in person (roles are shared with the page's own rules)."""
    context = {"demo": settings.DEMO, "today": clock.today()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return context
    roles = {assignment.role for assignment in role_assignments(request.user)}
    unread, evaluated = _unread_and_evaluated(request.user)
    entries = [(label, icon, str(url)) for label, icon, url, seen_by in MENU if roles & seen_by]
    if evaluated:
        label, icon, url = _EVALUATION
        entries.insert(_place_after(entries, "assessments:list"), (label, icon, str(url)))
    here = _here(request.path, [url for _label, _icon, url in entries])
    context["menu"] = [
        {"label": label, "icon": icon, "url": url, "here": url == here} for label, icon, url in entries
    ]
    context["unread_count"] = unread
    return context


def _place_after(entries: list[tuple], view: str) -> int:
    """The place in the menu behind the entry of a view; the end where it is not shown."""
    urls = [url for _label, _icon, url in entries]
    address = reverse(view)
    return urls.index(address) + 1 if address in urls else len(urls)


def _unread_and_evaluated(user) -> tuple[int, bool]:
    """How many messages a person has not read, and whether a quarterly evaluation concerns him or her; one query."""
    unread = Message.objects.filter(recipient=OuterRef("pk")).unread().order_by().values("recipient")
    count = Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)
    concerned = takes_part(user)
    found = User.objects.filter(pk=user.pk).annotate(
        unread=count, evaluated=Value(False) if concerned is None else concerned
    )
    return found.values_list("unread", "evaluated").get()


def _here(path: str, urls: list[str]) -> str:
    """The menu entry a page belongs to: the longest its path begins with; the root only for itself."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")
