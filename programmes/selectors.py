"""Which years a person may rehearse, and what was worked out last."""

from dataclasses import dataclass

from applications.models import Cycle
from notices.enums import JOB_OVER, JobState
from notices.models import Job
from programmes.rehearsal import Entry, from_json
from programmes.rules import may_rehearse, runs_any

#: The task by which the jobs of rehearsals are known.
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
