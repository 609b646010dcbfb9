from celery import shared_task

from applications import services
from applications.reminders import open_cycles, remind_of_deadline, tell_office_who_is_late
from notices.jobs import run_job


@shared_task
def remind_deadlines() -> int:
    """Send what is due before and after the filing deadline of every open cycle; safe to run at any time, twice too."""
    return sum(remind_of_deadline(cycle) + tell_office_who_is_late(cycle) for cycle in open_cycles())


@shared_task
def read_scans(job_id: int) -> None:
    """Read the scanned pages of a job and file them; nothing for a job that is over or elsewhere at work."""
    run_job(job_id, services.read_scans)
