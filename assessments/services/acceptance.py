"""Acceptance (考核验收): opened for an accepted application, closed with the result of its sheets."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_day
from applications.enums import ApplicationState
from applications.models import Application
from applications.services import conclude
from assessments.due import acceptance_day, days_late
from assessments.enums import AssessmentAction
from assessments.models import Assessment
from assessments.scoring import arithmetic, indicator_set_for, result_of
from assessments.services.common import address_of, lock, require_office
from assessments.services.staircase import transition
from notices.services import notify


@transaction.atomic
def open_assessment(*, actor, application: Application) -> Assessment:
    """Begin the acceptance of an accepted application by its category's indicators; twice gives the same."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    require_office(actor, Assessment(application=application))
    existing = Assessment.objects.filter(application=application).first()
    if existing:
        return existing
    if application.state != ApplicationState.ACCEPTED:
        raise DomainError(Reason(text=_("Only an accepted application is assessed.")))
    indicator_set = indicator_set_for(application)
    if indicator_set is None:
        raise DomainError(
            Reason(
                text=_("The programme file has no indicator set for %(category)s.")
                % {"category": application.site.category}
            )
        )
    assessment = Assessment.objects.create(
        application=application, indicator_set=indicator_set, started_at=clock.now()
    )
    record(action="assessment.open", actor=actor, obj=assessment, unit=application.area)
    return assessment


@transaction.atomic
def close_assessment(*, actor, assessment: Assessment, reason: str = "") -> Assessment:
    """Close the scoring: the result follows from the sheets, and its arithmetic is stored as it stands. A site
    that fails ends its application here.

    After the last day of the acceptance `reason` says why only now; raises DomainError without it.
    """
    locked = lock(assessment)
    result = result_of(locked)
    transition(
        obj=locked,
        action=AssessmentAction.PASS if result.passed else AssessmentAction.FAIL,
        actor=actor,
        reason=_why_late(locked, reason),
        score=result.score,
        vetoed=result.vetoed,
        arithmetic=arithmetic(locked),
        closed_at=clock.now(),
    )
    if not result.passed:
        words = _("Assessment not passed: %(reasons)s") % {"reasons": " ".join(result.why_not_passed)}
        conclude(actor=actor, application=locked.application, awarded=False, reason=words)
    else:
        notify(
            recipients=users_with_role(Role.LEADER, locked.application.cycle.programme.owner),
            subject=format_lazy(gettext_lazy("For deliberation: {site}"), site=locked.application.site.name),
            url=address_of(locked),
        )
    return locked


def _why_late(assessment: Assessment, reason: str) -> str:
    """What the log says of a closing: nothing when it was in time, else by when it was due and why it was not."""
    due = acceptance_day(assessment)
    if not days_late(assessment, due) or not reason.strip():
        return ""
    return _("Closed after %(day)s, the last day of the acceptance: %(reason)s") % {
        "day": lazy_day(due),
        "reason": reason.strip(),
    }
