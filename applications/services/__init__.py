from applications.services.common import transition
from applications.services.cycles import close_cycle, make_places, next_cycle, open_cycle
from applications.services.filing import (
    add_attachment,
    remove_attachment,
    save_form,
    start_application,
    submit,
    withdraw,
)
from applications.services.handling import (
    accept,
    conclude,
    grant_extension,
    grant_extra_place,
    refuse,
    return_for_correction,
)
from applications.services.papers import freeze, keep_print
from applications.services.scans import (
    MOST_FILES,
    MOST_PAGES,
    READ_SCANS,
    add_batch,
    add_scans,
    confirm_by_hand,
    overrule_seal,
    read_scans,
)
from applications.services.seals import open_seal, register_seal, revoke_seal, seal_version

__all__ = [
    "MOST_FILES",
    "MOST_PAGES",
    "READ_SCANS",
    "accept",
    "add_attachment",
    "add_batch",
    "add_scans",
    "close_cycle",
    "conclude",
    "confirm_by_hand",
    "freeze",
    "grant_extension",
    "grant_extra_place",
    "keep_print",
    "make_places",
    "next_cycle",
    "open_cycle",
    "open_seal",
    "overrule_seal",
    "read_scans",
    "refuse",
    "register_seal",
    "remove_attachment",
    "return_for_correction",
    "revoke_seal",
    "save_form",
    "seal_version",
    "start_application",
    "submit",
    "transition",
    "withdraw",
]
