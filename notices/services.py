import datetime
from collections.abc import Iterable
from functools import cache

import chinese_calendar
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts import clock
from accounts.errors import require
from accounts.models import User
from accounts.services import record
from notices.enums import Channel, DeliveryState
from notices.models import CalendarDay, Delivery, Heartbeat, Message, Reminder
from notices.rules import why_not_edit_calendar


def notify(*, recipients: Iterable[User], subject, body="", url: str = "") -> list[Message]:
    """Put a message into each person's inbox and, where configured, on its way by e-mail once this commits.

    `subject` and `body` may be lazy translations: each person gets them in his or her own language.
    """
    sent = [
        _deliver(recipient=recipient, subject=subject, body=body, url=url)
        for recipient in {person.pk: person for person in recipients}.values()
    ]
    if settings.EMAIL_CONFIGURED and sent:
        # By name: tasks stand above services. What the queue misses, the five-minute round picks up.
        transaction.on_commit(lambda: current_app.send_task("notices.tasks.send_waiting_email"), robust=True)
    return sent


def remind_once(*, step: str, recipient: User, subject, body="", url: str = "") -> bool:
    """Send one reminder unless this step was already sent to this person; safe to call twice at the same moment.

    Returns whether it was sent now.
    """
    try:
        with transaction.atomic():
            row = Reminder.objects.create(step=step, recipient=recipient, sent_at=clock.now())
            row.message = notify(recipients=[recipient], subject=subject, body=body, url=url)[0]
            row.save(update_fields=["message"])
    except IntegrityError:
        return False
    return True


def _deliver(*, recipient, subject, body, url) -> Message:
    with translation.override(recipient.language):
        # In one line: a line break typed into a name would stop the e-mail.
        title = " ".join(str(subject).split())[:200]
        message = Message.objects.create(
            recipient=recipient, subject=title, body=str(body), url=url, created_at=clock.now()
        )
    if settings.EMAIL_CONFIGURED and recipient.email:
        Delivery.objects.create(message=message, channel=Channel.EMAIL)
    return message


def mark_read(*, message: Message) -> None:
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=clock.now())


def mark_all_read(*, user: User) -> int:
    """Mark everything in a person's inbox as read; returns how many messages changed."""
    return Message.objects.filter(recipient=user, read_at=None).update(read_at=clock.now())


def claim_delivery(*, delivery_id: int) -> Delivery | None:
    """Take one waiting delivery for sending (compare-and-set), or None when another worker has it."""
    taken = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING).update(
        state=DeliveryState.SENT
    )
    return Delivery.objects.select_related("message__recipient").get(pk=delivery_id) if taken else None


def finish_delivery(*, delivery: Delivery, sent: bool, most_attempts: int = 5) -> None:
    """Write down how an attempt went; a failed one waits for the next round until `most_attempts` are used."""
    delivery.attempts += 1
    if sent:
        delivery.sent_at = clock.now()
    else:
        spent = delivery.attempts >= most_attempts
        delivery.state = DeliveryState.FAILED if spent else DeliveryState.WAITING
    delivery.save(update_fields=["attempts", "sent_at", "state"])


@transaction.atomic
def seed_calendar(*, years: Iterable[int]) -> int:
    """Fill the calendar table from chinesecalendar for years it knows; days edited by hand stay. Returns rows added."""
    years = list(years)
    known = set(CalendarDay.objects.filter(day__year__in=years).values_list("day", flat=True))
    rows = [
        CalendarDay(day=day, is_working=working, name=name)
        for year in years
        for day, working, name in _exceptions_of(year)
        if day not in known
    ]
    return len(CalendarDay.objects.bulk_create(rows, ignore_conflicts=True))


@cache
def _exceptions_of(year: int) -> tuple[tuple[datetime.date, bool, str], ...]:
    """The days of a year that chinesecalendar treats otherwise than their weekday: day, working or not, its name."""
    first = datetime.date(year, 1, 1)
    days = (datetime.date(year + 1, 1, 1) - first).days
    found = []
    for day in (first + datetime.timedelta(days=number) for number in range(days)):
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5):
            name = chinese_calendar.get_holiday_detail(day)[1]
            found.append((day, working, chinese_calendar.Holiday(name).chinese if name else ""))
    return tuple(found)


def set_calendar_day(*, actor, day: datetime.date, is_working: bool, name: str) -> CalendarDay:
    """Enter or change one exception of the working calendar; on the audit trail, because deadlines follow it."""
    require(why_not_edit_calendar(actor))
    values = {"is_working": is_working, "name": name}
    row = CalendarDay.objects.update_or_create(day=day, defaults=values)[0]
    record(action="calendar.set", actor=actor, obj=row, working=is_working)
    return row


def beat_heart(*, token: str) -> None:
    """Note that a worker has done the task carrying `token`; the set-up check waits for it."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"token": token, "at": clock.now()})
