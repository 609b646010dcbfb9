"""What is owed in findings, as a source of reminders: putting right, a second look, an answer."""

from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment, Unit, User
from accounts.words import lazy_day
from applications.reminding import make_duty
from notices.duties import Duty, Owed
from notices.enums import DutyKind
from supervision.enums import CoordinationState, FindingState
from supervision.finding_selectors import with_next_step, with_rows
from supervision.models import Coordination, Finding, Membership

_DUE = (FindingState.OPEN, FindingState.REPORTED)


def findings_owed() -> Iterator[Duty]:
    """Findings to be put right, second looks and answers; a fixed number of queries whatever their number."""
    rows = with_next_step(with_rows(Finding.objects.filter(state__in=_DUE)).order_by("id"))
    questions = list(_questions())
    if not rows and not questions:
        return
    people = _People()
    for finding in rows:
        if finding.state == FindingState.OPEN:
            yield _to_put_right(finding, people)
        elif finding.next.due:
            yield _second_look(finding, people)
    for question in questions:
        yield _answer(question, people)


def _questions():
    related = ("to_unit", "finding__site", "finding__unit", "finding__cycle__programme__owner")
    return Coordination.objects.filter(state=CoordinationState.ASKED).select_related(*related).order_by("id")


class _People:
    """Who holds what today, read once."""

    def __init__(self):
        roles = RoleAssignment.objects.on(clock.today()).filter(
            role__in=(Role.UNIT_STAFF, Role.OFFICE), user__is_active=True
        )
        self._held = defaultdict(dict)
        for row in roles.select_related("user"):
            self._held[row.role, row.unit_id][row.user_id] = row.user
        self._members = defaultdict(dict)
        members = Membership.objects.on(clock.today()).filter(user__is_active=True)
        for row in members.select_related("user"):
            self._members[row.group_id][row.user_id] = row.user

    def staff(self, unit: Unit) -> list[User]:
        return list(self._held[Role.UNIT_STAFF, unit.pk].values())

    def office(self, unit: Unit) -> list[User]:
        return list(self._held[Role.OFFICE, unit.pk].values())

    def members(self, group_id: int) -> list[User]:
        return list(self._members[group_id].values())


def _to_put_right(finding: Finding, people: _People) -> Duty:
    owed = [_owed(user, gettext_lazy("You are staff of {unit}, which puts it right."), finding.owner)
            for user in people.staff(finding.owner)]  # fmt: skip
    if finding.area_id != finding.owner_id and finding.area.contains(finding.owner):
        why = gettext_lazy("You are staff of {unit}, above the unit that puts it right.")
        owed += [_owed(user, why, finding.area) for user in people.staff(finding.area)]
    return _duty(
        finding,
        key=f"finding:{finding.pk}:{finding.due_on.isoformat()}",
        kind=DutyKind.FINDING,
        due_on=finding.due_on,
        subject=gettext_lazy("Finding to be put right by {day}: {number} {place}"),
        owed=owed or _of_the_office(finding, people),
        unit=finding.owner,
    )


def _second_look(finding: Finding, people: _People) -> Duty:
    why = gettext_lazy("You belong to {unit}, which looks again.")
    owed = [_owed(user, why, finding.group) for user in people.members(finding.group_id)]
    return _duty(
        finding,
        key=f"recheck:{finding.pk}:{finding.next.due.isoformat()}",
        kind=DutyKind.RECHECK,
        due_on=finding.next.due,
        subject=gettext_lazy("Second look due by {day}: {number} {place}"),
        owed=owed or _of_the_office(finding, people),
        unit=finding.group.programme.owner,
    )


def _answer(question: Coordination, people: _People) -> Duty:
    finding = question.finding
    why = gettext_lazy("You are staff of {unit}, which was asked for help.")
    owed = [_owed(user, why, question.to_unit) for user in people.staff(question.to_unit)]
    return _duty(
        finding,
        key=f"coordination:{question.pk}:{question.answer_by.isoformat()}",
        kind=DutyKind.COORDINATION,
        due_on=question.answer_by,
        subject=gettext_lazy("Answer asked for by {day}: {number} {place}"),
        owed=owed or _of_the_office(finding, people),
        unit=question.to_unit,
    )


def _duty(finding: Finding, *, key: str, kind: str, due_on, subject, owed: list[Owed], unit: Unit) -> Duty:
    return make_duty(
        finding.cycle,
        key=key,
        kind=kind,
        due_on=due_on,
        subject=format_lazy(subject, day=lazy_day(due_on), number=finding.number, place=finding.place),
        url=reverse("supervision:finding", args=[finding.pk]),
        owed_by=owed,
        unit=unit,
        detail=finding.text[:200],
    )


def _owed(user: User, why, unit) -> Owed:
    return Owed(user, format_lazy(why, unit=unit))


def _of_the_office(finding: Finding, people: _People) -> list[Owed]:
    owner = finding.cycle.programme.owner
    why = gettext_lazy("You are of the leadership office: nobody else is there for it.")
    return [Owed(user, why) for user in people.office(owner)]
