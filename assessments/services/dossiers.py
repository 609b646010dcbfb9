"""Ordering a dossier (卷宗): the worker builds it, and its page shows how far it is."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.services import record
from applications.models import Application
from assessments.rules import may_have_dossier
from notices.enums import JobState
from notices.models import Job
from notices.services.jobs import start_job
from sites.models import Site

BUILD_DOSSIER = "assessments.tasks.build_dossier"
#: What comes out: everything with its manifest, or the paginated paper alone.
FORMS = ("zip", "pdf")


@transaction.atomic
def order_dossier(*, actor, subject: Application | Site, form: str) -> Job:
    """Have the dossier of an application or site built, as far as the person may see it.

    A second click meets the job of the first. Raises DomainError for somebody whose role does not reach the area.
    """
    if not may_have_dossier(actor, subject.area):
        raise DomainError(
            Reason(text=_("Dossiers are for the area's own staff, the leadership office and leaders."))
        )
    params = {"kind": subject._meta.model_name, "subject": subject.pk, "form": form}
    under_way = Job.objects.filter(
        owner=actor, task=BUILD_DOSSIER, params=params, state__in=(JobState.WAITING, JobState.RUNNING)
    ).first()
    if under_way:
        return under_way
    record(action="dossier.order", actor=actor, obj=subject, unit=subject.area, form=form)
    title = _("Dossier of %(subject)s (%(form)s)") % {"subject": subject, "form": form.upper()}
    return start_job(actor=actor, task=BUILD_DOSSIER, title=title, params=params)
