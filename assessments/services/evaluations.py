"""The quarterly evaluation of units: reports, confirmation, objections, closing (季度考评)."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import IMAGES, OFFICE, PDF, checked_content_type
from accounts.words import lazy_day
from assessments.enums import ObjectionOutcome
from assessments.evaluation_enums import (
    EvaluationAction,
    EvaluationState,
    UnitEvaluationAction,
    UnitEvaluationState,
)
from assessments.evaluation_rules import (
    last_day_over,
    owner_of,
    silence_confirms,
    why_not_of_the_year,
    why_not_report,
    why_not_unit_action,
)
from assessments.evaluation_sums import (
    class_ranks,
    digest,
    quarter_arithmetic,
    recomputed,
)
from assessments.models import (
    Duty,
    DutyPoints,
    DutyReport,
    Evaluation,
    UnitEvaluation,
    UnitObjection,
)
from assessments.services.common import lock_evaluation
from assessments.services.evaluation_points import same_points, why_not_entry, write_points
from assessments.services.staircase import transition
from notices.services import notify
from notices.workdays import nth_working_day
from sites.models import Programme

#: What may be added to a report; nothing has to be.
REPORT_FILES = PDF | IMAGES | OFFICE


# --- reports of the units -------------------------------------------------------------------------------------


@transaction.atomic
def report_duty(
    *,
    actor,
    unit_evaluation: UnitEvaluation,
    duty: Duty,
    done_on: datetime.date,
    text: str,
    upload: UploadedFile | None = None,
) -> DutyReport:
    """A unit's report that a duty is done; again replaces what was reported before. A paper is optional."""
    evaluation = lock_evaluation(unit_evaluation.evaluation)
    unit_evaluation = _reload(unit_evaluation, evaluation)
    require(why_not_report(actor, unit_evaluation, duty))
    if done_on > clock.today():
        raise DomainError(Reason(text=_("The day on which it was done lies in the future.")))
    require(why_not_of_the_year(duty, done_on))
    if not text.strip():
        raise DomainError(Reason(text=_("Write what was done.")))
    if upload is not None:
        checked_content_type(upload, REPORT_FILES)
    report = DutyReport.objects.create(
        unit_evaluation=unit_evaluation,
        duty=duty,
        done_on=done_on,
        text=text,
        file=upload or "",
        file_name=upload.name[:200] if upload else "",
        reported_by=actor,
        reported_at=clock.now(),
    )
    record(
        action="duty.report", actor=actor, obj=duty, unit=unit_evaluation.unit, done_on=done_on.isoformat()
    )
    return report


# --- confirmation and objections ------------------------------------------------------------------------------


@transaction.atomic
def send_quarter(*, actor, evaluation: Evaluation) -> Evaluation:
    """Send every unit its points for confirmation; from now on they change through objections only."""
    locked = lock_evaluation(evaluation)
    rules = locked.cycle.evaluation
    last_day = nth_working_day(clock.today() + datetime.timedelta(days=1), rules["confirm_working_days"])
    found = recomputed(locked)
    transition(
        obj=locked,
        action=EvaluationAction.SEND,
        actor=actor,
        content_hash=digest({str(pk): arithmetic for pk, arithmetic in found.items()}),
        rules=rules,
        sent_at=clock.now(),
        confirm_by=last_day,
    )
    for row in locked.units.select_related("unit"):
        row.evaluation = locked
        transition(
            obj=row,
            action=UnitEvaluationAction.SEND,
            actor=actor,
            content_hash=digest(found[row.pk]),
            arithmetic=found[row.pk],
            total=Decimal(found[row.pk]["total"]),
        )
        _tell_unit(
            row,
            format_lazy(
                gettext_lazy("Please confirm by {day}: {quarter}"), day=lazy_day(last_day), quarter=locked
            ),
        )
    return locked


@transaction.atomic
def confirm_result(*, actor, unit_evaluation: UnitEvaluation) -> None:
    """The unit agrees with its points."""
    row = _lock_row(unit_evaluation)
    transition(obj=row, action=UnitEvaluationAction.CONFIRM, actor=actor, content_hash=digest(row.arithmetic))


@transaction.atomic
def object_to_result(*, actor, unit_evaluation: UnitEvaluation, text: str) -> UnitObjection:
    """The unit disagrees and says why; the office decides before the quarter is closed."""
    row = _lock_row(unit_evaluation)
    transition(
        obj=row,
        action=UnitEvaluationAction.OBJECT,
        actor=actor,
        reason=text,
        content_hash=digest(row.arithmetic),
    )
    objection = UnitObjection.objects.create(
        unit_evaluation=row, text=text, raised_by=actor, raised_at=clock.now()
    )
    notify(
        recipients=users_with_role(Role.OFFICE, owner_of(row.evaluation.cycle)),
        subject=format_lazy(gettext_lazy("Objection to the evaluation: {unit}"), unit=row.unit),
        body=text,
        url=address_of_unit(row),
    )
    return objection


