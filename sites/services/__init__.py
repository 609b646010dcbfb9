from sites.services.area_figures import set_area_figures
from sites.services.awards import (
    add_plaque_paper,
    award_own_plaque,
    award_plaque,
    confirm_plaque,
    refuse_plaque,
    register_plaque,
)
from sites.services.changes import merge_site, move_site, rename_site
from sites.services.common import transition
from sites.services.handling import record_handling
from sites.services.liaisons import appoint_liaison, end_liaison
from sites.services.life import (
    add_entry,
    change_entry,
    confirm_entries,
    confirm_entry,
    refuse_entry,
    withdraw_entry,
)
from sites.services.renewing import renew_plaque
from sites.services.replacing import replace_plaque
from sites.services.sites import close_site, register_site, reopen_site, set_figures, update_site
from sites.services.standing import (
    demand_rectification,
    end_rectification,
    expire_plaques,
    give_back_plaque,
    resume_plaque,
    revoke_plaque,
    suspend_plaque,
)
from sites.services.tallies import recount

__all__ = [
    "add_entry",
    "add_plaque_paper",
    "appoint_liaison",
    "award_own_plaque",
    "award_plaque",
    "change_entry",
    "close_site",
    "confirm_entries",
    "confirm_entry",
    "confirm_plaque",
    "demand_rectification",
    "end_liaison",
    "end_rectification",
    "expire_plaques",
    "give_back_plaque",
    "merge_site",
    "move_site",
    "record_handling",
    "recount",
    "refuse_entry",
    "refuse_plaque",
    "register_plaque",
    "register_site",
    "rename_site",
    "renew_plaque",
    "reopen_site",
    "replace_plaque",
    "resume_plaque",
    "revoke_plaque",
    "set_area_figures",
    "set_figures",
    "suspend_plaque",
    "transition",
    "update_site",
    "withdraw_entry",
]
