"""Prolonging a plaque of a level with a period of validity, after a review it passed."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.services import record
from sites.models import Plaque
from sites.services.common import hold
from sites.services.records import keep_records
from sites.validity import valid_until


@transaction.atomic
def renew_plaque(*, actor, plaque: Plaque, renewed_on: datetime.date, reason: str) -> None:
    """Let the period of validity of the plaque's level run anew from a day; it never becomes shorter by it.

    The callers have checked the programme's rules. Raises DomainError for a plaque that is not held any more.
    """
    hold(plaque)
    if not Plaque.objects.held().filter(pk=plaque.pk).exists():
        raise DomainError(Reason(text=_("This plaque is not held any more, or not yet.")))
    until = valid_until(plaque.level, renewed_on)
    if until is None or plaque.valid_until is None or until <= plaque.valid_until:
        return
    plaque.valid_until = until
    plaque.save(update_fields=["valid_until"])
    keep_records([plaque.site_id])
    record(action="plaque.renew", actor=actor, obj=plaque, reason=reason, unit=plaque.site.area)
