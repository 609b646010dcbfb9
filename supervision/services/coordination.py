"""What helps a unit along: more time, and the answer of another office (协调).

While another office is asked the clock stands still: the day moves by as many working days as the answer took, and
the ladder is not climbed. So a unit is as near to its day, or as far past it, as when it asked.
"""

import datetime

from django.db import transaction as database
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit, User
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_day
from supervision.enums import CoordinationAction, FindingAction, RequestAction
from supervision.finding_days import answer_days, days_from, working_days_after
from supervision.finding_rules import (
    days_left_to_grant,
    may_be_asked,
    open_question,
    open_request,
    supervision_article,
    why_not_ask_extension,
)
from supervision.finding_texts import chinese_day
from supervision.models import Coordination, DueExtension, Finding
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


@database.atomic
def refer_finding(*, actor, finding: Finding, to_unit: Unit, question: str) -> Coordination:
    """Ask another office for help with what a unit cannot solve alone; it answers within the cycle's working days.

    Raises DomainError for other people, without words, while a request for more time waits, and for a unit that is
    neither the programme's owner nor an office or organisation below it.
    """
    locked = lock_finding(finding)
    if open_request(locked):
        raise DomainError(
            Reason(
                text=_("A request for more time waits for its answer."),
                remedy=_("Wait for the answer first."),
            )
        )
    if not may_be_asked(locked, to_unit):
        raise DomainError(
            Reason(
                text=_("%(unit)s cannot be asked here.") % {"unit": to_unit},
                remedy=_("Choose the leadership office, or an office or organisation of the department."),
            )
        )
    transition(obj=locked, action=FindingAction.REFER, actor=actor, reason=question)
    asked = Coordination.objects.create(
        finding=locked,
        to_unit=to_unit,
        question=question.strip(),
        answer_by=days_from(clock.today(), answer_days(locked.cycle)),
        asked_by=actor,
        asked_at=clock.now(),
    )
    record(action="coordination.ask", actor=actor, obj=asked, unit=locked.unit, to=str(to_unit))
    subject = gettext_lazy("Your help is asked for: {number} {place}")
    tell(locked, asked_people(asked), subject, question)
    return asked


@database.atomic
def answer_finding(*, actor, finding: Finding, answer: str) -> Finding:
    """Answer the open question: the unit goes on, its day moved by the working days it waited.

    Raises DomainError for people of other offices, without words, and when the question was settled meanwhile.
    """
    locked = lock_finding(finding)
    asked = open_question(locked)
    due_on, words = locked.due_on, answer
    if asked:
        waited = working_days_after(timezone.localdate(asked.asked_at), clock.today())
        if waited:
            due_on = days_from(locked.due_on, waited)
            words = f"{answer}\n（等待答复{waited}个工作日，整改期限顺延至{chinese_day(due_on)}）"
    # Who may answer is asked about the words of the person, not about those added here.
    transition(
        obj=locked,
        action=FindingAction.ANSWER,
        actor=actor,
        reason=words if answer.strip() else "",
        due_on=due_on,
    )
    asked.finding = locked
    transition(
        obj=asked,
        action=CoordinationAction.ANSWER,
        actor=actor,
        reason=answer,
        answer=answer.strip(),
        answered_by=actor,
        answered_at=clock.now(),
    )
    people = [*owner_people(locked), *group_people(locked), asked.asked_by]
    tell(locked, people, gettext_lazy("Answered, to be put right by {day}: {number} {place}"), answer)
    return locked


def asked_people(asked: Coordination) -> list[User]:
    """Who answers: staff of the asked office, or the leadership office where it has nobody."""
    return list(users_with_role(Role.UNIT_STAFF, asked.to_unit)) or office_people(asked.finding)


# --- more time --------------------------------------------------------------------------------------------


@database.atomic
def ask_extension(*, actor, finding: Finding, until: datetime.date, reason: str) -> DueExtension:
    """The owner unit asks for more time, with its reason, before its day is over.

    Raises DomainError for other people, a second request beside an open one, a day that is no working day after the
    present one, and for more working days in all than the scheme allows.
    """
    locked = lock_finding(finding)
    require(why_not_ask_extension(actor, locked))
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))
    require(why_not_day(until))
    count = working_days_after(locked.due_on, until)
    left = days_left_to_grant(locked)
    if count < 1:
        raise DomainError(Reason(text=_("The new day must lie after the present one.")))
    if count > left:
        raise DomainError(
            Reason(
                text=_("That is %(count)s working days more; %(left)s are left.")
                % {"count": count, "left": left},
                article=supervision_article(locked.cycle),
                remedy=_("Choose %(day)s at the latest.") % {"day": lazy_day(days_from(locked.due_on, left))},
            )
        )
    extension = DueExtension.objects.create(
        finding=locked,
        until=until,
        working_days=count,
        reason=reason.strip(),
        asked_by=actor,
        asked_at=clock.now(),
    )
    record(action="dueextension.ask", actor=actor, obj=extension, unit=locked.unit, until=until.isoformat())
    tell(locked, group_people(locked), gettext_lazy("More time asked for: {number} {place}"), reason)
    return extension


@database.atomic
def decide_extension(*, actor, extension: DueExtension, granted: bool, reason: str) -> DueExtension:
    """The group or the leadership office grants more time or refuses it, with the reason. Raises DomainError."""
    finding = lock_finding(extension.finding)
    extension.finding = finding
    action = RequestAction.GRANT if granted else RequestAction.REFUSE
    decided = transition(obj=extension, action=action, actor=actor, reason=reason)
    if granted:
        put_day(finding, extension.until, decided.at)
    subject = (
        gettext_lazy("More time granted, until {day}: {number} {place}")
        if granted
        else gettext_lazy("No more time, it stays at {day}: {number} {place}")
    )
    tell(finding, owner_people(finding), subject, reason)
    return extension
