"""Who is away, and who deputises: entered by oneself or by the office; no reason is asked for."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason, require
from accounts.models import RoleAssignment, User
from accounts.scope import ids_below, units_with_role
from accounts.services import record
from accounts.words import lazy_day
from notices.models import Absence
from notices.services.messages import notify


def people_of_office(user):
    """Active people for whom this person's office may enter absences: those at home at or below it."""
    units = ids_below([unit.path for unit in units_with_role(user, (Role.OFFICE,))])
    return User.objects.filter(is_active=True, unit__in=units)


def deputies_for(person: User):
    """Who may deputise: active people who hold one of the same roles at the same unit today and so can do the work,
    and the offices of the units the person is at home in; one query."""
    held = RoleAssignment.objects.on(clock.today())
    same = held.filter(user=person, role=OuterRef("role"), unit=OuterRef("unit"))
    near = Q(Exists(same))
    if person.unit is not None:
        above = [int(pk) for pk in person.unit.path.strip("/").split("/")]
        near |= Q(role=Role.OFFICE, unit__in=above)
    able = held.filter(near).values("user")
    return User.objects.filter(pk__in=able, is_active=True).exclude(pk=person.pk)


def why_not_enter(actor, person: User) -> Reason | None:
    """Everybody enters his or her own absences, the leadership office those of its people."""
    if actor.pk == person.pk or people_of_office(actor).filter(pk=person.pk).exists():
        return None
    return Reason(text=_("Only the person or the leadership office may do this."))


def _why_not_absent(
    person: User, deputy: User, from_day: datetime.date, to_day: datetime.date
) -> Reason | None:
    if to_day < from_day:
        return Reason(text=_("The last day lies before the first."))
    if to_day < clock.today():
        return Reason(text=_("These days are over."))
    if not deputies_for(person).filter(pk=deputy.pk).exists():
        return Reason(
            text=_("%(deputy)s cannot deputise for %(person)s: they share no role at the same unit.")
            % {"deputy": deputy, "person": person},
            remedy=_("Choose somebody with the same role at the same unit, or the leadership office."),
        )
    overlapping = Absence.objects.filter(
        user=person, ended_at=None, from_day__lte=to_day, to_day__gte=from_day
    )
    if found := overlapping.first():
        return Reason(
            text=_("An absence from %(first)s to %(last)s is entered already.")
            % {"first": lazy_day(found.from_day), "last": lazy_day(found.to_day)},
            remedy=_("End that one first."),
        )
    return None


@transaction.atomic
def enter_absence(
    *, actor, person: User, deputy: User, from_day: datetime.date, to_day: datetime.date
) -> Absence:
    """Let `deputy` get the reminders of `person` from one day to another, both included.

    Raises DomainError for other than the person or the office, for days that are over or overlap another absence,
    and for a deputy who neither shares a role at the same unit nor belongs to the office above it. The deputy is told,
    and the person where the office enters it.
    """
    person = (
        User.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=person.pk)
    )
    require(why_not_enter(actor, person) or _why_not_absent(person, deputy, from_day, to_day))
    absence = Absence.objects.create(
        user=person,
        deputy=deputy,
        from_day=from_day,
        to_day=to_day,
        entered_by=actor,
        entered_at=clock.now(),
    )
    record(
        action="absence.enter",
        actor=actor,
        obj=person,
        unit=person.unit,
        deputy=deputy.audit_label,
        first=from_day.isoformat(),
        last=to_day.isoformat(),
    )
    words = gettext_lazy("You deputise for {person} from {first} to {last}: you get the reminders meanwhile")
    subject = format_lazy(words, person=str(person), first=lazy_day(from_day), last=lazy_day(to_day))
    notify(recipients=[deputy], subject=subject)
    if actor.pk != person.pk:
        words = gettext_lazy(
            "The leadership office entered: {deputy} gets your reminders from {first} to {last}"
        )
        _tell_person(absence, words)
    return absence


@transaction.atomic
def end_absence(*, actor, absence: Absence) -> Absence:
    """End an absence now; from then on the person gets the reminders again. Raises DomainError as entering does."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user__unit").get(pk=absence.pk)
    require(why_not_enter(actor, absence.user))
    if absence.ended_at is None:
        absence.ended_at = clock.now()
        absence.save(update_fields=["ended_at"])
        record(action="absence.end", actor=actor, obj=absence.user, unit=absence.user.unit)
        if actor.pk != absence.user_id:
            words = gettext_lazy("The leadership office ended your absence: you get your reminders again")
            _tell_person(absence, words)
    return absence


def _tell_person(absence: Absence, words) -> None:
    """Nobody's reminders go elsewhere, or come back, without his or her knowing."""
    subject = format_lazy(
        words, deputy=str(absence.deputy), first=lazy_day(absence.from_day), last=lazy_day(absence.to_day)
    )
    notify(recipients=[absence.user], subject=subject, url=reverse("notices:absences"))
