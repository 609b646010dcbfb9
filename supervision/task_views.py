"""The task ledger on the web, one task with its reports and steps, and what the office gives and takes over."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import UnitKind
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond, sorted_by
from accounts.models import Unit
from accounts.selectors import Event, log_rows
from accounts.services import record
from accounts.uploads import chosen_files
from accounts.web import get_visible, tell
from applications.models import Cycle
from applications.selectors import present_cycle
from notices.print_fonts import PrintingUnavailable
from supervision.enums import TaskAction, TaskState
from supervision.models import Task, TaskFile
from supervision.services import tasks as services
from supervision.task_forms import ConfirmForm, GiveForm, MoveForm, PartForm, ReportForm
from supervision.task_ledger import MOST_ROWS, Ledger, ledger_of
from supervision.task_lists import ORDERINGS, TaskFilter, TaskResource
from supervision.task_paper import ledger_pdf
from supervision.task_rules import (
    gives,
    may_take_task,
    why_not_break_down,
    why_not_give_tasks,
    why_not_report_progress,
)
from supervision.task_selectors import tasks_for_list, with_words

# --- the ledger -------------------------------------------------------------------------------------------


def task_list(request):
    def context(listed: Listing) -> dict:
        cycle = _cycle(request, listed.filter)
        gives_tasks = cycle is not None and why_not_give_tasks(request.user, cycle) is None
        return {
            "rows": with_words(listed.page),
            "cycle": cycle,
            "ledger": _ledger(cycle, listed.filter.qs) if cycle else None,
            "gives_tasks": gives_tasks,
            "to_take_over": services.still_to_take_over(cycle).count() if gives_tasks else 0,
        }

    return respond(
        request,
        tasks_for_list(request.user),
        template="supervision/tasks/list.html",
        filterset=TaskFilter,
        orderings=ORDERINGS,
        resource=TaskResource,
        title=_("Task ledger"),
        action="task.export",
        context=context,
    )


def _cycle(request, filtered) -> Cycle | None:
    """The year the table is of: the one filtered by, else the present one."""
    chosen = filtered.form.is_valid() and filtered.form.cleaned_data.get("cycle")
    return chosen or present_cycle(request.user)


def _ledger(cycle: Cycle, tasks) -> Ledger | None:
    """The table of the filtered tasks of a year; None without any, or with too many for a table."""
    rows = list(tasks.filter(cycle=cycle).order_by("due_on", "id")[: MOST_ROWS + 1])
    return ledger_of(cycle, with_words(rows)) if 0 < len(rows) <= MOST_ROWS else None


def ledger_print(request):
    """The ledger as it is filtered, to be printed."""
    filtered = TaskFilter(request.GET, queryset=tasks_for_list(request.user), request=request)
    cycle = _cycle(request, filtered)
    if cycle is None:
        raise Http404
    rows = list(sorted_by(filtered.qs.filter(cycle=cycle), "", ORDERINGS)[: MOST_ROWS + 1])
    if not 0 < len(rows) <= MOST_ROWS:
        messages.error(
            request, _("Filter the list until it shows between 1 and %(n)s tasks.") % {"n": MOST_ROWS}
        )
        return redirect("supervision:tasks")
    try:
        content = ledger_pdf(lambda: ledger_of(cycle, with_words(rows)), lambda: _chosen(request, filtered))
    except PrintingUnavailable as error:
        messages.error(request, str(error))
        return redirect("supervision:tasks")
    record(action="task.print", actor=request.user, obj=cycle)
    name = _("Task ledger %(year)s") % {"year": cycle.year}
    return FileResponse(io.BytesIO(content), filename=f"{name}.pdf", content_type="application/pdf")


def _chosen(request, filtered) -> list[tuple[str, str]]:
    """The filters of a list as words."""
    form = filtered.form
    if not form.is_valid():
        return []
    found = []
    for name, value in form.cleaned_data.items():
        if value not in (None, "") and name != "cycle":
            choices = dict(getattr(form.fields[name], "choices", []))
            words = _("Yes") if value is True else _("No") if value is False else choices.get(value, value)
            found.append((str(form.fields[name].label), str(words)))
    return found


def give(request, pk: int):
    """The office gives units a task of the year."""
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    if why_not_give_tasks(request.user, cycle) is not None:
        raise Http404
    form = GiveForm(request.POST or None, cycle=cycle, units=_units(cycle.programme.owner, itself=True))
    if request.method == "POST" and form.is_valid():
        with tell(request, success="", action="task.give", obj=cycle) as outcome:
            given = services.give_tasks(actor=request.user, cycle=cycle, **form.cleaned_data)
        if outcome.done:
            messages.success(request, _("%(n)s tasks were given.") % {"n": len(given)})
            return redirect("supervision:tasks")
    return render(request, "supervision/tasks/give.html", {"cycle": cycle, "form": form})


@require_POST
def take_over(request, pk: int):
    """The office takes over last year's task list."""
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    with tell(request, success="", action="task.take_over", obj=cycle) as outcome:
        added = services.take_over(actor=request.user, cycle=cycle)
    if outcome.done:
        messages.success(request, _("%(n)s tasks were taken over.") % {"n": added})
    return redirect("supervision:tasks")


# --- one task ---------------------------------------------------------------------------------------------


def task(request, pk: int):
    return _page(request, _task(request, pk))


