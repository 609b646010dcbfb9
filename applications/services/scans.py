"""Paper that comes back: scanned pages are read by their codes and filed to the form they were printed from."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from applications.content import content_hash, standing_content
from applications.enums import AttachmentKind, PageVerdict
from applications.models import Application, Attachment, ScannedPage, ScanUpload
from applications.paper_state import changed_fields, paper_state, seal_warnings
from applications.rules import may_file_batches, may_file_pages
from applications.scanning.pages import count_pages
from applications.scanning.reading import Reading, codes_in, read_pages, version_named
from applications.services.common import lock, require_editable, require_reason
from applications.services.filing import add_attachment, sha256_of
from notices.models import Job
from notices.services.jobs import Run, start_job

#: Files one form takes, and pages of one go; so many are read while the person waits, more by a worker.
MOST_FILES, MOST_PAGES, AT_ONCE = 60, 200, 12
#: The Celery task that reads a job's files.
READ_SCANS = "applications.tasks.read_scans"


def add_scans(*, actor, application: Application, uploads: list) -> list[ScannedPage] | Job:
    """Keep files of scanned pages and file the pages by their codes: at once when they are few, else by a worker.

    Returns: the pages in the order of the files, or the job that reads them.

    Raises DomainError when the form is not open for changes, or, with nothing kept, when one of the files cannot be
    taken (kind, size, damaged, locked, too many).
    """
    # Asked again under the lock: what is refused anyway is not worth reading.
    require_editable(actor, application)
    _require_number(uploads)
    checked = [_checked(upload) for upload in uploads]
    pages = sum(count for _upload, _type, count in checked)
    _require_pages(pages)
    with transaction.atomic():
        require_editable(actor, lock(application))
        job = None
        if pages > AT_ONCE:
            title = _("Read scanned pages: %(site)s") % {"site": application.site.name}
            url = reverse("applications:submit", args=[application.pk])
            job = start_job(actor=actor, task=READ_SCANS, title=title, params={"pages": pages}, url=url)
        now = clock.now()
        kept = [_keep(actor, application, job, *each[:2], now) for each in checked]
        record(action="scan.add", actor=actor, obj=application, unit=application.area, pages=pages)
    return job or _read_and_file(actor, kept)


def confirm_by_hand(*, actor, application: Application, upload, note: str) -> Attachment:
    """Keep a file as the stamped form of the present content on somebody's word, for paper whose codes are spoiled.

    A code that can be read is believed before the person: raises DomainError when one names an older version or
    another form, else as `add_attachment`.
    """
    with transaction.atomic():
        locked = lock(application)
        require_editable(actor, locked)
        present = content_hash(standing_content(locked))
    content_type = _checked(upload)[1]
    for position, code in codes_in(upload, content_type):
        version = version_named(code)
        of_this = version is not None and version.application_id == application.pk
        if code.is_word_copy or not of_this or version.content_hash != present:
            raise DomainError(
                Reason(
                    text=_(
                        "Page %(page)s carries the code of another paper: %(number)s, version %(version)s."
                    )
                    % {
                        "page": position,
                        "number": code.number,
                        "version": version.number if version else "?",
                    },
                    remedy=_(
                        "Print the present version, have it stamped and add that; its codes can be read."
                    ),
                )
            )
    upload.seek(0)
    return add_attachment(
        actor=actor, application=application, kind=AttachmentKind.STAMPED, upload=upload, note=note
    )


def add_batch(*, actor, uploads: list) -> Job:
    """Keep the leadership office's mixed files; a worker reads and files their pages.

    A file that cannot be taken is named in the result with its reason; the others are read.

    Raises DomainError for anybody but a leadership office, and when there is no file to read at all.
    """
    if not may_file_batches(actor):
        raise DomainError(Reason(text=_("Only the leadership office may do this.")))
    _require_number(uploads)
    checked, refused = [], []
    for upload in uploads:
        try:
            checked.append(_checked(upload))
        except DomainError as error:
            refused.append({"name": upload.name[-200:], "reason": str(error)})
    if not checked:
        raise DomainError(refused[0]["reason"])
    pages = sum(count for _upload, _type, count in checked)
    _require_pages(pages)
    with transaction.atomic():
        title = _("Read %(pages)s scanned pages") % {"pages": pages}
        job = start_job(
            actor=actor, task=READ_SCANS, title=title, params={"pages": pages, "refused": refused}
        )
        job.url = reverse("applications:scan_batch", args=[job.pk])
        job.save(update_fields=["url"])
        now = clock.now()
        for upload, content_type, _count in checked:
            _keep(actor, None, job, upload, content_type, now)
        record(action="scan.batch", actor=actor, obj=job, pages=pages)
    return job


def read_scans(run: Run) -> None:
    """Read and file the pages of a job's files. Written at the end: stopped before, it changes nothing."""
    uploads = list(run.job.scans.order_by("id"))
    total = run.job.params["pages"]

    def done(count: int) -> None:
        run.step(count, total)

    def finish(pages: list[ScannedPage]) -> None:
        counts = Counter(page.verdict for page in pages)
        run.finish(result={"counts": counts, "papers": _papers(pages), "changed": _changed(pages)})

    _read_and_file(run.job.owner, uploads, done, finish)


