"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "site.register": _("Register a site"),
    "site.update": _("Change a site's particulars"),
    "site.close": _("Close a site"),
    "site.reopen": _("Reopen a site"),
    "site.export": _("Export the list of sites"),
    "plaque.award": _("Award a plaque"),
    "plaque.register": _("Register an earlier plaque"),
    "plaque.confirm": _("Confirm an earlier plaque"),
    "plaque.refuse": _("Not confirm an earlier plaque"),
    "plaque.revoke": _("Revoke a plaque"),
}
