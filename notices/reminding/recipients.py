"""Who is told of a duty at a stage, and why: those who owe it, later head and office, deputies of the absent."""

from collections.abc import Iterable

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import Role
from accounts.models import RoleAssignment, User
from accounts.words import lazy_name
from notices.duties import Duty, Owed
from notices.models import Absence


def _lines(parts: Iterable) -> str:
    return "\n".join(str(part) for part in parts if str(part))


#: Several reasons, each on a line of its own, worded when they are read.
lazy_lines = lazy(_lines, str)


class Recipients:
    """Heads, offices and deputies as they are today, read in two queries however many duties there are."""

    def __init__(self, duties: list[Duty]):
        self._told = _by_role(duties)
        absences = Absence.objects.on(clock.today()).select_related("deputy").order_by("id")
        self._deputies = {absence.user_id: absence.deputy for absence in absences}

    def of(self, duty: Duty, stage: int) -> list[Owed]:
        """Everybody who is told at this stage, each once with all reasons, in the order of how close they are."""
        told: dict[int, tuple[User, list]] = {}
        for owed in self._meant(duty, stage):
            for person in self._present(duty, owed):
                told.setdefault(person.user.pk, (person.user, []))[1].append(person.why)
        return [Owed(user, lazy_lines(_once(whys))) for user, whys in told.values()]

    def _meant(self, duty: Duty, stage: int) -> list[Owed]:
        """Before anybody's absence is looked at."""
        meant = [owed for owed in duty.owed_by if owed.user.is_active]
        if not meant:
            meant = self._office(duty, _nobody(duty))
        if duty.escalate_after_weeks and stage <= -duty.escalate_after_weeks:
            meant += self._heads(duty)
            meant += self._office(duty, _("It is overdue, and the leadership office follows it up."))
        return meant

    def _heads(self, duty: Duty) -> list[Owed]:
        if duty.unit is None:
            return []
        why = format_lazy(_("It is overdue, and you lead {unit}."), unit=lazy_name(duty.unit))
        return [Owed(user, why) for user in self._told.get((Role.LEADER, duty.unit.pk), ())]

    def _office(self, duty: Duty, why) -> list[Owed]:
        if duty.office is None:
            return []
        return [Owed(user, why) for user in self._told.get((Role.OFFICE, duty.office.pk), ())]

    def _present(self, duty: Duty, owed: Owed) -> list[Owed]:
        """The person, or who deputises today; where no deputy can be reached the person and the office."""
        if owed.user.pk not in self._deputies:
            return [owed]
        passed, deputy = {owed.user.pk}, owed.user
        while deputy.pk in self._deputies:
            deputy = self._deputies[deputy.pk]
            if deputy.pk in passed or not deputy.is_active:
                why = format_lazy(_("{person} is away, and no deputy can be reached."), person=str(owed.user))
                return [owed, *self._office(duty, why)]
            passed.add(deputy.pk)
        words = _("You deputise for {person}. {why}")
        return [Owed(deputy, format_lazy(words, person=str(owed.user), why=owed.why))]


def _nobody(duty: Duty):
    if duty.unit is None:
        return _("Nobody else can be reminded of this.")
    return format_lazy(_("Nobody in {unit} can be reminded of this."), unit=lazy_name(duty.unit))


def _by_role(duties: list[Duty]) -> dict[tuple[str, int], list[User]]:
    """Active heads of the duties' units and people of their offices today, by role and unit; one query."""
    units = {unit.pk for duty in duties for unit in (duty.unit, duty.office) if unit is not None}
    held = (
        RoleAssignment.objects.on(clock.today())
        .filter(unit__in=units, role__in=(Role.LEADER, Role.OFFICE), user__is_active=True)
        .select_related("user")
        .order_by("id")
    )
    found: dict[tuple[str, int], list[User]] = {}
    for assignment in held:
        found.setdefault((assignment.role, assignment.unit_id), []).append(assignment.user)
    return found


def _once(whys: list) -> list:
    """The reasons without those said already."""
    return list({str(why): why for why in whys}.values())
