from celery import shared_task

from applications import services
from notices.services.jobs import run_job


@shared_task
def read_scans(job_id: int) -> None:
    """Read the scanned pages of a job and file them; nothing for a job that is over or elsewhere at work."""
    run_job(job_id, services.read_scans)
