from django.db import models
from django.utils.translation import gettext_lazy as _


class Awarder(models.TextChoices):
    """Who gives the plaque of a level."""

    AREA = "area", _("the county or park itself")
    OWNER = "owner", _("the programme's own department")
    ABOVE = "above", _("the department above")


class SiteState(models.TextChoices):
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged into another site")


class SiteAction(models.TextChoices):
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    MERGE = "merge", _("Merge into another site")
    RENAME = "rename", _("Rename")
    MOVE = "move", _("Move to another unit")


SITE_TRANSITIONS = {
    # What changes a site's identity is logged as its states are.
    (SiteState.ACTIVE, SiteAction.RENAME): SiteState.ACTIVE,
    (SiteState.ACTIVE, SiteAction.MOVE): SiteState.ACTIVE,
    (SiteState.ACTIVE, SiteAction.CLOSE): SiteState.CLOSED,
    (SiteState.CLOSED, SiteAction.REOPEN): SiteState.ACTIVE,
    (SiteState.ACTIVE, SiteAction.MERGE): SiteState.MERGED,
}


class PlaqueState(models.TextChoices):
    CLAIMED = "claimed", _("Registered, not yet confirmed")
    VALID = "valid", _("Valid")
    RECTIFYING = "rectifying", _("In rectification")
    SUSPENDED = "suspended", _("Suspended")
    REFUSED = "refused", _("Not confirmed")
    REVOKED = "revoked", _("Revoked")
    RETURNED = "returned", _("Given back")
    REPLACED = "replaced", _("Replaced by a new plaque")
    EXPIRED = "expired", _("Expired")
    LAPSED = "lapsed", _("Ended with the merger of the site")


#: The plaque counts: it is on the wall, and the site climbs the ladder on it (while rectifying: see eligibility).
IN_FORCE_STATES = (PlaqueState.VALID, PlaqueState.RECTIFYING)
#: The site's place at the level is taken: no second plaque beside it.
HELD_STATES = (*IN_FORCE_STATES, PlaqueState.SUSPENDED, PlaqueState.CLAIMED)
#: The plaque was given once and has ended; its row and its number stay.
ENDED_STATES = (
    PlaqueState.REVOKED,
    PlaqueState.RETURNED,
    PlaqueState.REPLACED,
    PlaqueState.EXPIRED,
    PlaqueState.LAPSED,
)
#: The plaque was given, whatever became of it; claims count only once they are confirmed.
GIVEN_STATES = (*IN_FORCE_STATES, PlaqueState.SUSPENDED, *ENDED_STATES)


class PlaqueAction(models.TextChoices):
    CONFIRM = "confirm", _("Confirm")
    PROVE = "prove", _("Add the award paper")
    REFUSE = "refuse", _("Do not confirm")
    RECTIFY = "rectify", _("Demand rectification")
    RESTORE = "restore", _("End rectification")
    SUSPEND = "suspend", _("Suspend")
    RESUME = "resume", _("End suspension")
    REVOKE = "revoke", _("Revoke")
    GIVE_BACK = "give_back", _("Record that it was given back")
    REPLACE = "replace", _("Replace by a new plaque")
    EXPIRE = "expire", _("Let expire")
    LAPSE = "lapse", _("End with the merger")


_P, _A = PlaqueState, PlaqueAction

PLAQUE_TRANSITIONS = {
    (_P.CLAIMED, _A.CONFIRM): _P.VALID,
    # The county's own plaque counts as soon as its paper is there.
    (_P.CLAIMED, _A.PROVE): _P.VALID,
    (_P.CLAIMED, _A.REFUSE): _P.REFUSED,
    (_P.VALID, _A.RECTIFY): _P.RECTIFYING,
    (_P.RECTIFYING, _A.RESTORE): _P.VALID,
    (_P.VALID, _A.SUSPEND): _P.SUSPENDED,
    (_P.RECTIFYING, _A.SUSPEND): _P.SUSPENDED,
    (_P.SUSPENDED, _A.RESUME): _P.VALID,
    **{
        (state, action): ended
        for state in (_P.VALID, _P.RECTIFYING, _P.SUSPENDED)
        for action, ended in (
            (_A.REVOKE, _P.REVOKED),
            (_A.GIVE_BACK, _P.RETURNED),
            (_A.REPLACE, _P.REPLACED),
            (_A.EXPIRE, _P.EXPIRED),
            (_A.LAPSE, _P.LAPSED),
        )
    },
}

#: What ends a plaque for good; what happens to the plaques above it then is the level's rule.
ENDING_ACTIONS = (_A.REVOKE, _A.GIVE_BACK, _A.EXPIRE, _A.LAPSE)
#: Every step behind which a plaque is over, a replacement included.
END_STEPS = (*ENDING_ACTIONS, _A.REPLACE)
#: Over without having been given back: the metal plaque is to be handed in.
TO_HAND_IN_STATES = (PlaqueState.REVOKED, PlaqueState.REPLACED, PlaqueState.EXPIRED, PlaqueState.LAPSED)
#: What only the installation itself does, by the calendar or with a merger.
SCHEDULED_ACTIONS = (_A.EXPIRE, _A.LAPSE)


class WhenBelowEnds(models.TextChoices):
    """What becomes of a plaque when the site loses the one of the level it stands on."""

    KEEP = "keep", _("stays")
    SUSPEND = "suspend", _("is suspended until whoever awarded it decides")
    REVOKE = "revoke", _("ends with it")


class HandlingKind(models.TextChoices):
    """What was done with the metal plaque itself."""

    HUNG = "hung", _("Hung up")
    RETRIEVED = "retrieved", _("Taken down and handed in")
    LOST = "lost", _("Reported lost or damaged")


#: After these nobody waits for the metal plaque any more.
SETTLED_BY = (HandlingKind.RETRIEVED, HandlingKind.LOST)


class PlaqueOrigin(models.TextChoices):
    AWARDED = "awarded", _("Awarded here")
    REGISTERED = "registered", _("Earlier plaque, registered with its papers")
    REPLACEMENT = "replacement", _("In place of an earlier plaque")
