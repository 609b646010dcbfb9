"""Public notice (公示) and the objections (异议) raised during it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from assessments.enums import AssessmentAction, AssessmentState, ObjectionOutcome
from assessments.models import Assessment, Objection, PublicNotice
from assessments.rules import why_renamed
from assessments.services.common import lock, require_office
from assessments.services.staircase import transition
from notices.workdays import nth_working_day

#: How far ahead a public notice may be dated: further is a slip of the keyboard.
LATEST_NOTICE = datetime.timedelta(days=31)


@transaction.atomic
def publish_notice(*, actor, assessment: Assessment, starts_on: datetime.date) -> PublicNotice:
    """Start the public notice (公示) of the cycle's number of working days, the first day counting."""
    if not clock.today() <= starts_on <= clock.today() + LATEST_NOTICE:
        raise DomainError(
            Reason(
                text=_("A public notice begins today or within the next %(days)s days.")
                % {"days": LATEST_NOTICE.days}
            )
        )
    locked = lock(assessment)
    require(why_renamed(locked.application))
    transition(obj=locked, action=AssessmentAction.PUBLISH, actor=actor)
    days = locked.application.cycle.notice_working_days
    return PublicNotice.objects.create(
        assessment=locked,
        site_name=locked.application.site.name,
        starts_on=starts_on,
        ends_on=nth_working_day(starts_on, days),
        working_days=days,
        published_by=actor,
    )


@transaction.atomic
def record_objection(*, actor, notice: PublicNotice, received_on: datetime.date, text: str) -> Objection:
    """Note an objection received during the notice. The name of who objects is not kept."""
    locked = lock(notice.assessment)
    require_office(actor, locked)
    if locked.state != AssessmentState.NOTICED:
        raise DomainError(Reason(text=_("The notice has been concluded.")))
    if not notice.starts_on <= received_on <= min(notice.ends_on, clock.today()):
        raise DomainError(Reason(text=_("The day must lie within the notice and not in the future.")))
    objection = Objection.objects.create(notice=notice, received_on=received_on, text=text)
    record(action="objection.record", actor=actor, obj=locked, unit=locked.application.area)
    return objection


@transaction.atomic
def decide_objection(*, actor, objection: Objection, upheld: bool, findings: str) -> None:
    """Record what came of an objection; needs findings. An award stays blocked by an upheld one."""
    locked = lock(objection.notice.assessment)
    require_office(actor, locked)
    if not findings.strip():
        raise DomainError(Reason(text=_("Write what was found: it is kept with the decision.")))
    changed = Objection.objects.filter(pk=objection.pk, outcome=ObjectionOutcome.OPEN).update(
        outcome=ObjectionOutcome.UPHELD if upheld else ObjectionOutcome.DISMISSED,
        findings=findings,
        decided_by=actor,
        decided_at=clock.now(),
    )
    if not changed:
        raise DomainError(Reason(text=_("This objection was decided already.")))
    record(action="objection.decide", actor=actor, obj=locked, unit=locked.application.area, reason=findings)
