from celery import shared_task

from assessments.dossier.work import build
from assessments.letters import make_letters as make_missing_letters
from assessments.reviewing.work import draw_due_lists
from assessments.services.evaluations import lapse_all_silent
from assessments.services.objections import wipe_objectors
from notices.services.jobs import run_job


@shared_task
def draw_reviews() -> int:
    """Draw the lists of reviews that have begun; safe to run twice and beside the office's button."""
    return draw_due_lists()


@shared_task
def make_letters() -> int:
    """Make the letters of plaques taken back that are not there yet; safe to run twice."""
    return make_missing_letters()


@shared_task
def forget_objectors() -> int:
    """Wipe names and contacts of objections decided long enough ago; safe to run twice."""
    return wipe_objectors()


@shared_task
def build_dossier(job_id: int) -> None:
    """Build a dossier somebody ordered; done twice it leaves the same."""
    run_job(job_id, build)


@shared_task
def lapse_evaluations() -> int:
    """Take the silence of units as confirmation once their last day is over; safe to run twice."""
    return lapse_all_silent()
