"""What is decided on a passed site: deliberation, recommendation, the answer from above, award."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import DomainError, Reason, require
from applications.enums import Step
from applications.services import conclude
from assessments.enums import AssessmentAction
from assessments.models import Assessment, Deliberation, Recommendation
from assessments.rules import why_not_award_on, why_not_end, why_not_step
from assessments.services.common import address_of, lock, office_of, transition
from notices.services import notify
from sites.enums import PlaqueState
from sites.models import Plaque
from sites.services import award_plaque


@transaction.atomic
def deliberate(
    *,
    actor,
    assessment: Assessment,
    held_on: datetime.date,
    minutes_number: str,
    approved: bool,
    opinion: str,
) -> Deliberation:
    """Record the department meeting's decision (部务会研究). Declining ends the application."""
    if held_on > clock.today():
        raise DomainError(Reason(text=_("The meeting lies in the future.")))
    locked = lock(assessment)
    require(why_not_step(locked, Step.DELIBERATION))
    if held_on < timezone.localdate(locked.application.filed_first_at):
        raise DomainError(Reason(text=_("The meeting lies before the application was filed.")))
    action = AssessmentAction.APPROVE if approved else AssessmentAction.DECLINE
    transition(obj=locked, action=action, actor=actor, reason=opinion)
    deliberation = Deliberation.objects.create(
        assessment=locked,
        held_on=held_on,
        minutes_number=minutes_number,
        approved=approved,
        opinion=opinion,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    if not approved:
        conclude(actor=actor, application=locked.application, awarded=False, reason=opinion)
    notify(
        recipients=office_of(locked),
        subject=format_lazy(gettext_lazy("Deliberated: {site}"), site=locked.application.site.name),
        body=opinion,
        url=address_of(locked),
    )
    return deliberation


@transaction.atomic
def recommend(
    *, actor, assessment: Assessment, rank: int, reason: str, sent_on: datetime.date
) -> Recommendation:
    """Put an approved site on the ranked list sent up (择优上报). Raises DomainError for a rank taken."""
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))
    if rank < 1:
        raise DomainError(Reason(text=_("Ranks count from 1.")))
    if sent_on > clock.today():
        raise DomainError(Reason(text=_("The day of sending up lies in the future.")))
    locked = lock(assessment)
    deliberation = getattr(locked, "deliberation", None)
    if deliberation and sent_on < deliberation.held_on:
        raise DomainError(Reason(text=_("The day of sending up lies before the deliberation.")))
    transition(obj=locked, action=AssessmentAction.RECOMMEND, actor=actor, reason=reason)
    application = locked.application
    try:
        with transaction.atomic():
            return Recommendation.objects.create(
                assessment=locked,
                cycle_id=application.cycle_id,
                level_id=application.level_id,
                rank=rank,
                reason=reason,
                sent_on=sent_on,
            )
    except IntegrityError as error:
        raise DomainError(
            Reason(text=_("Rank %(rank)s is taken by another site.") % {"rank": rank})
        ) from error


@transaction.atomic
def record_answer(
    *,
    actor,
    recommendation: Recommendation,
    confirmed: bool,
    answered_on: datetime.date,
    answer_number: str,
    plaque_number: str = "",
    reason: str = "",
) -> None:
    """Record the answer of the department above. A confirmation names the plaque number it gives."""
    locked = lock(recommendation.assessment)
    require(why_not_step(locked, Step.ANSWER))
    if confirmed:
        _require_usable_number(locked, plaque_number.strip())
    if answered_on > clock.today() or answered_on < recommendation.sent_on:
        raise DomainError(Reason(text=_("The day of the answer must lie between sending up and today.")))
    action = AssessmentAction.CONFIRM if confirmed else AssessmentAction.DECLINE
    transition(obj=locked, action=action, actor=actor, reason=reason)
    recommendation.answered_on = answered_on
    recommendation.answer_number = answer_number
    recommendation.plaque_number = plaque_number.strip()
    recommendation.save(update_fields=["answered_on", "answer_number", "plaque_number"])
    if not confirmed:
        conclude(actor=actor, application=locked.application, awarded=False, reason=reason)


@transaction.atomic
def decline(*, actor, assessment: Assessment, reason: str) -> None:
    """End a passed site's assessment without a plaque, with the reason: an objection upheld, the plaque below
    revoked in the meantime, not among those sent up. Deliberation and answer have outcomes of their own."""
    locked = lock(assessment)
    require(why_not_end(locked))
    transition(obj=locked, action=AssessmentAction.DECLINE, actor=actor, reason=reason)
    conclude(actor=actor, application=locked.application, awarded=False, reason=reason)


@transaction.atomic
def award(
    *, actor, assessment: Assessment, awarded_on: datetime.date | None = None, reason: str = ""
) -> Plaque:
    """Award the plaque (授牌) once every step of the level's rule is behind it and the ladder holds.

    The number comes from the level's pattern, or from the answer of the department above. Raises DomainError.
    """
    locked = lock(assessment)
    application = locked.application
    transition(obj=locked, action=AssessmentAction.AWARD, actor=actor, reason=reason)
    require(why_not_award_on(locked, awarded_on or clock.today()))
    recommendation = Recommendation.objects.filter(assessment=locked).first()
    plaque = award_plaque(
        actor=actor,
        site=application.site,
        level=application.level,
        awarded_on=awarded_on or clock.today(),
        reason=reason or application.number,
        number=recommendation.plaque_number if recommendation else "",
    )
    conclude(actor=actor, application=application, awarded=True, reason=plaque.number)
    return plaque


def _require_usable_number(assessment: Assessment, number: str) -> None:
    """A number that another plaque carries would block the award for good: it is refused with the answer."""
    level = assessment.application.level
    if not number and not level.plaque_number:
        raise DomainError(Reason(text=_("Enter the plaque number given by the department above.")))
    if not number:
        return
    carried = Plaque.objects.filter(level=level, number=number).exclude(state=PlaqueState.REFUSED)
    promised = Recommendation.objects.filter(level=level, plaque_number=number).exclude(assessment=assessment)
    if carried.exists() or promised.exists():
        raise DomainError(
            Reason(
                text=_("The number “%(number)s” belongs to another site's plaque.") % {"number": number},
                remedy=_("Compare it with the answer."),
            )
        )
