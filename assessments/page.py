"""What the page of one assessment shows to one person: where it stands, and the forms he or she may use."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.forms import ReasonForm
from accounts.selectors import log_rows, users_with_role
from accounts.words import lazy_day
from applications.selectors import another_look
from assessments.due import acceptance_day, days_late
from assessments.enums import ASSESSMENT_TRANSITIONS, AssessmentAction, AssessmentState, ObjectionOutcome
from assessments.forms import (
    AnswerForm,
    AssignForm,
    AwardForm,
    CloseForm,
    ConflictForm,
    DeliberationForm,
    DiscussionForm,
    NoticeForm,
    ObjectionDecisionForm,
    ObjectionForm,
)
from assessments.models import Assessment, SheetReturn
from assessments.progress import ENDED, history, stairs, what_next
from assessments.rules import (
    first_award_day,
    may_assess,
    may_lead_assessment,
    may_read_scores,
    may_take,
    next_step,
    why_not_action,
    why_not_end,
)
from assessments.scoring import arithmetic_of
from assessments.selectors import free_assessors, plaque_of
from assessments.shown import decides_on, objections_shown, scores_shown
from notices.workdays import nth_working_day, working_days, year_is_known

_A, _S = AssessmentAction, AssessmentState


def detail_context(user, assessment: Assessment, bound: dict) -> dict:
    """Everything the page needs; `bound` are forms that came back with errors, by name."""
    application = assessment.application
    log = log_rows(assessment)
    plaque = plaque_of(assessment)
    leads = may_lead_assessment(user, assessment)
    decides = decides_on(user, assessment)
    due = acceptance_day(assessment)
    scores = _scores(user, assessment)
    ended_in = log[-1].from_state if log and assessment.state in ENDED else ""
    return {
        "assessment": assessment,
        "application": application,
        "leads": leads,
        "decides": decides,
        "due": due,
        "next": what_next(assessment, due),
        "may_rank": may_take(user, assessment, _A.RECOMMEND),
        "stairs": stairs(assessment, ended_in=ended_in, awarded_on=plaque and plaque.awarded_on),
        "plaque": plaque,
        "another_look": another_look(application, log) if decides else None,
        "history": history(assessment, log, scores["sheets"]),
        "today": clock.today(),
        **scores,
        **_notice(user, assessment, leads, bound),
        **_closing(user, assessment, leads, due, scores["result"]),
        **_talked_over(user, assessment, decides),
        **_awarding(user, assessment, leads),
        "forms": _forms(user, assessment, leads, bound, scores["result"]),
    }


def _scores(user, assessment: Assessment) -> dict:
    """The sheets this person may see with what they come to, and which of them is the own one."""
    scores = scores_shown(user, assessment)
    own = next((sheet for sheet in scores["sheets"] if sheet.assessor_id == user.pk), None)
    return {
        "own_sheet": own,
        "may_assess": own is not None and may_assess(user, own),
        "stored": arithmetic_of(assessment) if scores["result"] else None,
        "may_take_scores": assessment.sheets_in and may_read_scores(user, assessment),
        **scores,
    }


def _notice(user, assessment: Assessment, leads: bool, bound: dict) -> dict:
    """The days of the notice and the objections; their text is for those who decide."""
    notice = getattr(assessment, "notice", None)
    if notice is None:
        return {}
    objections = objections_shown(user, assessment)
    for objection in objections:
        undecided = leads and objection.outcome == ObjectionOutcome.OPEN
        name = f"objection_{objection.pk}"
        objection.form = bound.get(name, ObjectionDecisionForm(auto_id=f"{name}_%s")) if undecided else None
    return {
        "notice": notice,
        "notice_days": working_days(notice.starts_on, notice.ends_on),
        "objections": objections,
    }


def _closing(user, assessment: Assessment, leads: bool, due, result) -> dict:
    """By how many days it is or was late, and for the office whether it can be closed and who may not assess."""
    late = {"late": days_late(assessment, due)}
    if not leads or assessment.state != _S.SCORING:
        return late
    # Without a result sheets are still out, and the answer says so.
    action = _A.PASS if result and result.passed else _A.FAIL
    return late | {
        "may_close": True,
        "why_not_close": why_not_action(user, assessment, action, "-"),
        "lacking": max(0, assessment.indicator_set.assessors - assessment.sheets_all),
    }


def _talked_over(user, assessment: Assessment, decides: bool) -> dict:
    """Discussions, sheets handed back, and conflicts of interest: for those who decide, and for the assessors once
    it is closed."""
    closed = assessment.state != _S.SCORING
    assessed = closed and assessment.sheets.filter(assessor=user).exists()
    if not may_read_scores(user, assessment) or not (decides or assessed):
        return {}
    returns = SheetReturn.objects.filter(sheet__assessment=assessment)
    return {
        "discussions": list(assessment.discussions.select_related("recorded_by")),
        "returns": list(returns.select_related("sheet__assessor", "returned_by")),
        "recusals": list(assessment.recusals.select_related("assessor", "declared_by")) if decides else [],
    }


def _awarding(user, assessment: Assessment, leads: bool) -> dict:
    """The award button stands there once the award is the next step, with the reason while it is refused."""
    due = (assessment.state, _A.AWARD) in ASSESSMENT_TRANSITIONS and next_step(assessment) is None
    if not leads or not due:
        return {}
    refusal = why_not_action(user, assessment, _A.AWARD, "-")
    return {
        "may_award": True,
        "why_not_award": refusal,
        "number": _number_to_come(assessment),
    }


def _number_to_come(assessment: Assessment) -> str:
    """The number the plaque will carry: from the answer above, else by the level's pattern."""
    recommendation = getattr(assessment, "recommendation", None)
    if recommendation and recommendation.plaque_number:
        return recommendation.plaque_number
    application = assessment.application
    return application.level.plaque_number.format(
        category=application.site.category.mark,
        area=application.site.area.short_name,
        year=clock.today().year,
        number=_("(next number)"),
    )


