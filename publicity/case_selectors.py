"""Reading exemplary cases: lists, and what waits for whom."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.scope import units_with_role
from notices.todo import Todo
from publicity.enums import CaseAction, CaseState
from publicity.models import ExemplaryCase, ExemplaryCaseLog


def cases_for_list(user):
    """The cases a person sees, with what a row shows; a fixed number of queries."""
    cases = ExemplaryCase.objects.visible_to(user).prefetch_related("area", "site", "cycle__programme")
    return cases.annotate(photo_count=Count("photos")).order_by("-id")


def waiting_for(user) -> list[Todo]:
    """Nominated cases for the office, returned ones for the county; one query each, none for others."""
    todos = []
    if owners := units_with_role(user, (Role.OFFICE,)):
        rows = ExemplaryCase.objects.filter(state=CaseState.NOMINATED, cycle__programme__owner__in=owners)
        todos += [_todo(case, _("Decide on the exemplary case: %(title)s")) for case in _shown(rows)]
    if areas := units_with_role(user, (Role.UNIT_STAFF,)):
        returned = ExemplaryCaseLog.objects.filter(action=CaseAction.RETURN).values("subject")
        rows = ExemplaryCase.objects.filter(state=CaseState.DRAFT, area__in=areas, pk__in=returned)
        todos += [_todo(case, _("Correct the exemplary case: %(title)s")) for case in _shown(rows)]
    return todos


def _shown(rows):
    return rows.select_related("area", "cycle__programme").order_by("id")


def _todo(case: ExemplaryCase, words: str) -> Todo:
    return Todo(
        text=words % {"title": case.title},
        url=reverse("publicity:case", args=[case.pk]),
        detail=f"{case.area} · {case.cycle}",
    )
