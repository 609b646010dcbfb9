"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "group.join": _("Add a member to a supervision group"),
    "group.leave": _("End a membership of a supervision group"),
}
