"""Who may take which step of an assessment, in which order, and what has to be there before it."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import READING_ROLES, Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from accounts.scope import units_with_role
from accounts.words import lazy_day
from applications.content import standing_content
from applications.eligibility import why_not_on_ladder
from applications.enums import Step
from applications.rules import level_rule
from assessments.due import acceptance_day, days_late
from assessments.enums import (
    ASSESSMENT_TRANSITIONS,
    STEP_OF_ACTION,
    STEPS_DONE,
    AssessmentAction,
    AssessmentState,
    ObjectionOutcome,
)
from assessments.models import Assessment, ScoreSheet
from assessments.scoring import result_of, sheets_progress
from assessments.words import plain
from sites.selectors import plaque_held

OFFICE = (Role.OFFICE,)
#: States in which declining records what came from outside: the answer from above, an objection upheld.
DECLINED_BY_OFFICE = (AssessmentState.RECOMMENDED, AssessmentState.NOTICED)
#: Who may walk which step of an assessment.
ACTION_ROLES = {
    AssessmentAction.PASS: OFFICE,
    AssessmentAction.FAIL: OFFICE,
    AssessmentAction.APPROVE: (Role.LEADER,),
    AssessmentAction.DECLINE: (Role.LEADER, Role.OFFICE),
    AssessmentAction.RECOMMEND: OFFICE,
    AssessmentAction.CONFIRM: OFFICE,
    AssessmentAction.PUBLISH: OFFICE,
    AssessmentAction.AWARD: OFFICE,
}


def may_assess(user, sheet: ScoreSheet) -> bool:
    """Only the assessor named on the sheet, while it is not handed in and the assessment is open."""
    return (
        sheet.assessor_id == user.pk
        and has_role(user, Role.ASSESSOR)
        and sheet.handed_in_at is None
        and sheet.assessment.state == AssessmentState.SCORING
    )


def may_step_back(user, sheet: ScoreSheet) -> bool:
    """The assessor named on a sheet may declare a conflict of interest as long as the assessment is open."""
    return sheet.assessor_id == user.pk and sheet.assessment.state == AssessmentState.SCORING


def may_lead_cycle(user, cycle) -> bool:
    return has_role(user, Role.OFFICE, cycle.programme.owner)


def may_read_decisions(user, cycle) -> bool:
    """The office and the leaders of the programme: meetings, ranks and objections are theirs to read."""
    return may_lead_cycle(user, cycle) or has_role(user, Role.LEADER, cycle.programme.owner)


def may_read_scores(user, assessment: Assessment) -> bool:
    """Whoever sees a closed assessment reads its scores; before, those who decide, but nobody whose own sheet of it
    is still out."""
    if assessment.state != AssessmentState.SCORING:
        return True
    own_is_out = assessment.sheets.filter(assessor=user, handed_in_at=None).exists()
    return may_read_decisions(user, assessment.application.cycle) and not own_is_out


def may_lead_assessment(user, assessment: Assessment) -> bool:
    return has_role(user, Role.OFFICE, assessment.application.cycle.programme.owner)


def may_have_dossier(user, area) -> bool:
    """County staff, leadership office and leaders have the dossiers of the areas their role reaches."""
    return any(unit.contains(area) for unit in units_with_role(user, READING_ROLES))


def why_not_assessor(user, assessment: Assessment, recusals=None) -> Reason | None:
    """Why this person may not assess this application: no assessor of the programme, of the unit that filed
    it (by home or as its staff), or in a conflict of interest that was declared. `recusals` are those of the
    assessment, where they were read already. `selectors.free_assessors` asks the same of all people at once."""
    application = assessment.application
    if not user.is_active or not has_role(user, Role.ASSESSOR, application.cycle.programme.owner):
        return Reason(text=_("%(person)s is not an assessor.") % {"person": user})
    at_home = user.unit_id and application.area.contains(user.unit)
    if at_home or has_role(user, Role.UNIT_STAFF, application.area):
        return Reason(
            text=_("%(person)s belongs to %(unit)s, which filed this application.")
            % {"person": user, "unit": application.area},
            remedy=_("Choose an assessor of another unit."),
        )
    if recusals is None:
        recusals = assessment.recusals.filter(assessor=user)
    declared = next((recusal for recusal in recusals if recusal.assessor_id == user.pk), None)
    return declared and Reason(
        text=_("%(person)s has a conflict of interest: %(reason)s.")
        % {"person": user, "reason": declared.reason.rstrip("。. ")},
        remedy=_("Choose somebody else."),
    )


def why_not_action(user, assessment: Assessment, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of an assessment now, or None."""
    owner = assessment.application.cycle.programme.owner
    refusal = why_not_role(user, _roles(assessment, action), owner) or _why_not_in_order(assessment, action)
    if refusal is None and action == AssessmentAction.DECLINE and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    if refusal is None and action in (AssessmentAction.PASS, AssessmentAction.FAIL):
        refusal = _why_not_close(assessment, action) or _why_not_late(assessment, reason)
    if refusal is None and action == AssessmentAction.AWARD:
        refusal = _why_not_award(assessment)
    return refusal


