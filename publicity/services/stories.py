"""Texts for the public: written, handed in, released word by word, replaced, taken off."""

from collections.abc import Iterable

from django.db import IntegrityError
from django.db import transaction as database
from django.db.models import F
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_name
from applications.content import content_hash
from notices.services import notify
from publicity.case_rules import STILL_TYPED
from publicity.enums import StoryAction
from publicity.models import ExemplaryCase, Story, StoryPhoto
from publicity.services.staircase import transition
from publicity.story_rules import why_not_change_story, why_not_unchecked, why_not_write_story
from sites.models import Photo, Site

MOST_PHOTOS = 9


def write_story(
    *,
    actor,
    site: Site | None = None,
    case: ExemplaryCase | None = None,
    title: str,
    summary: str,
    text: str,
    photos: Iterable = (),
) -> Story:
    """Begin the text for the public of a site or of a selected case.

    Args:
        photos: photos confirmed in the site's gallery, or those of the case, at most MOST_PHOTOS, in their order.

    Raises DomainError for other than the area's staff, a site that is not kept up, a case that was not selected, and
    while another text of the same site or case is being written or waits for its release.
    """
    require(why_not_write_story(actor, site=site, case=case))
    try:
        with database.atomic():
            story = Story.objects.create(
                site=site,
                case=case,
                area=(site or case).area,
                **_words(title, summary, text),
                written_by=actor,
                written_at=clock.now(),
            )
            _put_photos(story, photos)
            record(action="story.write", actor=actor, obj=story, unit=story.area)
    except IntegrityError as error:
        raise DomainError(
            Reason(
                text=_("A text of this site or case is already being written or waits for its release."),
                remedy=_("Go on with that one."),
            )
        ) from error
    return story


@database.atomic
def change_story(
    *, actor, story: Story, revision: int, title: str, summary: str, text: str, photos: Iterable = ()
) -> Story:
    """Change a draft and choose its photos anew; `revision` is what the form was loaded with.

    Raises StaleForm when it was saved since, DomainError when it is no draft of the person's area any more.
    """
    locked = _lock(story)
    require(why_not_change_story(actor, locked))
    _require_fresh(locked, revision, STILL_TYPED)
    for name, value in _words(title, summary, text).items():
        setattr(locked, name, value)
    locked.written_by, locked.written_at = actor, clock.now()
    locked.revision = F("revision") + 1
    locked.save()
    locked.refresh_from_db(fields=["revision"])
    locked.photos.all().delete()
    _put_photos(locked, photos)
    record(action="story.change", actor=actor, obj=locked, unit=locked.present_area)
    return locked


@database.atomic
def offer_story(*, actor, story: Story) -> Story:
    """Hand a draft in for release; the leadership office is told."""
    locked = _lock(story)
    transition(obj=locked, action=StoryAction.OFFER, actor=actor, content_hash=hash_of_story(locked))
    office = users_with_role(Role.OFFICE, owner_of(locked))
    _tell(locked, actor, office, gettext_lazy("Text for the public handed in: {title} ({area})"))
    return locked


@database.atomic
def send_story_back(*, actor, story: Story, reason: str) -> Story:
    """Send a text that was handed in back to the county, with the reason."""
    locked = _lock(story)
    transition(
        obj=locked,
        action=StoryAction.SEND_BACK,
        actor=actor,
        reason=reason.strip(),
        content_hash=hash_of_story(locked),
    )
    _tell(locked, actor, _staff(locked), gettext_lazy("Text for the public sent back: {title}"), reason)
    return locked


@database.atomic
def release_story(*, actor, story: Story, revision: int, is_checked: bool = False) -> Story:
    """Release a text to the public, as the office saw it (`revision`); the one released before gives way.

    `is_checked`: the office has looked at what seems to be somebody's number or address. Raises StaleForm when the
    text was changed since it was shown, DomainError when it was not handed in or that look is missing.
    """
    locked = _lock(story)
    _require_fresh(locked, revision)
    require(why_not_unchecked(locked, is_checked))
    same = Story.objects.released().filter(site=locked.site, case=locked.case)
    for before in same.select_for_update(of=("self",)):
        transition(obj=before, action=StoryAction.REPLACE, actor=actor)
    transition(
        obj=locked,
        action=StoryAction.RELEASE,
        actor=actor,
        content_hash=hash_of_story(locked),
        released_at=clock.now(),
    )
    _tell(locked, actor, _staff(locked), gettext_lazy("Text for the public released: {title}"))
    return locked


@database.atomic
def withdraw_story(*, actor, story: Story, reason: str) -> Story:
    """Take a released text and its photos off the public pages, with the reason."""
    locked = _lock(story)
    transition(obj=locked, action=StoryAction.WITHDRAW, actor=actor, reason=reason.strip())
    words = gettext_lazy("Text for the public taken off: {title}")
    _tell(locked, actor, _staff(locked), words, reason)
    return locked


@database.atomic
def drop_story(*, actor, story: Story) -> Story:
    """Drop a draft: another text of the site or case can be begun, and what the public reads stays as it is.

    Raises DomainError when it is no draft of the person's area any more.
    """
    locked = _lock(story)
    transition(obj=locked, action=StoryAction.DROP, actor=actor, content_hash=hash_of_story(locked))
    return locked


def hash_of_story(story: Story) -> str:
    """SHA-256 (hex) of a story's words and pictures, as they were handed in or released."""
    photos = [[photo.image.name, photo.caption, photo.alt] for photo in story.photos.all()]
    return content_hash(
        {"title": story.title, "summary": story.summary, "text": story.text, "photos": photos}
    )


def owner_of(story: Story):
    """The unit whose leadership office releases the story."""
    return (story.site or story.case.cycle).programme.owner


def _words(title: str, summary: str, text: str) -> dict[str, str]:
    return {
        "title": " ".join(title.split()),
        "summary": " ".join(summary.split()),
        "text": text.strip(),
    }


def _put_photos(story: Story, photos: Iterable) -> None:
    """Keep the chosen photos as they are now: a later change in the gallery does not change a released page."""
    chosen = list(photos)
    if len(chosen) > MOST_PHOTOS:
        raise DomainError(
            Reason(
                text=_("A page takes at most %(most)s photos.") % {"most": MOST_PHOTOS},
                remedy=_("Choose fewer."),
            )
        )
    StoryPhoto.objects.bulk_create(
        StoryPhoto(
            story=story,
            caption=photo.name if isinstance(photo, Photo) else photo.caption,
            alt=photo.alt,
            image=photo.image.name,
            thumbnail=photo.thumbnail.name,
            width=photo.width,
            height=photo.height,
            position=position,
        )
        for position, photo in enumerate(chosen)
    )


def _lock(story: Story) -> Story:
    rows = Story.objects.select_for_update(of=("self",))
    related = ("area", "site__area", "site__programme__owner", "case__cycle__programme__owner")
    return rows.select_related(*related).get(pk=story.pk)


def _require_fresh(locked: Story, revision: int, remedy: str = "") -> None:
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This text was changed in the meantime."),
                remedy=remedy or _("Load the page again and look at it as it stands now."),
            )
        )


def _staff(story: Story):
    return users_with_role(Role.UNIT_STAFF, story.present_area)


def _tell(story: Story, actor, people, words, reason: str = "") -> None:
    notify(
        recipients=[person for person in people if person != actor],
        subject=format_lazy(words, title=story.title, area=lazy_name(story.present_area)),
        body=reason.strip(),
        url=reverse("publicity:story", args=[story.pk]),
    )
