"""Who may write for the public, who releases it, and why not now."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role
from publicity.enums import STORY_TRANSITIONS, CaseState, StoryAction, StoryState
from publicity.personal import particulars_in
from sites.rules import why_not_active

#: Why a text is sent back or taken off is kept with it.
_NEED_WORDS = (StoryAction.SEND_BACK, StoryAction.WITHDRAW)


def why_not_write_story(actor, *, site=None, case=None) -> Reason | None:
    """The county staff writes for the public of its sites that are kept up, and of its cases that were selected."""
    refusal = why_not_role(actor, (Role.UNIT_STAFF,), (site or case).area)
    return refusal or _why_not_subject(site, case)


def why_not_change_story(actor, story) -> Reason | None:
    """Only a draft is changed; what was released stays as it was."""
    refusal = why_not_role(actor, (Role.UNIT_STAFF,), story.present_area)
    if refusal is None and story.state != StoryState.DRAFT:
        refusal = Reason(
            text=_("Only a draft can be changed."),
            remedy=_("Write a new text: once released it takes the place of the present one."),
        )
    return refusal


def why_not_story_action(actor, story, action: str, reason: str) -> Reason | None:
    """The county hands in or drops its draft; the leadership office releases, sends back and takes off."""
    if action in (StoryAction.OFFER, StoryAction.DROP):
        refusal = why_not_role(actor, (Role.UNIT_STAFF,), story.present_area)
    else:
        refusal = why_not_role(actor, (Role.OFFICE,), (story.site or story.case.cycle).programme.owner)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the text."))
    if refusal is None and action in (StoryAction.OFFER, StoryAction.RELEASE):
        refusal = _why_not_subject(story.site, story.case)
    return refusal


def may_take_story(actor, story, action: str) -> bool:
    """Whether a page offers this step to this person; a replacement comes of itself with the next release."""
    if action == StoryAction.REPLACE or (story.state, action) not in STORY_TRANSITIONS:
        return False
    return why_not_story_action(actor, story, action, "-") is None


def why_not_unchecked(story, is_checked: bool) -> Reason | None:
    """A text that seems to name somebody's number or address is released only once somebody has looked at it."""
    found = suspected(story)
    if not found or is_checked:
        return None
    return Reason(
        text=_("The text seems to hold a telephone, e-mail, account or identity number: %(found)s.")
        % {"found": ", ".join(found)},
        remedy=_("Send it back, or tick that you have looked at it and it is no private person's."),
    )


def suspected(story) -> list[str]:
    """What in a story's words and captions looks like particulars of a private person."""
    captions = [words for photo in story.photos.all() for words in (photo.caption, photo.alt)]
    return particulars_in(story.title, story.summary, story.text, *captions)


def _why_not_subject(site, case) -> Reason | None:
    if site is not None:
        return why_not_active(site)
    if case.state != CaseState.SELECTED:
        return Reason(text=_("Only a selected case is published."))
    return None