def may_take(user, assessment: Assessment, action: str) -> bool:
    """Whether a page offers this step to this person: the table has it, and nothing speaks against it but,
    perhaps, a reason not yet written."""
    known = (assessment.state, action) in ASSESSMENT_TRANSITIONS
    return known and why_not_action(user, assessment, action, reason="-") is None


def _roles(assessment: Assessment, action: str) -> tuple[str, ...]:
    """Declining is the leader's at the deliberation and while only the approval or a confirmation stands;
    what comes from outside (the answer from above, an objection upheld) the office records."""
    if action == AssessmentAction.DECLINE:
        return OFFICE if assessment.state in DECLINED_BY_OFFICE else (Role.LEADER,)
    return ACTION_ROLES[action]


def steps(assessment: Assessment) -> list[str]:
    """The steps the cycle's rule names for this level, in order (lists bring them along as `rule_steps`)."""
    known = getattr(assessment, "rule_steps", None)
    return list(level_rule(assessment.application).steps if known is None else known)


def next_step(assessment: Assessment, state: str | None = None) -> str | None:
    """The first step of the level's rule not yet behind the assessment in its state (or in `state`).

    None: the award is next, or all is over.
    """
    done = STEPS_DONE.get(state or assessment.state)
    if done is None:
        return None
    return next((step for step in steps(assessment) if step not in done), None)


def why_not_step(assessment: Assessment, step: str) -> Reason | None:
    """Why a step cannot be recorded now: only the one that is due can, and each only once."""
    if next_step(assessment) == step:
        return None
    return Reason(
        text=_("%(step)s is not due now.") % {"step": Step(step).label},
        remedy=_("Load the page again: somebody may have acted in between."),
    )


def _why_not_in_order(assessment: Assessment, action: str) -> Reason | None:
    """Steps are taken in the order of the level's rule; none is skipped and none is added."""
    upcoming = next_step(assessment)
    wanted = STEP_OF_ACTION.get(action)
    if action == AssessmentAction.AWARD:
        in_order = upcoming is None
    elif action == AssessmentAction.DECLINE:
        in_order = True  # in which states: the table says it
    else:
        in_order = upcoming == wanted
    if in_order:
        return None
    return Reason(
        text=_("Another step comes first: %(step)s.") % {"step": Step(upcoming).label}
        if upcoming
        else _("The scheme has no such step for this level."),
        article=assessment.application.cycle.articles.get("ladder", ""),
    )


def _why_not_close(assessment: Assessment, action: str) -> Reason | None:
    handed_in, all_sheets = sheets_progress(assessment)
    if all_sheets == 0:
        return Reason(text=_("No assessor has been assigned yet."))
    if handed_in < all_sheets:
        return Reason(
            text=_("%(missing)s of %(all)s score sheets are not handed in yet.")
            % {"missing": all_sheets - handed_in, "all": all_sheets},
            remedy=_("Remind the assessors, or take the assignment back."),
        )
    result = result_of(assessment)
    if result.passed != (action == AssessmentAction.PASS):
        return Reason(text=_("The result follows from the score sheets and cannot be chosen."))
    return _why_not_discussed(assessment, result)


