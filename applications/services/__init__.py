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

__all__ = [
    "accept",
    "add_attachment",
    "close_cycle",
    "conclude",
    "grant_extension",
    "grant_extra_place",
    "make_places",
    "next_cycle",
    "open_cycle",
    "refuse",
    "remove_attachment",
    "return_for_correction",
    "save_form",
    "start_application",
    "submit",
    "transition",
    "withdraw",
]
