"""The ladder of an overdue finding: reminder, reminder letter (提醒函), talk (约谈), proposal to the office.

Only the reminder goes by itself. Each rung is climbed once: a finding that is reopened goes on from where it stands.
A plaque is never taken back here: a proposal that is taken up may begin the way of its own for that.
"""

import datetime
import hashlib

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction as database
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from applications.services.sealed_papers import Done, keep_done, sign, stamped
from assessments.services import propose_revocation
from sites.models import Plaque
from sites.services.numbers import next_number
from supervision.enums import EscalationAction, EscalationState, OfficeProposalAction
from supervision.finding_days import ANSWER_DAYS, days_from, finding_rules_of
from supervision.finding_rules import why_not_climb, why_not_seal_letter, why_not_stamp_letter
from supervision.finding_texts import letter_content
from supervision.models import Escalation, Finding, OfficeProposal, ReminderLetter, Talk
from supervision.services.findings import (
    group_people,
    lock_finding,
    office_people,
    owner_people,
    put_day,
    tell,
    why_not_day,
)
from supervision.services.staircase import transition

LETTERS_TASK = "supervision.tasks.make_letters"


# --- the reminder -----------------------------------------------------------------------------------------


def climb_overdue() -> int:
    """Remind of everything overdue that nobody was reminded of; returns how many. Safe twice and beside itself."""
    waiting = Finding.objects.overdue(clock.today()).filter(escalation__state=EscalationState.NONE)
    return sum(_remind_if_due(finding) for finding in waiting.order_by("id"))


@database.atomic
def _remind_if_due(finding: Finding) -> bool:
    locked = lock_finding(finding)
    if locked.escalation.state != EscalationState.NONE or why_not_climb(locked, EscalationAction.REMIND):
        return False
    remind(actor=None, finding=locked)
    return True


@database.atomic
def remind(*, actor, finding: Finding) -> Escalation:
    """The first rung: unit and group are told that the day is over (actor None: the scheduled work)."""
    locked = lock_finding(finding)
    _climb(actor, locked, EscalationAction.REMIND)
    people = [*owner_people(locked), *group_people(locked)]
    tell(locked, people, gettext_lazy("Overdue since {day}: {number} {place}"), locked.text)
    return locked.escalation


# --- the letter -------------------------------------------------------------------------------------------


@database.atomic
def order_letter(*, actor, finding: Finding) -> ReminderLetter:
    """The second rung: the letter gets its number, without gap or double, and what it says is fixed.

    It is printed right after this commits. Raises DomainError for other people and before its day.
    """
    locked = lock_finding(finding)
    _climb(actor, locked, EscalationAction.LETTER)
    rule = finding_rules_of(locked.cycle)["letter"]
    year, pattern = clock.today().year, rule["number"]
    answer_by = days_from(clock.today(), rule.get("answer_working_days", ANSWER_DAYS))
    letter = ReminderLetter.objects.create(
        finding=locked,
        number=pattern.format(
            year=year, number=next_number("finding-letter:" + pattern.format(year=year, number="#"))
        ),
        issued_on=clock.today(),
        answer_by=answer_by,
        content=letter_content(locked, rule, answer_by),
        ordered_by=actor,
        made_at=clock.now(),
    )
    # By name: tasks stand above services. What the queue misses, the minute's round picks up.
    database.on_commit(lambda: current_app.send_task(LETTERS_TASK), robust=True)
    return letter


@database.atomic
def keep_letter(*, letter: ReminderLetter, pdf: bytes, place: dict) -> ReminderLetter:
    """Keep a letter's PDF for good, with where its seal belongs ({"page", "left", "top"}, millimetres), and tell who
    seals it and who gets it; one made at the same moment elsewhere stays."""
    locked = _lock_letter(letter)
    if locked.pdf:
        return locked
    locked.pdf.save("letter.pdf", ContentFile(pdf), save=False)
    locked.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    locked.content = locked.content | {"place": place}
    locked.made_at = clock.now()
    locked.save(update_fields=["pdf", "pdf_sha256", "content", "made_at"])
    finding = locked.finding
    record(action="reminderletter.make", actor=None, obj=locked, unit=finding.unit, sha256=locked.pdf_sha256)
    keepers = list(users_with_role(Role.SEAL_KEEPER, finding.group.programme.owner))
    tell(
        finding,
        keepers or group_people(finding),
        gettext_lazy("A reminder letter waits for its seal: {number} {place}"),
        locked.number,
        reverse("supervision:letter", args=[locked.pk]),
    )
    return locked


def seal_letter(*, actor, letter: ReminderLetter, passphrase: str) -> ReminderLetter:
    """Put the department's seal on a letter, over signature and date, as a signature that verifies.

    The signing, which may wait for a time-stamp server, happens outside the lock; whoever is second is refused.
    Raises DomainError for other than the keeper, a wrong passphrase, and a letter sealed before.
    """
    letter = ReminderLetter.objects.select_related("finding__group__programme__owner").get(pk=letter.pk)
    require(why_not_seal_letter(actor, letter))
    owner = letter.finding.group.programme.owner
    done = sign(actor=actor, paper=letter, unit=owner, passphrase=passphrase)
    with database.atomic():
        locked = _lock_letter(letter)
        require(why_not_seal_letter(actor, locked))
        return _keep_done(actor, locked, done)


@database.atomic
def stamp_letter(*, actor, letter: ReminderLetter, scan=None) -> ReminderLetter:
    """Note that a letter was stamped by hand and sent on paper; `scan` is the stamped one as a PDF, if there is one.

    Raises DomainError for other people, a letter sealed before, and a file that is no PDF.
    """
    locked = _lock_letter(letter)
    require(why_not_stamp_letter(actor, locked))
    return _keep_done(actor, locked, stamped(scan))


