"""Where a job is looked at, and who may still have the file it made. Starting and doing one: notices.services.jobs."""

from collections.abc import Callable

from django.urls import reverse

from notices.models import Job

#: By task: whether the owner may still have what it made. Without an entry it is his or hers as long as it is kept.
_OUTPUT_RULES: dict[str, Callable[[Job], bool]] = {}


def hand_out_if(task: str, may: Callable[[Job], bool]) -> None:
    """Ask `may` before each download of what a task made: roles end while files are kept."""
    _OUTPUT_RULES[task] = may


def may_have_output(job: Job) -> bool:
    return bool(job.output) and _OUTPUT_RULES.get(job.task, lambda job: True)(job)


def address_of(job: Job) -> str:
    return reverse("notices:job", args=[job.pk])
