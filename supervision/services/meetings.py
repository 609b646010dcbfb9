"""Planning and recording meetings."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction as database
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import OFFICE, SCANS, checked_content_type
from accounts.words import lazy_day
from applications.models import Cycle
from notices.services import notify
from sites.selectors import areas_of
from supervision.enums import MeetingAction, MeetingState
from supervision.meeting_kinds import kind_of
from supervision.meeting_rules import why_not_add_papers, why_not_change_meeting, why_not_plan_meeting
from supervision.models import Meeting, MeetingFile, MeetingSpeaker
from supervision.services.staircase import transition

#: What a notice, minutes or photos of a meeting come as.
PAPERS = SCANS | OFFICE
MOST_FILES = 20


@database.atomic
def plan_meeting(
    *,
    actor,
    cycle: Cycle,
    kind: str,
    unit: Unit,
    title: str,
    planned_on: datetime.date,
    place: str = "",
    chair: str = "",
    agenda: str = "",
    speakers: Iterable[tuple[str, str]] = (),
) -> Meeting:
    """Plan a meeting a unit calls, of a kind of the scheme (a code); `speakers`: (unit or office, topic), in order.

    Raises DomainError for other than the unit's staff and the leadership office, for a kind the unit does not call,
    a cycle that is not open, and a day outside the cycle's year.
    """
    found = kind_of(cycle, kind)
    require(why_not_plan_meeting(actor, cycle, found, unit))
    require(_why_not_day(cycle, planned_on))
    title = title.strip() or found.name
    require(_why_planned_before(cycle, kind, unit, title, planned_on))
    meeting = Meeting.objects.create(
        cycle=cycle,
        unit=unit,
        kind=kind,
        title=title,
        planned_on=planned_on,
        place=place,
        chair=chair,
        agenda=agenda,
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    _put_speakers(meeting, speakers)
    record(action="meeting.plan", actor=actor, obj=meeting, unit=unit)
    _tell(meeting, actor, gettext_lazy("Meeting planned for {day}: {title}"))
    return meeting


@database.atomic
def change_meeting(
    *,
    actor,
    meeting: Meeting,
    title: str,
    place: str = "",
    chair: str = "",
    agenda: str = "",
    speakers: Iterable[tuple[str, str]] | None = None,
) -> Meeting:
    """Change the particulars of a planned meeting; its day is changed by `move_meeting`. `speakers` None: unchanged."""
    locked = _lock(meeting)
    require(why_not_change_meeting(actor, locked))
    locked.title, locked.place, locked.chair, locked.agenda = (
        title.strip() or locked.title,
        place,
        chair,
        agenda,
    )
    locked.save(update_fields=["title", "place", "chair", "agenda"])
    if speakers is not None:
        locked.speakers.all().delete()
        _put_speakers(locked, speakers)
    record(action="meeting.change", actor=actor, obj=locked, unit=locked.unit)
    return locked


@database.atomic
def move_meeting(*, actor, meeting: Meeting, planned_on: datetime.date, reason: str) -> Meeting:
    """Put a meeting off to another day of the cycle's year, with the reason."""
    locked = _lock(meeting)
    require(_why_not_day(locked.cycle, planned_on))
    transition(obj=locked, action=MeetingAction.MOVE, actor=actor, reason=reason, planned_on=planned_on)
    _tell(locked, actor, gettext_lazy("Meeting put off to {day}: {title}"), reason)
    return locked


@database.atomic
def hold_meeting(
    *,
    actor,
    meeting: Meeting,
    held_on: datetime.date,
    participants: int | None = None,
    attended: str = "",
    minutes: str = "",
    files: Sequence = (),
) -> Meeting:
    """Record that a meeting was held; one outside the scheme's days counts as well, the page points it out.

    Args:
        held_on: not after today, and within the cycle's year.
        participants: how many people, never who; `attended` names units and offices.

    Raises DomainError for a day that does not fit and a file of another kind.
    """
    locked = _lock(meeting)
    require(_why_not_day(locked.cycle, held_on))
    if held_on > clock.today():
        raise DomainError(Reason(text=_("The day lies in the future."), earliest=held_on))
    transition(
        obj=locked,
        action=MeetingAction.HOLD,
        actor=actor,
        held_on=held_on,
        participants=participants,
        attended=attended.strip(),
        minutes=minutes.strip(),
    )
    _add_files(actor, locked, files)
    return locked


