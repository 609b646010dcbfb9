"""What waits for a person in findings: putting right, second looks, rungs of the ladder, answers, letters to seal."""

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment
from accounts.scope import units_with_role
from accounts.words import lazy_day
from notices.todo import Todo
from supervision.enums import (
    CoordinationState,
    EscalationAction,
    EscalationState,
    FindingState,
    OfficeProposalState,
)
from supervision.finding_days import NEXT_RUNG, next_rung_days
from supervision.finding_selectors import (
    ROW_RELATED,
    report_day,
    with_letter_day,
    with_next_step,
    with_rows,
)
from supervision.models import (
    Coordination,
    Finding,
    Membership,
    OfficeProposal,
    ReminderLetter,
    SupervisionGroup,
)

_F = FindingState


def waiting_for(user) -> list[Todo]:
    """Everything in findings that is this person's to do; nobody without one of the roles costs a query."""
    staff = {unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))}
    office = {unit.pk for unit in units_with_role(user, (Role.OFFICE,))}
    todos = []
    if staff | office:
        todos += [*_to_put_right(staff, office), *_to_answer(staff, office)]
    if office or units_with_role(user, (Role.SUPERVISOR,)):
        todos += _for_groups(_groups_of(user, office))
    if office:
        todos += _proposals(office)
    if kept := {unit.pk for unit in units_with_role(user, (Role.SEAL_KEEPER,))}:
        todos += _letters(kept)
    return todos


def _to_put_right(staff: set[int], office: set[int]) -> list[Todo]:
    """For staff of the owner unit and of the county above it; the office for an office that has no staff."""
    inside = Q(area_id__in=staff, owner__path__startswith=F("area__path"))
    rows = Finding.objects.filter(Q(owner_id__in=staff) | inside, state=_F.OPEN)
    todos = [_put_right(row) for row in _shown(rows)]
    if office:
        outside = Finding.objects.filter(state=_F.OPEN, group__programme__owner__in=office)
        outside = outside.exclude(owner__path__startswith=F("area__path")).exclude(owner_id__in=staff)
        todos += [_put_right(row) for row in _without_staff(_shown(outside), "owner_id")]
    return todos


def _put_right(finding: Finding) -> Todo:
    """By its own day or the one its letter gives; overdue it stays since its own."""
    day, words = report_day(finding), _("Put right and report")
    if finding.due_on < clock.today() and finding.due_on < day:
        words += " · " + _("overdue since %(day)s") % {"day": lazy_day(finding.due_on)}
    return _todo(words, finding, day)


def _to_answer(staff: set[int], office: set[int]) -> list[Todo]:
    waiting = Coordination.objects.filter(state=CoordinationState.ASKED)
    waiting = waiting.select_related("finding__site", "finding__unit", "to_unit").order_by("answer_by", "id")
    rows = list(waiting.filter(Q(to_unit_id__in=staff | office)))
    if office:
        below = waiting.filter(finding__group__programme__owner__in=office).exclude(to_unit_id__in=office)
        rows += _without_staff(list(below.exclude(to_unit_id__in=staff)), "to_unit_id")
    return [_todo(_("Answer: help is asked for"), row.finding, row.answer_by) for row in rows]


def _without_staff(rows: list, field: str) -> list:
    """Of some rows those whose unit has nobody who could act: the leadership office acts for them."""
    if not rows:
        return []
    units = {getattr(row, field) for row in rows}
    held = RoleAssignment.objects.on(clock.today()).filter(
        role=Role.UNIT_STAFF, unit__in=units, user__is_active=True
    )
    manned = set(held.values_list("unit_id", flat=True))
    return [row for row in rows if getattr(row, field) not in manned]


def _groups_of(user, office: set[int]) -> list[int]:
    """The groups whose work is this person's: those he or she belongs to, for the office those without members."""
    members = Membership.objects.on(clock.today())
    mine = Q(pk__in=members.filter(user=user).values("group"))
    if office:
        mine |= Q(programme__owner__in=office) & ~Exists(members.filter(group=OuterRef("pk")))
    return list(SupervisionGroup.objects.filter(mine).values_list("pk", flat=True))


def _for_groups(groups: list[int]) -> list[Todo]:
    if not groups:
        return []
    rows = with_rows(Finding.objects.filter(group_id__in=groups))
    overdue = Q(state=_F.OPEN, due_on__lt=clock.today())
    overdue &= ~Q(escalation__state__in=(EscalationState.NONE, EscalationState.PROPOSED))
    rows = rows.filter(Q(state=_F.REPORTED) | Q(more_time=True) | overdue)
    rows = with_next_step(rows.select_related(*ROW_RELATED, "letter", "talk"))
    climbing = [row for row in rows if row.state == _F.OPEN and not row.more_time]
    days = next_rung_days(climbing)
    todos = [_todo(_("Take a second look"), row, row.next.due) for row in rows if row.state == _F.REPORTED]
    todos += [_todo(_("Decide: more time is asked for"), row, row.due_on) for row in rows if row.more_time]
    due = [row for row in climbing if row.pk in days and days[row.pk] <= clock.today()]
    return [*todos, *[_todo(_rung_words(row), row, None) for row in due]]


def _rung_words(finding: Finding) -> str:
    return {
        EscalationAction.LETTER: _("A reminder letter is possible"),
        EscalationAction.TALK: _("A talk is possible: hold it and record it"),
        EscalationAction.PROPOSE: _("A proposal to the office is possible"),
    }[NEXT_RUNG[EscalationState(finding.escalation.state)]]


def _proposals(office: set[int]) -> list[Todo]:
    rows = OfficeProposal.objects.filter(
        state=OfficeProposalState.PROPOSED, finding__group__programme__owner__in=office
    )
    rows = rows.select_related("finding__site", "finding__unit")
    return [_todo(_("Decide on the group's proposal"), row.finding, None) for row in rows]


def _letters(kept: set[int]) -> list[Todo]:
    rows = ReminderLetter.objects.filter(
        finding__group__programme__owner__in=kept,
        sealed_at=None,
        finding__state__in=(_F.OPEN, _F.COORDINATING, _F.REPORTED),
    ).exclude(pdf="")
    return [
        Todo(
            text=_("Seal the reminder letter") + f" · {row.finding.place}",
            url=reverse("supervision:letter", args=[row.pk]),
            due=None,
            detail=row.number,
        )
        for row in rows.select_related("finding__site", "finding__unit").order_by("id")
    ]


def _shown(rows) -> list[Finding]:
    return list(with_letter_day(rows).select_related("site", "unit").order_by("due_on", "id"))


def _todo(text: str, finding: Finding, due) -> Todo:
    return Todo(
        text=f"{text} · {finding.place}",
        url=reverse("supervision:finding", args=[finding.pk]),
        due=due,
        detail=f"{finding.number} · {finding.text[:40]}",
    )
