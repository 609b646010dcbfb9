"""What is done with the metal plaque: hung up, taken down and handed in, lost."""

import datetime

from django.db import transaction

from accounts import clock
from accounts.errors import require
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from sites.enums import HandlingKind
from sites.models import Plaque, PlaqueHandling
from sites.rules import why_not_between, why_not_handle
from sites.services.common import hold
from sites.services.records import keep_records


@transaction.atomic
def record_handling(
    *,
    actor,
    plaque: Plaque,
    kind: str,
    done_on: datetime.date,
    receipt_number: str = "",
    note: str = "",
    file=None,
) -> PlaqueHandling:
    """Enter what was done with the metal plaque on a day. Photo or receipt are as wished, never asked for.

    Raises DomainError for a person who may not, a day before the award or to come, or a file that is no scan.
    """
    hold(plaque)
    require(why_not_handle(actor, plaque, HandlingKind(kind)))
    require(why_not_between(done_on, plaque.awarded_on, clock.today()))
    if file:
        checked_content_type(file, SCANS)
    handling = PlaqueHandling.objects.create(
        plaque=plaque,
        kind=kind,
        done_on=done_on,
        receipt_number=receipt_number,
        note=note,
        file=file or "",
        file_name=file.name[:200] if file else "",
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    keep_records([plaque.site_id])
    record(action=f"plaque.{kind}", actor=actor, obj=plaque, unit=plaque.site.area, reason=note)
    return handling
