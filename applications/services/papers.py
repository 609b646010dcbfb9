"""Form versions: what was printed or handed in, word for word."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction

from accounts import clock
from accounts.services import record
from applications.content import content_hash, content_of
from applications.models import Application, FormVersion
from applications.services.common import lock, require_editable


@transaction.atomic
def freeze(*, actor, application: Application) -> FormVersion:
    """The version that says what the form says now: the last one, or a new one when something was changed since.

    Raises DomainError for somebody who may not change the form, and for a form already handed in.
    """
    locked = lock(application)
    require_editable(actor, locked)
    return version_of(actor=actor, application=locked)


def version_of(*, actor, application: Application) -> FormVersion:
    """As `freeze`, for a service that holds the lock and has asked whether the person may."""
    content = content_of(application)
    digest = content_hash(content)
    last = application.versions.order_by("-number").first()
    if last and last.content_hash == digest:
        return last
    version = FormVersion.objects.create(
        application=application,
        number=last.number + 1 if last else 1,
        content=content,
        content_hash=digest,
        made_at=clock.now(),
        made_by=actor,
    )
    record(action="version.make", actor=actor, obj=application, unit=application.area, version=version.number)
    return version


@transaction.atomic
def keep_print(*, version: FormVersion, pdf: bytes, pages: int, places: dict[str, dict]) -> FormVersion:
    """Keep a version's printed PDF for good; one printed at the same moment elsewhere stays as it is."""
    locked = FormVersion.objects.select_for_update().get(pk=version.pk)
    if not locked.pdf:
        locked.pdf.save("form.pdf", ContentFile(pdf), save=False)
        locked.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        locked.pages, locked.places = pages, places
        locked.save(update_fields=["pdf", "pdf_sha256", "pages", "places"])
    return locked
