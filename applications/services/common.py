"""What all services of applications share: the one place that assigns a state, locks, and who is told."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import DomainError, Reason
from accounts.selectors import users_with_role
from accounts.staircase import climb
from applications.enums import (
    APPLICATION_TRANSITIONS,
    CYCLE_TRANSITIONS,
    SEAL_TRANSITIONS,
)
from applications.models import (
    Application,
    ApplicationLog,
    Cycle,
    CycleLog,
    QuotaPlace,
    Seal,
    SealLog,
)
from applications.rules import (
    may_edit,
    may_handle,
    why_not_action,
    why_not_cycle_action,
)
from applications.sealing.rules import why_not_seal_action
from notices.services import notify


def transition(*, obj: Application | Cycle | Seal, action: str, actor, reason: str = "", **changes):
    """Move an application, cycle or seal along its table; the only place of this app that assigns a state.

    The log row of an application carries the hash of the form version decided on. Raises DomainError.
    """
    if isinstance(obj, Cycle):
        return climb(
            obj=obj,
            action=action,
            actor=actor,
            reason=reason,
            table=CYCLE_TRANSITIONS,
            guard=why_not_cycle_action,
            log_model=CycleLog,
            unit=obj.programme.owner,
            changes=changes,
        )
    if isinstance(obj, Seal):
        return climb(
            obj=obj,
            action=action,
            actor=actor,
            reason=reason,
            table=SEAL_TRANSITIONS,
            guard=why_not_seal_action,
            log_model=SealLog,
            unit=obj.unit,
            changes=changes,
        )
    # The version decided on: of a submission the one just frozen, later the one filed.
    last = obj.versions.order_by("-number").first()
    return climb(
        obj=obj,
        action=action,
        actor=actor,
        reason=reason,
        table=APPLICATION_TRANSITIONS,
        guard=why_not_action,
        log_model=ApplicationLog,
        content_hash=last.content_hash if last else "",
        unit=obj.area,
        changes=changes,
    )


def lock(application: Application) -> Application:
    """The application, locked, with all that its rules and messages ask of it."""
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "cycle__programme__owner", "site__category", "site__area", "site__unit", "level", "area"
        )
        .get(pk=application.pk)
    )


def require_editable(actor, application: Application) -> None:
    """Raises DomainError unless the person may change the form in its present state."""
    if not may_edit(actor, application):
        raise DomainError(
            Reason(
                text=_("The form cannot be changed now: %(state)s.")
                % {"state": application.get_state_display()},
                remedy=_("Only its own county's staff may change a draft or a returned form."),
            )
        )


def free_place(application: Application) -> None:
    QuotaPlace.objects.filter(application=application).update(application=None)


def require_office(actor, cycle: Cycle) -> None:
    if not may_handle(actor, cycle):
        raise DomainError(Reason(text=_("Only the leadership office may do this.")))


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))


def tell_area(application: Application, subject, body) -> None:
    named = format_lazy(subject, site=application.site.name, level=application.level.name)
    tell_staff(application.area, named, body, address_of(application))


def tell_staff(area, subject, body, url: str) -> None:
    notify(recipients=users_with_role(Role.UNIT_STAFF, area), subject=subject, body=body, url=url)


def address_of(application: Application) -> str:
    return reverse("applications:detail", args=[application.pk])
