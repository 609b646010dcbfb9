"""The plan of visits on the web: list and progress, the month, one visit, the sites nobody has been to."""

import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond
from accounts.selectors import Event, log_rows
from accounts.web import get_visible, tell
from applications.models import Cycle
from applications.selectors import present_cycle
from supervision import services
from supervision.enums import VisitAction, VisitState
from supervision.models import PlannedVisit, SupervisionGroup
from supervision.plan_forms import MoveForm, PlanForm
from supervision.plan_lists import (
    ORDERINGS,
    SITE_ORDERINGS,
    UnvisitedFilter,
    UnvisitedResource,
    VisitFilter,
    VisitResource,
)
from supervision.plan_rules import why_not_plan
from supervision.plan_selectors import (
    cycles_of,
    groups_to_work_in,
    month_grid,
    month_of,
    progress,
    unvisited_sites,
    visits_for_list,
    with_standing,
)
from supervision.rules import why_not_group_work
from supervision.selectors import groups_for_list


def plan(request):
    """The plan as a list, below how far each area is; the office sees all groups beside each other."""

    def context(listed: Listing) -> dict:
        chosen = listed.filter.form.cleaned_data
        cycle = chosen.get("cycle") or present_cycle(request.user)
        groups = [group for group in groups_for_list(request.user) if chosen.get("group") in (None, group)]
        workable = _workable(request.user, cycle)
        missing = services.visits_missing(workable, cycle) if workable else {}
        return {
            "rows": with_standing(listed.page),
            "cycle": cycle,
            "group": chosen.get("group"),
            "progress": progress(request.user, groups, cycle) if cycle else [],
            "workable": [(group, missing[group.pk]) for group in workable],
            "wanted": cycle.supervision.get("visits_a_year", 0) if cycle else 0,
        }

    return respond(
        request,
        visits_for_list(request.user),
        template="supervision/plan/list.html",
        filterset=VisitFilter,
        orderings=ORDERINGS,
        resource=VisitResource,
        title=_("Plan of visits"),
        action="visit.export",
        context=context,
    )


def calendar(request):
    """The plan month by month."""
    today = clock.today()
    first = month_of(request.GET.get("month", ""), today)
    groups = list(SupervisionGroup.objects.visible_to(request.user))
    group = next((each for each in groups if str(each.pk) == request.GET.get("group")), None)
    visits = visits_for_list(request.user).exclude(state=VisitState.CANCELLED)
    if group is not None:
        visits = visits.filter(group=group)
    context = {
        "first": first,
        "groups": groups,
        "group": group,
        "weeks": month_grid(visits, first),
        "previous": _month(first - datetime.timedelta(days=1), group),
        "next": _month(first + datetime.timedelta(days=31), group),
        "this": _month(today, group),
        "is_this": (first.year, first.month) == (today.year, today.month),
    }
    return render(request, "supervision/plan/calendar.html", context)


def unvisited(request):
    """Active sites of a year that no visit was recorded of."""
    cycles = cycles_of(request.user)
    chosen = next((cycle for cycle in cycles if str(cycle.pk) == request.GET.get("cycle")), None)
    cycle = chosen or present_cycle(request.user)
    if cycle is None:
        raise Http404
    to_come = PlannedVisit.objects.filter(cycle=cycle, state=VisitState.PLANNED).order_by("from_day")
    sites = (
        unvisited_sites(request.user, cycle)
        .select_related("category", "area")
        .prefetch_related(Prefetch("planned_visits", to_come, to_attr="to_come"))
    )
    return respond(
        request,
        sites,
        template="supervision/plan/unvisited.html",
        filterset=UnvisitedFilter,
        orderings=SITE_ORDERINGS,
        resource=UnvisitedResource,
        title=_("Sites not visited"),
        context=lambda listed: {"cycle": cycle, "cycles": cycles},
    )


def new(request, pk: int):
    """Plan one visit of a group."""
    group = get_visible(SupervisionGroup.objects.select_related("programme__owner"), request.user, pk=pk)
    cycle = _cycle_of(group)
    if why_not_group_work(request.user, group) is not None:
        raise Http404
    form = PlanForm(request.POST or None, group=group, initial={"site": request.GET.get("site")})
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The visit is on the plan."), action="visit.plan", obj=group) as outcome:
            visit = services.plan_visit(
                actor=request.user,
                group=group,
                cycle=cycle,
                target=form.target(),
                **{name: form.cleaned_data[name] for name in ("from_day", "to_day", "purpose")},
            )
        if outcome.done:
            return redirect("supervision:visit", visit.pk)
    return render(request, "supervision/plan/new.html", {"group": group, "cycle": cycle, "form": form})


