"""This app's actions as the audit trail words them."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "assessment.open": _("Open an assessment"),
    "assessment.close": _("Close an assessment"),
    "assessment.pass": _("Close an assessment: passed"),
    "assessment.fail": _("Close an assessment: not passed"),
    "assessment.approve": _("Approve by deliberation"),
    "assessment.recommend": _("Recommend to the department above"),
    "assessment.confirm": _("Record the confirmation from above"),
    "assessment.publish": _("Publish a public notice"),
    "assessment.award": _("Award a plaque after assessment"),
    "assessment.decline": _("Decline after assessment"),
    "assessment.export": _("Export the list of assessments"),
    "assessment.review_table": _("Draw up the table of the annual review"),
    "assessor.assign": _("Assign an assessor"),
    "assessor.unassign": _("Withdraw an assessor"),
    "dossier.order": _("Have a dossier built"),
    "sheet.save": _("Save a score sheet"),
    "sheet.hand_in": _("Hand in a score sheet"),
    "objection.record": _("Record an objection"),
    "objection.decide": _("Decide on an objection"),
}
