"""The rehearsal as those who run the programme see it: worked out by a worker, kept with its age until the next."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason, require
from accounts.services import record
from applications.models import Cycle
from notices.models import Job
from notices.services.jobs import Run, start_job
from programmes.rehearsal import rehearse, to_json
from programmes.rules import may_rehearse
from programmes.selectors import TASK, kept_rehearsal


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
