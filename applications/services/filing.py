"""The county's side: draft, form, papers, submission, withdrawal."""

import hashlib

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.rules import why_not_role
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import checked_content_type
from applications.content import content_hash, content_of
from applications.eligibility import eligibility, live_application
from applications.enums import (
    ApplicationAction,
    ApplicationState,
    AttachmentKind,
)
from applications.models import (
    Application,
    Attachment,
    FormVersion,
    LevelRule,
    QuotaPlace,
)
from applications.quota import why_no_place
from applications.rules import (
    ATTACHMENT_FILES,
    most_files,
)
from applications.services.common import address_of, free_place, lock, require_editable, transition
from applications.services.papers import version_of
from notices.services import notify
from sites.models import Site
from sites.services.numbers import next_number


@transaction.atomic
def start_application(*, actor, site: Site, rule: LevelRule) -> Application:
    """Open a draft for a site and level. Raises DomainError with the first reason why the site may not apply."""
    # As it stands now, held: it may have moved since it was read. A double click or a second tab meets the draft of
    # the first: it is handed back, not made twice.
    site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    require(why_not_role(actor, (Role.UNIT_STAFF,), site.area))
    under_way = live_application(site, rule)
    if under_way and under_way.state == ApplicationState.DRAFT:
        return under_way
    require(next(iter(eligibility(site, rule).reasons), None))
    cycle = rule.cycle
    serial = next_number(f"application:{cycle.programme.owner_id}:{cycle.year}")
    application = Application.objects.create(
        cycle=cycle,
        site=site,
        level=rule.level,
        area=site.area,
        number=f"{cycle.programme.owner.code}-{cycle.year}-{serial:04d}",
        created_by=actor,
        created_at=clock.now(),
    )
    record(action="application.start", actor=actor, obj=application, unit=site.area)
    return application


@transaction.atomic
def save_form(*, actor, application: Application, revision: int, data: dict) -> Application:
    """Keep typed fields. `revision` is what the form was loaded with; raises StaleForm when it is not current."""
    locked = _editable(actor, application)
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This form was saved in another window after you opened it here."),
                remedy=_(
                    "What you typed is still below. Open the form again in a new tab and carry it over."
                ),
            )
        )
    if any(locked.data.get(code) != value for code, value in data.items()):
        locked.data = {**locked.data, **data}
        locked.revision += 1
        locked.save(update_fields=["data", "revision"])
    return locked


@transaction.atomic
def add_attachment(*, actor, application: Application, kind: str, upload, note: str = "") -> Attachment:
    """Keep an uploaded file after checking what it is.

    A stamped form is confirmed by hand: this person says that the file is the stamped form of the present content,
    and `note` says why its pages were not read by their codes. A new one takes the place of the one before.

    Raises DomainError when the form is not open for changes, the file is of the wrong kind, there are too many, or
    the note of a stamped form is missing.
    """
    locked = _editable(actor, application)
    if kind == AttachmentKind.STAMPED and not note.strip():
        raise DomainError(
            Reason(
                text=_("Write why the codes on the pages cannot be read."),
                remedy=_(
                    "For example: a corner is torn off. Pages whose codes are whole need no confirmation."
                ),
            )
        )
    content_type = checked_content_type(upload, ATTACHMENT_FILES[AttachmentKind(kind)])
    present = locked.attachments.present().filter(kind=kind)
    if kind == AttachmentKind.STAMPED:
        present.update(removed_at=clock.now())
    elif present.count() >= (most := most_files(locked, kind)):
        raise DomainError(
            Reason(text=_("An application holds at most %(most)s files of this kind.") % {"most": most})
        )
    attachment = Attachment.objects.create(
        application=locked,
        kind=kind,
        file=upload,
        name=upload.name[-200:],
        content_type=content_type,
        size=upload.size,
        sha256=sha256_of(upload),
        form_hash=content_hash(content_of(locked)) if kind == AttachmentKind.STAMPED else "",
        note=note.strip(),
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    record(action="attachment.add", actor=actor, obj=locked, unit=locked.area, name=attachment.name)
    return attachment


@transaction.atomic
def remove_attachment(*, actor, attachment: Attachment) -> None:
    """Take a file off the form; earlier submitted versions keep referring to it."""
    locked = _editable(actor, attachment.application)
    Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=clock.now())
    record(action="attachment.remove", actor=actor, obj=locked, unit=locked.area, name=attachment.name)


@transaction.atomic
def submit(*, actor, application: Application) -> Application:
    """Hand the application in: takes a quota place, freezes a form version, tells the leadership office.

    Raises DomainError with the first thing that stands in the way (see `why_not_submit`).
    """
    locked = lock(application)
    _lock_places(locked)
    require_editable(actor, locked)
    version = version_of(actor=actor, application=locked)
    now = clock.now()
    transition(
        obj=locked,
        action=ApplicationAction.SUBMIT,
        actor=actor,
        submitted_at=now,
        filed_first_at=locked.filed_first_at or now,
    )
    _take_place(locked)
    FormVersion.objects.filter(pk=version.pk).update(filed_at=now)
    notify(
        recipients=users_with_role(Role.OFFICE, locked.cycle.programme.owner),
        subject=format_lazy(
            gettext_lazy("{area} has filed: {site} ({level})"),
            area=locked.area.name,
            site=locked.site.name,
            level=locked.level.name,
        ),
        body=format_lazy(
            gettext_lazy("Application {number}, version {version}."),
            number=locked.number,
            version=version.number,
        ),
        url=address_of(locked),
    )
    return locked


@transaction.atomic
def withdraw(*, actor, application: Application, reason: str) -> None:
    """The county takes its application back; the quota place is free again."""
    transition(obj=application, action=ApplicationAction.WITHDRAW, actor=actor, reason=reason)
    free_place(application)


def _editable(actor, application: Application) -> Application:
    locked = lock(application)
    require_editable(actor, locked)
    return locked


def _lock_places(application: Application) -> None:
    """Hold the area's places of the level until the end of the transaction, so that the last goes to one."""
    list(
        QuotaPlace.objects.select_for_update(of=("self",))
        .filter(cycle_id=application.cycle_id, level_id=application.level_id, area_id=application.area_id)
        .order_by("id")
    )


def _take_place(application: Application) -> None:
    if QuotaPlace.objects.filter(application=application).exists():
        return
    free = QuotaPlace.objects.filter(
        cycle_id=application.cycle_id,
        level_id=application.level_id,
        area_id=application.area_id,
        application=None,
    ).order_by("ordinal")
    for place in free:
        if QuotaPlace.objects.filter(pk=place.pk, application=None).update(application=application):
            return
    require(why_no_place(application.cycle, application.area, application.level))


def sha256_of(upload) -> str:
    """The SHA-256 (hex) of an uploaded file."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
