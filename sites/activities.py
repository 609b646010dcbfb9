"""The ledger of activities: what was held at a site, entered by its county staff."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from sites.models import Activity, Site
from sites.rules import why_not_held, why_not_record_activity


@transaction.atomic
def record_activity(
    *,
    actor,
    site: Site,
    held_on: datetime.date,
    name: str,
    place: str = "",
    participants: int | None = None,
    description: str = "",
) -> Activity:
    """Enter an activity. `participants` is a number of people; nobody is named.

    Raises DomainError for a person who is not staff of the site's area, a closed site, a day to come, or an entry
    that is there already.
    """
    locked = Site.objects.select_for_update(of=("self",)).select_related("area").get(pk=site.pk)
    require(why_not_record_activity(actor, locked))
    require(why_not_held(held_on))
    try:
        with transaction.atomic():
            activity = Activity.objects.create(
                site=locked,
                held_on=held_on,
                name=name,
                place=place,
                participants=participants,
                description=description,
                recorded_by=actor,
                recorded_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(
            Reason(
                text=_("The ledger already has an activity of this day and name: %(name)s.") % {"name": name}
            )
        ) from error
    record(action="activity.record", actor=actor, obj=activity, unit=locked.area)
    return activity
