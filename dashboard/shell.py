"""What every page shows around its content: the menu by role, unread messages, the day of a demonstration."""

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts import clock
from accounts.models import User
from accounts.scope import role_assignments
from assessments.evaluation_selectors import takes_part
from dashboard.menu import menu_of
from dashboard.rules import may_search
from notices.models import Message


def shell(request) -> dict:
    """Context processor; two queries for a signed-in person (roles are shared with the page's own rules)."""
    context = {"demo": settings.DEMO, "today": clock.today()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return context
    roles = {assignment.role for assignment in role_assignments(request.user)}
    unread, evaluated = _unread_and_evaluated(request.user)
    context["menu"] = menu_of(roles, evaluated, request.path)
    context["unread_count"] = unread
    context["may_search"] = may_search(request.user)
    return context


def _unread_and_evaluated(user) -> tuple[int, bool]:
    """How many messages a person has not read, and whether a quarterly evaluation concerns him or her; one query."""
    unread = Message.objects.filter(recipient=OuterRef("pk")).unread().order_by().values("recipient")
    count = Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)
    concerned = takes_part(user)
    found = User.objects.filter(pk=user.pk).annotate(
        unread=count, evaluated=Value(False) if concerned is None else concerned
    )
    return found.values_list("unread", "evaluated").get()
