from celery import shared_task

from notices.sending import send_waiting
from notices.services import beat_heart
from notices.services.digests import remind
from notices.services.jobs import clear_old_files, resume_stopped


@shared_task
def send_deliveries() -> int:
    """Send what waits for the channels beside the inbox; any number of workers may do so at once."""
    return send_waiting()


@shared_task
def heartbeat(token: str) -> None:
    beat_heart(token=token)


@shared_task
def keep_jobs_going() -> int:
    """Hand out stopped jobs again and clear the files of old ones; safe to run at any time."""
    return resume_stopped() + clear_old_files()


@shared_task
def send_reminders() -> int:
    """Plan what has come due, then send the digests of the day; safe at any time and twice at once.

    Returns how many digests went out.
    """
    return remind()
