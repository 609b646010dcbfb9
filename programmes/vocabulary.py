"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "programme.load": _("Load a programme file"),
    "programme.rehearse": _("Rehearse the reminders of a year"),
    "programme.rehearsal_export": _("Export the rehearsal of a year"),
}
