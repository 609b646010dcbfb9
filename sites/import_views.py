"""Importing tables: choose, fill in the template, have it checked, import, look at what came of it."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, Reason
from accounts.lists import XLSX_TYPE
from accounts.uploads import stopped_upload
from accounts.web import get_visible, tell
from notices.enums import JobState
from notices.jobs import address_of
from notices.models import Job
from sites.forms import TableForm
from sites.imports.kind import Kind, Outcome
from sites.imports.services import (
    CHECK_TASK,
    KINDS,
    WRITE_TASK,
    importable,
    make_kind,
    programme_for,
    start_check,
    start_import,
)
from sites.imports.workbooks import template as template_workbook
from sites.models import Programme

#: So many earlier imports are listed.
_RECENT = 10


def index(request):
    """The tables a person may import, and his or her last imports."""
    _programme(request)
    kinds = [KINDS[code] for code in importable(request.user)]
    jobs = Job.objects.visible_to(request.user).filter(task__in=(CHECK_TASK, WRITE_TASK))[:_RECENT]
    return render(request, "sites/import.html", {"kinds": kinds, "jobs": jobs})


def upload(request, code: str):
    """One kind of table: its template, and the form that takes the filled one."""
    kind = _kind(request, code)
    sent = request.method == "POST"
    form = TableForm(
        request.POST if sent else None, request.FILES if sent else None, stopped=_stopped(request)
    )
    if sent and form.is_valid():
        with tell(request, success=None, action=kind.action) as outcome:
            job = start_check(
                actor=request.user, code=code, programme=kind.programme, upload=form.cleaned_data["file"]
            )
        if outcome.done:
            return redirect(address_of(job))
    return render(request, "sites/import_kind.html", {"kind": kind, "form": form})


def template(request, code: str):
    """The empty table of a kind as an Excel workbook."""
    kind = _kind(request, code)
    response = HttpResponse(template_workbook(kind), content_type=XLSX_TYPE)
    name = _("Template %(kind)s") % {"kind": kind.title}
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def result(request, pk: int):
    """What a check or an import came to; one that failed leads back to its form."""
    job = _import_job(request, pk)
    code = job.params["kind"]
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        if job.error:
            messages.error(request, job.error)
        return redirect("sites:import_kind", code)
    if job.state != JobState.DONE:
        return redirect(address_of(job))
    checked = job.task == CHECK_TASK
    context = {
        "job": job,
        "kind": KINDS[code],
        "checked": checked,
        "counts": _counted(job.result["counts"]),
        "refused": job.result["counts"][Outcome.REFUSED],
        "good": job.result["counts"][Outcome.NEW] + job.result["counts"][Outcome.CHANGED],
        "followed_by": _import_of(job) if checked else None,
    }
    return render(request, "sites/import_result.html", context)


@require_POST
def write(request, pk: int):
    """Import what was checked: everything, or the good rows."""
    check = _import_job(request, pk)
    with tell(request, success=None, action=KINDS[check.params["kind"]].action) as outcome:
        job = start_import(actor=request.user, check=check, take_good=bool(request.POST.get("take_good")))
    return redirect(address_of(job) if outcome.done else reverse("sites:import_result", args=[pk]))


def _programme(request) -> Programme:
    programme = programme_for(request.user)
    if programme is None or not importable(request.user):
        raise Http404
    return programme


def _kind(request, code: str) -> Kind:
    programme = _programme(request)
    if code not in importable(request.user):
        raise Http404
    return make_kind(code, request.user, programme)


def _import_job(request, pk: int) -> Job:
    job = get_visible(Job.objects.filter(task__in=(CHECK_TASK, WRITE_TASK)), request.user, pk=pk)
    if job.params["kind"] not in importable(request.user):
        raise Http404
    return job


def _import_of(check: Job) -> Job | None:
    """The import a check was followed by, unless it failed."""
    jobs = Job.objects.filter(task=WRITE_TASK, owner=check.owner, params__check=check.pk)
    return jobs.exclude(state__in=(JobState.FAILED, JobState.CANCELLED)).first()


def _counted(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (_("Rows in all"), counts["total"]),
        (_("New"), counts[Outcome.NEW]),
        (_("Changed"), counts[Outcome.CHANGED]),
        (_("Unchanged"), counts[Outcome.UNCHANGED]),
        (_("Cannot be imported"), counts[Outcome.REFUSED]),
    ]


def _stopped(request) -> DomainError | None:
    """The refusal of a file that was stopped for its size, with what helps for a table."""
    stopped = stopped_upload(request)
    if stopped is None:
        return None
    remedy = _("Copy only the table into a new workbook, or split it.")
    return DomainError(Reason(text=stopped.reason.text, remedy=remedy))
