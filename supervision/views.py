from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.web import tell
from supervision.forms import JoinForm
from supervision.models import Membership, SupervisionGroup
from supervision.rules import why_not_change_members
from supervision.selectors import figures_by_group, groups_for_list, possible_members
from supervision.services import join_group, leave_group


def group_list(request):
    """All groups a person may see, each with its areas and what is under way there."""
    groups = list(groups_for_list(request.user))
    figures = figures_by_group(request.user, groups)
    rows = [(group, figures[group.pk], _is_member(request.user, group)) for group in groups]
    return render(request, "supervision/list.html", {"rows": rows})


def group_detail(request, pk: int):
    return _detail(request, _group(request, pk), form=None)


@require_POST
def join(request, pk: int):
    """The leadership office makes somebody a member."""
    group = _group(request, pk)
    form = JoinForm(request.POST, people=possible_members(group))
    if not form.is_valid():
        return _detail(request, group, form=form)
    with tell(request, success=_("The person is a member now."), action="group.join", obj=group):
        join_group(actor=request.user, group=group, user=form.cleaned_data["user"])
    return redirect("supervision:detail", pk)


@require_POST
def leave(request, pk: int):
    """The leadership office ends a membership."""
    groups = SupervisionGroup.objects.visible_to(request.user)
    membership = get_object_or_404(
        Membership.objects.select_related("group", "user"), pk=pk, group__in=groups
    )
    group = membership.group
    with tell(request, success=_("The membership is ended."), action="group.leave", obj=group):
        leave_group(actor=request.user, membership=membership)
    return redirect("supervision:detail", group.pk)


def _group(request, pk: int) -> SupervisionGroup:
    return get_object_or_404(groups_for_list(request.user), pk=pk)


def _detail(request, group: SupervisionGroup, form):
    may_change = why_not_change_members(request.user, group) is None
    context = {
        "group": group,
        "figures": figures_by_group(request.user, [group])[group.pk],
        "may_change": may_change,
        "form": (form or JoinForm(people=possible_members(group))) if may_change else None,
        "earlier": group.memberships.filter(valid_to__isnull=False).select_related("user"),
    }
    return render(request, "supervision/detail.html", context)


def _is_member(user, group) -> bool:
    return any(membership.user_id == user.pk for membership in group.members)
