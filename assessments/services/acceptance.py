"""Acceptance (考核验收): open, assign, score, hand in, close."""

from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from guardian.shortcuts import assign_perm, remove_perm

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.models import User
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_list
from applications.enums import ApplicationState
from applications.models import Application
from applications.services import conclude
from assessments.enums import AssessmentAction, AssessmentState
from assessments.models import Assessment, Score, ScoreSheet
from assessments.rules import may_assess, why_not_assessor
from assessments.scoring import indicator_set_for, missing_lines, result_of, sheet_total
from assessments.services.common import address_of, lock, office_of, require_office, transition
from notices.services import notify


@transaction.atomic
def open_assessment(*, actor, application: Application) -> Assessment:
    """Begin the acceptance of an accepted application by its category's indicators; twice gives the same."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    require_office(actor, Assessment(application=application))
    existing = Assessment.objects.filter(application=application).first()
    if existing:
        return existing
    if application.state != ApplicationState.ACCEPTED:
        raise DomainError(Reason(text=_("Only an accepted application is assessed.")))
    indicator_set = indicator_set_for(application)
    if indicator_set is None:
        raise DomainError(
            Reason(
                text=_("The programme file has no indicator set for %(category)s.")
                % {"category": application.site.category}
            )
        )
    assessment = Assessment.objects.create(
        application=application, indicator_set=indicator_set, started_at=clock.now()
    )
    record(action="assessment.open", actor=actor, obj=assessment, unit=application.area)
    return assessment


@transaction.atomic
def assign_assessor(*, actor, assessment: Assessment, assessor: User) -> ScoreSheet:
    """Give an application to an assessor: a score sheet, and the sight of this one application.

    Raises DomainError for somebody of the unit that filed, or who is no assessor.
    """
    require_office(actor, assessment)
    locked = _lock_scoring(assessment)
    require(why_not_assessor(assessor, locked))
    sheet, created = ScoreSheet.objects.get_or_create(
        assessment=locked, assessor=assessor, defaults={"assigned_at": clock.now()}
    )
    if created:
        assign_perm("applications.assess_application", assessor, locked.application)
        record(
            action="assessor.assign",
            actor=actor,
            obj=locked,
            unit=locked.application.area,
            assessor=assessor.username,
        )
        notify(
            recipients=[assessor],
            subject=format_lazy(gettext_lazy("Please assess: {site}"), site=locked.application.site.name),
            url=reverse("assessments:sheet", args=[sheet.pk]),
        )
    return sheet


@transaction.atomic
def unassign_assessor(*, actor, sheet: ScoreSheet) -> None:
    """Take an assignment back as long as the sheet was not handed in."""
    require_office(actor, sheet.assessment)
    assessment = _lock_scoring(sheet.assessment)
    locked = ScoreSheet.objects.select_for_update(of=("self",)).filter(pk=sheet.pk).first()
    if locked is None:
        return  # a second click: it is taken back already
    if locked.handed_in_at is not None:
        raise DomainError(Reason(text=_("The sheet was handed in already and stays.")))
    remove_perm("applications.assess_application", sheet.assessor, assessment.application)
    record(
        action="assessor.unassign",
        actor=actor,
        obj=assessment,
        unit=assessment.application.area,
        assessor=sheet.assessor.username,
    )
    locked.delete()


@transaction.atomic
def save_sheet(
    *, actor, sheet: ScoreSheet, revision: int, lines: dict[int, dict], summary: str = ""
) -> ScoreSheet:
    """Keep an assessor's points. `lines` maps indicator ids to {"points", "veto", "evidence"}.

    Raises StaleForm when another window saved in between, DomainError for points beyond the indicator's.
    """
    locked = _own_sheet(actor, sheet)
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This sheet was saved in another window after you opened it here."),
                remedy=_("What you typed is kept: compare it with what was saved there, then decide."),
            )
        )
    indicators = locked.assessment.indicator_set.indicators.filter(pk__in=lines)
    Score.objects.bulk_create(
        [_line(locked, indicator, **lines[indicator.pk]) for indicator in indicators],
        update_conflicts=True,
        unique_fields=["sheet", "indicator"],
        update_fields=["points", "veto", "evidence"],
    )
    locked.summary = summary
    locked.revision += 1
    locked.save(update_fields=["summary", "revision"])
    return locked


@transaction.atomic
def hand_in_sheet(*, actor, sheet: ScoreSheet, revision: int | None = None) -> ScoreSheet:
    """Hand a complete sheet in; it cannot be changed afterwards.

    `revision` is what the assessor has looked at; raises StaleForm when another window saved since.
    """
    locked = _own_sheet(actor, sheet)
    if revision is not None and locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This sheet was saved in another window after you looked at it here."),
                remedy=_("Look at it again before handing in."),
            )
        )
    missing = missing_lines(locked)
    if missing:
        raise DomainError(
            Reason(text=_("Points are missing for: %(codes)s.") % {"codes": lazy_list(missing)})
        )
    locked.total, locked.vetoed = sheet_total(locked)
    locked.handed_in_at = clock.now()
    locked.save(update_fields=["total", "vetoed", "handed_in_at"])
    record(action="sheet.hand_in", actor=actor, obj=locked, unit=locked.assessment.application.area)
    notify(
        recipients=office_of(locked.assessment),
        subject=format_lazy(
            gettext_lazy("Score sheet handed in: {site}"), site=locked.assessment.application.site.name
        ),
        url=address_of(locked.assessment),
    )
    return locked


@transaction.atomic
def close_assessment(*, actor, assessment: Assessment) -> Assessment:
    """Close the scoring: the result follows from the sheets. A site that fails ends its application here."""
    locked = lock(assessment)
    result = result_of(locked)
    action = AssessmentAction.PASS if result.passed else AssessmentAction.FAIL
    transition(
        obj=locked,
        action=action,
        actor=actor,
        score=result.score,
        vetoed=result.vetoed,
        closed_at=clock.now(),
    )
    if not result.passed:
        reason = _("Assessment not passed: %(score)s points, pass mark %(mark)s.") % {
            "score": result.score,
            "mark": result.pass_mark,
        }
        conclude(actor=actor, application=locked.application, awarded=False, reason=reason)
    else:
        notify(
            recipients=users_with_role(Role.LEADER, locked.application.cycle.programme.owner),
            subject=format_lazy(gettext_lazy("For deliberation: {site}"), site=locked.application.site.name),
            url=address_of(locked),
        )
    return locked


def _line(sheet: ScoreSheet, indicator, *, points: Decimal | None, veto: bool, evidence: str) -> Score:
    if points is not None and (indicator.points is None or not 0 <= points <= indicator.points):
        raise DomainError(
            Reason(
                text=_("%(code)s: points must lie between 0 and %(most)s.")
                % {"code": indicator.code, "most": indicator.points or 0}
            )
        )
    return Score(
        sheet=sheet,
        indicator=indicator,
        points=points,
        veto=veto and indicator.is_veto,
        evidence=evidence,
    )


def _own_sheet(actor, sheet: ScoreSheet) -> ScoreSheet:
    locked = (
        ScoreSheet.objects.select_for_update(of=("self",))
        .select_related("assessment__application")
        .get(pk=sheet.pk)
    )
    if not may_assess(actor, locked):
        raise DomainError(
            Reason(
                text=_("This sheet cannot be changed: it was handed in, is closed, or is another assessor's.")
            )
        )
    return locked


def _lock_scoring(assessment: Assessment) -> Assessment:
    """The assessment, locked and still open: nobody is assigned or taken off while another closes it."""
    locked = lock(assessment)
    if locked.state != AssessmentState.SCORING:
        raise DomainError(Reason(text=_("The assessment is closed.")))
    return locked
