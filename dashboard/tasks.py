from celery import shared_task

from dashboard.services import warnings


@shared_task
def watch_sites() -> int:
    """Open and end early warnings of sites; safe to run twice and beside itself. Returns how many rows changed."""
    return warnings.watch_sites()
