"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "application.start": _("Start an application"),
    "application.save": _("Save an application form"),
    "application.submit": _("Submit an application"),
    "application.withdraw": _("Withdraw an application"),
    "application.accept": _("Accept an application"),
    "application.return": _("Return an application for correction"),
    "application.refuse": _("Refuse an application"),
    "application.award": _("Conclude an application: plaque awarded"),
    "application.decline": _("Conclude an application: no plaque"),
    "application.export": _("Export the list of applications"),
    "attachment.add": _("Add an attachment"),
    "attachment.remove": _("Remove an attachment"),
    "quota.extra": _("Grant an extra place"),
    "deadline.extend": _("Grant a later deadline"),
    "cycle.open": _("Open a cycle"),
    "cycle.close": _("Close a cycle"),
    "cycle.next": _("Prepare the next cycle"),
}
