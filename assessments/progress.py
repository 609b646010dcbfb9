"""Where an assessment stands: the steps its level's rule names, and what is asked of whom next.

Reads assessments as `selectors.assessments_for_list` brings them, without a query of its own.
"""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.words import lazy_day
from applications.enums import Step
from applications.progress import Next
from assessments.enums import AssessmentState
from assessments.models import Assessment, ScoreSheet
from assessments.rules import next_step, steps

ENDED = (AssessmentState.FAILED, AssessmentState.DECLINED)
OVER = (AssessmentState.AWARDED, *ENDED)


@dataclass(frozen=True)
class Stair:
    """One step of the way to the plaque: done, now, ended (here it failed) or to come."""

    label: str
    state: str
    day: datetime.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Event:
    """A line of the history that is no change of state; reads as a row of `accounts.selectors.log_rows`."""

    at: datetime.datetime
    to_label: str
    actor: object = None
    reason: str = ""


def history(assessment: Assessment, log: list, sheets: list[ScoreSheet]) -> list:
    """Everything that happened, oldest first: `log`, the opening, and what became of `sheets`, which are those the
    reader may see."""
    events = [Event(assessment.started_at, _("Assessment opened"))]
    for sheet in sheets:
        events.append(Event(sheet.assigned_at, _("Assigned: %(person)s") % {"person": sheet.assessor}))
        if sheet.handed_in_at:
            events.append(Event(sheet.handed_in_at, _("Score sheet handed in"), sheet.assessor))
    return sorted([*events, *log], key=lambda event: event.at)


def what_next(assessment: Assessment, due: datetime.date | None = None) -> Next | None:
    """What is asked next, None when all is over. `due` is the last day of the acceptance, for the scoring."""
    if assessment.state in OVER:
        return None
    if assessment.state == AssessmentState.SCORING:
        return _next_in_scoring(assessment, due)
    if assessment.state == AssessmentState.NOTICED:
        return _next_in_notice(assessment)
    return {
        Step.DELIBERATION: Next(Role.LEADER, _("Record the deliberation")),
        Step.RECOMMENDATION: Next(Role.OFFICE, _("Rank and recommend")),
        Step.ANSWER: Next(Role.OFFICE, _("Record the answer of the department above")),
        Step.NOTICE: Next(Role.OFFICE, _("Publish the notice")),
        None: Next(Role.OFFICE, _("Award the plaque")),
    }[next_step(assessment)]


def stairs(
    assessment: Assessment, *, ended_in: str = "", awarded_on: datetime.date | None = None
) -> list[Stair]:
    """The way from filing to the plaque as the level's rule has it.

    `ended_in` is the state in which a failed or declined assessment ended (from its log).
    """
    way = steps(assessment)
    here = _position(assessment, ended_in, way)
    filed = assessment.application.filed_first_at
    rows = [Stair(_("Application filed"), "done", filed and timezone.localdate(filed))]
    for index, step in enumerate(way):
        state = _stair_state(assessment, index, here)
        day, note = _when(assessment, step) if state != "todo" else (None, "")
        rows.append(Stair(str(Step(step).label), state, day, note))
    return [*rows, Stair(_("Plaque"), _stair_state(assessment, len(way), here), awarded_on)]


def notice_is_over(assessment: Assessment) -> bool:
    return clock.today() > assessment.notice.ends_on


def _next_in_scoring(assessment: Assessment, due) -> Next:
    if not assessment.sheets_all:
        return Next(Role.OFFICE, _("Assign assessors"), due)
    if assessment.sheets_in < assessment.sheets_all:
        counts = {"in": assessment.sheets_in, "all": assessment.sheets_all}
        return Next(Role.ASSESSOR, _("Hand in the score sheets (%(in)s of %(all)s are in)") % counts, due)
    return Next(Role.OFFICE, _("Close the assessment"), due)


def _next_in_notice(assessment: Assessment) -> Next:
    notice = assessment.notice
    if assessment.objections_open:
        return Next(Role.OFFICE, _("Decide the objection"), notice.ends_on)
    if assessment.objections_upheld:
        return Next(Role.OFFICE, _("Decline: an objection was upheld"))
    if notice_is_over(assessment):
        return Next(Role.OFFICE, _("Award the plaque"))
    return Next(None, _("Open to objections until %(day)s") % {"day": lazy_day(notice.ends_on)})


def _position(assessment: Assessment, ended_in: str, way: list[str]) -> int:
    """The index of the step being taken now or at the end; the length of the way stands for the award."""
    state = ended_in or assessment.state
    if state == AssessmentState.AWARDED:
        return len(way) + 1
    if state == AssessmentState.NOTICED:
        over = not ended_in and notice_is_over(assessment)
        settled = over and not assessment.objections_open and not assessment.objections_upheld
        return len(way) if settled else way.index(Step.NOTICE)
    upcoming = next_step(assessment, state)
    return len(way) if upcoming is None else way.index(upcoming)


def _stair_state(assessment: Assessment, index: int, here: int) -> str:
    if index < here:
        return "done"
    if index > here:
        return "todo"
    return "ended" if assessment.state in ENDED else "now"


def _when(assessment: Assessment, step: str) -> tuple[datetime.date | None, str]:
    """The day a step was done, with a word on it where one helps."""
    deliberation = getattr(assessment, "deliberation", None)
    recommendation = getattr(assessment, "recommendation", None)
    notice = getattr(assessment, "notice", None)
    if step == Step.ACCEPTANCE and assessment.closed_at:
        return timezone.localdate(assessment.closed_at), ""
    if step == Step.DELIBERATION and deliberation:
        return deliberation.held_on, deliberation.minutes_number
    if step == Step.RECOMMENDATION and recommendation:
        return recommendation.sent_on, _("rank %(rank)s") % {"rank": recommendation.rank}
    if step == Step.ANSWER and recommendation and recommendation.answered_on:
        return recommendation.answered_on, recommendation.answer_number
    if step == Step.NOTICE and notice:
        return None, f"{_short(notice.starts_on)} – {_short(notice.ends_on)}"
    return None, ""


def _short(day: datetime.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
