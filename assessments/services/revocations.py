"""Taking plaques back (收回授牌): the proposal, a leader's decision, the answer of the department above, the letter."""

import datetime
import hashlib

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.selectors import users_with_role
from accounts.services import record
from assessments.enums import ProposalAction, ProposalState
from assessments.models import RevocationLetter, RevocationProposal
from assessments.review_rules import follows_from_proposal, why_not_propose
from assessments.services.staircase import transition
from notices.services import notify
from sites import services as ledger
from sites.enums import Awarder, PlaqueState
from sites.models import Plaque, Site
from sites.services.numbers import next_number

LETTERS_TASK = "assessments.tasks.make_letters"


@transaction.atomic
def propose_revocation(*, actor, plaque: Plaque, reason: str) -> RevocationProposal:
    """Propose to take a plaque back for a reason found outside the review. Raises DomainError."""
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))
    return write_proposal(actor=actor, plaque=plaque, reason=reason)


def write_proposal(*, actor, plaque: Plaque, reason: str, review=None) -> RevocationProposal:
    """Write a proposal, tell the county and the leaders; for `propose_revocation` and a failed review."""
    # The site first, as everywhere: a replacement or merger of the same moment waits, or is seen here.
    Site.objects.select_for_update(of=("self",), no_key=True).get(pk=plaque.site_id)
    locked = (
        Plaque.objects.select_for_update(of=("self",))
        .select_related("level__programme__owner", "site__area")
        .get(pk=plaque.pk)
    )
    require(why_not_propose(actor, locked))
    proposal = RevocationProposal.objects.create(
        plaque=locked, review=review, reason=reason, proposed_by=actor, proposed_at=clock.now()
    )
    record(action="revocation.propose", actor=actor, obj=locked, unit=locked.site.area, reason=reason)
    leaders = users_with_role(Role.LEADER, locked.level.programme.owner)
    _tell(
        proposal,
        [*leaders, *users_with_role(Role.UNIT_STAFF, locked.site.area)],
        gettext_lazy("Proposed to take a plaque back: {site}"),
        reason,
    )
    return proposal


@transaction.atomic
def decide_proposal(
    *, actor, proposal: RevocationProposal, approved: bool, minutes_number: str = "", opinion: str = ""
) -> RevocationProposal:
    """A leader decides. Approved: the plaque is taken back today; one of the department above rests, and the
    proposal is passed on to that department. Rejected: it stays, a rectification ends.

    Raises DomainError for other people, without opinion, or without the number of the minutes when approved.
    """
    if approved and not minutes_number.strip():
        raise DomainError(Reason(text=_("Enter the number of the minutes.")))
    locked = _lock(proposal)
    above = locked.plaque.level.awarded_by == Awarder.ABOVE
    action = ProposalAction.REJECT
    if approved:
        action = ProposalAction.PASS_ON if above else ProposalAction.APPROVE
    transition(
        obj=locked,
        action=action,
        actor=actor,
        reason=opinion,
        decided_by=actor,
        decided_at=clock.now(),
        minutes_number=minutes_number.strip(),
        opinion=opinion,
    )
    _carry_out(actor, locked, action)
    _tell_decision(locked)
    return locked


@transaction.atomic
def withdraw_proposal(*, actor, proposal: RevocationProposal, reason: str) -> RevocationProposal:
    """The office takes a proposal back before it is decided, e.g. because the plaque was given back."""
    locked = _lock(proposal)
    transition(obj=locked, action=ProposalAction.WITHDRAW, actor=actor, reason=reason)
    _restore(actor, locked, reason)
    _tell_decision(locked, reason)
    return locked


@transaction.atomic
def record_proposal_answer(
    *,
    actor,
    proposal: RevocationProposal,
    taken_back: bool,
    answered_on: datetime.date,
    answer_number: str,
    reason: str,
) -> RevocationProposal:
    """Record what the department above answered on its plaque: taken back from that day, or it counts again."""
    locked = _lock(proposal)
    decided = timezone.localdate(locked.decided_at) if locked.decided_at else clock.today()
    if not decided <= answered_on <= clock.today():
        raise DomainError(Reason(text=_("The day of the answer must lie between the decision and today.")))
    action = ProposalAction.TAKE_ANSWER if taken_back else ProposalAction.LEAVE_ANSWER
    transition(
        obj=locked,
        action=action,
        actor=actor,
        reason=reason,
        answered_on=answered_on,
        answer_number=answer_number,
    )
    _carry_out(actor, locked, action)
    _tell_decision(locked, reason)
    return locked


# --- the letter -------------------------------------------------------------------------------------------


