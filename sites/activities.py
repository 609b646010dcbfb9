"""The ledger of activities: what was held at a site, entered by its county staff or proposed by its liaison."""

import datetime

from sites.models import Activity, Site
from sites.services.life import add_entry


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

    Raises DomainError for a person who does not keep the site's ledgers, a closed site, a day to come, or an entry
    that is there already.
    """
    return add_entry(
        actor=actor,
        site=site,
        model=Activity,
        held_on=held_on,
        name=name,
        place=place,
        participants=participants,
        description=description,
    )
