from celery import shared_task

from notices.services.jobs import run_job
from sites import services
from sites.imports.services import check_table, write_table
from sites.services import tallies


@shared_task
def check_import(job_id: int) -> None:
    """Check an uploaded table; writes no record."""
    run_job(job_id, check_table)


@shared_task
def write_import(job_id: int) -> None:
    """Import a checked table, all at once."""
    run_job(job_id, write_table)


@shared_task
def expire_plaques() -> int:
    """End the plaques whose validity is over; returns how many. Safe to run twice."""
    return services.expire_plaques()


@shared_task
def close_tallies() -> int:
    """Carry past days of the journal of figures into balances; returns how many entries went. Safe to run twice."""
    return tallies.close_tallies()
