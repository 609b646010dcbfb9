"""Paper that comes back: the county's scans on the submit page, the leadership office's mixed piles."""

import io

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from PIL import Image

from accounts.uploads import chosen_files
from accounts.web import get_visible, tell
from applications import services
from applications.enums import PageVerdict
from applications.models import Application, ScannedPage
from applications.rules import may_edit, may_file_batches
from applications.selectors import batch_papers, batch_rows, scan_batches
from notices.models import Job

#: Pixels of the longer side of a small picture in a list.
_SMALL = 240


@require_POST
def add(request, pk: int):
    """Scanned pages for an application: filed at once, or by a worker when they are many."""
    application = get_visible(Application, request.user, pk=pk)
    done = None
    with tell(request, success=None, action="scan.add", obj=application):
        done = services.add_scans(
            actor=request.user, application=application, uploads=chosen_files(request, "files")
        )
    if isinstance(done, Job):
        return redirect("notices:job", done.pk)
    if done is not None:
        _tell_filed(request, application, done)
    return redirect("applications:submit", pk)


def _tell_filed(request, application: Application, pages: list[ScannedPage]) -> None:
    here = [page for page in pages if page.verdict == PageVerdict.FILED]
    elsewhere = [page for page in here if page.application_id != application.pk]
    if here:
        text = ngettext("%(count)d page filed.", "%(count)d pages filed.", len(here))
        messages.success(request, text % {"count": len(here)})
    if elsewhere:
        text = ngettext(
            "%(count)d of them is of another application: filed there.",
            "%(count)d of them are of another application: filed there.",
            len(elsewhere),
        )
        messages.info(request, text % {"count": len(elsewhere)})
    if rest := len(pages) - len(here):
        text = ngettext(
            "%(count)d page could not be filed: see why below.",
            "%(count)d pages could not be filed: see why below.",
            rest,
        )
        messages.warning(request, text % {"count": rest})


@require_POST
def overrule(request, pk: int):
    """A person says that a page is in order although no red seal was found."""
    scan = get_visible(ScannedPage.objects.select_related("application"), request.user, pk=pk)
    reason = request.POST.get("reason", "")[:1000]
    with tell(request, success=_("Kept with your reason."), action="scan.overrule", obj=scan.application):
        services.overrule_seal(actor=request.user, page=scan, reason=reason)
    if scan.application and may_edit(request.user, scan.application):
        return redirect("applications:submit", scan.application_id)
    return (
        redirect("applications:detail", scan.application_id)
        if scan.application
        else redirect("dashboard:inbox")
    )


def page(request, pk: int):
    """A scanned page set upright, as JPEG; ?small for the lists."""
    scan = get_visible(ScannedPage, request.user, pk=pk)
    if not scan.image:
        raise Http404
    if "small" not in request.GET:
        response = FileResponse(scan.image.open(), content_type="image/jpeg", filename=f"{scan.pk}.jpg")
    else:
        response = HttpResponse(_small(scan), content_type="image/jpeg")
    # A page is never written again: another scan is another page.
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _small(scan: ScannedPage) -> bytes:
    stream = io.BytesIO()
    with scan.image.open() as file, Image.open(file) as picture:
        picture.thumbnail((_SMALL, _SMALL), reducing_gap=2.0)
        picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def batches(request):
    """The leadership office adds a pile of scans, whatever they are of, and finds its earlier piles."""
    if not may_file_batches(request.user):
        raise Http404
    if request.method == "POST":
        job = None
        with tell(request, success=None, action="scan.batch"):
            job = services.add_batch(actor=request.user, uploads=chosen_files(request, "files"))
        return redirect("notices:job", job.pk) if job else redirect("applications:scan_batches")
    context = {
        "batches": scan_batches(request.user),
        "most_files": services.MOST_FILES,
        "most_pages": services.MOST_PAGES,
        "most_megabytes": settings.UPLOAD_MAX_MEGABYTES,
    }
    return render(request, "applications/scan_batches.html", context)


def batch(request, pk: int):
    """What became of each page of a pile, and how complete each paper is now."""
    job = get_visible(Job.objects.filter(task=services.READ_SCANS), request.user, pk=pk)
    rows = batch_rows(request.user, job)
    context = {
        "job": job,
        "rows": rows,
        "papers": batch_papers(request.user, job),
        "refused": job.params.get("refused", []),
        "filed": sum(row.verdict == PageVerdict.FILED for row in rows),
        "look": sum(row.look for row in rows),
    }
    return render(request, "applications/scan_batch.html", context)
