from celery import shared_task

from applications.reminders import open_cycles
from assessments.reminders import remind_of_acceptance


@shared_task
def remind_acceptance() -> int:
    """Send what is due before and after the end of acceptance of every open cycle; safe to run twice."""
    return sum(remind_of_acceptance(cycle) for cycle in open_cycles())
