"""Findings to closure: recorded, reported as put right, looked at again, closed, reopened or taken back."""

import datetime
import uuid

from django.db import transaction as database
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit, User
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import OFFICE, SCANS, checked_content_type
from accounts.words import lazy_day
from applications.models import Cycle
from notices.services import notify
from notices.workdays import is_working_day, why_too_far
from sites.models import Site
from sites.services.numbers import next_number
from supervision.enums import CoordinationAction, FindingAction, FindingKind, FindingState, RequestAction
from supervision.finding_days import days_from, severity_of, usual_due_day
from supervision.finding_rules import answering_units, open_question, open_request, why_not_owner
from supervision.models import (
    Escalation,
    Finding,
    FindingFile,
    FindingReport,
    Inspection,
    Membership,
    Recheck,
    SupervisionGroup,
)
from supervision.rules import why_not_group_work
from supervision.services.days import keep_former_day
from supervision.services.staircase import transition

#: Kinds of file that prove something: photos, scans, office documents.
EVIDENCE = SCANS | OFFICE


@database.atomic
def record_finding(
    *,
    actor,
    group: SupervisionGroup,
    cycle: Cycle,
    kind: str,
    severity: str,
    text: str,
    owner: Unit,
    unit: Unit,
    area: Unit,
    site: Site | None = None,
    inspection: Inspection | None = None,
    uid: uuid.UUID | str | None = None,
    remedy: str = "",
    due_on: datetime.date | None = None,
) -> Finding:
    """Write down what a group found, give it its number, and tell the unit that puts it right.

    `uid` is the device's own: the same again is the same finding, whoever sends it. `severity` is a code of the
    cycle's; `due_on` the day by which it is put right, by default the severity's working days from tomorrow on.

    Raises DomainError for people outside the group, an unknown severity or kind, a unit outside the area, and a day
    that is not a working day ahead.
    """
    require(why_not_group_work(actor, group))
    uid = uid or uuid.uuid4()
    if existing := _sent_before(group, uid):
        return existing
    row = severity_of(cycle, severity)
    require(_why_not_record(group, kind, row, text, owner, unit, area, site))
    due_on = due_on or days_from(clock.today(), row["working_days"])
    require(why_not_day(due_on))
    origin = {"uid": uid, "group": group, "cycle": cycle, "inspection": inspection, "recorded_by": actor}
    place = {"area": area, "unit": unit, "site": site, "owner": owner}
    words = {"kind": kind, "severity": severity, "text": text.strip(), "remedy": remedy.strip()}
    finding = Finding(due_on=due_on, first_due_on=due_on, **origin, **place, **words)
    _enter(actor, finding, row)
    subject = gettext_lazy("To be put right by {day}: {number} {place}")
    tell(finding, owner_people(finding), subject, finding.text)
    return finding


def _sent_before(group: SupervisionGroup, uid: uuid.UUID | str) -> Finding | None:
    # The row lock makes two sends of one device wait for each other, so that no number is spent in vain.
    SupervisionGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk)
    return Finding.objects.filter(uid=uid).first()


def _enter(actor, finding: Finding, severity: dict) -> None:
    """Write the finding with its number and the severity's names as the cycle has them now; nothing has climbed yet."""
    year = finding.cycle.year
    finding.number = f"{year}-{next_number(f'finding:{year}')}"
    finding.severity_name, finding.severity_name_en = severity["name"], severity.get("name_en", "")
    finding.recorded_at = clock.now()
    finding.save(force_insert=True)
    Escalation.objects.create(finding=finding)
    due_on = finding.due_on.isoformat()
    record(action="finding.record", actor=actor, obj=finding, unit=finding.unit, due_on=due_on)