def _why_not_discussed(assessment: Assessment, result) -> Reason | None:
    """Totals too far apart are talked over before the result stands, and again when a sheet came in since."""
    if not result.discussion_required:
        return None
    last = max(found.sheet.handed_in_at for found in result.sheets)
    if assessment.discussions.filter(recorded_at__gte=last).exists():
        return None
    return Reason(
        text=_("The totals lie %(spread)s points apart, more than %(limit)s.")
        % {"spread": plain(result.spread), "limit": plain(result.indicator_set.spread_limit)},
        remedy=_("The assessors talk it over: record that, or hand a sheet back to be reconsidered."),
    )


def _why_not_late(assessment: Assessment, reason: str) -> Reason | None:
    """After its last day an assessment is closed only with a reason, which stays with the result."""
    due = acceptance_day(assessment)
    if not days_late(assessment, due) or reason.strip():
        return None
    return Reason(
        text=_("The acceptance was due by %(day)s: write why it is closed only now.")
        % {"day": lazy_day(due)},
        article=assessment.application.cycle.articles.get("acceptance", ""),
    )


def why_not_end(assessment: Assessment) -> Reason | None:
    """Why an assessment may not simply be ended with a reason: a decision that is due is recorded instead."""
    if next_step(assessment) == Step.DELIBERATION:
        return Reason(text=_("Record the deliberation: declining is one of its outcomes."))
    if next_step(assessment) == Step.ANSWER:
        return Reason(text=_("Record the answer of the department above: declining is one of its outcomes."))
    return None


def first_award_day(assessment: Assessment) -> datetime.date:
    """The earliest date the plaque may carry: no day before the steps that lead to it were done."""
    deliberation = getattr(assessment, "deliberation", None)
    recommendation = getattr(assessment, "recommendation", None)
    notice = getattr(assessment, "notice", None)
    days = [
        assessment.closed_at and timezone.localdate(assessment.closed_at),
        deliberation and deliberation.held_on,
        recommendation and recommendation.answered_on,
        notice and notice.ends_on + datetime.timedelta(days=1),
    ]
    return max(day for day in days if day)


def why_not_award_on(assessment: Assessment, day: datetime.date) -> Reason | None:
    """Why the plaque may not carry this date: a step was not done then, or the ladder did not hold."""
    first = first_award_day(assessment)
    if day < first:
        return Reason(
            text=_("The plaque cannot be dated before %(day)s: not all steps before it were done then.")
            % {"day": lazy_day(first)}
        )
    application = assessment.application
    return why_not_on_ladder(application.site, level_rule(application), day)


def _why_not_award(assessment: Assessment) -> Reason | None:
    application = assessment.application
    return (
        why_not_after_notice(assessment)
        or why_not_on_ladder(application.site, level_rule(application), clock.today())
        or _why_already_held(application)
        or why_renamed(application)
    )


def why_renamed(application) -> Reason | None:
    """The plaque names what was filed, assessed and put on public notice."""
    filed, site = standing_content(application)["site"], application.site
    if (filed["name"], filed["category"]) == (site.name, site.category.name):
        return None
    return Reason(
        text=_("The site was renamed after it was filed: “%(filed)s”, now “%(now)s”.")
        % {"filed": filed["name"], "now": site.name},
        remedy=_("The county restores the name, or the award is declined with that reason."),
    )


def _why_already_held(application) -> Reason | None:
    held = plaque_held(application.site, application.level)
    return held and Reason(
        text=_("The site already holds the plaque %(number)s of this level.") % {"number": held.number}
    )


def why_not_after_notice(assessment: Assessment) -> Reason | None:
    """Where the level has a public notice: it must be over, and every objection decided and not upheld."""
    notice = getattr(assessment, "notice", None)
    if notice is None:
        return None
    article = assessment.application.cycle.articles.get("notice", "")
    if clock.today() <= notice.ends_on:
        return Reason(
            text=_("The public notice runs until %(day)s (%(count)s working days).")
            % {"day": lazy_day(notice.ends_on), "count": notice.working_days},
            article=article,
            earliest=notice.ends_on + datetime.timedelta(days=1),
        )
    outcomes = set(notice.objections.values_list("outcome", flat=True))
    if ObjectionOutcome.OPEN in outcomes:
        return Reason(
            text=_("An objection has not been decided yet."),
            article=article,
            remedy=_("Record what came of it first."),
        )
    if ObjectionOutcome.UPHELD in outcomes:
        return Reason(
            text=_("An objection was upheld."), article=article, remedy=_("Decline with that reason.")
        )
    return None
