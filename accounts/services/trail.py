"""The audit trail: who did what, when, from where and why."""

from django.utils.translation import gettext as _

from accounts import clock, context
from accounts.enums import AuditResult
from accounts.models import AuditEvent, User


def record(
    *,
    action: str,
    actor,
    obj=None,
    reason: str = "",
    result: str = AuditResult.DONE,
    unit=None,
    actor_name="",
    **detail,
):
    """Append one row to the audit trail.

    `detail` must be JSON-serialisable; `actor_name` names somebody who is not signed in.
    """
    known = actor if actor is not None and actor.pk else None
    return AuditEvent.objects.create(
        at=clock.now(),
        actor=known,
        actor_name=(known.audit_label if known else str(actor_name or _("System")))[:200],
        action=action[:60],
        result=result,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(getattr(obj, "audit_label", obj))[:300] if obj is not None else "",
        unit=unit if unit is not None else getattr(known, "unit", None),
        reason=reason,
        address=context.address.get(),
        detail=detail,
    )


def record_refused_login(*, username: str, locked: bool) -> None:
    """Put a refused log-in on the audit trail of the account's unit.

    What was typed is kept only when it is a user name: people type passwords into the wrong field.
    """
    person = User.objects.filter(username=username).select_related("unit").first()
    reason = _("The account is locked.") if locked else _("Wrong user name or password.")
    record(
        action="login",
        actor=None,
        actor_name=person.audit_label if person else _("Unknown user name"),
        unit=person.unit if person else None,
        reason=reason,
        result=AuditResult.REFUSED,
    )
