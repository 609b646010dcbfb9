"""The leadership office's side: what becomes of an application, and exceptions to quota and deadline."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.services import record
from accounts.words import lazy_day
from applications.enums import (
    ApplicationAction,
)
from applications.models import (
    Application,
    Cycle,
    Extension,
    QuotaPlace,
)
from applications.services.common import (
    free_place,
    require_office,
    require_reason,
    tell_area,
    tell_staff,
    transition,
)
from notices.workdays import nth_working_day
from sites.models import Level


@transaction.atomic
def accept(*, actor, application: Application, reason: str = "") -> None:
    """The papers are in order: the application goes on to assessment."""
    transition(obj=application, action=ApplicationAction.ACCEPT, actor=actor, reason=reason)
    tell_area(application, gettext_lazy("Accepted: {site} ({level})"), reason)


@transaction.atomic
def return_for_correction(*, actor, application: Application, reason: str) -> None:
    """Send the application back; it may be handed in corrected within the cycle's number of working days."""
    days = application.cycle.correction_working_days
    correct_by = nth_working_day(clock.today() + datetime.timedelta(days=1), days)
    transition(
        obj=application, action=ApplicationAction.RETURN, actor=actor, reason=reason, correct_by=correct_by
    )
    text = format_lazy(
        gettext_lazy("{reason} To be corrected by {day}."), reason=reason, day=lazy_day(correct_by)
    )
    tell_area(application, gettext_lazy("Returned for correction: {site} ({level})"), text)


@transaction.atomic
def refuse(*, actor, application: Application, reason: str) -> None:
    """Refuse the application for good; the quota place is free again."""
    transition(obj=application, action=ApplicationAction.REFUSE, actor=actor, reason=reason)
    free_place(application)
    tell_area(application, gettext_lazy("Refused: {site} ({level})"), reason)


@transaction.atomic
def conclude(*, actor, application: Application, awarded: bool, reason: str) -> None:
    """Write the end of the assessment on the application: plaque awarded, or not and why."""
    action = ApplicationAction.AWARD if awarded else ApplicationAction.DECLINE
    transition(obj=application, action=action, actor=actor, reason=reason)
    subject = (
        gettext_lazy("Plaque awarded: {site} ({level})")
        if awarded
        else gettext_lazy("Not awarded: {site} ({level})")
    )
    tell_area(application, subject, reason)


@transaction.atomic
def grant_extra_place(*, actor, cycle: Cycle, level: Level, area, reason: str) -> QuotaPlace:
    """Grant one application beyond the quota (增报), with the office's written reason."""
    require_office(actor, cycle)
    require_reason(reason)
    Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    if QuotaPlace.objects.filter(cycle=cycle, level=level, area=area, is_extra=True, reason=reason).exists():
        raise DomainError(
            Reason(
                text=_("An extra place was granted already for exactly this reason."),
                remedy=_("A further place needs a reason of its own."),
            )
        )
    last = (
        QuotaPlace.objects.filter(cycle=cycle, level=level, area=area).aggregate(last=Max("ordinal"))["last"]
        or 0
    )
    try:
        with transaction.atomic():
            place = QuotaPlace.objects.create(
                cycle=cycle,
                level=level,
                area=area,
                ordinal=last + 1,
                is_extra=True,
                reason=reason,
                granted_by=actor,
                granted_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(
            Reason(text=_("Another place was granted at the same moment. Look before trying again."))
        ) from error
    record(action="quota.extra", actor=actor, obj=place, unit=area, reason=reason)
    tell_staff(
        area,
        format_lazy(gettext_lazy("An extra place was granted: {level}"), level=level.name),
        reason,
        reverse("sites:list"),
    )
    return place


@transaction.atomic
def grant_extension(*, actor, cycle: Cycle, area, until: datetime.date, reason: str) -> Extension:
    """Let one area file until a later day. Raises DomainError for a day that is already over."""
    require_office(actor, cycle)
    require_reason(reason)
    if until < clock.today():
        raise DomainError(Reason(text=_("The new last day is already over.")))
    if until.year > cycle.year:
        raise DomainError(Reason(text=_("The new last day must lie within the cycle's year.")))
    extension = Extension.objects.create(
        cycle=cycle, area=area, until=until, reason=reason, granted_by=actor, granted_at=clock.now()
    )
    record(action="deadline.extend", actor=actor, obj=extension, unit=area, reason=reason)
    tell_staff(
        area,
        format_lazy(gettext_lazy("The last day for filing is now {day}."), day=lazy_day(until)),
        reason,
        reverse("sites:list"),
    )
    return extension