@transaction.atomic
def overrule_seal(*, actor, page: ScannedPage, reason: str) -> ScannedPage:
    """A person says that a page is in order although no red seal was found, and why. Kept, and shown to the office.

    Raises DomainError when the form is not open for changes, the reason is empty, or there is nothing to overrule.
    """
    if page.application is None:
        raise DomainError(Reason(text=_("This page is filed to no application.")))
    locked = lock(page.application)
    require_editable(actor, locked)
    require_reason(reason)
    page = ScannedPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if page.replaced_at or page.overruled_at or not seal_warnings(locked, page):
        raise DomainError(Reason(text=_("There is no open warning on this page.")))
    page.overruled_by, page.overruled_at, page.overrule_reason = actor, clock.now(), reason.strip()
    page.save(update_fields=["overruled_by", "overruled_at", "overrule_reason"])
    record(action="scan.overrule", actor=actor, obj=locked, unit=locked.area, reason=reason.strip())
    return page


def _papers(pages: list[ScannedPage]) -> list[dict]:
    """What each paper concerned looks like now, for the table of results: kept, so that it reads the same later."""
    filed = (PageVerdict.FILED, PageVerdict.OLDER)
    concerned = {page.application_id for page in pages if page.verdict in filed}
    papers = []
    for application in Application.objects.filter(pk__in=concerned).order_by("number"):
        state = paper_state(application)
        papers.append(
            {
                "application": application.pk,
                "pages": state.pages,
                "missing": state.missing,
                "complete": state.complete,
                "warnings": len(state.open_warnings),
                "older": [page.page for page in state.older],
                "changed": state.changed,
            }
        )
    return papers


def _changed(pages: list[ScannedPage]) -> dict[int, list[str]]:
    """What was changed since, by label, for each older version of which a page came, by the version's id."""
    older = {page.version_id: page.version for page in pages if page.verdict == PageVerdict.OLDER}
    return {
        pk: changed_fields(version.application, version.content, standing_content(version.application))
        for pk, version in older.items()
    }


# --- what comes in ------------------------------------------------------------------------------------------


def _require_number(uploads: list) -> None:
    if not uploads:
        raise DomainError(_("Choose a file first."))
    if len(uploads) > MOST_FILES:
        text = _("%(count)s files are too many: at most %(most)s in one go.")
        raise DomainError(text % {"count": len(uploads), "most": MOST_FILES})


def _require_pages(pages: int) -> None:
    if pages > MOST_PAGES:
        text = _("%(count)s pages are too many: at most %(most)s in one go.")
        raise DomainError(text % {"count": pages, "most": MOST_PAGES})


def _checked(upload) -> tuple:
    """(upload, content type, number of pages). Raises DomainError."""
    content_type = checked_content_type(upload, SCANS)
    return upload, content_type, count_pages(upload, content_type, upload.name)


