"""This app's actions as the audit trail words them."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

#: What happens to entries of a site's ledgers, whichever ledger it is.
_STEPS = {
    "record": _("Enter"),
    "propose": _("Propose"),
    "confirm": _("Confirm"),
    "refuse": _("Do not confirm"),
    "withdraw": _("Take back"),
    "replace": _("Replace by a newer entry"),
}
_LEDGERS = {
    "venue": _("Venues"),
    "cobuilder": _("Co-builders"),
    "officeholder": _("Patrons, project leads, liaisons"),
    "secondment": _("Seconded cadres"),
    "fund": _("Funds"),
    "figurereport": _("Figures by year"),
    "plan": _("Plans"),
    "plangoal": _("Goals of plans"),
    "photo": _("Photos"),
    "activity": _("Activities"),
}

ACTIONS = {
    **{
        f"{ledger}.{step}": format_lazy(_("{ledger}: {step}"), ledger=name, step=words)
        for ledger, name in _LEDGERS.items()
        for step, words in _STEPS.items()
    },
    "ledger.export": _("Export a ledger of a site"),
    "liaison.appoint": _("Appoint a site liaison"),
    "liaison.end": _("End the appointment of a site liaison"),
    "site.register": _("Register a site"),
    "site.update": _("Change a site's particulars"),
    "site.close": _("Close a site"),
    "site.reopen": _("Reopen a site"),
    "site.rename": _("Rename a site"),
    "site.move": _("Move a site to another unit"),
    "site.merge": _("Merge a site into another"),
    "site.export": _("Export the list of sites"),
    "site.import": _("Import sites from Excel"),
    "area_figures.set": _("Enter figures of a county or park"),
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
    "plaque.rectify": _("Demand rectification for a plaque"),
    "plaque.restore": _("End the rectification for a plaque"),
    "plaque.suspend": _("Suspend a plaque"),
    "plaque.resume": _("End the suspension of a plaque"),
    "plaque.give_back": _("Record that a plaque was given back"),
    "plaque.replace": _("Replace a plaque"),
    "plaque.expire": _("A plaque expired"),
    "plaque.lapse": _("A plaque ended with a merger"),
    "plaque.handling": _("Record what was done with the metal plaque"),
    "plaque.hung": _("Record that the metal plaque was hung up"),
    "plaque.retrieved": _("Record that the metal plaque was handed in"),
    "plaque.lost": _("Record that the metal plaque was lost or damaged"),
    "plaque.export": _("Export the list of plaques"),
    "plaque.renew": _("Prolong the validity of a plaque"),
}
