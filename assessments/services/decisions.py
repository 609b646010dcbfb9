"""What is decided on a passed site: deliberation, an end without a plaque, award."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.uploads import SCANS, checked_content_type
from applications.enums import Step
from applications.services import conclude
from assessments.enums import AssessmentAction
from assessments.models import Assessment, Deliberation, Recommendation
from assessments.rules import why_not_award_on, why_not_end, why_not_step
from assessments.services.common import address_of, lock, naming, office_of
from assessments.services.staircase import transition
from notices.services import notify
from sites.models import Plaque
from sites.services import award_plaque


@dataclass(frozen=True)
class Decision:
    """What a meeting decided on one site. `opinion` is the reason where it declined."""

    assessment: Assessment
    approved: bool
    opinion: str


@transaction.atomic
def deliberate(
    *,
    actor,
    assessment: Assessment,
    held_on: datetime.date,
    minutes_number: str,
    approved: bool,
    opinion: str,
    minutes: UploadedFile | None = None,
) -> Deliberation:
    """Record the department meeting's decision (部务会研究). Declining ends the application.

    `minutes` is the scan of the minutes, if there is one. Raises DomainError.
    """
    decision = Decision(assessment, approved, opinion)
    (deliberation,) = deliberate_together(
        actor=actor, held_on=held_on, minutes_number=minutes_number, decisions=[decision], minutes=minutes
    )
    return deliberation


@transaction.atomic
def deliberate_together(
    *,
    actor,
    held_on: datetime.date,
    minutes_number: str,
    decisions: Sequence[Decision],
    minutes: UploadedFile | None = None,
) -> list[Deliberation]:
    """Record one meeting that decided on several sites, under one number and one scan of its minutes; all of it or
    nothing. Errors name the site where there are several."""
    if not decisions:
        raise DomainError(Reason(text=_("Choose a decision for at least one site.")))
    if held_on > clock.today():
        raise DomainError(Reason(text=_("The meeting lies in the future.")))
    paper = {}
    if minutes is not None:
        checked_content_type(minutes, SCANS)
        paper = {"minutes": minutes, "minutes_name": minutes.name[-200:]}
    recorded = []
    for decision in decisions:
        with naming(decision.assessment, several=len(decisions) > 1):
            deliberation = _decide(actor, decision, held_on, minutes_number, paper)
        if paper:
            # The paper is kept once; the other decisions of the meeting point at it.
            paper["minutes"] = deliberation.minutes.name
        recorded.append(deliberation)
    return recorded


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


def _decide(
    actor, decision: Decision, held_on: datetime.date, minutes_number: str, paper: dict
) -> Deliberation:
    locked = lock(decision.assessment)
    require(why_not_step(locked, Step.DELIBERATION))
    if held_on < timezone.localdate(locked.application.filed_first_at):
        raise DomainError(Reason(text=_("The meeting lies before the application was filed.")))
    action = AssessmentAction.APPROVE if decision.approved else AssessmentAction.DECLINE
    transition(obj=locked, action=action, actor=actor, reason=decision.opinion)
    deliberation = Deliberation.objects.create(
        assessment=locked,
        held_on=held_on,
        minutes_number=minutes_number,
        approved=decision.approved,
        opinion=decision.opinion,
        recorded_by=actor,
        recorded_at=clock.now(),
        **paper,
    )
    if not decision.approved:
        conclude(actor=actor, application=locked.application, awarded=False, reason=decision.opinion)
    notify(
        recipients=office_of(locked),
        subject=format_lazy(gettext_lazy("Deliberated: {site}"), site=locked.application.site.name),
        body=decision.opinion,
        url=address_of(locked),
    )
    return deliberation
