"""Findings as lists and pages read them, in a fixed number of queries, each with what is asked next."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.names import in_language
from accounts.words import lazy_day
from applications.sealing.papers import SealedPaper
from supervision.enums import (
    CoordinationState,
    EscalationAction,
    EscalationState,
    FindingState,
    OfficeProposalState,
    RequestState,
)
from supervision.finding_days import NEXT_RUNG, answer_days, days_from_each, rung_day
from supervision.models import (
    Coordination,
    DueExtension,
    Finding,
    FindingReport,
    OfficeProposal,
    ReminderLetter,
)

ROW_RELATED = (
    "group__programme__owner",
    "cycle__programme__owner",
    "area",
    "unit",
    "owner",
    "site",
    "escalation",
)


@dataclass(frozen=True)
class Step:
    """What is asked next: of whom (as words), what, and by when if a day is set."""

    who: str
    text: str
    due: datetime.date | None = None

    def __str__(self) -> str:
        return _("%(who)s: %(task)s") % {"who": self.who, "task": self.text}


def with_rows(findings, user=None):
    """Findings with what a row shows of each: what waits with whom until when, and when it was last reported.

    A letter that is not sent yet is made known to `user` only where he or she may know of it (None: to all).
    """
    asked = Coordination.objects.filter(finding=OuterRef("pk"), state=CoordinationState.ASKED)
    reported = FindingReport.objects.filter(finding=OuterRef("pk")).order_by("-id")
    more_time = DueExtension.objects.filter(finding=OuterRef("pk"), state=RequestState.ASKED)
    proposed = OfficeProposal.objects.filter(finding=OuterRef("pk"), state=OfficeProposalState.PROPOSED)
    unsent = ReminderLetter.objects.filter(finding=OuterRef("pk"), sealed_at=None)
    return with_letter_day(findings.select_related(*ROW_RELATED)).annotate(
        asked_name=Subquery(asked.values("to_unit__name")[:1]),
        asked_name_en=Subquery(asked.values("to_unit__name_en")[:1]),
        asked_by_day=Subquery(asked.values("answer_by")[:1]),
        reported_at=Subquery(reported.values("made_at")[:1]),
        more_time=Exists(more_time),
        proposed=Exists(proposed),
        letter_unsent=Exists(unsent),
        letter_known=Exists(unsent if user is None else unsent.known_to(user)),
    )


def with_letter_day(findings):
    """Findings with the day by which a letter that was sent asks for the report, as `letter_by`."""
    sent = ReminderLetter.objects.filter(finding=OuterRef("pk"), sealed_at__isnull=False)
    return findings.annotate(letter_by=Subquery(sent.values("answer_by")[:1]))


def report_day(finding: Finding) -> datetime.date:
    """By when the owner unit reports, of a row `with_letter_day`: its day, or the later one of a letter."""
    return max(finding.due_on, finding.letter_by or finding.due_on)


def findings_for_list(user):
    """Findings a person may see, newest first."""
    return with_rows(Finding.objects.visible_to(user), user)


def with_next_step(findings) -> list[Finding]:
    """The findings of one page, each with what is asked next as `next`, `is_overdue` and how far it has climbed as
    `ladder_words`; one query for all days."""
    rows, today = list(findings), clock.today()
    looks = {row.pk: _look(row) for row in rows if row.state == FindingState.REPORTED and row.reported_at}
    days = days_from_each(set(looks.values()))
    for row in rows:
        row.next = _next(row, days.get(looks.get(row.pk)))
        row.is_overdue = row.state == FindingState.OPEN and row.due_on < today
        row.ladder_words = _ladder_words(row)
    return rows


def _look(finding: Finding) -> tuple[datetime.date, int]:
    """The group looks again within as many working days as an office has to answer."""
    return timezone.localdate(finding.reported_at), answer_days(finding.cycle)


def _next(finding: Finding, look_by: datetime.date | None) -> Step | None:
    if finding.state == FindingState.OPEN:
        return _next_of_open(finding)
    if finding.state == FindingState.COORDINATING:
        who = {"name": finding.asked_name or "", "name_en": finding.asked_name_en}
        return Step(in_language(who, "name"), _("Answer the question"), finding.asked_by_day)
    if finding.state == FindingState.REPORTED:
        return Step(str(finding.group), _("Take a second look"), look_by)
    return None


def _next_of_open(finding: Finding) -> Step:
    """What was put before somebody goes first; to the owner unit a letter that is not sent is none yet."""
    if finding.more_time:
        return Step(str(finding.group), _("Decide on the request for more time"), finding.due_on)
    if finding.letter_unsent and finding.letter_known:
        return Step(str(Role.SEAL_KEEPER.label), _("Seal the reminder letter"))
    if finding.proposed:
        return Step(str(Role.OFFICE.label), _("Answer the group's proposal"))
    return Step(str(finding.owner), _("Put it right and report"), report_day(finding))


def _ladder_words(finding: Finding) -> str:
    if finding.escalation.state == EscalationState.LETTER and finding.letter_unsent:
        return _("Reminder letter being prepared")
    return finding.escalation.get_state_display()


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder as the page shows it: climbed on a day, or possible from a day on."""

    label: str
    state: str
    day: datetime.date | None = None
    note: str = ""


def rungs_of(finding: Finding, log: list) -> list[Rung]:
    """The ladder of one finding of `findings_for_list`; `log` are the rows of its escalation, oldest first. Rungs
    ahead have a day only while it is to be put right, and only the next one; none that tells of a letter to come."""
    climbed = {row.action: timezone.localdate(row.at) for row in log}
    names = {
        EscalationAction.REMIND: _("Reminder"),
        EscalationAction.LETTER: _("Reminder letter"),
        EscalationAction.TALK: _("Talk"),
        EscalationAction.PROPOSE: _("Proposal to the office"),
    }
    following = NEXT_RUNG.get(EscalationState(finding.escalation.state))
    if finding.letter_unsent and not finding.letter_known:
        following = None
    rungs = []
    for action, label in names.items():
        if action == EscalationAction.LETTER and finding.letter_unsent:
            rungs.append(Rung(label, "now", None, _("being prepared")))
        elif action in climbed:
            rungs.append(Rung(label, "done", climbed[action]))
        elif (
            action == following and finding.state == FindingState.OPEN and (day := rung_day(finding, action))
        ):
            note = (
                _("possible from %(day)s") % {"day": lazy_day(day)}
                if day > clock.today()
                else _("possible now")
            )
            rungs.append(Rung(label, "now" if day <= clock.today() else "todo", None, note))
        else:
            rungs.append(Rung(label, "todo"))
    return rungs


def sealed_letters(user, hashes) -> list[SealedPaper]:
    """Reminder letters whose sealed file has one of these SHA-256, for the page that checks any PDF."""
    letters = list(ReminderLetter.objects.filter(sealed_sha256__in=hashes, seal__isnull=False))
    if not letters:
        return []
    found = ReminderLetter.objects.filter(pk__in=[letter.pk for letter in letters])
    open_to = set(found.visible_to(user).values_list("pk", flat=True))
    return [
        SealedPaper(
            sha256=letter.sealed_sha256,
            sealed_at=letter.sealed_at,
            label=_("Reminder letter %(number)s") % {"number": letter.number},
            url=reverse("supervision:letter", args=[letter.pk]) if letter.pk in open_to else "",
        )
        for letter in letters
    ]