@require_POST
def fill(request, pk: int):
    """Propose the visits of the year that are still missing, with one button."""
    group = get_visible(SupervisionGroup.objects.select_related("programme__owner"), request.user, pk=pk)
    cycle = _cycle_of(group)
    with tell(request, success="", action="visit.plan_year", obj=group) as outcome:
        added = services.plan_year(actor=request.user, group=group, cycle=cycle)
    if outcome.done:
        _say(request, added)
    return redirect(_list_of(group, cycle))


def visit(request, pk: int):
    return _page(request, _visit(request, pk))


@require_POST
def move(request, pk: int):
    obj = _visit(request, pk)
    form = MoveForm(request.POST, auto_id="move_%s")
    if form.is_valid():
        with tell(
            request, success=_("The visit is put on other days."), action="visit.move", obj=obj
        ) as outcome:
            services.move_visit(actor=request.user, visit=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("supervision:visit", pk)
    return _page(request, _visit(request, pk), move=form)


@require_POST
def cancel(request, pk: int):
    obj = _visit(request, pk)
    form = ReasonForm(request.POST, auto_id="cancel_%s")
    if form.is_valid():
        with tell(
            request, success=_("The visit is off the plan."), action="visit.cancel", obj=obj
        ) as outcome:
            services.cancel_visit(actor=request.user, visit=obj, reason=form.cleaned_data["reason"])
        if outcome.done:
            return redirect("supervision:visit", pk)
    return _page(request, _visit(request, pk), cancel=form)


def _page(request, obj: PlannedVisit, **bound):
    works = why_not_group_work(request.user, obj.group) is None
    planned = obj.state == VisitState.PLANNED
    days = {"from_day": obj.from_day, "to_day": obj.to_day}
    context = {
        "visit": with_standing([obj])[0],
        "log": _log(obj),
        "inspections": obj.inspections.order_by("id"),
        "may_record": works and planned,
        "move": (bound.get("move") or MoveForm(initial=days, auto_id="move_%s"))
        if works and planned
        else None,
        "cancel": (bound.get("cancel") or ReasonForm(auto_id="cancel_%s")) if works and planned else None,
        "why_not_move": why_not_plan(request.user, obj.group, obj.cycle) if works and planned else None,
    }
    return render(request, "supervision/plan/visit.html", context)


def _log(obj: PlannedVisit) -> list:
    rows = log_rows(obj)
    for row in rows:
        if row.action == VisitAction.MOVE:
            row.to_label = _("Put on other days")
    return [Event(obj.planned_at, _("Planned"), obj.planned_by), *rows]


def _visit(request, pk: int) -> PlannedVisit:
    return get_object_or_404(visits_for_list(request.user), pk=pk)


def _cycle_of(group: SupervisionGroup) -> Cycle:
    """The group's year that is planned now: this year's, else the newest; 404 where there is none."""
    cycles = Cycle.objects.filter(programme=group.programme_id).order_by("-year")
    cycle = cycles.filter(year__lte=clock.today().year).first() or cycles.last()
    if cycle is None:
        raise Http404
    return cycle


def _workable(user, cycle: Cycle | None) -> list[SupervisionGroup]:
    if cycle is None or clock.today().year > cycle.year:
        return []
    return [group for group in groups_to_work_in(user) if group.programme_id == cycle.programme_id]


def _list_of(group: SupervisionGroup, cycle: Cycle) -> str:
    return f"{reverse('supervision:plan')}?{urlencode({'group': group.pk, 'cycle': cycle.pk})}"


def _month(day: datetime.date, group: SupervisionGroup | None) -> str:
    query = {"month": f"{day:%Y-%m}"} | ({"group": group.pk} if group else {})
    return f"?{urlencode(query)}"


def _say(request, added: int) -> None:
    if added:
        text = ngettext(
            "%(n)s visit is proposed. You can put it on another day.",
            "%(n)s visits are proposed. You can put each on other days.",
            added,
        )
        messages.success(request, text % {"n": added})
    else:
        messages.info(request, _("Nothing is missing: every active site is on the plan of the year."))
