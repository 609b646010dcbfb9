"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "calendar.set": _("Change the working calendar"),
}
