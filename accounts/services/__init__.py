from accounts.services.demo_clock import move_demo_clock
from accounts.services.roles import Stretch, date_role, end_role, follow_units, grant_role
from accounts.services.tokens import create_token, revoke_token, use_token
from accounts.services.trail import record, record_refused_login
from accounts.services.users import (
    change_password,
    create_unit,
    create_user,
    note_login,
    set_user_language,
    unlock_user,
)

__all__ = [
    "Stretch",
    "change_password",
    "create_token",
    "create_unit",
    "create_user",
    "date_role",
    "end_role",
    "follow_units",
    "grant_role",
    "move_demo_clock",
    "note_login",
    "record",
    "record_refused_login",
    "revoke_token",
    "set_user_language",
    "unlock_user",
    "use_token",
]
