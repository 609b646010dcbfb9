"""The ranked recommendation (择优上报): one list sent up in one go, and the answers that come back."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from applications.enums import Step
from applications.models import Cycle
from applications.services import conclude
from assessments.enums import AssessmentAction, AssessmentState
from assessments.models import Assessment, Recommendation
from assessments.ranking import next_rank, why_reason_wanted
from assessments.rules import why_not_step
from assessments.services.common import lock, naming
from assessments.services.staircase import transition
from sites.enums import PlaqueState
from sites.models import Level, Plaque


@dataclass(frozen=True)
class Place:
    """One place of the list, in its order. `reason` may be empty where the order of scores speaks for itself."""

    assessment: Assessment
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What the department above says of one site."""

    recommendation: Recommendation
    confirmed: bool
    plaque_number: str = ""
    reason: str = ""


@transaction.atomic
def send_up(
    *, actor, cycle: Cycle, level: Level, places: Sequence[Place], sent_on: datetime.date
) -> list[Recommendation]:
    """Send up the list of a level in the order of `places`; all of it or nothing.

    Ranks count from 1; a list sent later in the year goes on behind the last. Raises DomainError for an empty or
    doubled list, a site that may not be sent up, and a place before an equal or higher score without a reason
    (those left out count as well).
    """
    _lock_list(cycle)
    locked = [lock(place.assessment) for place in places]
    if not locked:
        raise DomainError(Reason(text=_("Give at least one site a rank.")))
    if len({assessment.pk for assessment in locked}) < len(locked):
        raise DomainError(Reason(text=_("A site stands on the list once.")))
    for assessment in locked:
        application = assessment.application
        if (application.cycle_id, application.level_id) != (cycle.pk, level.pk):
            raise DomainError(Reason(text=_("The list is of one year and one level.")))
    _require_reasons(cycle, level, locked, places)
    first = next_rank(cycle.pk, level.pk)
    return [
        _send(actor, assessment, rank, place.reason.strip(), sent_on)
        for rank, (assessment, place) in enumerate(zip(locked, places, strict=True), start=first)
    ]


@transaction.atomic
def recommend(
    *, actor, assessment: Assessment, rank: int, reason: str, sent_on: datetime.date
) -> Recommendation:
    """Send up one approved site with a reason, on the next rank. Raises DomainError for another rank."""
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))
    _lock_list(assessment.application.cycle)
    locked = lock(assessment)
    application = locked.application
    upcoming = next_rank(application.cycle_id, application.level_id)
    if rank != upcoming:
        raise DomainError(
            Reason(
                text=_("Rank %(rank)s cannot be given.") % {"rank": rank},
                remedy=_("Ranks are given without a gap: the next is %(next)s.") % {"next": upcoming},
            )
        )
    return _send(actor, locked, rank, reason.strip(), sent_on)


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
def record_answers(
    *, actor, answered_on: datetime.date, answer_number: str, answers: Sequence[Answer]
) -> None:
    """Record one paper from above that answers for several sites; all of it or nothing. Errors name the site."""
    if not answers:
        raise DomainError(Reason(text=_("Choose an answer for at least one site.")))
    for answer in answers:
        with naming(answer.recommendation.assessment):
            record_answer(
                actor=actor,
                recommendation=answer.recommendation,
                confirmed=answer.confirmed,
                answered_on=answered_on,
                answer_number=answer_number,
                plaque_number=answer.plaque_number,
                reason=answer.reason,
            )


def _lock_list(cycle: Cycle) -> None:
    """One list at a time: the ranks of two would meet."""
    Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)


def _require_reasons(cycle: Cycle, level: Level, order: list[Assessment], places: Sequence[Place]) -> None:
    left_out = (
        Assessment.objects.filter(
            application__cycle=cycle, application__level=level, state=AssessmentState.APPROVED
        )
        .exclude(pk__in=[assessment.pk for assessment in order])
        .select_related("application__site")
    )
    wanted = why_reason_wanted(order, list(left_out))
    for place, assessment in zip(places, order, strict=True):
        if assessment.pk in wanted and not place.reason.strip():
            raise DomainError(
                Reason(
                    text=_("%(site)s %(why)s.")
                    % {"site": assessment.application.site.name, "why": wanted[assessment.pk]},
                    article=cycle.articles.get("recommendation", ""),
                    remedy=_("Write the reason for its rank."),
                )
            )


def _send(actor, assessment: Assessment, rank: int, reason: str, sent_on: datetime.date) -> Recommendation:
    deliberation = getattr(assessment, "deliberation", None)
    with naming(assessment):
        if sent_on > clock.today():
            raise DomainError(Reason(text=_("The day of sending up lies in the future.")))
        if deliberation and sent_on < deliberation.held_on:
            raise DomainError(Reason(text=_("The day of sending up lies before the deliberation.")))
        transition(obj=assessment, action=AssessmentAction.RECOMMEND, actor=actor, reason=reason)
    application = assessment.application
    return Recommendation.objects.create(
        assessment=assessment,
        cycle_id=application.cycle_id,
        level_id=application.level_id,
        rank=rank,
        reason=reason,
        sent_on=sent_on,
    )


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
