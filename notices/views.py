from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.lists import respond
from accounts.web import get_visible
from notices.enums import JOB_OVER, JobState
from notices.filters import MessageFilter
from notices.jobs import may_have_output
from notices.models import Job, Message
from notices.resources import MessageResource
from notices.rules import may_handle_deliveries
from notices.selectors import messages_for_list
from notices.services import mark_all_read, mark_read
from notices.services.jobs import ask_to_cancel

MESSAGE_ORDER = {"at": ("created_at",), "subject": ("subject",)}


def message_list(request):
    return respond(
        request,
        messages_for_list(request.user),
        template="notices/list.html",
        filterset=MessageFilter,
        orderings=MESSAGE_ORDER,
        resource=MessageResource,
        title=_("Messages"),
        context=lambda page: {"may_handle_deliveries": may_handle_deliveries(request.user)},
    )


def open_message(request, pk: int):
    """Mark a message as read and go where it points; one that points nowhere is read in the list itself."""
    message = get_visible(Message, request.user, pk=pk)
    mark_read(message=message)
    inside = message.url and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if inside else "notices:list")


@require_POST
def read_all(request):
    count = mark_all_read(user=request.user)
    text = ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("notices:list")


def job(request, pk: int):
    """Work in the background: how far it is, what came out, and a way to stop it."""
    return render(request, "notices/job.html", _job_context(get_visible(Job, request.user, pk=pk)))


def job_progress(request, pk: int):
    """The part of a job's page that asks again every second; goes on to the result once there is one."""
    row = get_visible(Job, request.user, pk=pk)
    if row.state == JobState.DONE and row.url and request.htmx:
        return HttpResponseClientRedirect(row.url)
    return render(request, "notices/parts/job.html", _job_context(row))


@require_POST
def job_cancel(request, pk: int):
    row = get_visible(Job, request.user, pk=pk)
    ask_to_cancel(job=row)
    return redirect("notices:job", pk)


def job_output(request, pk: int):
    """The file a job made, for its owner."""
    row = get_visible(Job, request.user, pk=pk)
    if not may_have_output(row):
        raise Http404
    return FileResponse(row.output.open(), as_attachment=True, filename=row.output_name)


def _job_context(row: Job) -> dict:
    percent = min(100, 100 * row.done // row.total) if row.total else None
    return {"job": row, "over": row.state in JOB_OVER, "percent": percent, "output": may_have_output(row)}
