from supervision.services.findings import record_finding
from supervision.services.groups import edit_group, end_area, give_area, join_group, leave_group
from supervision.services.plans import cancel_visit, move_visit, plan_visit, plan_year, visits_missing
from supervision.services.staircase import transition

__all__ = [
    "cancel_visit",
    "edit_group",
    "end_area",
    "give_area",
    "join_group",
    "leave_group",
    "move_visit",
    "plan_visit",
    "plan_year",
    "record_finding",
    "transition",
    "visits_missing",
]
