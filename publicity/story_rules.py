"""Who may write for the public, and who releases it."""

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import why_not_role
from publicity.enums import StoryAction


def why_not_story_action(actor, story, action: str, reason: str) -> Reason | None:
    """The county hands in; the leadership office releases, sends back and takes off."""
    if action == StoryAction.OFFER:
        return why_not_role(actor, (Role.UNIT_STAFF,), story.area)
    subject = story.site or story.case.cycle
    return why_not_role(actor, (Role.OFFICE,), subject.programme.owner)
