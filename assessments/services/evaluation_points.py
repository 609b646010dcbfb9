"""Points the office gives units for the duties of a quarter: for one duty at a time, each row kept."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.services import record
from accounts.words import lazy_list
from assessments.evaluation_rules import is_asked, owner_of, why_not_points, why_not_score
from assessments.models import Duty, DutyPoints, DutyReport, Evaluation, UnitClass, UnitEvaluation
from assessments.services.common import lock_evaluation


@transaction.atomic
def score_duty(*, actor, evaluation: Evaluation, duty: Duty, entries: Mapping[int, Mapping]) -> int:
    """Give units their points for a duty. Returns how many rows were written; what is unchanged is not written again.

    `entries` maps ids of units' rows to {"points", "done_on", "reason", "seen"}; `seen` is the id of the row the
    office looked at (0: none). Raises StaleForm when another window gave points since, DomainError for points that
    do not fit.
    """
    locked = lock_evaluation(evaluation)
    require(why_not_score(actor, locked))
    units = {row.pk: row for row in locked.units.filter(pk__in=entries).select_related("unit")}
    if duty.evaluation_id != locked.pk or len(units) != len(entries):
        raise DomainError(Reason(text=_("These units are not part of this quarter.")))
    latest = {row.unit_evaluation_id: row for row in DutyPoints.objects.latest_rows().filter(duty=duty)}
    _demand_fresh(units, latest, entries)
    reported = {row.unit_evaluation_id: row for row in DutyReport.objects.latest_rows().filter(duty=duty)}
    written = 0
    for pk, entry in entries.items():
        if same_points(latest.get(pk), entry):
            continue
        require(why_not_entry(units[pk], duty, entry, reported.get(pk)))
        write_points(actor, units[pk], duty, entry)
        written += 1
    if written:
        record(action="duty.score", actor=actor, obj=duty, unit=owner_of(locked.cycle), units=written)
    return written


@transaction.atomic
def score_reported(*, actor, evaluation: Evaluation, duty: Duty, unit_class: UnitClass | None = None) -> int:
    """Give full points to every unit that reported the duty and has none yet, on the day it reported."""
    locked = lock_evaluation(evaluation)
    require(why_not_score(actor, locked))
    scored = DutyPoints.objects.filter(duty=duty).values("unit_evaluation")
    reports = DutyReport.objects.latest_rows().filter(duty=duty, unit_evaluation__evaluation=locked)
    reports = reports.exclude(unit_evaluation__in=scored)
    if unit_class is not None:
        reports = reports.filter(unit_evaluation__unit_class=unit_class)
    entries = {
        report.unit_evaluation_id: {
            "points": duty.points,
            "done_on": report.done_on,
            "reason": "",
            "seen": 0,
        }
        for report in reports
    }
    return score_duty(actor=actor, evaluation=locked, duty=duty, entries=entries)


def _demand_fresh(units: Mapping, latest: Mapping, entries: Mapping) -> None:
    stale = [
        str(units[pk].unit)
        for pk, entry in entries.items()
        if (latest[pk].pk if pk in latest else 0) != entry["seen"]
    ]
    if stale:
        raise StaleForm(
            Reason(
                text=_("Points were given in another window after you opened the page: %(units)s.")
                % {"units": lazy_list(stale)},
                remedy=_("Look at the page again before you save."),
            )
        )


def same_points(row: DutyPoints | None, entry: Mapping) -> bool:
    """Whether an entry says what the row says already."""
    return row is not None and (row.points, row.done_on, row.reason) == (
        entry["points"],
        entry["done_on"],
        entry["reason"],
    )


def why_not_entry(
    unit_row: UnitEvaluation, duty: Duty, entry: Mapping, report: DutyReport | None
) -> Reason | None:
    """The points fit, and where the office takes another day than the unit reported it says why."""
    if not is_asked(unit_row, duty):
        return Reason(
            text=_("“%(duty)s” is not asked of %(unit)s in this quarter.")
            % {"duty": duty, "unit": unit_row.unit}
        )
    refusal = why_not_points(duty, entry["points"], entry["done_on"], entry["reason"])
    if refusal is None and report and report.done_on != entry["done_on"] and not entry["reason"].strip():
        refusal = Reason(
            text=_("The day differs from the one %(unit)s reported; write the reason.")
            % {"unit": unit_row.unit}
        )
    if refusal is None:
        return None
    return Reason(text=f"{unit_row.unit} · {refusal.text}", article=refusal.article, remedy=refusal.remedy)


def write_points(actor, unit_row, duty, entry, objection=None) -> DutyPoints:
    """Add points that were checked before; `objection` is the one they come from."""
    return DutyPoints.objects.create(
        unit_evaluation=unit_row,
        duty=duty,
        points=entry["points"],
        done_on=entry["done_on"],
        reason=entry["reason"].strip(),
        objection=objection,
        given_by=actor,
        given_at=clock.now(),
    )
