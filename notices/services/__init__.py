from notices.services.messages import Note, beat_heart, mark_all_read, mark_read, notify, notify_each
from notices.services.working_calendar import (
    fill_calendar,
    is_published,
    remove_calendar_day,
    seed_calendar,
    set_calendar_day,
)

__all__ = [
    "Note",
    "beat_heart",
    "fill_calendar",
    "is_published",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_each",
    "remove_calendar_day",
    "seed_calendar",
    "set_calendar_day",
]
