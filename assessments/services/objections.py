"""What comes in through the public page of a notice: objections, and questions about their outcome.

Nobody is asked who he or she is. The address a request comes from is kept only as a keyed hash that changes every
day, to limit how many come from one place, and is wiped after two days.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, context
from accounts.callers import caller_of_day
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from assessments.enums import AssessmentState, ObjectionChannel
from assessments.models import FailedLookup, Objection, PublicNotice
from assessments.models.decisions import new_receipt
from assessments.publication_rules import why_not_object
from assessments.services.common import address_of, lock, office_of
from notices.services import notify

ONE_HOUR = datetime.timedelta(hours=1)
#: Within this time the same words from the same address are a double click or a page sent again.
_SENT_AGAIN = datetime.timedelta(minutes=10)
#: After so many days no limit looks at the hashes any more.
HASHES_KEPT = datetime.timedelta(days=2)


class TooMany(DomainError):
    """More came from one address, or to one notice, than people write; there is another way to the office."""


@transaction.atomic
def object_publicly(
    *,
    notice: PublicNotice,
    text: str,
    objector: str = "",
    contact: str = "",
    arrived_at: datetime.datetime | None = None,
) -> Objection:
    """Take an objection from the public page; its `receipt` is the code with which the outcome is looked up. The same
    one sent again by the same address within minutes is taken once.

    `arrived_at` (default now) is when the request came in: what came before midnight counts, whatever it waited for.
    Raises DomainError when the form is closed, TooMany beyond the limits of the settings.
    """
    arrived_at = arrived_at or clock.now()
    locked = lock(notice.assessment)
    notice = PublicNotice.objects.get(pk=notice.pk)
    notice.assessment = locked
    require(why_not_object(notice, arrived_at))
    sender = caller_of_day(arrived_at)
    told = {"text": text, "objector": objector.strip(), "contact": contact.strip(), "sender": sender}
    since = arrived_at - _SENT_AGAIN
    if sent := Objection.objects.filter(notice=notice, received_at__gte=since, **told).first():
        return sent
    _require_few(notice, sender, arrived_at)
    objection = Objection.objects.create(
        notice=notice,
        received_on=timezone.localdate(arrived_at),
        received_at=arrived_at,
        channel=ObjectionChannel.PUBLIC,
        receipt=new_receipt(),
        **told,
    )
    _record_without_address(locked)
    notify(
        recipients=office_of(locked),
        subject=format_lazy(gettext_lazy("Objection to the public notice: {site}"), site=notice.site_name),
        body=gettext_lazy("It is looked into, and its outcome recorded, before an award."),
        url=address_of(locked),
    )
    return objection


def find_outcome(*, receipt: str) -> Objection | None:
    """The objection behind a code, as typed with spaces or hyphens; None for an unknown one, which is counted.

    Raises TooMany when one address has tried too many unknown codes.
    """
    now = clock.now()
    sender = caller_of_day(now)
    tries = FailedLookup.objects.filter(sender=sender)
    _require_below(tries, "at", now, settings.FAILED_LOOKUPS_PER_ADDRESS)
    code = "".join(character for character in receipt.upper() if character.isalnum())
    found = (
        Objection.objects.filter(receipt=code)
        .select_related("notice__assessment__application__level", "notice__assessment__application__cycle")
        .first()
    )
    if found is None:
        FailedLookup.objects.create(sender=sender, at=now)
    return found


@transaction.atomic
def wipe_objectors() -> int:
    """Forget who objected, so many days after the outcome (setting), and what the limits do not need any more. Where
    the site was declined before anything came of the objection, the days count from the end of its notice.

    Returns how many objections lost a name or contact; safe to run twice.
    """
    now = clock.now()
    decided = now - datetime.timedelta(days=settings.OBJECTOR_KEPT_DAYS)
    left_open = Q(
        decided_at=None,
        notice__assessment__state=AssessmentState.DECLINED,
        notice__ends_on__lt=timezone.localdate(decided),
    )
    wiped = (
        Objection.objects.filter(Q(decided_at__lte=decided) | left_open)
        .exclude(objector="", contact="")
        .update(objector="", contact="")
    )
    Objection.objects.filter(received_at__lte=now - HASHES_KEPT).exclude(sender="").update(sender="")
    FailedLookup.objects.filter(at__lte=now - HASHES_KEPT).delete()
    if wiped:
        record(action="objection.wipe", actor=None, changed=wiped)
    return wiped


def _require_few(notice: PublicNotice, sender: str, now: datetime.datetime) -> None:
    received = Objection.objects.filter(channel=ObjectionChannel.PUBLIC)
    _require_below(received.filter(sender=sender), "received_at", now, settings.OBJECTIONS_PER_ADDRESS)
    _require_below(received.filter(notice=notice), "received_at", now, settings.OBJECTIONS_PER_NOTICE)


def _require_below(rows, field: str, now: datetime.datetime, limits: tuple[int, int]) -> None:
    """`limits`: how many within an hour, and within the day."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for limit, since in zip(limits, (now - ONE_HOUR, day), strict=True):
        if rows.filter(**{f"{field}__gt": since}).count() >= limit:
            raise TooMany(
                Reason(
                    text=_("Too many have come in within a short time. Nothing was kept."),
                    remedy=_("Try again later, or turn to the leadership office directly."),
                )
            )


def _record_without_address(assessment) -> None:
    """The audit trail says that an objection came in; where from is nobody's business."""
    token = context.address.set("")
    try:
        record(
            action="objection.receive",
            actor=None,
            actor_name=_("Somebody from the public"),
            obj=assessment,
            unit=assessment.application.cycle.programme.owner,
        )
    finally:
        context.address.reset(token)
