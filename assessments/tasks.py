from celery import shared_task

from applications.reminders import open_cycles
from assessments.dossier.work import build
from assessments.reminders import remind_of_acceptance
from notices.jobs import run_job


@shared_task
def remind_acceptance() -> int:
    """Send what is due before and after the end of acceptance of every open cycle; safe to run twice."""
    return sum(remind_of_acceptance(cycle) for cycle in open_cycles())


@shared_task
def build_dossier(job_id: int) -> None:
    """Build a dossier somebody ordered; done twice it leaves the same."""
    run_job(job_id, build)
