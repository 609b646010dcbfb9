from celery import shared_task

from applications.reminders import open_cycles, remind_of_deadline, tell_office_who_is_late


@shared_task
def remind_deadlines() -> int:
    """Send what is due before and after the filing deadline of every open cycle; safe to run at any time, twice too."""
    return sum(remind_of_deadline(cycle) + tell_office_who_is_late(cycle) for cycle in open_cycles())
