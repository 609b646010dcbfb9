"""Long work in the background: started by a person, done by a worker, with progress and a way to stop it.

A worker claims a job by compare-and-set, so two messages for one job do it once. One that is killed leaves the job
running without a sign of life; `resume_stopped` hands it out again. What a job writes, it writes in one transaction
together with `Run.finish`, so a job that is done twice leaves the same as one that is done once.
"""

import datetime
import logging
import time
from collections.abc import Callable

from celery import current_app
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from notices.enums import JOB_OVER, JobAction, JobState
from notices.models import Job
from notices.services.staircase import transition

logger = logging.getLogger(__name__)

#: Seconds between two writes of the progress.
_BETWEEN_WRITES = 0.5
#: After so long without a sign of life a job is taken for stopped.
STOPPED_AFTER = datetime.timedelta(minutes=2)
_MOST_ATTEMPTS = 3
#: Files of finished jobs are kept so long.
KEPT_FOR = datetime.timedelta(days=14)


class Cancelled(Exception):
    """Its owner asked for the job to stop; raised by `Run.step`, nobody but `run_job` needs to catch it."""


class TakenAway(Exception):
    """The job was given to another worker meanwhile: what this one did must not be written."""


def start_job(*, actor, task: str, title: str, params: dict, upload=None, url: str = "") -> Job:
    """Put work into the queue once this transaction commits.

    Args:
        task: name of the Celery task, which takes the job's id and calls `run_job`.
        title: what is done, in words of the person's language.
        params: ids and choices the task needs, as JSON.
        upload: a file to work on, checked before by the caller.
        url: where the result is looked at, a path inside this site; empty: the job's own page.
    """
    job = Job.objects.create(
        owner=actor,
        task=task,
        title=title[:200],
        params=params,
        url=url,
        upload=upload or "",
        upload_name=upload.name[-200:] if upload else "",
        created_at=clock.now(),
    )
    transaction.on_commit(lambda: current_app.send_task(task, args=[job.pk]), robust=True)
    return job


class Run:
    """A claimed job while it is worked on."""

    def __init__(self, job: Job):
        self.job = job
        self._written = 0.0

    def step(self, done: int, total: int) -> None:
        """Say how far the work is; written at most twice a second. Not inside a transaction, where nobody sees it.

        Raises Cancelled when the owner asked to stop, TakenAway when another worker has the job.
        """
        if time.monotonic() - self._written < _BETWEEN_WRITES:
            return
        self._written = time.monotonic()
        if not self._mine().update(done=done, total=total, alive_at=timezone.now()):
            raise TakenAway
        if self._mine().filter(cancel_asked=True).exists():
            raise Cancelled

    def finish(
        self, *, result: dict | None = None, output: File | None = None, output_name: str = ""
    ) -> None:
        """End the job; call it in the transaction that writes the work. Raises TakenAway when it is no longer ours."""
        changes = {"result": result or {}, "alive_at": timezone.now(), "finished_at": clock.now()}
        if output is not None:
            self.job.output.save(output_name, output, save=False)
            changes |= {"output": self.job.output.name, "output_name": output_name[-200:]}
        # Locked, so that it cannot be given away between the question and the answer.
        if not (
            self._mine().select_for_update().first()
            and transition(rows=self._mine(), action=JobAction.FINISH, **changes)
        ):
            raise TakenAway

    def _mine(self):
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)


def run_job(job_id: int, work: Callable[[Run], None]) -> None:
    """Claim a job and do it. `work` calls `Run.finish`; a refusal (DomainError) becomes the job's words.

    Does nothing for a job another worker has or that is over.
    """
    rows = Job.objects.filter(pk=job_id)
    job = rows.select_related("owner").first()
    if job is None or job.state in JOB_OVER:
        return
    job.attempts += 1
    claimed = transition(rows=rows, action=JobAction.START, attempts=job.attempts, alive_at=timezone.now())
    if not claimed:
        return
    with translation.override(job.owner.language):
        try:
            work(Run(job))
        except TakenAway:
            logger.warning("job %s was given to another worker", job_id)
        except Cancelled:
            transition(rows=rows, action=JobAction.CANCEL, finished_at=clock.now())
        except DomainError as error:
            transition(rows=rows, action=JobAction.FAIL, error=str(error), finished_at=clock.now())
        except Exception:
            logger.exception("job %s failed", job_id)
            words = _("Something went wrong here. Nothing was changed. Try again, or tell the administrator.")
            transition(rows=rows, action=JobAction.FAIL, error=words, finished_at=clock.now())


def ask_to_cancel(*, job: Job) -> None:
    """Stop a job before its next step; one that waits is stopped at once, one that is over stays as it is."""
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    waiting = Job.objects.filter(pk=job.pk, state=JobState.WAITING)
    transition(rows=waiting, action=JobAction.CANCEL, finished_at=clock.now())


def resume_stopped() -> int:
    """Hand out again what a killed worker or a lost message left lying. Returns how many jobs were touched."""
    before = timezone.now() - STOPPED_AFTER
    touched = 0
    for job in Job.objects.filter(state=JobState.RUNNING, alive_at__lt=before):
        rows = Job.objects.filter(pk=job.pk)
        if job.attempts >= _MOST_ATTEMPTS:
            with translation.override(job.owner.language):
                words = _("The work stopped several times before its end. Nothing was changed.")
            touched += transition(rows=rows, action=JobAction.FAIL, error=words, finished_at=clock.now())
        elif transition(rows=rows, action=JobAction.RESUME, alive_at=timezone.now()):
            current_app.send_task(job.task, args=[job.pk])
            touched += 1
    for job in Job.objects.filter(state=JobState.WAITING, created_at__lt=clock.now() - STOPPED_AFTER):
        current_app.send_task(job.task, args=[job.pk])
        touched += 1
    return touched


def clear_old_files() -> int:
    """Remove the files of jobs that ended long ago; the rows stay. Returns how many jobs were cleared."""
    old = Job.objects.filter(state__in=JOB_OVER, finished_at__lt=clock.now() - KEPT_FOR)
    cleared = 0
    for job in old.exclude(upload="", output=""):
        for file in (job.upload, job.output):
            if file:
                file.delete(save=False)
        Job.objects.filter(pk=job.pk).update(upload="", output="")
        cleared += 1
    return cleared