def _why_not_record(group, kind: str, severity, text: str, owner, unit, area, site) -> Reason | None:
    if kind not in FindingKind.values:
        return Reason(text=_("Choose whether it is a defect or a difficulty."))
    if severity is None:
        return Reason(text=_("The scheme of this year does not know this severity."))
    if not text.strip():
        return Reason(text=_("Write what was found."))
    if not area.contains(unit) or (site is not None and site.area_id != area.pk):
        return Reason(text=_("%(unit)s does not lie in %(area)s.") % {"unit": site or unit, "area": area})
    return why_not_owner(group, area, owner)


def why_not_day(day: datetime.date) -> Reason | None:
    """A day somebody is given lies ahead, not too far, and is a working day."""
    if day <= clock.today():
        return Reason(text=_("The day must lie ahead."), remedy=_("Choose tomorrow at the earliest."))
    if refusal := why_too_far(day):
        return refusal
    if not is_working_day(day):
        return Reason(
            text=_("%(day)s is a day off.") % {"day": lazy_day(day)}, remedy=_("Choose a working day.")
        )
    return None


# --- the owner unit ---------------------------------------------------------------------------------------


@database.atomic
def report_finding(*, actor, finding: Finding, text: str, files=()) -> FindingReport:
    """The owner unit says what it did, late as well. A question to another office and a request for more time are
    settled with it. Raises DomainError for other people, without words, and for a file of another kind."""
    locked = lock_finding(finding)
    question = open_question(locked)
    transition(obj=locked, action=FindingAction.REPORT, actor=actor, reason=text)
    report = FindingReport.objects.create(
        finding=locked, text=text.strip(), made_by=actor, made_at=clock.now()
    )
    keep_files(actor=actor, finding=locked, files=files, report=report)
    _settle(actor, locked, question, "已报告整改情况")
    tell(
        locked,
        group_people(locked),
        gettext_lazy("Reported as put right, look again: {number} {place}"),
        text,
    )
    return report


# --- the group --------------------------------------------------------------------------------------------


@database.atomic
def recheck_finding(
    *,
    actor,
    finding: Finding,
    checked_on: datetime.date,
    is_settled: bool,
    note: str = "",
    due_on: datetime.date | None = None,
    inspection: Inspection | None = None,
    files=(),
) -> Recheck:
    """The group's second look: closed, or reopened with what is still missing and a new day.

    `due_on` only counts when it is reopened; by default the severity's working days from tomorrow on. Raises
    DomainError for other people, a day before the report or to come, and without a note when it is reopened.
    """
    locked = lock_finding(finding)
    # The same move leads from closed to open: that is another step, with a reason of its own.
    require(_why_not_in(locked, FindingState.REPORTED))
    day = {} if is_settled else {"due_on": _new_day(locked, due_on)}
    action = FindingAction.CLOSE if is_settled else FindingAction.REOPEN
    report = locked.reports.order_by("-id").first()
    transition(obj=locked, action=action, actor=actor, reason=note, **day)
    if report and not timezone.localdate(report.made_at) <= checked_on <= clock.today():
        raise DomainError(Reason(text=_("The second look lies between the report and today.")))
    recheck = Recheck.objects.create(
        finding=locked,
        inspection=inspection,
        checked_on=checked_on,
        is_settled=is_settled,
        note=note.strip(),
        made_by=actor,
        made_at=clock.now(),
    )
    keep_files(actor=actor, finding=locked, files=files, recheck=recheck)
    _tell_end(locked, note)
    return recheck


@database.atomic
def reopen_finding(*, actor, finding: Finding, reason: str, due_on: datetime.date | None = None) -> Finding:
    """Open a closed finding again, with the reason and a new day. How far it had climbed stays."""
    locked = lock_finding(finding)
    require(_why_not_in(locked, FindingState.CLOSED))
    day = _new_day(locked, due_on)
    transition(obj=locked, action=FindingAction.REOPEN, actor=actor, reason=reason, due_on=day)
    _tell_end(locked, reason)
    return locked


