"""The year's end of the quarterly evaluation: proposals for talks (约谈), the decision, the talk, key management."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason
from accounts.selectors import users_with_role
from accounts.services import record
from applications.models import Cycle
from assessments.evaluation_enums import EvaluationState, TalkAction
from assessments.evaluation_rules import owner_of
from assessments.evaluation_sums import digest, year_rows
from assessments.models import Evaluation, TalkProposal, UnitEvaluation
from assessments.services import evaluations
from assessments.services.staircase import transition
from notices.services import notify


@transaction.atomic
def close_quarter(*, actor, evaluation: Evaluation) -> Evaluation:
    """Close a quarter (see `evaluations.close_quarter`); the last one of the year proposes the talks."""
    closed = evaluations.close_quarter(actor=actor, evaluation=evaluation)
    if not closed.cycle.evaluations.exclude(state=EvaluationState.CLOSED).exists():
        propose_talks(cycle=closed.cycle)
    return closed


@transaction.atomic
def propose_talks(*, cycle: Cycle) -> list[TalkProposal]:
    """Propose a talk with each unit in the last places of its class, by the year's rule; again adds none."""
    closed = (
        UnitEvaluation.objects.filter(evaluation__cycle=cycle, evaluation__state=EvaluationState.CLOSED)
        .select_related("unit", "unit_class", "evaluation")
        .order_by("evaluation__quarter")
    )
    quarters = cycle.evaluations.filter(state=EvaluationState.CLOSED).values_list("quarter", flat=True)
    method = cycle.evaluation.get("year", {}).get("method", "sum")
    known = set(cycle.talk_proposals.values_list("unit_id", flat=True))
    made = [
        TalkProposal.objects.create(
            cycle=cycle,
            unit=row.unit,
            unit_class=row.unit_class,
            rank=row.rank,
            total=row.total,
            arithmetic=row.arithmetic(method),
            proposed_at=clock.now(),
        )
        for row in year_rows(cycle, closed, quarters)
        if row.last and row.unit.pk not in known
    ]
    for proposal in made:
        record(action="talkproposal.propose", actor=None, obj=proposal, unit=proposal.unit)
    if made:
        notify(
            recipients=users_with_role(Role.LEADER, owner_of(cycle)),
            subject=format_lazy(gettext_lazy("Talks proposed for {year}: please decide"), year=cycle.year),
            url=reverse("assessments:evaluation_talks", args=[cycle.pk]),
        )
    return made


@transaction.atomic
def decide_talk(
    *,
    actor,
    proposal: TalkProposal,
    ordered: bool,
    opinion: str,
    managed_from: datetime.date | None = None,
    managed_to: datetime.date | None = None,
) -> TalkProposal:
    """A leader decides on a proposal: a talk, with key management from a day to another, or none."""
    locked = _lock(proposal)
    if (managed_from is None) != (managed_to is None):
        raise DomainError(Reason(text=_("Enter both days of the key management, or neither.")))
    if managed_from and managed_to < managed_from:
        raise DomainError(Reason(text=_("The key management ends before it begins.")))
    managed = {"managed_from": managed_from, "managed_to": managed_to} if ordered else {}
    transition_talk(
        locked,
        TalkAction.ORDER if ordered else TalkAction.DROP,
        actor,
        opinion,
        opinion=opinion,
        decided_by=actor,
        decided_at=clock.now(),
        **managed,
    )
    notify(
        recipients=users_with_role(Role.OFFICE, owner_of(locked.cycle)),
        subject=format_lazy(gettext_lazy("Talk decided: {unit}"), unit=locked.unit),
        body=opinion,
        url=reverse("assessments:evaluation_talks", args=[locked.cycle_id]),
    )
    return locked


@transaction.atomic
def record_talk(*, actor, proposal: TalkProposal, held_on: datetime.date, note: str) -> TalkProposal:
    """Note that the ordered talk was held, when, and what was agreed; no names of persons."""
    locked = _lock(proposal)
    if held_on > clock.today():
        raise DomainError(Reason(text=_("The talk lies in the future.")))
    if locked.decided_at and held_on < timezone.localdate(locked.decided_at):
        raise DomainError(Reason(text=_("The talk lies before the day it was decided on.")))
    if not note.strip():
        raise DomainError(Reason(text=_("Write what was agreed.")))
    transition_talk(locked, TalkAction.HOLD, actor, "", held_on=held_on, note=note)
    notify(
        recipients=users_with_role(Role.UNIT_STAFF, locked.unit),
        subject=format_lazy(gettext_lazy("Talk recorded: {unit}"), unit=locked.unit),
        url=reverse("assessments:evaluation_talks", args=[locked.cycle_id]),
    )
    return locked


def transition_talk(proposal: TalkProposal, action: str, actor, reason: str, **changes) -> None:
    """A step of a proposal, logged with the arithmetic it rests on."""
    transition(
        obj=proposal,
        action=action,
        actor=actor,
        reason=reason,
        content_hash=digest(proposal.arithmetic),
        **changes,
    )


def _lock(proposal: TalkProposal) -> TalkProposal:
    rows = TalkProposal.objects.select_for_update(of=("self",))
    return rows.select_related("cycle__programme__owner", "unit", "unit_class").get(pk=proposal.pk)
