"""What the demonstration's sites held this spring, and the first nightly look for early warnings."""

import datetime
from collections import Counter
from itertools import cycle

from accounts import clock
from dashboard.services.warnings import watch_sites
from sites.models import Activity, Site
from sites.services import add_entry


def make_watch(stage) -> Counter:
    """Enter the activities of this spring, then look on the day the demonstration opens with."""
    data = stage.data["watched"]
    made = Counter()
    quiet = Site.objects.filter(programme=stage.cycle.programme, activities=None).select_related("area")
    held = cycle(data["activities"])
    # Some sites held nothing, so that there is something to warn about.
    for number, site in enumerate(quiet.order_by("pk"), start=1):
        if number % data["quiet_every"]:
            _hold(stage, site, **next(held))
            made["entries"] += 1
    with clock.travel(stage.data["watched_on"]):
        made["warnings"] = watch_sites()
    return made


def _hold(stage, site: Site, *, held_on: datetime.date, name: str, participants: int) -> None:
    with clock.travel(held_on):
        add_entry(
            actor=stage.staff(site.area),
            site=site,
            model=Activity,
            held_on=held_on,
            name=name,
            participants=participants,
        )
