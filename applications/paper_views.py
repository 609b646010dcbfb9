"""The form on paper: preview, printed versions, what changed between two, and where a printed code leads."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.web import get_visible, tell
from applications import services
from applications.content import compared, content_hash, content_of
from applications.models import Application, FormVersion
from applications.paper import preview_pdf, printed, word_copy
from applications.rules import may_edit
from applications.selectors import paper_status, versions_shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def preview(request, pk: int):
    """The form as PDF: the version that says what the form says now, or a preview that cannot be handed in."""
    application = _application(request, pk)
    version = _standing_version(request.user, application)
    if version is not None:
        return _pdf(version)
    response = HttpResponse(preview_pdf(application), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{application.number}-preview.pdf"'
    return response


def _standing_version(user, application: Application) -> FormVersion | None:
    if not may_edit(user, application):
        return application.versions.filed().last()
    last = application.versions.last()
    return last if last and last.content_hash == content_hash(content_of(application)) else None


@require_POST
def print_version(request, pk: int):
    """Make the version to be stamped and open it: from now on this content has a number of its own."""
    application = _application(request, pk)
    version = None
    with tell(request, success=None, action="version.make", obj=application):
        version = services.freeze(actor=request.user, application=application)
    if version is None:
        return redirect("applications:submit", pk)
    kind = "version_word" if "word" in request.POST else "version_pdf"
    return redirect(f"applications:{kind}", version.pk)


def version_pdf(request, pk: int):
    return _pdf(_version(request, pk))


def version_word(request, pk: int):
    """The same content as an editable Word file."""
    version = _version(request, pk)
    response = HttpResponse(word_copy(version), content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(version)}.docx"'
    return response


def compare(request, pk: int):
    """What changed between two versions, field by field; without a choice the last two."""
    application = _application(request, pk)
    versions = versions_shown(request.user, application)
    if not versions:
        raise Http404
    before = _chosen(versions, request.GET.get("from"), versions[-2] if len(versions) > 1 else versions[-1])
    after = _chosen(versions, request.GET.get("to"), versions[-1])
    context = {
        "application": application,
        "versions": versions,
        "before": before,
        "after": after,
        "changes": compared(application, before.content, after.content),
        "trail": [(_("Applications"), "/applications/"), (application.number, f"/applications/{pk}/")],
    }
    return render(request, "applications/compare.html", context)


def check(request, number: str, digest: str, page: str = ""):
    """Where the code of a printed page leads: whether the paper still says what the record says, and what changed."""
    application = get_visible(
        Application.objects.select_related("cycle__programme", "site", "level"),
        request.user,
        number__iexact=number,
    )
    status = paper_status(application, digest.lower())
    context = {
        "application": application,
        "status": status.word,
        "version": status.version,
        "changes": status.changes,
        "page": page,
        "word_copy": page.lower() == "w",
    }
    return render(request, "applications/check.html", context)


def _pdf(version: FormVersion) -> FileResponse:
    return FileResponse(
        printed(version).pdf.open(), filename=f"{_file_name(version)}.pdf", content_type="application/pdf"
    )


def _file_name(version: FormVersion) -> str:
    return f"{version.application.number}-v{version.number}"


def _chosen(versions: list[FormVersion], number: str | None, default: FormVersion) -> FormVersion:
    return next((version for version in versions if str(version.number) == number), default)


def _version(request, pk: int) -> FormVersion:
    related = ("application__cycle__programme", "application__level", "application__area")
    return get_visible(FormVersion.objects.select_related(*related), request.user, pk=pk)


def _application(request, pk: int) -> Application:
    related = ("cycle__programme__owner", "site__category", "site__area", "site__unit", "level", "area")
    return get_visible(Application.objects.select_related(*related), request.user, pk=pk)
