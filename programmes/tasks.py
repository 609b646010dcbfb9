from celery import shared_task

from notices.services.jobs import run_job
from programmes.services.rehearsing import work_out


@shared_task
def rehearse_year(job_id: int) -> None:
    """Work out a rehearsal somebody ordered; done twice it leaves the same."""
    run_job(job_id, work_out)