def _keep(
    actor, application: Application | None, job: Job | None, upload, content_type: str, now
) -> ScanUpload:
    """Keep a file as it came in; the files of one go share one moment."""
    return ScanUpload.objects.create(
        job=job,
        application=application,
        file=upload,
        name=upload.name[-200:],
        content_type=content_type,
        size=upload.size,
        sha256=sha256_of(upload),
        uploaded_by=actor,
        uploaded_at=now,
    )


# --- reading ------------------------------------------------------------------------------------------------


def _read_and_file(
    actor,
    uploads: list[ScanUpload],
    done: Callable[[int], None] = lambda count: None,
    finish: Callable[[list[ScannedPage]], None] = lambda pages: None,
) -> list[ScannedPage]:
    """Read outside, write inside one transaction; `finish` runs in it. The pictures wait on disk, not in memory."""
    with tempfile.TemporaryDirectory() as folder:
        readings = []
        for reading in read_pages(uploads, Path(folder)):
            readings.append(reading)
            done(len(readings))
        saved: list[ScannedPage] = []
        try:
            with transaction.atomic():
                _file_all(actor, readings, saved)
                finish(saved)
        except BaseException:
            # The rows are gone again; their pictures would stay for ever.
            for page in saved:
                page.image.delete(save=False)
            raise
        return saved


# --- filing -------------------------------------------------------------------------------------------------


def _file_all(actor, readings: list[Reading], saved: list[ScannedPage]) -> None:
    """Write a row for each page, the applications concerned locked in one order, so that two batches wait in turn."""
    named = {reading.version.application_id for reading in readings if reading.version}
    concerned = {
        application.pk: lock(application)
        for application in Application.objects.filter(pk__in=named).order_by("pk")
    }
    visible = set(Application.objects.visible_to(actor).filter(pk__in=named).values_list("pk", flat=True))
    may = {pk for pk, application in concerned.items() if may_file_pages(actor, application)}
    digests = {pk: content_hash(standing_content(concerned[pk])) for pk in may}
    for reading in readings:
        verdict = _verdict(reading, visible, may, digests)
        saved.append(_write(reading, verdict))
    for pk in may:
        filed = [page for page in saved if page.application_id == pk and page.page]
        if filed:
            application = concerned[pk]
            record(action="scan.file", actor=actor, obj=application, unit=application.area, pages=len(filed))


def _verdict(reading: Reading, visible: set[int], may: set[int], digests: dict[int, str]) -> PageVerdict:
    code, version = reading.code, reading.version
    if code is None:
        return PageVerdict.UNREADABLE
    if version is None:
        return PageVerdict.UNKNOWN
    if version.application_id not in may:
        return PageVerdict.OTHER if version.application_id in visible else PageVerdict.NOT_YOURS
    if code.is_word_copy or code.page > version.pages:
        return PageVerdict.UNKNOWN
    present = version.content_hash == digests[version.application_id]
    return PageVerdict.FILED if present else PageVerdict.OLDER


def _write(reading: Reading, verdict: PageVerdict) -> ScannedPage:
    """Keep one page; the same page of the same content that was there before gives way to it."""
    version = None if verdict == PageVerdict.NOT_YOURS else reading.version
    number = reading.code.page or None if version else None
    if verdict in (PageVerdict.FILED, PageVerdict.OLDER):
        before = ScannedPage.objects.present().filter(
            application_id=version.application_id,
            version__content_hash=version.content_hash,
            page=number,
            verdict__in=(PageVerdict.FILED, PageVerdict.OLDER),
        )
        before.update(replaced_at=clock.now())
    page = ScannedPage(
        upload=reading.upload,
        position=reading.position,
        verdict=verdict,
        version=version,
        application_id=version.application_id if version else None,
        page=number,
        seals=reading.seals if version else {},
    )
    if reading.image:
        with reading.image.open("rb") as file:
            page.image.save("page.jpg", File(file), save=False)
    page.save()
    return page
