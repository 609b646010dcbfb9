"""Who assesses what: assignment by hand and automatic, taken back, and conflicts of interest (回避)."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.shortcuts import assign_perm, remove_perm

from accounts import clock
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.models import User
from accounts.services import record
from applications.models import Cycle
from assessments.assignment import Plan, fingerprint, plan_assignments
from assessments.models import Assessment, Recusal, ScoreSheet
from assessments.rules import why_not_assessor
from assessments.services.common import address_of, lock_scoring, office_of, require_office
from notices.services import notify


@transaction.atomic
def assign_assessor(*, actor, assessment: Assessment, assessor: User) -> ScoreSheet:
    """Give an application to an assessor by hand: a score sheet, and the sight of this one application.

    Raises DomainError for somebody of the unit that filed, in a declared conflict, or who is no assessor.
    """
    require_office(actor, assessment)
    locked = lock_scoring(assessment)
    require(why_not_assessor(assessor, locked))
    return _give(actor, locked, assessor, _("Chosen by the office."))


@transaction.atomic
def assign_automatically(
    *, actor, cycle: Cycle, assessments: Sequence[Assessment], seen: str | None = None
) -> list[Plan]:
    """Give each assessment the assessors its set wants, by the order of `assessments.assignment`.

    Args:
        seen: the fingerprint of the plan that was looked at; None: whatever comes out.

    Returns the plans carried out, with who is still missing and why. Raises StaleForm when another plan would come
    out than was looked at, DomainError for an assessment that is closed.
    """
    # One at a time for a cycle: what another gives meanwhile would count.
    cycle = (
        Cycle.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__owner")
        .get(pk=cycle.pk)
    )
    locked = [lock_scoring(assessment) for assessment in sorted(assessments, key=lambda each: each.pk)]
    for assessment in locked:
        require_office(actor, assessment)
    plans = plan_assignments(cycle, locked)
    if seen is not None and fingerprint(plans) != seen:
        raise StaleForm(
            Reason(
                text=_("Something changed since you looked at this assignment; nothing was assigned."),
                remedy=_("Look at it as it would be now, then decide."),
            )
        )
    for plan in plans:
        for choice in plan.chosen:
            _give(actor, plan.assessment, choice.assessor, choice.because)
    return plans


@transaction.atomic
def unassign_assessor(*, actor, sheet: ScoreSheet) -> None:
    """Take an assignment back as long as the sheet was never handed in."""
    require_office(actor, sheet.assessment)
    assessment = lock_scoring(sheet.assessment)
    locked = _lock_sheet(sheet)
    if locked is None:
        return  # a second click: it is taken back already
    if locked.handed_in_at is not None or locked.returns.exists():
        raise DomainError(Reason(text=_("The sheet was handed in already and stays.")))
    _take_back(locked, assessment)
    record(
        action="assessor.unassign",
        actor=actor,
        obj=assessment,
        unit=assessment.application.area,
        assessor=sheet.assessor.username,
    )


@transaction.atomic
def declare_conflict(*, actor, sheet: ScoreSheet, reason: str) -> Recusal:
    """An assessor steps back from an application: the sheet is gone, the office is told, nobody assigns the
    person to it again. Raises DomainError for another's sheet or without a reason."""
    assessment = lock_scoring(sheet.assessment)
    if sheet.assessor_id != actor.pk:
        raise DomainError(Reason(text=_("A conflict of interest is declared for oneself.")))
    recusal = _recuse(actor, assessment, actor, reason)
    notify(
        recipients=office_of(assessment),
        subject=format_lazy(
            gettext_lazy("{person} steps back from assessing: {site}"),
            person=str(actor),
            site=assessment.application.site.name,
        ),
        body=reason,
        url=address_of(assessment),
    )
    return recusal


@transaction.atomic
def note_conflict(*, actor, assessment: Assessment, assessor: User, reason: str) -> Recusal:
    """The office notes a conflict of interest it learnt of; a sheet of that person does not count any more."""
    require_office(actor, assessment)
    locked = lock_scoring(assessment)
    recusal = _recuse(actor, locked, assessor, reason)
    notify(
        recipients=[assessor],
        subject=format_lazy(
            gettext_lazy("You do not assess this site any more: {site}"), site=locked.application.site.name
        ),
        body=reason,
        url=reverse("assessments:list"),
    )
    return recusal


def _recuse(actor, assessment: Assessment, assessor: User, reason: str) -> Recusal:
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))
    sheet = _lock_sheet(ScoreSheet.objects.filter(assessment=assessment, assessor=assessor).first())
    recusal, created = Recusal.objects.get_or_create(
        assessment=assessment,
        assessor=assessor,
        defaults={
            "reason": reason.strip(),
            "declared_by": actor,
            "declared_at": clock.now(),
            "withdrawn_total": sheet and sheet.handed_in_at and sheet.total,
        },
    )
    if not created:
        raise DomainError(Reason(text=_("This conflict of interest is on record already.")))
    if sheet:
        _take_back(sheet, assessment)
    record(
        action="assessor.recuse",
        actor=actor,
        obj=assessment,
        unit=assessment.application.area,
        reason=reason,
        assessor=assessor.username,
        total=str(recusal.withdrawn_total or ""),
    )
    return recusal


def _give(actor, assessment: Assessment, assessor: User, because: str) -> ScoreSheet:
    sheet, created = ScoreSheet.objects.get_or_create(
        assessment=assessment,
        assessor=assessor,
        defaults={"assigned_at": clock.now(), "assigned_because": because},
    )
    if created:
        assign_perm("applications.assess_application", assessor, assessment.application)
        record(
            action="assessor.assign",
            actor=actor,
            obj=assessment,
            unit=assessment.application.area,
            assessor=assessor.username,
            because=because,
        )
        notify(
            recipients=[assessor],
            subject=format_lazy(gettext_lazy("Please assess: {site}"), site=assessment.application.site.name),
            url=reverse("assessments:sheet", args=[sheet.pk]),
        )
    return sheet


def _take_back(sheet: ScoreSheet, assessment: Assessment) -> None:
    remove_perm("applications.assess_application", sheet.assessor, assessment.application)
    sheet.delete()


def _lock_sheet(sheet: ScoreSheet | None) -> ScoreSheet | None:
    return sheet and ScoreSheet.objects.select_for_update(of=("self",)).filter(pk=sheet.pk).first()
