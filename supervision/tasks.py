from celery import shared_task

from supervision.finding_letters import make_letters as make_missing_letters
from supervision.services.escalation import climb_overdue as climb_all_overdue


@shared_task
def climb_overdue() -> int:
    """Remind of findings that have become overdue; safe to run twice and beside itself."""
    return climb_all_overdue()


@shared_task
def make_letters() -> int:
    """Print the reminder letters that have a number and no paper yet; safe to run twice."""
    return make_missing_letters()
