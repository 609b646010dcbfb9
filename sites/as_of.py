"""Lists as of a past day: from the records, as they stood at the end of that day by the clock of the office."""

import datetime

from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts import clock
from sites.enums import PlaqueState
from sites.models import PlaqueRecord, SiteRecord

#: Before this nothing is on record; far earlier days would not fit a time zone.
_EARLIEST = datetime.date(1980, 1, 1)


def past_day(text: str) -> datetime.date | None:
    """The past day somebody asks for as YYYY-MM-DD; None for today, a day to come or no day: the live list."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day is not None and day < clock.today() else None


def end_of(day: datetime.date) -> datetime.datetime:
    """The last moment of a day in the office's time zone."""
    following = max(day, _EARLIEST) + datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(following, datetime.time.min)
    return timezone.make_aware(midnight) - datetime.timedelta(microseconds=1)


def sites_as_of(user, day: datetime.date):
    """What was on record of the sites a person may see, at the end of a day."""
    rows = SiteRecord.objects.visible_to(user).at(end_of(day))
    return rows.order_by("-site_id")


def plaques_as_of(user, day: datetime.date):
    """What was on record of the plaques a person may see, at the end of a day."""
    rows = PlaqueRecord.objects.visible_to(user).at(end_of(day)).exclude(state=PlaqueState.REFUSED)
    return rows.select_related("plaque").order_by("-plaque_id")


def records_begin() -> datetime.date | None:
    """The first day of which there are records; of earlier days nobody knows what a list said."""
    # Records are only ever added: the first one is the earliest, and found without reading the others.
    first = SiteRecord.objects.order_by("pk").values_list("recorded_at", flat=True).first()
    return timezone.localdate(first) if first else None
