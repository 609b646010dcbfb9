"""The rehearsal as those who run the programme see it: worked out by a worker, kept with its age until the next."""

from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.rules import has_role, may_administer
from accounts.services import record
from applications.models import Cycle
from notices.enums import JOB_OVER, JobState
from notices.models import Job
from notices.services.jobs import Run, start_job
from programmes.rehearsal import Entry, from_json, rehearse, to_json

TASK = "programmes.tasks.rehearse_year"


@dataclass(frozen=True)
class Kept:
    """The newest rehearsal of a cycle there is, and the one under way (None: there is none)."""

    job: Job | None
    running: Job | None

    @property
    def entries(self) -> list[Entry]:
        if self.job is None:
            return []
        with self.job.output.open() as file:
            return list(from_json(file.read()))


def may_rehearse(user, cycle: Cycle) -> bool:
    owner = cycle.programme.owner
    return has_role(user, Role.OFFICE, owner) or may_administer(user, owner)


def runs_any(user) -> bool:
    """Whether the page concerns this person at all, with or without a cycle to rehearse."""
    return has_role(user, Role.OFFICE) or may_administer(user)


def rehearsable_cycles(user) -> list[Cycle]:
    """The cycles a person may rehearse, the newest first; none for who is neither of an office nor an administrator."""
    if not runs_any(user):
        return []
    cycles = Cycle.objects.select_related("programme__owner").defer("form").order_by("-year", "id")
    return [cycle for cycle in cycles if may_rehearse(user, cycle)]


def kept_rehearsal(cycle: Cycle) -> Kept:
    """What was worked out last, whoever ordered it; one query."""
    jobs = Job.objects.filter(task=TASK, params__cycle=cycle.pk).order_by("-id")[:10]
    done = next((job for job in jobs if job.state == JobState.DONE and job.output), None)
    return Kept(job=done, running=next((job for job in jobs if job.state not in JOB_OVER), None))


@transaction.atomic
def order_rehearsal(*, actor, cycle: Cycle) -> Job:
    """Have the year rehearsed by a worker. Raises DomainError for other than the office and its administrators, and
    while one is under way."""
    if not may_rehearse(actor, cycle):
        raise DomainError(Reason(text=_("Only the leadership office or a system administrator may do this.")))
    Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    if kept_rehearsal(cycle).running:
        raise DomainError(Reason(text=_("A rehearsal of this year is under way already.")))
    record(action="programme.rehearse", actor=actor, obj=cycle, unit=cycle.programme.owner)
    title = _("Rehearsal of %(cycle)s") % {"cycle": cycle}
    url = f"{reverse('programmes:rehearsal')}?cycle={cycle.pk}"
    return start_job(actor=actor, task=TASK, title=title, params={"cycle": cycle.pk}, url=url)


def work_out(run: Run) -> None:
    """The work of the job: rehearse and keep the result as the job's file."""
    cycle = Cycle.objects.select_related("programme__owner").get(pk=run.job.params["cycle"])
    require(
        None if may_rehearse(run.job.owner, cycle) else Reason(text=_("You no longer run this programme."))
    )
    entries = rehearse(cycle, step=run.step)
    run.finish(
        result={"count": len(entries)},
        output=ContentFile(to_json(entries)),
        output_name="rehearsal.json",
    )