def break_down(request, pk: int):
    """Give units below a part of a task."""
    obj = _task(request, pk)
    units = _units(obj.unit, itself=False)
    if why_not_break_down(request.user, obj) is not None or not units:
        return redirect("supervision:task", pk)
    form = PartForm(request.POST or None, task=obj, units=units)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The parts are given."), action="task.part", obj=obj) as outcome:
            data = form.cleaned_data | {"units": list(form.cleaned_data["units"])}
            services.break_down(actor=request.user, task=obj, **data)
        if outcome.done:
            return redirect("supervision:task", pk)
    return render(request, "supervision/tasks/break_down.html", {"task": with_words([obj])[0], "form": form})


@require_POST
def report(request, pk: int):
    """Report progress, or with the other button the task as done."""
    obj, is_done = with_words([_task(request, pk)])[0], "done" in request.POST
    form = ReportForm(request.POST, has_parts=obj.found.parts > 0, auto_id="report_%s")

    def save(*, actor, task, progress=None, **said):
        if is_done:
            services.report_done(actor=actor, task=task, **said)
        else:
            services.report_progress(actor=actor, task=task, progress=progress, **said)

    said = _("Reported; %(unit)s confirms it.") % {"unit": _confirms(obj)} if is_done else ""
    return _take(request, pk, "report", form, save, success=said)


@require_POST
def confirm(request, pk: int):
    return _take(
        request, pk, "confirm", ConfirmForm(request.POST, auto_id="confirm_%s"), services.confirm_task
    )


@require_POST
def give_back(request, pk: int):
    return _take(request, pk, "return", ReasonForm(request.POST, auto_id="return_%s"), services.return_task)


@require_POST
def move(request, pk: int):
    return _take(request, pk, "move", MoveForm(request.POST, auto_id="move_%s"), services.move_task)


@require_POST
def cancel(request, pk: int):
    return _take(request, pk, "cancel", ReasonForm(request.POST, auto_id="cancel_%s"), services.cancel_task)


def file(request, pk: int):
    """Evidence of a task, for those who may see it."""
    obj = get_visible(TaskFile, request.user, pk=pk)
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.name)


def _task(request, pk: int) -> Task:
    return get_object_or_404(tasks_for_list(request.user), pk=pk)


def _units(above: Unit, *, itself: bool):
    """The units a task can be given to, from `above` down, organisations left out."""
    units = Unit.objects.within(above).exclude(kind=UnitKind.ORGANISATION).select_related("parent")
    return (units if itself else units.exclude(pk=above.pk)).order_by("path")


def _page(request, obj: Task, **bound):
    """The page of a task with the forms of the steps this person may take (or one as it was sent)."""
    user, obj = request.user, with_words([obj])[0]
    parts = with_words(tasks_for_list(user).filter(parent=obj).order_by("unit_id", "id"))
    context = {
        "task": obj,
        "parts": parts,
        "parent": _visible_parent(user, obj),
        "forms": {name: bound.get(name, form) for name, form in _forms(user, obj).items()},
        "may_report": may_take_task(user, obj, TaskAction.REPORT),
        "may_break_down": why_not_break_down(user, obj) is None and _units(obj.unit, itself=False).exists(),
        "waits_for": _waits_for(user, obj),
        "reports": list(obj.reports.select_related("made_by").prefetch_related("files").order_by("-id")),
        "log": [Event(obj.made_at, _("Given"), obj.made_by), *log_rows(obj)],
    }
    return render(request, "supervision/tasks/detail.html", context)


def _forms(user, obj: Task) -> dict:
    forms = {}
    if why_not_report_progress(user, obj) is None:
        has_parts = obj.found.parts > 0
        forms["report"] = ReportForm(
            has_parts=has_parts, auto_id="report_%s", initial={"progress": obj.progress}
        )
    if may_take_task(user, obj, TaskAction.CONFIRM):
        forms["confirm"] = ConfirmForm(auto_id="confirm_%s")
        forms["return"] = ReasonForm(auto_id="return_%s")
    if may_take_task(user, obj, TaskAction.MOVE):
        forms["move"] = MoveForm(auto_id="move_%s", initial={"due_on": obj.due_on})
        forms["cancel"] = ReasonForm(auto_id="cancel_%s")
    return forms


def _visible_parent(user, obj: Task) -> Task | None:
    """The whole a part belongs to, for those who may open it."""
    return Task.objects.visible_to(user).filter(pk=obj.parent_id).first() if obj.parent_id else None


def _waits_for(user, obj: Task) -> str:
    """Who has the next step."""
    if obj.state == TaskState.OPEN:
        return str(obj.unit)
    if obj.state == TaskState.REPORTED:
        return _("you") if gives(user, obj) else str(_confirms(obj))
    return ""


def _confirms(obj: Task) -> Unit:
    """Who confirms a task that was reported as done: who gave it."""
    return obj.parent.unit if obj.parent_id else obj.cycle.programme.owner


def _take(request, pk: int, name: str, form, service, success: str = ""):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    obj = _task(request, pk)
    if form.is_valid():
        with tell(request, success=success or _("Recorded."), action=f"task.{name}", obj=obj) as outcome:
            data = dict(form.cleaned_data)
            if "files" in form.fields:
                data["files"] = chosen_files(request, "files")
            service(actor=request.user, task=obj, **data)
        if outcome.done:
            return redirect("supervision:task", pk)
    # Read again: somebody else may have moved it in between.
    return _page(request, _task(request, pk), **{name: form})
