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
    "eligibility.export": _("Export who may apply"),
    "version.make": _("Make a version of a form for printing"),
    "application.summary": _("Draw up the summary of applications"),
    "version.seal": _("Seal a form electronically"),
    "seal.open": _("Open an electronic seal"),
    "seal.register": _("Register an electronic seal"),
    "seal.revoke": _("Revoke an electronic seal"),
    "attachment.add": _("Add an attachment"),
    "attachment.remove": _("Remove an attachment"),
    "scan.add": _("Add scanned pages"),
    "scan.batch": _("Add a batch of scanned pages"),
    "scan.file": _("File scanned pages"),
    "scan.overrule": _("Overrule the warning that no seal was found"),
    "quota.extra": _("Grant an extra place"),
    "deadline.extend": _("Grant a later deadline"),
    "cycle.open": _("Open a cycle"),
    "cycle.close": _("Close a cycle"),
    "cycle.next": _("Prepare the next cycle"),
}
