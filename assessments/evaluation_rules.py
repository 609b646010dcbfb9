"""Who may do what in the quarterly evaluation of units, now, and why not."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from accounts.words import lazy_day
from applications.enums import CycleState
from assessments.evaluation_enums import (
    SETTLED,
    TALK_TRANSITIONS,
    UNIT_EVALUATION_TRANSITIONS,
    EvaluationAction,
    EvaluationState,
    TalkAction,
    UnitEvaluationAction,
    UnitEvaluationState,
)
from assessments.models import Evaluation, TalkProposal, UnitEvaluation

#: Who may take which step. The unit's own staff answer for it; silence is nobody's step but the calendar's.
EVALUATION_ROLES = {
    EvaluationAction.SEND: (Role.OFFICE,),
    EvaluationAction.CLOSE: (Role.OFFICE,),
}
UNIT_ROLES = {
    UnitEvaluationAction.SEND: (Role.OFFICE,),
    UnitEvaluationAction.CONFIRM: (Role.UNIT_STAFF,),
    UnitEvaluationAction.OBJECT: (Role.UNIT_STAFF,),
    UnitEvaluationAction.LAPSE: (),
    UnitEvaluationAction.DECIDE: (Role.OFFICE,),
}
TALK_ROLES = {
    TalkAction.ORDER: (Role.LEADER,),
    TalkAction.DROP: (Role.LEADER,),
    TalkAction.HOLD: (Role.OFFICE,),
}
#: Steps of a unit that are taken at the unit itself; all others at the programme's owner.
_AT_THE_UNIT = (UnitEvaluationAction.CONFIRM, UnitEvaluationAction.OBJECT)
_A, _U = EvaluationAction, UnitEvaluationAction


def owner_of(cycle):
    return cycle.programme.owner


def may_run(user, cycle) -> bool:
    """Whether the person is of the leadership office of the programme."""
    return has_role(user, Role.OFFICE, owner_of(cycle))


def may_read_all(user, cycle) -> bool:
    """The office and the leaders of the programme see the evaluation of every unit."""
    return may_run(user, cycle) or has_role(user, Role.LEADER, owner_of(cycle))


def is_staff(user, unit) -> bool:
    return has_role(user, Role.UNIT_STAFF, unit)


def article_of(cycle) -> str:
    return cycle.evaluation.get("article", "")


def why_not_office(user, cycle) -> Reason | None:
    return why_not_role(user, (Role.OFFICE,), owner_of(cycle))


def why_not_open(evaluation: Evaluation) -> Reason | None:
    """Duties are reported and scored while the quarter is under way, in a year that was opened."""
    if evaluation.cycle.state != CycleState.OPEN:
        return Reason(
            text=_("The year %(year)s is not open.") % {"year": evaluation.cycle.year},
            remedy=_("It is opened once its approval is entered, and ends when it is closed."),
        )
    if evaluation.state != EvaluationState.OPEN:
        return Reason(
            text=_("The points of this quarter were sent to the units already."),
            article=article_of(evaluation.cycle),
            remedy=_("A unit that disagrees objects before the last day."),
        )
    return None


def why_not_report(user, unit_evaluation: UnitEvaluation, duty) -> Reason | None:
    """Only the unit's own staff report, on a duty of its class, while the quarter is under way."""
    refusal = why_not_role(user, (Role.UNIT_STAFF,), unit_evaluation.unit) or why_not_open(
        unit_evaluation.evaluation
    )
    if refusal is None and not is_asked(unit_evaluation, duty):
        refusal = _not_asked(unit_evaluation, duty)
    return refusal


def may_report(user, unit_evaluation: UnitEvaluation) -> bool:
    return is_staff(user, unit_evaluation.unit) and why_not_open(unit_evaluation.evaluation) is None


def why_not_score(user, evaluation: Evaluation) -> Reason | None:
    return why_not_office(user, evaluation.cycle) or why_not_open(evaluation)


def is_asked(unit_evaluation: UnitEvaluation, duty) -> bool:
    return (
        duty.evaluation_id == unit_evaluation.evaluation_id
        and duty.classes.filter(pk=unit_evaluation.unit_class_id).exists()
    )


def _not_asked(unit_evaluation, duty) -> Reason:
    return Reason(
        text=_("“%(duty)s” is not asked of %(unit)s in this quarter.")
        % {"duty": duty, "unit": unit_evaluation.unit}
    )


def why_not_of_the_year(duty, done_on) -> Reason | None:
    """A slip of the keyboard in the year would otherwise earn the highest bonus for being early."""
    year = duty.evaluation.cycle.year
    if done_on.year >= year:
        return None
    return Reason(text=_("The day on which it was done lies before the year %(year)s.") % {"year": year})


def why_not_points(duty, points, done_on, reason: str) -> Reason | None:
    """Points lie between nothing and the duty's own; fewer than these need a reason the unit can read."""
    if not 0 <= points <= duty.points:
        return Reason(
            text=_("%(duty)s: points must lie between 0 and %(most)s.") % {"duty": duty, "most": duty.points}
        )
    if points != round(points, 2):
        return Reason(text=_("Points have at most two decimals."))
    if done_on is not None and done_on > clock.today():
        return Reason(text=_("The day on which it was done lies in the future."))
    if done_on is not None and (refusal := why_not_of_the_year(duty, done_on)):
        return refusal
    if done_on is None and points > 0:
        return Reason(
            text=_("%(duty)s: points are given for a duty that was done; enter the day.") % {"duty": duty}
        )
    if points < duty.points and not reason.strip():
        return Reason(
            text=_("%(duty)s: fewer than full points need a reason; the unit reads it.") % {"duty": duty}
        )
    return None