@transaction.atomic
def number_letter(*, plaque: Plaque, pattern: str, content: dict) -> RevocationLetter:
    """Give a plaque taken back its letter's number, without gap or double, and fix what the letter says.

    `pattern` has {year} and {number}. Twice gives the same letter.
    """
    locked = Plaque.objects.select_for_update(of=("self",)).select_related("level").get(pk=plaque.pk)
    existing = RevocationLetter.objects.filter(plaque=locked).first()
    if existing:
        return existing
    year = clock.today().year
    series = f"letter:{locked.level.programme_id}:" + pattern.format(year=year, number="#")
    return RevocationLetter.objects.create(
        plaque=locked,
        number=pattern.format(year=year, number=next_number(series)),
        issued_on=clock.today(),
        content=content,
        made_at=clock.now(),
    )


@transaction.atomic
def keep_letter(*, letter: RevocationLetter, pdf: bytes) -> RevocationLetter:
    """Keep a letter's PDF for good, and tell county and office; one made at the same moment elsewhere stays."""
    locked = (
        RevocationLetter.objects.select_for_update(of=("self",))
        .select_related("plaque__site__area", "plaque__level__programme__owner")
        .get(pk=letter.pk)
    )
    if locked.pdf:
        return locked
    locked.pdf.save("letter.pdf", ContentFile(pdf), save=False)
    locked.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    locked.made_at = clock.now()
    locked.save(update_fields=["pdf", "pdf_sha256", "made_at"])
    site = locked.plaque.site
    record(action="revocation.letter", actor=None, obj=locked, unit=site.area, sha256=locked.pdf_sha256)
    notify(
        recipients=[
            *users_with_role(Role.UNIT_STAFF, site.area),
            *users_with_role(Role.OFFICE, locked.plaque.level.programme.owner),
        ],
        subject=format_lazy(gettext_lazy("Letter on a plaque taken back: {site}"), site=site.name),
        body=locked.number,
        url=reverse("assessments:letter", args=[locked.plaque_id]),
    )
    return locked


# --- shared -----------------------------------------------------------------------------------------------


def _carry_out(actor, proposal: RevocationProposal, action: str) -> None:
    """What a decision or an answer does to the plaque."""
    plaque, guard = proposal.plaque, follows_from_proposal(proposal)
    if action == ProposalAction.PASS_ON:
        if plaque.state != PlaqueState.SUSPENDED:
            ledger.suspend_plaque(actor=actor, plaque=plaque, reason=proposal.reason, guard=guard)
    elif action in (ProposalAction.APPROVE, ProposalAction.TAKE_ANSWER):
        paper = proposal.answer_number or proposal.minutes_number
        words = f"{proposal.reason}（{paper}）"
        day = proposal.answered_on or clock.today()
        ledger.revoke_plaque(actor=actor, plaque=plaque, reason=words, ended_on=day, guard=guard)
        # By name: tasks stand above services. What the queue misses, the minute's round picks up.
        transaction.on_commit(lambda: current_app.send_task(LETTERS_TASK), robust=True)
    elif action == ProposalAction.LEAVE_ANSWER and plaque.state == PlaqueState.SUSPENDED:
        ledger.resume_plaque(actor=actor, plaque=plaque, reason=proposal.answer_number, guard=guard)
    else:
        _restore(actor, proposal, proposal.opinion)


def _restore(actor, proposal: RevocationProposal, reason: str) -> None:
    """A plaque that stays is no longer in rectification."""
    if proposal.plaque.state == PlaqueState.RECTIFYING:
        guard = follows_from_proposal(proposal)
        ledger.end_rectification(actor=actor, plaque=proposal.plaque, reason=reason, guard=guard)


def _lock(proposal: RevocationProposal) -> RevocationProposal:
    return (
        RevocationProposal.objects.select_for_update(of=("self",))
        .select_related("plaque__level__programme__owner", "plaque__site__area", "review__cycle")
        .get(pk=proposal.pk)
    )


def _tell_decision(proposal: RevocationProposal, words: str = "") -> None:
    subjects = {
        ProposalState.APPROVED: gettext_lazy("Plaque taken back: {site}"),
        ProposalState.REJECTED: gettext_lazy("The plaque stays: {site}"),
        ProposalState.PASSED_ON: gettext_lazy("Plaque suspended until the department above answers: {site}"),
        ProposalState.WITHDRAWN: gettext_lazy("Proposal to take a plaque back withdrawn: {site}"),
    }
    plaque = proposal.plaque
    people = [
        *users_with_role(Role.UNIT_STAFF, plaque.site.area),
        *users_with_role(Role.OFFICE, plaque.level.programme.owner),
    ]
    _tell(proposal, people, subjects[proposal.state], words or proposal.opinion)


def _tell(proposal: RevocationProposal, people: list, subject, body: str) -> None:
    notify(
        recipients=people,
        subject=format_lazy(subject, site=proposal.plaque.site.name),
        body=body,
        url=reverse("assessments:proposal", args=[proposal.pk]),
    )
