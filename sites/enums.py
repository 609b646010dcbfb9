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


class SiteAction(models.TextChoices):
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")


SITE_TRANSITIONS = {
    (SiteState.ACTIVE, SiteAction.CLOSE): SiteState.CLOSED,
    (SiteState.CLOSED, SiteAction.REOPEN): SiteState.ACTIVE,
}


class PlaqueState(models.TextChoices):
    CLAIMED = "claimed", _("Registered, not yet confirmed")
    VALID = "valid", _("Valid")
    REFUSED = "refused", _("Not confirmed")
    REVOKED = "revoked", _("Revoked")


class PlaqueAction(models.TextChoices):
    CONFIRM = "confirm", _("Confirm")
    PROVE = "prove", _("Add the award paper")
    REFUSE = "refuse", _("Do not confirm")
    REVOKE = "revoke", _("Revoke")


PLAQUE_TRANSITIONS = {
    (PlaqueState.CLAIMED, PlaqueAction.CONFIRM): PlaqueState.VALID,
    # The county's own plaque counts as soon as its paper is there.
    (PlaqueState.CLAIMED, PlaqueAction.PROVE): PlaqueState.VALID,
    (PlaqueState.CLAIMED, PlaqueAction.REFUSE): PlaqueState.REFUSED,
    (PlaqueState.VALID, PlaqueAction.REVOKE): PlaqueState.REVOKED,
}


class PlaqueOrigin(models.TextChoices):
    AWARDED = "awarded", _("Awarded here")
    REGISTERED = "registered", _("Earlier plaque, registered with its papers")