def _keep_done(actor, letter: ReminderLetter, done: Done) -> ReminderLetter:
    finding, action = letter.finding, "reminderletter.seal" if done.seal else "reminderletter.stamp"
    keep_done(actor=actor, paper=letter, unit=finding.group.programme.owner, done=done)
    record(action=action, actor=actor, obj=letter, unit=finding.unit, sha256=letter.sealed_sha256)
    tell(
        finding,
        owner_people(finding),
        gettext_lazy("Reminder letter on an overdue finding: {number} {place}"),
        letter.number,
    )
    return letter


def _lock_letter(letter: ReminderLetter) -> ReminderLetter:
    rows = ReminderLetter.objects.select_for_update(of=("self",))
    related = ("owner", "area", "unit", "site", "cycle", "group__programme__owner")
    return rows.select_related(*[f"finding__{name}" for name in related]).get(pk=letter.pk)


# --- the talk ---------------------------------------------------------------------------------------------


@database.atomic
def record_talk(
    *,
    actor,
    finding: Finding,
    held_on: datetime.date,
    led_by: str,
    with_whom: str,
    minutes: str,
    place: str = "",
    agreed_day: datetime.date | None = None,
    file=None,
) -> Talk:
    """The third rung: who spoke with whom (by office) and what was agreed; a day agreed on is the new day by which it
    is put right. Raises DomainError for other people, before its day, and for days that cannot be."""
    locked = lock_finding(finding)
    _climb(actor, locked, EscalationAction.TALK)
    require(_why_not_talk(locked, held_on, agreed_day, led_by, with_whom, minutes))
    if file:
        checked_content_type(file, SCANS)
    talk = Talk.objects.create(
        finding=locked,
        held_on=held_on,
        place=place.strip(),
        led_by=led_by.strip(),
        with_whom=with_whom.strip(),
        minutes=minutes.strip(),
        agreed_day=agreed_day,
        file=file or "",
        file_name=file.name[:200] if file else "",
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    if agreed_day:
        put_day(locked, agreed_day, talk.recorded_at)
    people = [*owner_people(locked), *office_people(locked)]
    tell(locked, people, gettext_lazy("Talk held, to be put right by {day}: {number} {place}"), minutes)
    return talk


def _why_not_talk(finding, held_on, agreed_day, led_by, with_whom, minutes) -> Reason | None:
    if not all(words.strip() for words in (led_by, with_whom, minutes)):
        return Reason(text=_("Write who spoke with whom, and what was agreed."))
    if not finding.letter.issued_on <= held_on <= clock.today():
        return Reason(text=_("The talk lies between the reminder letter and today."))
    return why_not_day(agreed_day) if agreed_day else None


# --- the proposal -----------------------------------------------------------------------------------------


@database.atomic
def propose_to_office(*, actor, finding: Finding, text: str, plaque: Plaque | None = None) -> OfficeProposal:
    """The last rung: the group proposes to the office what should follow. Raises DomainError."""
    locked = lock_finding(finding)
    _climb(actor, locked, EscalationAction.PROPOSE, text)
    if not text.strip():
        raise DomainError(Reason(text=_("Write the proposal: it is kept with the finding.")))
    if plaque is not None and plaque.site_id != locked.site_id:
        raise DomainError(Reason(text=_("This plaque is not one of the site's.")))
    proposal = OfficeProposal.objects.create(
        finding=locked, plaque=plaque, text=text.strip(), made_by=actor, made_at=clock.now()
    )
    tell(locked, office_people(locked), gettext_lazy("Proposal of the group: {number} {place}"), text)
    return proposal


@database.atomic
def take_up_proposal(
    *, actor, proposal: OfficeProposal, reason: str = "", begin_revocation: bool = False
) -> OfficeProposal:
    """The office takes a proposal up; with `begin_revocation` that person proposes to take the plaque back, which a
    leader decides on by the way of its own. Raises DomainError for other people and without a plaque."""
    locked = _lock_proposal(proposal)
    transition(obj=locked, action=OfficeProposalAction.TAKE_UP, actor=actor, reason=reason)
    if begin_revocation:
        if locked.plaque is None:
            raise DomainError(Reason(text=_("The proposal names no plaque.")))
        words = f"{locked.text}（督导问题{locked.finding.number}）"
        locked.revocation = propose_revocation(actor=actor, plaque=locked.plaque, reason=words)
        locked.save(update_fields=["revocation"])
    subject = gettext_lazy("Taken up by the office: {number} {place}")
    tell(locked.finding, group_people(locked.finding), subject, reason)
    return locked


@database.atomic
def lay_proposal_aside(*, actor, proposal: OfficeProposal, reason: str) -> OfficeProposal:
    """The office does not follow a proposal, with the reason. Raises DomainError."""
    locked = _lock_proposal(proposal)
    transition(obj=locked, action=OfficeProposalAction.LAY_ASIDE, actor=actor, reason=reason)
    subject = gettext_lazy("Laid aside by the office: {number} {place}")
    tell(locked.finding, group_people(locked.finding), subject, reason)
    return locked


def _lock_proposal(proposal: OfficeProposal) -> OfficeProposal:
    finding = lock_finding(proposal.finding)
    rows = OfficeProposal.objects.select_for_update(of=("self",)).select_related("plaque")
    locked = rows.get(pk=proposal.pk)
    locked.finding = finding
    return locked


def _climb(actor, finding: Finding, action: str, reason: str = "") -> None:
    escalation = finding.escalation
    escalation.finding = finding
    transition(obj=escalation, action=action, actor=actor, reason=reason)
