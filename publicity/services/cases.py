"""Exemplary cases from the draft to the selection."""

from django.db import IntegrityError
from django.db import transaction as database
from django.db.models import F, Max
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.models import Unit
from accounts.names import initials
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_name
from applications.content import content_hash
from applications.models import Cycle
from notices.services import notify
from publicity.case_rules import MOST_PHOTOS, STILL_TYPED, why_not_change_case, why_not_write_case
from publicity.enums import CaseAction
from publicity.models import CasePhoto, ExemplaryCase, StoryPhoto
from publicity.services.staircase import transition
from sites.models import Site
from sites.pictures import prepared

#: What the county reads when the office has decided.
_DECIDED = {
    CaseAction.RETURN: gettext_lazy("Exemplary case to be corrected: {title}"),
    CaseAction.SELECT: gettext_lazy("Exemplary case selected: {title}"),
    CaseAction.DECLINE: gettext_lazy("Exemplary case not selected: {title}"),
}


def write_case(
    *, actor, cycle: Cycle, area: Unit, site: Site | None = None, title: str, summary: str, text: str
) -> ExemplaryCase:
    """Write the draft of a case of an area, or of one of its sites.

    Raises DomainError for other than the area's staff, a cycle that is not open, a site that is not kept up, and a
    title the area's list of the year already has.
    """
    require(why_not_write_case(actor, cycle, area, site))
    try:
        with database.atomic():
            case = ExemplaryCase.objects.create(
                cycle=cycle,
                area=area,
                site=site,
                **_words(title, summary, text),
                written_by=actor,
                written_at=clock.now(),
            )
            record(action="exemplarycase.write", actor=actor, obj=case, unit=area)
    except IntegrityError as error:
        raise DomainError(_title_taken(title)) from error
    return case


def change_case(
    *, actor, case: ExemplaryCase, revision: int, title: str, summary: str, text: str
) -> ExemplaryCase:
    """Change a draft; `revision` is what the form was loaded with.

    Raises StaleForm when it was saved since, DomainError when it is no draft of the person's area any more.
    """
    try:
        with database.atomic():
            locked = _lock(case)
            require(why_not_change_case(actor, locked))
            _require_fresh(locked, revision, STILL_TYPED)
            for name, value in _words(title, summary, text).items():
                setattr(locked, name, value)
            _written(locked, actor)
            record(action="exemplarycase.change", actor=actor, obj=locked, unit=locked.area)
    except IntegrityError as error:
        raise DomainError(_title_taken(title)) from error
    return locked


def add_case_photo(*, actor, case: ExemplaryCase, picture, caption: str, alt: str) -> CasePhoto:
    """Add a photo to a draft, shrunk and without position and camera; `alt` says what is to be seen.

    Raises DomainError for a file that is no picture, and for more photos than a case takes.
    """
    require(why_not_change_case(actor, case))
    ready = prepared(picture)
    with database.atomic():
        locked = _lock(case)
        require(why_not_change_case(actor, locked))
        if locked.photos.count() >= MOST_PHOTOS:
            raise DomainError(
                Reason(
                    text=_("A case takes at most %(most)s photos.") % {"most": MOST_PHOTOS},
                    remedy=_("Remove one first."),
                )
            )
        last = locked.photos.aggregate(last=Max("position"))["last"] or 0
        photo = CasePhoto.objects.create(
            case=locked, caption=caption, alt=alt, position=last + 1, **vars(ready)
        )
        _written(locked, actor)
        record(action="exemplarycase.photo", actor=actor, obj=locked, unit=locked.area)
    return photo


@database.atomic
def remove_case_photo(*, actor, photo: CasePhoto) -> ExemplaryCase:
    """Remove a photo from a draft, and its files once that is committed."""
    locked = _lock(photo.case)
    require(why_not_change_case(actor, locked))
    photo.delete()
    database.on_commit(lambda: _delete_files(photo), robust=True)
    _written(locked, actor)
    record(action="exemplarycase.photo_remove", actor=actor, obj=locked, unit=locked.area)
    return locked


@database.atomic
def take_case_step(
    *, actor, case: ExemplaryCase, action: str, reason: str = "", revision: int | None = None
) -> ExemplaryCase:
    """Nominate, return, select, decline or withdraw a case; whoever has to go on with it is told.

    `revision` is what the person was looking at (None: the present one). Raises StaleForm when the case was changed
    since, DomainError when the step is not possible, not this person's, or lacks its reason.
    """
    locked = _lock(case)
    if revision is not None:
        _require_fresh(locked, revision)
    transition(
        obj=locked, action=action, actor=actor, reason=reason.strip(), content_hash=hash_of_case(locked)
    )
    _tell(locked, action, actor, reason.strip())
    return locked


def hash_of_case(case: ExemplaryCase) -> str:
    """SHA-256 (hex) of a case's words and pictures, as a step on it was decided on."""
    photos = [[photo.image.name, photo.caption, photo.alt] for photo in case.photos.all()]
    return content_hash({"title": case.title, "summary": case.summary, "text": case.text, "photos": photos})


def _delete_files(photo: CasePhoto) -> None:
    """Delete the files of a removed photo, unless another row shows them too: a text keeps a picture by its file."""
    for name in ("image", "thumbnail"):
        file = getattr(photo, name)
        if not any(model.objects.filter(**{name: file.name}).exists() for model in (CasePhoto, StoryPhoto)):
            file.storage.delete(file.name)


def _words(title: str, summary: str, text: str) -> dict[str, str]:
    title = " ".join(title.split())
    return {
        "title": title,
        "initials": initials(title),
        "summary": " ".join(summary.split()),
        "text": text.strip(),
    }


def _lock(case: ExemplaryCase) -> ExemplaryCase:
    rows = ExemplaryCase.objects.select_for_update(of=("self",))
    return rows.select_related("area", "site", "cycle__programme__owner").get(pk=case.pk)


def _written(locked: ExemplaryCase, actor) -> None:
    locked.written_by, locked.written_at = actor, clock.now()
    locked.revision = F("revision") + 1
    locked.save()
    locked.refresh_from_db(fields=["revision"])


def _require_fresh(locked: ExemplaryCase, revision: int, remedy: str = "") -> None:
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This case was changed in the meantime."),
                remedy=remedy or _("Load the page again and look at it as it stands now."),
            )
        )


def _title_taken(title: str) -> Reason:
    return Reason(
        text=_("This year's list of the area already has a case “%(title)s”.") % {"title": title},
        remedy=_("Choose another title, or go on with that case."),
    )


def _tell(case: ExemplaryCase, action: str, actor, reason: str) -> None:
    if action == CaseAction.NOMINATE:
        words, people = gettext_lazy("Exemplary case nominated: {title} ({area})"), _office(case)
    elif action in _DECIDED:
        words, people = _DECIDED[action], users_with_role(Role.UNIT_STAFF, case.area)
    else:
        return
    notify(
        recipients=[person for person in people if person != actor],
        subject=format_lazy(words, title=case.title, area=lazy_name(case.area)),
        body=reason,
        url=reverse("publicity:case", args=[case.pk]),
    )


def _office(case: ExemplaryCase):
    return users_with_role(Role.OFFICE, case.cycle.programme.owner)
