"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "channel.set": _("Set up a channel for own messages"),
    "channel.forget": _("Delete the entries for a channel"),
    "channel.test": _("Send a test message to oneself"),
    "delivery.again": _("Have messages sent again"),
    "feed.make": _("Make the address of the own calendar"),
    "feed.revoke": _("End the address of the own calendar"),
    "calendar.remove": _("Take a day out of the working calendar"),
    "calendar.fill": _("Fill the working calendar from the published one"),
    "absence.enter": _("Enter an absence and its deputy"),
    "absence.end": _("End an absence"),
    "reminder.export": _("Export the ledger of reminders"),
    "calendar.set": _("Change the working calendar"),
}
