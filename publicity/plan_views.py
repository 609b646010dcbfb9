"""The publicity plan of a year on the web: its lines, how far they are, and their steps."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond
from accounts.selectors import Event, log_rows
from accounts.web import get_visible, tell
from applications.enums import CycleState
from applications.models import Cycle
from applications.selectors import present_cycle
from publicity.coverage_forms import AreaForm, PlannedForm
from publicity.coverage_rules import keeps_a_register, why_not_change_planned, why_not_keep_coverage
from publicity.coverage_selectors import registers_of, with_names
from publicity.models import Coverage, PlannedCoverage
from publicity.plan_lists import (
    ORDERINGS,
    PlannedFilter,
    PlannedResource,
    planned_for_list,
    standing_of,
    with_words,
)
from publicity.schemes import scheme_of
from publicity.services import plans as services


def plan(request):
    def context(listed: Listing) -> dict:
        rows = with_words(listed.page)
        for line in rows:
            line.standing = standing_of(line)
        return {"rows": rows, "cycle": _open_cycle(request)}

    return respond(
        request,
        planned_for_list(request.user),
        template="publicity/coverage/plan.html",
        filterset=PlannedFilter,
        orderings=ORDERINGS,
        resource=PlannedResource,
        title=_("Publicity plan"),
        action="plannedcoverage.export",
        context=context,
    )


def _open_cycle(request) -> Cycle | None:
    """The cycle a line can be added to by this person."""
    cycle = present_cycle(request.user) if keeps_a_register(request.user) else None
    return cycle if cycle and cycle.state == CycleState.OPEN and cycle.publicity else None


def new(request):
    """Add a line to the plan of ?area= for the present cycle."""
    cycle, registers = _open_cycle(request), registers_of(request.user)
    areas = next((areas for programme, areas in registers if cycle and programme == cycle.programme), [])
    if not areas:
        raise Http404
    wanted = request.GET.get("area", "")
    area = next((one for one in areas if str(one.pk) == wanted), areas[0] if len(areas) == 1 else None)
    if area is None:
        return render(
            request, "publicity/coverage/area.html", {"form": AreaForm(areas=areas), "cycle": cycle}
        )
    form = PlannedForm(request.POST or None, scheme=scheme_of(cycle), area=area)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The line is in the plan."), action="plannedcoverage.add") as outcome:
            services.plan_coverage(actor=request.user, cycle=cycle, area=area, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:plan")
    return render(
        request, "publicity/coverage/planned_form.html", {"form": form, "area": area, "cycle": cycle}
    )


def planned(request, pk: int):
    return _page(request, _line(request, pk), ReasonForm(auto_id="drop_%s"))


def change(request, pk: int):
    line = _line(request, pk)
    if why_not_change_planned(request.user, line) is not None:
        return redirect("publicity:planned", pk)
    form = PlannedForm(
        request.POST or None,
        scheme=scheme_of(line.cycle),
        area=line.area,
        line=line,
        initial=PlannedForm.initial_of(line),
    )
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="plannedcoverage.change", obj=line) as outcome:
            services.change_planned(actor=request.user, line=line, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:planned", pk)
    context = {"form": form, "area": line.area, "cycle": line.cycle, "line": line}
    return render(request, "publicity/coverage/planned_form.html", context)


@require_POST
def drop(request, pk: int):
    line, form = _line(request, pk), ReasonForm(request.POST, auto_id="drop_%s")
    if form.is_valid():
        with tell(
            request, success=_("The line is dropped."), action="plannedcoverage.drop", obj=line
        ) as outcome:
            services.drop_planned(actor=request.user, line=line, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:planned", pk)
    return _page(request, _line(request, pk), form)


def _line(request, pk: int) -> PlannedCoverage:
    return get_visible(planned_for_list(request.user), request.user, pk=pk)


def _page(request, line: PlannedCoverage, form: ReasonForm):
    line = with_words([line])[0]
    ids = [entry.pk for entry in line.filled_by]
    may_change = why_not_change_planned(request.user, line) is None
    context = {
        "line": line,
        "standing": standing_of(line),
        "entries": with_names(Coverage.objects.filter(pk__in=ids)),
        "may_change": may_change,
        "may_record": why_not_keep_coverage(request.user, line.area, line.cycle.programme) is None
        and line.due_on.year <= clock.today().year,
        "drop_form": form if may_change else None,
        "log": [Event(line.planned_at, _("Planned"), line.planned_by), *log_rows(line)],
    }
    return render(request, "publicity/coverage/planned.html", context)
