"""What the services of assessments and evaluations share: the row locks, who is told."""

from contextlib import contextmanager
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import DomainError, Reason
from accounts.selectors import users_with_role
from assessments.enums import AssessmentState
from assessments.models import Assessment, Evaluation
from assessments.rules import may_lead_assessment


def lock(assessment: Assessment) -> Assessment:
    """The assessment, locked, with all that its rules and messages ask of it."""
    return (
        Assessment.objects.select_for_update(of=("self",))
        .select_related(
            "application__cycle__programme__owner",
            "application__site__category",
            "application__site__area",
            "application__level__programme__owner",
            "application__area",
            "indicator_set",
        )
        .get(pk=assessment.pk)
    )


def lock_scoring(assessment: Assessment) -> Assessment:
    """The assessment, locked and still open: nobody is assigned or taken off while another closes it."""
    locked = lock(assessment)
    if locked.state != AssessmentState.SCORING:
        raise DomainError(Reason(text=_("The assessment is closed.")))
    return locked


def lock_evaluation(evaluation: Evaluation) -> Evaluation:
    """The quarter, locked: nobody reports or scores while another sends or closes it."""
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related("cycle__programme__owner")
    return rows.get(pk=evaluation.pk)


def require_office(actor, assessment: Assessment) -> None:
    if not may_lead_assessment(actor, assessment):
        raise DomainError(Reason(text=_("Only the leadership office may do this.")))


@contextmanager
def naming(assessment: Assessment, several: bool = True):
    """Of many sites taken in one go, say which one a refusal is about."""
    try:
        yield
    except DomainError as error:
        if not several:
            raise
        words = _("%(site)s: %(why)s") % {"site": assessment.application.site.name, "why": error.reason.text}
        raise DomainError(replace(error.reason, text=words)) from error


def office_of(assessment: Assessment):
    return users_with_role(Role.OFFICE, assessment.application.cycle.programme.owner)


def address_of(assessment: Assessment) -> str:
    return reverse("assessments:detail", args=[assessment.pk])