@database.atomic
def cancel_meeting(*, actor, meeting: Meeting, reason: str) -> Meeting:
    """Call a planned meeting off, with the reason; what the scheme asks for stays owed."""
    locked = _lock(meeting)
    transition(obj=locked, action=MeetingAction.CANCEL, actor=actor, reason=reason)
    _tell(locked, actor, gettext_lazy("Meeting called off: {title}"), reason)
    return locked


@database.atomic
def add_papers(*, actor, meeting: Meeting, files: Sequence = (), minutes: str = "") -> Meeting:
    """Add papers to a meeting, and to one that was held its minutes, once: what stands in them stays."""
    locked = _lock(meeting)
    require(why_not_add_papers(actor, locked))
    if not files and not minutes.strip():
        raise DomainError(Reason(text=_("Choose a file or write the minutes.")))
    if minutes.strip():
        if locked.state != MeetingState.HELD or locked.minutes:
            raise DomainError(Reason(text=_("Minutes are written once, after the meeting was held.")))
        locked.minutes = minutes.strip()
        locked.save(update_fields=["minutes"])
    _add_files(actor, locked, files)
    record(action="meeting.papers", actor=actor, obj=locked, unit=locked.unit)
    return locked


def _lock(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("cycle__programme__owner", "unit")
    return rows.get(pk=meeting.pk)


def _why_not_day(cycle: Cycle, day: datetime.date) -> Reason | None:
    if day.year == cycle.year:
        return None
    return Reason(
        text=_("%(day)s lies outside the year %(year)s.") % {"day": lazy_day(day), "year": cycle.year}
    )


def _why_planned_before(cycle: Cycle, kind: str, unit: Unit, title: str, day) -> Reason | None:
    """A form that was sent twice plans one meeting."""
    same = cycle.meetings.filter(kind=kind, unit=unit, title=title, planned_on=day)
    if not same.filter(state=MeetingState.PLANNED).exists():
        return None
    return Reason(
        text=_("This meeting is planned for that day already."),
        remedy=_("Look into the list of meetings, or choose another title."),
    )


def _put_speakers(meeting: Meeting, speakers: Iterable[tuple[str, str]]) -> None:
    rows = [
        MeetingSpeaker(meeting=meeting, order=order, speaker=speaker.strip(), topic=topic.strip())
        for order, (speaker, topic) in enumerate(speakers, start=1)
    ]
    MeetingSpeaker.objects.bulk_create(rows)


def _add_files(actor, meeting: Meeting, files: Sequence) -> None:
    if meeting.files.count() + len(files) > MOST_FILES:
        raise DomainError(Reason(text=_("A meeting has at most %(n)s files.") % {"n": MOST_FILES}))
    for file in files:
        checked_content_type(file, PAPERS)
        MeetingFile.objects.create(
            meeting=meeting, file=file, name=file.name[:200], added_by=actor, added_at=clock.now()
        )


def _tell(meeting: Meeting, actor, subject, body: str = "") -> None:
    """Whom a meeting concerns: staff of all areas when the owner calls it, else its unit's when the office acts."""
    owner = meeting.cycle.programme.owner
    units = areas_of(meeting.cycle.programme) if meeting.unit_id == owner.pk else [meeting.unit]
    people = [
        person for unit in units for person in users_with_role(Role.UNIT_STAFF, unit) if person != actor
    ]
    notify(
        recipients=people,
        subject=format_lazy(subject, day=lazy_day(meeting.planned_on), title=meeting.title),
        body=body,
        url=reverse("supervision:meeting", args=[meeting.pk]),
    )
