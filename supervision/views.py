from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.web import tell
from supervision.forms import EndForm, GiveAreaForm, GroupForm, JoinForm
from supervision.models import GroupArea, Membership, SupervisionGroup
from supervision.rules import why_not_change_members
from supervision.selectors import (
    dated_rows,
    figures_by_group,
    groups_for_list,
    possible_areas,
    possible_members,
)
from supervision.services import edit_group, end_area, give_area, join_group, leave_group
from supervision.services.days import day_after


def group_list(request):
    """All groups a person may see, each with its areas and what is under way there."""
    groups = list(groups_for_list(request.user))
    figures = figures_by_group(request.user, groups)
    rows = [(group, figures[group.pk], _is_member(request.user, group)) for group in groups]
    return render(request, "supervision/list.html", {"rows": rows})


def group_detail(request, pk: int):
    return _detail(request, _group(request, pk))


@require_POST
def join(request, pk: int):
    """The leadership office makes somebody a member."""
    group = _group(request, pk)
    form = JoinForm(request.POST, people=possible_members(group))
    if not form.is_valid():
        return _detail(request, group, join=form)
    with tell(request, success=_("The person is a member now."), action="group.join", obj=group) as outcome:
        join_group(actor=request.user, group=group, user=form.cleaned_data["user"], **form.days())
    return redirect("supervision:detail", pk) if outcome.done else _detail(request, group, join=form)


@require_POST
def leave(request, pk: int):
    """The leadership office ends a membership, at once or with a last day."""
    membership = _of_visible_group(request, Membership, pk)
    group, form = membership.group, EndForm(request.POST)
    if form.is_valid():
        with tell(request, success=_("The membership is ended."), action="group.leave", obj=group):
            leave_group(
                actor=request.user, membership=membership, valid_to=day_after(form.cleaned_data["last_day"])
            )
    return redirect("supervision:detail", group.pk)


@require_POST
def area(request, pk: int):
    """The leadership office gives a group an area."""
    group = _group(request, pk)
    form = GiveAreaForm(request.POST, areas=possible_areas(group))
    if not form.is_valid():
        return _detail(request, group, area=form)
    with tell(
        request, success=_("The area is given to the group."), action="group.area", obj=group
    ) as outcome:
        give_area(actor=request.user, group=group, area=form.cleaned_data["area"], **form.days())
    return redirect("supervision:detail", pk) if outcome.done else _detail(request, group, area=form)


@require_POST
def area_end(request, pk: int):
    """The leadership office takes an area from a group, at once or with a last day."""
    row = _of_visible_group(request, GroupArea, pk)
    group, form = row.group, EndForm(request.POST)
    if form.is_valid():
        with tell(request, success=_("Recorded."), action="group.area_end", obj=group):
            end_area(actor=request.user, group_area=row, valid_to=day_after(form.cleaned_data["last_day"]))
    return redirect("supervision:detail", group.pk)


@require_POST
def edit(request, pk: int):
    """The leadership office enters who leads a group and which sections answer for it."""
    group = _group(request, pk)
    form = GroupForm(request.POST, auto_id="group_%s")
    if not form.is_valid():
        return _detail(request, group, edit=form)
    with tell(request, success=_("Saved."), action="group.edit", obj=group):
        edit_group(
            actor=request.user,
            group=group,
            leader=form.cleaned_data["leader"],
            sections=form.section_names(),
        )
    return redirect("supervision:detail", pk)


def _group(request, pk: int) -> SupervisionGroup:
    return get_object_or_404(groups_for_list(request.user), pk=pk)


def _of_visible_group(request, model, pk: int):
    groups = SupervisionGroup.objects.visible_to(request.user)
    rows = model.objects.select_related("group__programme__owner")
    return get_object_or_404(rows, pk=pk, group__in=groups)


def _detail(request, group: SupervisionGroup, **bound):
    """The page of a group; `bound` holds a form that was not in order, by its name."""
    may_change = why_not_change_members(request.user, group) is None
    context = {
        "group": group,
        "figures": figures_by_group(request.user, [group])[group.pk],
        "may_change": may_change,
        "forms": _forms(group, bound) if may_change else {},
        **dated_rows(group),
    }
    return render(request, "supervision/detail.html", context)


def _forms(group: SupervisionGroup, bound: dict) -> dict:
    known = {"leader": group.leader, "sections": "\n".join(group.sections)}
    return {
        "join": bound.get("join") or JoinForm(people=possible_members(group)),
        "area": bound.get("area") or GiveAreaForm(areas=possible_areas(group)),
        "edit": bound.get("edit") or GroupForm(initial=known, auto_id="group_%s"),
    }


def _is_member(user, group) -> bool:
    return any(membership.user_id == user.pk for membership in group.members)
