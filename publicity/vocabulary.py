"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "coverage.record": _("Record coverage"),
    "coverage.change": _("Change an entry of coverage"),
    "coverage.same": _("Decide on a reprint"),
    "coverage.withdraw": _("Take an entry of coverage back"),
    "coverage.keep": _("Keep the page behind a link"),
    "coverage.export": _("Export the register of coverage"),
    "coverage.import": _("Import coverage"),
    "coverage.matrix_export": _("Export the media matrix"),
    "plannedcoverage.add": _("Add a line to the publicity plan"),
    "plannedcoverage.change": _("Change a line of the publicity plan"),
    "plannedcoverage.drop": _("Drop a line of the publicity plan"),
    "plannedcoverage.export": _("Export the publicity plan"),
}