@transaction.atomic
def decide_unit_objection(
    *, actor, objection: UnitObjection, upheld: bool, findings: str, corrections: Mapping[int, Mapping]
) -> None:
    """Record what came of a unit's objection; upheld means that points are corrected, with findings either way.

    `corrections` maps duty ids to {"points", "done_on", "reason"}; what equals the present points is left alone.
    """
    row = _lock_row(objection.unit_evaluation)
    objection = UnitObjection.objects.select_for_update().get(pk=objection.pk)
    require(why_not_unit_action(actor, row, UnitEvaluationAction.DECIDE, findings))
    written = _correct(actor, row, objection, corrections) if upheld else 0
    if upheld and not written:
        raise DomainError(
            Reason(
                text=_("An objection is upheld by correcting points."),
                remedy=_("Change the points concerned, or decide that it is not upheld."),
            )
        )
    found = recomputed(row.evaluation)[row.pk]
    transition(
        obj=row,
        action=UnitEvaluationAction.DECIDE,
        actor=actor,
        reason=findings,
        content_hash=digest(found),
        arithmetic=found,
        total=Decimal(found["total"]),
    )
    objection.outcome = ObjectionOutcome.UPHELD if upheld else ObjectionOutcome.DISMISSED
    objection.findings, objection.decided_by, objection.decided_at = findings, actor, clock.now()
    objection.save(update_fields=["outcome", "findings", "decided_by", "decided_at"])
    _tell_unit(row, gettext_lazy("Your objection to the evaluation was decided"), findings)


def _correct(actor, row: UnitEvaluation, objection: UnitObjection, corrections: Mapping[int, Mapping]) -> int:
    latest = {found.duty_id: found for found in DutyPoints.objects.latest_rows().filter(unit_evaluation=row)}
    written = 0
    for duty in Duty.objects.filter(pk__in=corrections, evaluation=row.evaluation):
        entry = corrections[duty.pk]
        if not same_points(latest.get(duty.pk), entry):
            require(why_not_entry(row, duty, entry, None))
            write_points(actor, row, duty, entry, objection)
            written += 1
    return written


def lapse_silent(*, evaluation: Evaluation) -> int:
    """Take the silence of units as confirmation once the last day is over, where the rule says so.

    Returns how many units it was; safe to call twice.
    """
    with transaction.atomic():
        locked = lock_evaluation(evaluation)
        if (
            locked.state != EvaluationState.SCORED
            or not silence_confirms(locked)
            or not last_day_over(locked)
        ):
            return 0
        silent = list(locked.units.filter(state=UnitEvaluationState.SENT).select_related("unit"))
        for row in silent:
            row.evaluation = locked
            transition(
                obj=row, action=UnitEvaluationAction.LAPSE, actor=None, content_hash=digest(row.arithmetic)
            )
        return len(silent)


def lapse_all_silent() -> int:
    """The same for every quarter whose last day is over; each in a transaction of its own."""
    waiting = Evaluation.objects.filter(state=EvaluationState.SCORED, confirm_by__lt=clock.today())
    return sum(lapse_silent(evaluation=evaluation) for evaluation in waiting)


@transaction.atomic
def close_quarter(*, actor, evaluation: Evaluation) -> Evaluation:
    """Close a quarter: totals and ranks are frozen (`evaluation_talks.close_quarter` goes on with the year's end).

    Raises DomainError while a unit has not answered or an objection is open.
    """
    # First the programme: two quarters closed at once must not each take the other for the last one.
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=evaluation.cycle.programme_id)
    locked = lock_evaluation(evaluation)
    lapse_silent(evaluation=locked)
    units = list(locked.units.select_related("unit", "unit_class"))
    frozen = {}
    if all(row.total is not None for row in units):
        placed = class_ranks(units, {row.pk: row.total for row in units})
        for row in units:
            row.rank = placed[row.pk]
        frozen = quarter_arithmetic(units, placed)
    transition(
        obj=locked,
        action=EvaluationAction.CLOSE,
        actor=actor,
        content_hash=digest(frozen),
        arithmetic=frozen,
        closed_at=clock.now(),
    )
    UnitEvaluation.objects.bulk_update(units, ["rank"])
    for row in units:
        _tell_unit(row, format_lazy(gettext_lazy("Closed: {quarter}"), quarter=locked))
    return locked


# --- shared ---------------------------------------------------------------------------------------------------


def address_of_unit(row: UnitEvaluation) -> str:
    return reverse("assessments:evaluation_unit", args=[row.pk])


def _reload(row: UnitEvaluation, evaluation: Evaluation) -> UnitEvaluation:
    fresh = UnitEvaluation.objects.select_related("unit", "unit_class").get(pk=row.pk)
    fresh.evaluation = evaluation
    return fresh


def _lock_row(row: UnitEvaluation) -> UnitEvaluation:
    """A unit's row with its quarter, both locked, the quarter first as everywhere."""
    evaluation = lock_evaluation(row.evaluation)
    UnitEvaluation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return _reload(row, evaluation)


def _tell_unit(row: UnitEvaluation, subject, body="") -> None:
    notify(
        recipients=users_with_role(Role.UNIT_STAFF, row.unit),
        subject=subject,
        body=body,
        url=address_of_unit(row),
    )