def _forms(user, assessment: Assessment, leads: bool, bound: dict, result) -> dict:
    """The forms of the steps this person may take now, by name; one that came back with errors stands in."""
    today = clock.today()
    offered = {}
    if leads and assessment.state == _S.SCORING:
        offered |= _while_scoring(assessment, today, result)
    if may_take(user, assessment, _A.APPROVE):
        offered["deliberation"] = DeliberationForm(initial={"held_on": today})
    if may_take(user, assessment, _A.CONFIRM):
        numbered_above = not assessment.application.level.plaque_number
        offered["answer"] = AnswerForm(initial={"answered_on": today}, numbered_above=numbered_above)
    if may_take(user, assessment, _A.PUBLISH):
        offered["notice"] = NoticeForm(initial={"starts_on": today})
    if leads and assessment.state == _S.NOTICED and assessment.notice.starts_on <= today:
        received = min(today, assessment.notice.ends_on)
        offered["objection"] = ObjectionForm(initial={"received_on": received}, auto_id="objection_%s")
    if may_take(user, assessment, _A.AWARD):
        day = max(today, first_award_day(assessment))
        offered["award"] = AwardForm(initial={"awarded_on": day}, auto_id="award_%s")
    if may_take(user, assessment, _A.DECLINE) and why_not_end(assessment) is None:
        offered["decline"] = ReasonForm(auto_id="decline_%s")
    forms = {name: bound.get(name, form) for name, form in offered.items()}
    if "notice" in forms:
        forms["notice"].fields["starts_on"].help_text = _about_notice(assessment, today)
    return forms


def _while_scoring(assessment: Assessment, today, result) -> dict:
    """The office's forms before the closing."""
    people = users_with_role(Role.ASSESSOR, assessment.application.cycle.programme.owner)
    people = people.exclude(pk__in=assessment.recusals.values("assessor"))
    forms = {
        "assign": AssignForm(assessors=free_assessors(assessment), auto_id="assign_%s"),
        "conflict": ConflictForm(assessors=people.order_by("unit_id", "id"), auto_id="conflict_%s"),
        "close": CloseForm(auto_id="close_%s"),
    }
    if result and result.discussion_required:
        forms["discussion"] = DiscussionForm(initial={"held_on": today}, auto_id="discussion_%s")
    return forms


def _about_notice(assessment: Assessment, today) -> str:
    """When a notice that begins today would end, with a warning in a year without holidays entered."""
    days = assessment.application.cycle.notice_working_days
    ends_on = nth_working_day(today, days)
    words = _("%(days)s working days, the first day counting: begun today it runs until %(end)s.") % {
        "days": days,
        "end": lazy_day(ends_on),
    }
    if not year_is_known(ends_on.year):
        words += " " + _("The working calendar of %(year)s is empty: enter the holidays first.") % {
            "year": ends_on.year
        }
    return words