# --- steps ----------------------------------------------------------------------------------------------------


def why_not_evaluation_action(user, evaluation: Evaluation, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of a quarter now, or None."""
    refusal = why_not_role(user, EVALUATION_ROLES[action], owner_of(evaluation.cycle))
    if refusal is None and action == _A.SEND:
        refusal = _why_not_send(evaluation)
    if refusal is None and action == _A.CLOSE:
        refusal = _why_not_close(evaluation)
    return refusal


def why_not_unit_action(user, unit_evaluation: UnitEvaluation, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of a unit's result now, or None."""
    evaluation = unit_evaluation.evaluation
    at = unit_evaluation.unit if action in _AT_THE_UNIT else owner_of(evaluation.cycle)
    refusal = why_not_role(user, UNIT_ROLES[action], at)
    if refusal is None and action == _U.LAPSE:
        refusal = _why_not_lapse(evaluation)
    if refusal is None and action in (_U.CONFIRM, _U.OBJECT):
        refusal = _why_not_answer(evaluation, action)
    if refusal is None and action in (_U.OBJECT, _U.DECIDE) and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def why_not_talk_action(user, proposal: TalkProposal, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step of a proposal now, or None."""
    refusal = why_not_role(user, TALK_ROLES[action], owner_of(proposal.cycle))
    if refusal is None and action in (TalkAction.ORDER, TalkAction.DROP) and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def may_take_unit(user, unit_evaluation: UnitEvaluation, action: str) -> bool:
    known = (unit_evaluation.state, action) in UNIT_EVALUATION_TRANSITIONS
    return known and why_not_unit_action(user, unit_evaluation, action, "-") is None


def may_take_talk(user, proposal: TalkProposal, action: str) -> bool:
    known = (proposal.state, action) in TALK_TRANSITIONS
    return known and why_not_talk_action(user, proposal, action, "-") is None


def last_day_over(evaluation: Evaluation) -> bool:
    return evaluation.confirm_by is not None and clock.today() > evaluation.confirm_by


def silence_confirms(evaluation: Evaluation) -> bool:
    return evaluation.rules_used.get("silence_confirms", True)


def _why_not_send(evaluation: Evaluation) -> Reason | None:
    """All duties are due and all points given."""
    refusal = why_not_open(evaluation)
    if refusal is not None:
        return refusal
    last = evaluation.duties.order_by("-due_on").values_list("due_on", flat=True).first()
    if last is None or not evaluation.units.exists():
        return Reason(text=_("This quarter has no duties or no units."))
    if clock.today() < last:
        return Reason(
            text=_("The last duty of the quarter is due on %(day)s.") % {"day": lazy_day(last)}, earliest=last
        )
    missing = missing_points(evaluation)
    if missing:
        return Reason(
            text=_("Points are missing: %(missing)s of %(all)s.")
            % {"missing": missing, "all": wanted_points(evaluation)},
            remedy=_("Give points for every duty and unit; what was not done gets 0 with a reason."),
        )
    return None


def wanted_points(evaluation: Evaluation) -> int:
    """How many pairs of unit and duty the quarter has."""
    return (
        evaluation.units.filter(unit_class__duties__evaluation=evaluation)
        .values_list("pk", "unit_class__duties")
        .count()
    )


def missing_points(evaluation: Evaluation) -> int:
    """How many pairs of unit and duty have no points yet."""
    given = (
        evaluation.units.filter(points_rows__duty__evaluation=evaluation)
        .order_by()
        .values_list("pk", "points_rows__duty")
        .distinct()
        .count()
    )
    return wanted_points(evaluation) - given


def _why_not_close(evaluation: Evaluation) -> Reason | None:
    """Every unit has confirmed, kept silent until the last day, or had its objection decided."""
    left = list(evaluation.units.exclude(state__in=SETTLED).values_list("state", flat=True))
    objected = left.count(UnitEvaluationState.OBJECTED)
    if objected:
        return Reason(
            text=_("Objections not decided yet: %(count)s.") % {"count": objected},
            article=article_of(evaluation.cycle),
            remedy=_("Decide them first."),
        )
    # Silence past the last day is taken as confirmation by the closing itself.
    if not left or (last_day_over(evaluation) and silence_confirms(evaluation)):
        return None
    remedy = _("Ask them: by this scheme silence is no confirmation.")
    if silence_confirms(evaluation):
        remedy = _("They may answer until %(day)s; silence then counts as confirmation.") % {
            "day": lazy_day(evaluation.confirm_by)
        }
    return Reason(
        text=_("Units that have not answered yet: %(count)s.") % {"count": len(left)},
        article=article_of(evaluation.cycle),
        remedy=remedy,
    )


def _why_not_lapse(evaluation: Evaluation) -> Reason | None:
    if not silence_confirms(evaluation):
        return Reason(
            text=_("By this scheme silence is no confirmation."), article=article_of(evaluation.cycle)
        )
    if not last_day_over(evaluation):
        return Reason(
            text=_("The units may answer until %(day)s.") % {"day": lazy_day(evaluation.confirm_by)}
        )
    return None


def _why_not_answer(evaluation: Evaluation, action: str) -> Reason | None:
    """After the last day nothing is objected to; where silence does not confirm, a late yes is still welcome."""
    if not last_day_over(evaluation):
        return None
    if action == _U.CONFIRM and not silence_confirms(evaluation):
        return None
    return Reason(
        text=_("The last day to answer was %(day)s.") % {"day": lazy_day(evaluation.confirm_by)},
        article=article_of(evaluation.cycle),
    )
