"""A person's to-do list and the dates of the year as an iCalendar feed (RFC 5545): whole days, each with an alarm.

It holds the words of the to-do list and nothing else, because calendars copy it to telephones and other servers.
"""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from applications.enums import CycleState
from applications.models import Cycle
from dashboard.inbox import waiting
from dashboard.selectors import dates
from notices.workdays import ONE_DAY, is_far, working_days

#: The hour of the alarm, on the working day before.
_ALARM_AT = datetime.timedelta(hours=9)
#: Longer than any stretch of days off.
_BACK = ONE_DAY * 30


@dataclass(frozen=True)
class Entry:
    """One whole day in the calendar. `key` stays the same when words or day change, so that the entry moves."""

    key: str
    day: datetime.date
    text: str
    url: str
    detail: str = ""


def feed_of(user) -> bytes:
    """The feed of one person in his or her language."""
    with translation.override(user.language):
        entries = [entry for entry in (*_todos(user), *_milestones(user)) if not is_far(entry.day)]
        calendar = Calendar()
        calendar.add("prodid", "-//Demonstration sites//To do//")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("Demonstration sites"))
        # How often it is worth asking again.
        calendar.add("refresh-interval", datetime.timedelta(hours=4), parameters={"VALUE": "DURATION"})
        alarms = _alarm_days(entry.day for entry in entries)
        for entry in entries:
            calendar.add_component(_event(user, entry, alarms[entry.day]))
        return calendar.to_ical()


def _todos(user) -> Iterator[Entry]:
    """What waits for the person by a day; several steps on one page are told apart by their order."""
    seen: Counter[str] = Counter()
    for item in waiting(user):
        if item.todo.due is None:
            continue
        seen[item.todo.url] += 1
        yield Entry(
            key=f"todo:{item.todo.url}:{seen[item.todo.url]}",
            day=item.todo.due,
            text=item.todo.text,
            url=item.todo.url,
            detail=item.todo.detail,
        )


def _milestones(user) -> Iterator[Entry]:
    """The dates of the open cycles the person has to do with; two queries a cycle."""
    url = reverse("applications:cycle")
    cycles = Cycle.objects.visible_to(user).filter(state=CycleState.OPEN).select_related("programme")
    for cycle in cycles:
        for date in dates(cycle):
            written = _("As written: %(day)s") % {"day": date.milestone.due_on} if date.was_moved else ""
            yield Entry(
                key=f"milestone:{date.milestone.pk}",
                day=date.due.day,
                text=f"{date.milestone} · {cycle}",
                url=url,
                detail=written,
            )


def _alarm_days(days: Iterable[datetime.date]) -> dict[datetime.date, datetime.date]:
    """For each day the working day before it; one query."""
    days = set(days)
    if not days:
        return {}
    working = working_days(min(days) - _BACK, max(days))
    return {day: max(one for one in working if one < day) for day in days}


def _event(user, entry: Entry, alarm_day: datetime.date) -> Event:
    event = Event()
    digest = hashlib.sha256(f"{user.pk}:{entry.key}".encode()).hexdigest()[:32]
    event.add("uid", f"{digest}@{urlsplit(settings.PUBLIC_ADDRESS).hostname or 'localhost'}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + ONE_DAY)
    event.add("summary", entry.text)
    event.add("description", "\n".join(filter(None, (entry.detail, f"{settings.PUBLIC_ADDRESS}{entry.url}"))))
    event.add("url", f"{settings.PUBLIC_ADDRESS}{entry.url}")
    # Somebody with a deadline on a day is not away on it.
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.text)
    alarm.add("trigger", _ALARM_AT - (entry.day - alarm_day))
    event.add_component(alarm)
    return event
