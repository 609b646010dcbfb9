"""What the page of one assessment shows to one person: where it stands, and the forms he or she may use."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.forms import ReasonForm
from accounts.selectors import log_rows
from accounts.words import lazy_day
from applications.selectors import another_look
from assessments.enums import ASSESSMENT_TRANSITIONS, AssessmentAction, AssessmentState, ObjectionOutcome
from assessments.forms import (
    AnswerForm,
    AssignForm,
    AwardForm,
    DeliberationForm,
    NoticeForm,
    ObjectionDecisionForm,
    ObjectionForm,
    RecommendationForm,
)
from assessments.models import Assessment, Recommendation
from assessments.progress import ENDED, history, stairs, what_next
from assessments.rules import (
    first_award_day,
    may_assess,
    may_lead_assessment,
    may_take,
    next_step,
    why_not_action,
    why_not_end,
)
from assessments.scoring import result_of
from assessments.selectors import acceptance_days, free_assessors, plaque_of
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
    due = acceptance_days([application.cycle_id]).get(application.cycle_id)
    scores = _scores(user, assessment)
    ended_in = log[-1].from_state if log and assessment.state in ENDED else ""
    return {
        "assessment": assessment,
        "application": application,
        "leads": leads,
        "decides": decides,
        "due": due,
        "next": what_next(assessment, due),
        "stairs": stairs(assessment, ended_in=ended_in, awarded_on=plaque and plaque.awarded_on),
        "plaque": plaque,
        "another_look": another_look(application, log) if decides else None,
        "history": history(assessment, log, scores["sheets"]),
        "today": clock.today(),
        **scores,
        **_notice(user, assessment, leads, bound),
        **_closing(user, assessment, leads),
        **_awarding(user, assessment, leads),
        "forms": _forms(user, assessment, leads, bound),
    }


def _scores(user, assessment: Assessment) -> dict:
    """The sheets this person may see with what they come to, and which of them is the own one."""
    scores = scores_shown(user, assessment)
    own = next((sheet for sheet in scores["sheets"] if sheet.assessor_id == user.pk), None)
    return {"own_sheet": own, "may_assess": own is not None and may_assess(user, own), **scores}


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


def _closing(user, assessment: Assessment, leads: bool) -> dict:
    if not leads or assessment.state != _S.SCORING:
        return {}
    action = _A.PASS if result_of(assessment).passed else _A.FAIL
    return {"may_close": True, "why_not_close": why_not_action(user, assessment, action, "-")}


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


def _forms(user, assessment: Assessment, leads: bool, bound: dict) -> dict:
    """The forms of the steps this person may take now, by name; one that came back with errors stands in."""
    today = clock.today()
    offered = {}
    if leads and assessment.state == _S.SCORING:
        offered["assign"] = AssignForm(assessors=free_assessors(assessment), auto_id="assign_%s")
    if may_take(user, assessment, _A.APPROVE):
        offered["deliberation"] = DeliberationForm(initial={"held_on": today})
    if may_take(user, assessment, _A.RECOMMEND):
        offered["recommendation"] = RecommendationForm(
            initial={"sent_on": today, "rank": _next_rank(assessment)}
        )
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


def _next_rank(assessment: Assessment) -> int:
    application = assessment.application
    last = (
        Recommendation.objects.filter(cycle=application.cycle_id, level=application.level_id)
        .order_by("-rank")
        .first()
    )
    return last.rank + 1 if last else 1