@database.atomic
def drop_finding(*, actor, finding: Finding, reason: str) -> Finding:
    """Take a finding back, with the reason, e.g. because it was none of this unit's."""
    locked = lock_finding(finding)
    question = open_question(locked)
    transition(obj=locked, action=FindingAction.DROP, actor=actor, reason=reason)
    _settle(actor, locked, question, "问题已撤回")
    _tell_end(locked, reason)
    return locked


def _why_not_in(finding: Finding, state: str) -> Reason | None:
    if finding.state == state:
        return None
    return Reason(
        text=_("This step is not possible while the state is “%(state)s”.")
        % {"state": finding.get_state_display()},
        remedy=_("Load the page again: somebody may have acted in between."),
    )


def _new_day(finding: Finding, due_on: datetime.date | None) -> datetime.date:
    due_on = due_on or usual_due_day(finding)
    require(why_not_day(due_on))
    return due_on


def _settle(actor, finding: Finding, question, words: str) -> None:
    """What still waited needs no answer any more."""
    if question:
        question.finding = finding
        transition(obj=question, action=CoordinationAction.SETTLE, actor=actor, reason=words)
    if request := open_request(finding):
        # Nobody decided on it: it has become void by the step just taken.
        transition(obj=request, action=RequestAction.REFUSE, actor=None, reason=words)


# --- shared -----------------------------------------------------------------------------------------------


def lock_finding(finding: Finding) -> Finding:
    """The finding, locked, with all that its rules and messages ask of it."""
    return (
        Finding.objects.select_for_update(of=("self",))
        .select_related("group__programme__owner", "cycle", "area", "unit", "owner", "site", "escalation")
        .get(pk=finding.pk)
    )


def put_day(finding: Finding, due_on: datetime.date, moment: datetime.datetime) -> None:
    """Let a finding the caller holds be due on another day from a moment on."""
    before, finding.due_on = finding.due_on, due_on
    finding.save(update_fields=["due_on"])
    keep_former_day(finding, before, moment)


def keep_files(*, actor, finding: Finding, files, report=None, recheck=None) -> None:
    """Keep evidence with a report or a second look. Raises DomainError for a file of another kind."""
    for file in files:
        checked_content_type(file, EVIDENCE)
        FindingFile.objects.create(
            finding=finding,
            report=report,
            recheck=recheck,
            file=file,
            name=file.name[:200],
            added_by=actor,
            added_at=clock.now(),
        )


def owner_people(finding: Finding) -> list[User]:
    """Who answers for putting it right; the leadership office where an office outside the county has nobody."""
    people = [user for unit in answering_units(finding) for user in users_with_role(Role.UNIT_STAFF, unit)]
    return people or office_people(finding)


def group_people(finding: Finding) -> list[User]:
    """The members of the group that found it; the leadership office where it has none."""
    members = Membership.objects.on(clock.today()).filter(group=finding.group, user__is_active=True)
    return [row.user for row in members.select_related("user")] or office_people(finding)


def office_people(finding: Finding) -> list[User]:
    return list(users_with_role(Role.OFFICE, finding.group.programme.owner))


def tell(finding: Finding, people, subject, body="", url: str = "") -> None:
    """A message about a finding; `subject` may name {number}, {place} and {day}, the day by which it is due. `url` is
    where it leads to, by default the finding's page."""
    notify(
        recipients=people,
        subject=format_lazy(
            subject, number=finding.number, place=finding.site or finding.unit, day=lazy_day(finding.due_on)
        ),
        body=body,
        url=url or reverse("supervision:finding", args=[finding.pk]),
    )


def _tell_end(finding: Finding, words: str) -> None:
    subjects = {
        "open": gettext_lazy("Reopened, to be put right by {day}: {number} {place}"),
        "closed": gettext_lazy("Put right and closed: {number} {place}"),
        "dropped": gettext_lazy("Taken back: {number} {place}"),
    }
    tell(finding, owner_people(finding), subjects[finding.state], words)
