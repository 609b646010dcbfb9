"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "site.register": _("Register a site"),
    "site.update": _("Change a site's particulars"),
    "site.close": _("Close a site"),
    "site.reopen": _("Reopen a site"),
    "site.export": _("Export the list of sites"),
    "site.import": _("Import sites from Excel"),
    "figure.import": _("Import figures from Excel"),
    "activity.record": _("Enter an activity"),
    "activity.import": _("Import activities from Excel"),
    "plaque.award": _("Award a plaque"),
    "plaque.register": _("Register an earlier plaque"),
    "plaque.import": _("Import earlier plaques from Excel"),
    "plaque.paper": _("Add the paper of an earlier plaque"),
    "plaque.prove": _("Add the paper of the county's own earlier plaque"),
    "plaque.confirm": _("Confirm an earlier plaque"),
    "plaque.refuse": _("Not confirm an earlier plaque"),
    "plaque.ledger": _("Draw up the plaque ledger"),
    "plaque.revoke": _("Revoke a plaque"),
}
