from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryState(models.TextChoices):
    """Where an entry of a site's ledgers stands. Only confirmed ones are counted."""

    PROPOSED = "proposed", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed by the county")
    REFUSED = "refused", _("Not confirmed")
    WITHDRAWN = "withdrawn", _("Taken back")
    REPLACED = "replaced", _("Replaced by a newer entry")


#: What a ledger shows unless somebody asks for more.
STANDING_STATES = (EntryState.PROPOSED, EntryState.CONFIRMED)


class EntryAction(models.TextChoices):
    CONFIRM = "confirm", _("Confirm")
    REFUSE = "refuse", _("Do not confirm")
    WITHDRAW = "withdraw", _("Take back")
    REPLACE = "replace", _("Replace by a newer entry")


ENTRY_TRANSITIONS = {
    (EntryState.PROPOSED, EntryAction.CONFIRM): EntryState.CONFIRMED,
    (EntryState.PROPOSED, EntryAction.REFUSE): EntryState.REFUSED,
    (EntryState.PROPOSED, EntryAction.WITHDRAW): EntryState.WITHDRAWN,
    (EntryState.REFUSED, EntryAction.WITHDRAW): EntryState.WITHDRAWN,
    (EntryState.CONFIRMED, EntryAction.WITHDRAW): EntryState.WITHDRAWN,
    (EntryState.CONFIRMED, EntryAction.REPLACE): EntryState.REPLACED,
}


class HolderRole(models.TextChoices):
    """What an office-holder is to a site."""

    PATRON = "patron", _("Patron")
    PROJECT_LEAD = "project_lead", _("Project lead")
    LIAISON = "liaison", _("Liaison")
