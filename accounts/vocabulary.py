"""The audit trail in words. Codes are kept, words are looked up in each app's own `vocabulary.ACTIONS`."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.words import lazy_list

ACTIONS = {
    "login": _("Sign in"),
    "request": _("Step on something not open to this person"),
    "password.change": _("Change own password"),
    "user.create": _("Open an account"),
    "user.unlock": _("Unlock an account"),
    "user.export": _("Export the list of accounts"),
    "role.grant": _("Give a role"),
    "role.end": _("End a role"),
    "audit.export": _("Export the audit trail"),
    "apitoken.create": _("Give another system access"),
    "apitoken.revoke": _("End the access of another system"),
}

#: What the keys of an event's `detail` mean, and how their values read.
DETAILS = {
    "role": _("Role"),
    "member": _("Member"),
    "assessor": _("Assessor"),
    "name": _("File"),
    "working": _("Working day"),
    "new": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "refused": _("Rows not imported"),
    "sha256": _("SHA-256 of the file"),
    "pages": _("Number of pages"),
    "form": _("File format"),
    "version": _("Version"),
    "box": _("Box"),
    "seal": _("Seal"),
    "fingerprint": _("Fingerprint"),
    "replaces": _("In place of"),
    "done_on": _("Done on"),
    "units": _("Units"),
    "to": _("To"),
    "area": _("County or park"),
    "count": _("How many"),
    "year": _("Year"),
    "photos": _("Photos"),
    "on": _("Switched on"),
    "channel": _("Channel"),
    "deputy": _("Deputy"),
    "first": _("From"),
    "last": _("Until"),
    "edition": _("Edition"),
    "scopes": _("Open to read"),
}


@cache
def actions_by_app() -> list[tuple[str, dict]]:
    """(app name, its action codes with their words) of all apps with a vocabulary, lowest floor first."""
    found = []
    for config in reversed(list(apps.get_app_configs())):
        if module_has_submodule(config.module, "vocabulary"):
            found.append((config.verbose_name, import_module(f"{config.name}.vocabulary").ACTIONS))
    return found


def action_choices() -> list[tuple[str, list]]:
    """All actions, grouped by app, as a select field wants them."""
    return [(app, list(actions.items())) for app, actions in actions_by_app()]


def action_label(code: str) -> str:
    """An action in words; a code no app explains (any more) is shown as it is."""
    for _app, actions in actions_by_app():
        if code in actions:
            return str(actions[code])
    return code


def detail_words(detail: dict) -> list[str]:
    """The details of an event as "what: value"."""
    return [
        _("%(what)s: %(value)s") % {"what": DETAILS.get(key, key), "value": _word(value)}
        for key, value in detail.items()
    ]


def _word(value) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return str(lazy_list([f"{key} {_word(each)}" for key, each in value.items()]))
    return str(dict(Role.choices).get(str(value), value))
